//! Turns rows of cells into a text table or a Markdown table.

/// The alignment of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    head: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns and no rows.
    pub(crate) fn new(head: &[(&str, Align)]) -> Self {
        Table {
            head: head.iter().map(|(name, align)| ((*name).to_owned(), *align)).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Columns two spaces apart.
    pub(crate) fn text(&self) -> String {
        let widths = self.widths();
        let names: Vec<String> = self.head.iter().map(|(name, _)| name.clone()).collect();
        let rows = std::iter::once(&names).chain(&self.rows);
        rows.map(|row| format!("  {}\n", self.padded(row, &widths).join("  ").trim_end())).collect()
    }

    /// A Markdown table.
    pub(crate) fn markdown(&self) -> String {
        let escaped = |row: &[String]| row.iter().map(|cell| markdown(cell)).collect::<Vec<_>>().join(" | ");
        let names: Vec<String> = self.head.iter().map(|(name, _)| name.clone()).collect();
        let rule = |(_, align): &(String, Align)| if *align == Align::Left { ":--" } else { "--:" };
        let rules: Vec<&str> = self.head.iter().map(rule).collect();
        let mut out = format!("| {} |\n| {} |\n", escaped(&names), rules.join(" | "));
        for row in &self.rows {
            out.push_str(&format!("| {} |\n", escaped(row)));
        }
        out
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize, name: &str| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.max().unwrap_or(0).max(name.chars().count())
        };
        self.head.iter().enumerate().map(|(column, (name, _))| width(column, name)).collect()
    }

    fn padded(&self, row: &[String], widths: &[usize]) -> Vec<String> {
        let cells = row.iter().zip(widths).zip(&self.head);
        cells
            .map(|((cell, width), (_, align))| match align {
                Align::Left => format!("{cell:<width$}"),
                Align::Right => format!("{cell:>width$}"),
            })
            .collect()
    }
}

/// A text in Markdown, its special characters escaped.
pub(crate) fn markdown(text: &str) -> String {
    let special =
        |c: char| matches!(c, '\\' | '|' | '_' | '*' | '`' | '[' | ']' | '<' | '>' | '#' | '~' | '$');
    text.chars().flat_map(|c| if special(c) { vec!['\\', c] } else { vec![c] }).collect()
}
