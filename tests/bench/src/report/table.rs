/// A Markdown table. The first column is text, the others numbers.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let rule: Vec<String> = (0..head.len())
        .map(|at| if at == 0 { "---" } else { "---:" }.to_owned())
        .collect();
    let mut lines = vec![line(&head), line(&rule)];
    lines.extend(rows.iter().map(|row| line(row)));
    lines.join("\n")
}

/// A number with as many decimals as it is worth.
pub(super) fn number(value: f64) -> String {
    if value.abs() >= 100.0 || value == 0.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// Bytes in megabytes of a million.
#[expect(clippy::cast_precision_loss, reason = "a picture of a file's size")]
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_what_markdown_reads() {
        let rows = [vec!["x".to_owned(), "1".to_owned()]];
        assert_eq!(table(&["a", "b"], &rows), "| a | b |\n| --- | ---: |\n| x | 1 |");
    }

    #[test]
    fn numbers_carry_three_digits() {
        assert_eq!(
            [123.4, 12.34, 1.234, 0.0].map(number),
            ["123", "12.3", "1.23", "0"]
        );
        assert_eq!(megabytes(2_345_678), "2.35");
    }
}
