//! A page of Markdown, taken apart: lines of equalities, formulas in text, tables.

/// A piece of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A heading, without its signs.
    Heading(String),
    /// A line of equalities: the text between two line breaks of a block, continued rows joined.
    Line(String),
    /// A paragraph, as it is written.
    Paragraph(String),
    /// A table: its heads and the cells of its rows.
    Table(Vec<String>, Vec<Vec<String>>),
}

/// The pieces of a page, each with the number of its first line.
pub fn pieces(markdown: &str) -> Vec<(usize, Piece)> {
    let mut pieces = Vec::new();
    let mut lines = markdown.lines().enumerate().map(|(index, line)| (index + 1, line)).peekable();
    while let Some((number, line)) = lines.next() {
        if line.starts_with("```") {
            let is_math = line == "```math";
            let fence = line.trim_end_matches(|c| c != '`');
            let block: Vec<(usize, &str)> = lines.by_ref().take_while(|(_, line)| *line != fence).collect();
            if is_math {
                pieces.extend(equalities(&block));
            }
        } else if line.starts_with('#') {
            pieces.push((number, Piece::Heading(line.trim_start_matches('#').trim().to_owned())));
        } else if line.starts_with('|') {
            let heads = cells(line);
            lines.next();
            let mut rows = Vec::new();
            while let Some((_, row)) = lines.next_if(|(_, line)| line.starts_with('|')) {
                rows.push(cells(row));
            }
            pieces.push((number, Piece::Table(heads, rows)));
        } else if !line.is_empty() && !line.starts_with('>') {
            pieces.push((number, Piece::Paragraph(line.to_owned())));
        }
    }
    pieces
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
}

/// Rows of aligned mathematics; a row that begins with `&` goes on with the line before it.
fn equalities(block: &[(usize, &str)]) -> Vec<(usize, Piece)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (number, row) in
        block.iter().filter(|(_, row)| !row.starts_with("\\begin{a") && !row.starts_with("\\end{a"))
    {
        let end = row.rfind(" \\\\[").unwrap_or(row.len());
        let row = row.get(..end).unwrap_or(row);
        match (row.strip_prefix('&'), lines.last_mut()) {
            (Some(more), Some((_, line))) => {
                line.push(' ');
                line.push_str(more);
            }
            _ => lines.push((*number, row.replacen(" &", " ", 1))),
        }
    }
    lines.into_iter().map(|(number, line)| (number, Piece::Line(line))).collect()
}

/// The formulas in running text.
pub fn formulas(text: &str) -> Vec<&str> {
    text.split("$`").skip(1).filter_map(|rest| rest.split("`$").next()).collect()
}
