//! Horizontal bars as SVG: readable in light and dark, by eyes that tell no red from green, and as text.

use super::table::number;

/// A picture of bars that share one scale from zero.
pub(super) struct Chart<'a> {
    pub(super) title: &'a str,
    /// What the parts of a bar are, in their order.
    pub(super) legend: &'a [&'a str],
    pub(super) rows: Vec<Row>,
}

/// One bar: its parts from left to right, and what is written behind it.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) parts: Vec<f64>,
    pub(super) note: String,
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 150.0;
/// The longest bar; what is written behind it needs the rest.
const LONGEST: f64 = 440.0;
const ROW: f64 = 26.0;
const BAR: f64 = 16.0;
const TOP: f64 = 64.0;

/// Okabe and Ito's colours, told apart by everybody, on white and on black.
const COLOURS: [&str; 8] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#f0e442",
];

impl Chart<'_> {
    pub(super) fn svg(&self) -> String {
        let sums = self.rows.iter().map(|row| row.parts.iter().sum::<f64>());
        let scale = LONGEST / sums.fold(f64::MIN_POSITIVE, f64::max);
        let mut y = TOP;
        let mut body = self.heading();
        for row in &self.rows {
            row.draw(&mut body, y, scale);
            y += ROW;
        }
        let height = y + 8.0;
        let spoken = escape(&self.spoken());
        let title = escape(self.title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
             height=\"{height}\" role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n\
             <desc>{spoken}</desc>\n<style>text{{font:13px system-ui,sans-serif;fill:#24292f}}\
             .t{{font-weight:600;font-size:15px}}.n{{fill:#57606a}}rect.b{{fill:#fff}}\
             @media(prefers-color-scheme:dark){{text{{fill:#e6edf3}}.n{{fill:#9ea7b3}}rect.b{{fill:#0d1117}}}}</style>\n\
             <rect class=\"b\" width=\"{WIDTH}\" height=\"{height}\"/>\n{body}</svg>\n"
        )
    }

    fn heading(&self) -> String {
        let mut out = format!(
            "<text class=\"t\" x=\"12\" y=\"24\">{}</text>\n",
            escape(self.title)
        );
        let mut x = 12.0;
        for (name, colour) in self.legend.iter().zip(COLOURS) {
            let text = escape(name);
            let after = x + 15.0;
            put(
                &mut out,
                &format!(
                    "<rect x=\"{x:.0}\" y=\"36\" width=\"11\" height=\"11\" fill=\"{colour}\"/>\
                     <text class=\"n\" x=\"{after:.0}\" y=\"46\">{text}</text>"
                ),
            );
            x += 15.0 + 7.6 * f64::from(u32::try_from(name.chars().count()).unwrap_or(0)) + 14.0;
        }
        out
    }

    /// The picture in words, for whoever does not see it.
    fn spoken(&self) -> String {
        let rows = self.rows.iter().map(|row| format!("{}: {}", row.label, row.note));
        rows.collect::<Vec<_>>().join("; ")
    }
}

impl Row {
    fn draw(&self, out: &mut String, y: f64, scale: f64) {
        let (text, label) = (y + 13.0, escape(&self.label));
        let end = LEFT - 10.0;
        put(
            out,
            &format!("<text x=\"{end}\" y=\"{text}\" text-anchor=\"end\">{label}</text>"),
        );
        let mut x = LEFT;
        for (part, colour) in self.parts.iter().zip(COLOURS) {
            let width = part.max(0.0) * scale;
            put(
                out,
                &format!(
                    "<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\">\
                     <title>{}</title></rect>",
                    number(*part)
                ),
            );
            x += width;
        }
        let (behind, note) = (x + 8.0, escape(&self.note));
        put(
            out,
            &format!("<text class=\"n\" x=\"{behind:.1}\" y=\"{text}\">{note}</text>"),
        );
    }
}

fn put(out: &mut String, element: &str) {
    out.push_str(element);
    out.push('\n');
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> String {
        let row = |label: &str, parts: &[f64], note: &str| Row {
            label: label.to_owned(),
            parts: parts.to_vec(),
            note: note.to_owned(),
        };
        let rows = vec![row("a < b", &[10.0, 30.0], "40 ms"), row("c", &[10.0], "10 ms")];
        Chart {
            title: "A & B",
            legend: &["first", "second"],
            rows,
        }
        .svg()
    }

    #[test]
    fn the_longest_bar_fills_the_width_and_parts_follow_each_other() {
        let svg = chart();
        // 10 of 40 are 110 of 440, from 150 on; the other 30 begin where they end.
        assert!(svg.contains("x=\"150.0\" y=\"64\" width=\"110.0\""), "{svg}");
        assert!(svg.contains("x=\"260.0\" y=\"64\" width=\"330.0\""), "{svg}");
        assert!(svg.contains("x=\"150.0\" y=\"90\" width=\"110.0\""), "{svg}");
    }

    #[test]
    fn nothing_in_a_text_becomes_markup_and_everything_is_said_in_words() {
        let svg = chart();
        assert!(svg.contains("aria-label=\"A &amp; B\"") && svg.contains(">a &lt; b</text>"));
        assert!(svg.contains("<desc>a &lt; b: 40 ms; c: 10 ms</desc>"));
        assert_eq!(
            svg.matches("<rect").count(),
            svg.matches("/>").count() + svg.matches("</rect>").count()
        );
    }

    #[test]
    fn a_chart_of_nothing_is_still_a_picture() {
        let empty = Chart {
            title: "",
            legend: &[],
            rows: Vec::new(),
        };
        assert!(empty.svg().ends_with("</svg>\n"));
    }
}
