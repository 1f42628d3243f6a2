//! Tables as text and as Markdown. What goes in is our own text or already escaped.

/// Columns as wide as their widest cell, two blanks apart; the last one is not filled up.
pub(super) fn text(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|cell| cell.to_uppercase()).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&head).chain(rows).collect();
    aligned(&lines)
}

/// As [`text`], without a head.
pub(super) fn plain(rows: &[Vec<String>]) -> String {
    aligned(&rows.iter().collect::<Vec<_>>())
}

fn aligned(lines: &[&Vec<String>]) -> String {
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let columns = lines
        .iter()
        .map(|line| line.len())
        .max()
        .unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for line in lines {
        let mut row = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            row.push_str(&format!("{cell:<width$}  "));
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// A table of GitHub's Markdown.
pub(super) fn markdown(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}
