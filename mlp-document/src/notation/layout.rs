//! Lines of equalities as rows, aligned at their first equals sign.

use crate::{content::Line, phrases};

use super::{
    Notation, WIDE,
    math::{Math, Operator},
};

/// A line with more signs than this is broken at its equals signs.
const WIDTH: usize = 60;
/// Room for what is to the left of the sign.
const MARGIN: usize = 4;
/// A block of mathematics ends after this many rows.
const ROWS: usize = 16;
/// A block of a brief page, so that little space is lost where a page ends.
const FEW_ROWS: usize = 4;

/// A row of aligned mathematics.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is to the left of the first equals sign; nothing where a line continues.
    pub left: Option<Math>,
    /// The sides to the right of it, each with the sign before it: equal, or approximately equal. Where a side is broken,
    /// the sign is that of its next term, plus or minus.
    pub right: Vec<(Operator, Math)>,
}

/// A side as rows: a sum of matrices that is too wide is broken before its signs.
fn on_lines(sign: Operator, side: Math) -> Vec<(Operator, Math)> {
    if !side.has_matrix() || side.width() <= WIDE - MARGIN {
        return vec![(sign, side)];
    }
    let mut rows: Vec<(Operator, Vec<Math>)> = vec![(sign, Vec::new())];
    let mut width = 0;
    for (own, term) in side.terms() {
        let more = term.width();
        if let Some(own) = own {
            if width + more > WIDE - MARGIN {
                rows.push((own, Vec::new()));
                width = 0;
            } else if let Some((_, row)) = rows.last_mut() {
                row.push(own.into());
            }
        }
        width += more;
        if let Some((_, row)) = rows.last_mut() {
            row.push(term);
        }
    }
    rows.into_iter().map(|(sign, row)| (sign, Math::Row(row))).collect()
}

impl Notation<'_> {
    /// The rows of lines that belong together, in blocks of a length that fits on a page. A long
    /// line takes a row for each side.
    pub(crate) fn layout(&self, lines: &[Line]) -> Vec<Vec<Row>> {
        let mut blocks = Vec::new();
        let mut rows = Vec::new();
        for line in lines {
            rows.extend(self.rows(line));
            if rows.len() > if self.compact { FEW_ROWS } else { ROWS } {
                blocks.push(std::mem::take(&mut rows));
            }
        }
        if !rows.is_empty() {
            blocks.push(rows);
        }
        blocks
    }

    fn rows(&self, line: &Line) -> Vec<Row> {
        let mut sides = self.chain(line);
        // Numbers that are too many are left out.
        if sides.len() < 2 && line.sides.iter().skip(1).all(|side| !side.form.in_symbols()) {
            return Vec::new();
        }
        if sides.len() < 2 {
            let long = Math::Row(vec![Operator::Ellipsis.into(), Math::Text(phrases::TOO_LONG)]);
            sides.push((Operator::Equal, long));
        }
        if self.compact {
            return packed(sides);
        }
        let width = sides.iter().map(|(_, side)| side.size() + 1).sum::<usize>();
        let sides = sides.into_iter().flat_map(|(sign, side)| on_lines(sign, side));
        let mut sides = sides;
        let left = sides.next().map(|(_, side)| side);
        let first =
            Row { left, right: sides.by_ref().take(if width > WIDTH { 1 } else { usize::MAX }).collect() };
        let rest = sides.map(|side| Row { left: None, right: vec![side] });
        std::iter::once(first).chain(rest).collect()
    }
}

/// As many sides in a row as fit.
fn packed(sides: Vec<(Operator, Math)>) -> Vec<Row> {
    let mut sides = sides.into_iter();
    let left = sides.next().map(|(_, side)| side);
    let indent = left.as_ref().map_or(0, Math::width);
    let mut rows = vec![Row { left, right: Vec::new() }];
    let mut width = indent;
    for (sign, side) in sides.flat_map(|(sign, side)| on_lines(sign, side)) {
        let own = side.width() + 2;
        let is_full = |row: &Row| !row.right.is_empty() && width + own > WIDE;
        if rows.last().is_some_and(is_full) {
            rows.push(Row { left: None, right: Vec::new() });
            width = indent;
        }
        width += own;
        if let Some(row) = rows.last_mut() {
            row.right.push((sign, side));
        }
    }
    rows
}
