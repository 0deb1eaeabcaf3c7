//! A brand's tokens as CSS custom properties.

use std::fmt::Write as _;

use crate::model::{Colour, FontStack, Theme};

/// What the dark pages put behind text; [`Theme::primary_dark`] is checked against it.
pub const DARK_BACKGROUND: Colour = Colour::INK;

/// The custom properties of both colour schemes. Built from parsed colours and numbers only: a brand cannot add CSS.
pub(super) fn custom_properties(theme: &Theme) -> String {
    let mut css = String::from(":root{");
    pair(&mut css, "accent", theme.accent);
    pair(&mut css, "primary", theme.primary);
    let _ = write!(
        css,
        "--radius:{}px;--font:{}}}",
        theme.radius.min(24),
        font(theme.font)
    );
    css.push_str("@media(prefers-color-scheme:dark){:root{");
    pair(&mut css, "primary", theme.primary_dark);
    css.push_str("}}");
    css
}

/// A colour and what is written on it.
fn pair(css: &mut String, name: &str, colour: Colour) {
    // Writing to a string does not fail.
    let _ = write!(
        css,
        "--{name}:{};--on-{name}:{};",
        colour.css(),
        colour.on().css()
    );
}

const fn font(stack: FontStack) -> &'static str {
    match stack {
        FontStack::System => "system-ui,sans-serif",
        FontStack::Humanist => "Seravek,'Gill Sans Nova',Ubuntu,Calibri,'DejaVu Sans',sans-serif",
        FontStack::Geometric => "Avenir,Montserrat,Corbel,'URW Gothic',system-ui,sans-serif",
        FontStack::Serif => "'Iowan Old Style','Palatino Linotype','URW Palladio L',P052,serif",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::samples;

    #[test]
    fn both_schemes_get_their_primary_with_a_readable_colour_on_it() {
        let theme = samples::brand().theme;
        let css = custom_properties(&theme);
        for colour in [theme.primary, theme.primary_dark, theme.accent] {
            assert!(css.contains(&format!("{};", colour.css())));
            assert!(colour.contrast(colour.on()) >= 4.5);
        }
        assert!(css.contains("--radius:10px"));
    }

    /// The fixed colours of `style.css`, as foreground and background of each scheme.
    #[test]
    fn the_fixed_colours_are_readable_in_both_schemes() {
        let css = include_str!("style.css");
        let schemes: Vec<&str> = css.split("prefers-color-scheme:dark").collect();
        let [light, dark] = schemes[..] else {
            panic!("two schemes")
        };
        for scheme in [light, dark] {
            let token = |name: &str| {
                let start = scheme.find(&format!("--{name}:")).unwrap() + name.len() + 3;
                Colour::parse(&scheme[start..start + 7]).unwrap()
            };
            for text in ["ink", "muted", "danger", "good"] {
                for behind in ["card", "page", "tint"] {
                    let ratio = token(text).contrast(token(behind));
                    assert!(ratio >= 4.5, "{text} on {behind}: {ratio:.2}");
                }
            }
            // WCAG 1.4.11: the edge of a field.
            assert!(token("edge").contrast(token("card")) >= 3.0);
        }
        assert!(dark.contains(&format!("--card:{}", DARK_BACKGROUND.css())));
    }
}
