//! The sizes of matrices fit, in every product, sum and equality.

use std::collections::HashMap;

use crate::{
    Cell, Part, Report,
    chains::text,
    latex::{Node, Sign},
    value::key,
};

/// Rows and columns; rows of a value of samples are those of the batch.
type Size = (usize, usize);

/// Checks sizes.
pub(crate) fn check(parts: &[(usize, Part)], report: &mut Report) {
    let declared =
        parts.iter().find_map(|(_, part)| if let Part::Batch(batch) = part { Some(*batch) } else { None });
    let batch = batch(parts);
    with_batch(parts, batch, [true, declared.is_none() || declared == batch], report);
    // Tables of sizes are those of another batch than that with numbers.
    if declared.is_some() && declared != batch {
        with_batch(parts, declared, [false, true], report);
    }
}

/// Checks the sizes for this number of samples: of lines, and of tables.
fn with_batch(
    parts: &[(usize, Part)],
    batch: Option<usize>,
    [lines, tables]: [bool; 2],
    report: &mut Report,
) {
    let mut sizes = Sizes { known: HashMap::new(), batch, numbers: lines, columns: false };
    let mut nowhere = Report::default();
    for (line, part) in parts {
        match part {
            Part::Table(heads, rows) => {
                for row in rows {
                    sizes.row(*line, heads, row, if tables { &mut *report } else { &mut nowhere });
                }
            }
            Part::Chain(chain) => sizes.chain(*line, chain, if lines { &mut *report } else { &mut nowhere }),
            Part::Size(node, rows, columns) => {
                sizes.below(*line, node, (*rows, *columns), if lines { &mut *report } else { &mut nowhere });
            }
            Part::Columns => sizes.columns = true,
            Part::Reason(_) | Part::Step | Part::Alone(_) | Part::Zero(..) | Part::Batch(_) => {}
        }
    }
}

/// The samples of a batch, where the page names them.
fn batch(parts: &[(usize, Part)]) -> Option<usize> {
    parts.iter().find_map(|(_, part)| {
        let Part::Chain(chain) = part else { return None };
        let [(_, Node::Name(name)), (_, Node::Number(digits, 0))] = chain.as_slice() else { return None };
        if name == "m" { digits.parse().ok() } else { None }
    })
}

struct Sizes {
    known: HashMap<String, Size>,
    batch: Option<usize>,
    /// Whether printed matrices are those of this batch.
    numbers: bool,
    /// Whether vectors are columns.
    columns: bool,
}

/// `1024 × 20`
fn of_text(text: &str) -> Option<(Option<usize>, usize)> {
    match text.split_once(" × ") {
        Some((rows, columns)) => Some((Some(rows.parse().ok()?), columns.parse().ok()?)),
        None => Some((None, text.parse().ok()?)),
    }
}

impl Sizes {
    fn row(&mut self, line: usize, heads: &[String], row: &[Cell], report: &mut Report) {
        let cell = |title: &str| row.get(heads.iter().position(|head| head == title)?);
        let name = |title: &str| match cell(title)?.formulas.as_slice() {
            [chain] => key(&chain.first()?.1),
            _ => None,
        };
        if let (Some(name), Some((None, columns))) =
            (name("Values"), cell("Size").and_then(|size| of_text(&size.text)))
            && let Some(batch) = self.batch
        {
            let size = if self.columns { (columns, batch) } else { (batch, columns) };
            self.known.insert(name, size);
        }
        if let (Some(name), Some((rows, columns))) =
            (name("Parameter"), cell("Size").and_then(|size| of_text(&size.text)))
            && self.batch.is_some()
        {
            let column = self.columns && rows.is_none();
            self.known.insert(name, if column { (columns, 1) } else { (rows.unwrap_or(1), columns) });
        }
        if heads.iter().any(|head| head == "Product") {
            self.product(line, row, report);
        }
    }

    /// A row of the table of products: value, product, left, right, result, sizes.
    fn product(&mut self, line: usize, row: &[Cell], report: &mut Report) {
        let [_, product, left, right, result, sizes] = row else {
            report.find(line, "a row of products has other cells");
            return;
        };
        let size = |cell: &Cell| of_text(&cell.text).and_then(|(rows, columns)| Some((rows?, columns)));
        let (Some(left), Some(right), Some(result)) = (size(left), size(right), size(result)) else {
            report.find(line, "a row of products has no sizes");
            return;
        };
        report.sizes += 1;
        if left.1 != right.0 || (left.0, right.1) != result {
            report.find(line, format!("{left:?} · {right:?} = {result:?}"));
        }
        let printed: Vec<usize> = numbers(sizes);
        if printed != [left.0, left.1, right.0, right.1, result.0, result.1] {
            report.find(line, format!("the sizes {printed:?} are not those beside them"));
        }
        // Too long to print.
        if product.formulas.iter().flatten().any(|(_, node)| *node == Node::LeftOut) {
            return;
        }
        let Some((_, Node::Binary(Sign::Product, a, b))) =
            product.formulas.first().and_then(|chain| chain.first())
        else {
            report.find(line, "a row of products has no product");
            return;
        };
        for (factor, expected) in [(a, left), (b, right)] {
            if let Some(found) = self.of(line, factor, report)
                && found != expected
            {
                report.find(line, format!("{} is {found:?}, not {expected:?}", text(factor)));
            }
        }
    }

    /// All sides of a line have one size.
    fn chain(&mut self, line: usize, chain: &[(crate::latex::Relation, Node)], report: &mut Report) {
        let [(_, first), rest @ ..] = chain else { return };
        if self.batch.is_none() || matches!(first, Node::Call(..)) {
            return;
        }
        self.jacobian(first, rest);
        let mut size = self.of(line, first, report);
        for (_, side) in rest {
            let Some(found) = self.of(line, side, report) else { continue };
            match size {
                // A row of derivatives that is the same for each sample.
                Some(of_all) if matches!(first, Node::Derivative(..)) && found == (1, of_all.1) => {
                    size = Some(found);
                    report.sizes += 1;
                }
                // A number beside an array is the same number in each place.
                Some(size) if size != found && found != (1, 1) && !is_factor(first, size, found) => {
                    report.find(line, format!("{} is {size:?}, {} is {found:?}", text(first), text(side)));
                }
                Some(_) => report.sizes += 1,
                None => size = Some(found),
            }
        }
        if let (Node::Name(name), Some((1, columns)), Some(batch)) = (first, size, self.batch)
            && let Some((whole, "i)}")) = name.split_once("^{(")
        {
            // A row of any sample: there is one for each.
            self.known.entry(whole.to_owned()).or_insert((batch, columns));
        }
        if let (Some(name), Some(size)) = (key(first), size) {
            self.known.entry(name).or_insert(size);
        }
    }

    /// The size below a symbol.
    fn below(&mut self, line: usize, node: &Node, size: Size, report: &mut Report) {
        report.sizes += 1;
        match self.of(line, node, &mut Report::default()) {
            Some(found) if found != size => {
                report.find(line, format!("{size:?} is below {}, which is {found:?}", text(node)));
            }
            Some(_) => {}
            None => {
                if let Some(name) = key(node) {
                    self.known.insert(name, size);
                }
            }
        }
    }

    /// The derivatives of a row with respect to a row are a square matrix, which is printed.
    fn jacobian(&mut self, first: &Node, rest: &[(crate::latex::Relation, Node)]) {
        let (Node::Derivative(of, _), Some((_, Node::Matrix(rows)))) = (first, rest.last()) else { return };
        let is_loss =
            key(of).is_none_or(|of| ["E", "J", "P", "\\bar{E}", "E_{\\Sigma}"].contains(&of.as_str()));
        let square = rows.len() > 1 && rows.iter().all(|row| row.len() == rows.len());
        if let (Some(name), false, true, true) = (key(first), is_loss, square, self.numbers) {
            self.known.entry(name).or_insert((rows.len(), rows.len()));
        }
    }

    /// The size of a formula; none where it is not known.
    fn of(&self, line: usize, node: &Node, report: &mut Report) -> Option<Size> {
        match node {
            Node::Number(..) => Some((1, 1)),
            Node::Name(name) if name == "\\mathbf{1}" => None,
            Node::Name(name) if is_of_sample(name) => {
                let (whole, _) = name.split_once("^{(")?;
                let (_, columns) = self.known.get(whole).copied()?;
                Some((1, columns))
            }
            Node::Name(name) => self.known.get(name).copied().or_else(|| {
                // An element of each row.
                let whole = ["_{k}", "_{i}", "_{j}"].iter().find_map(|index| name.strip_suffix(index))?;
                Some((self.known.get(whole)?.0, 1))
            }),
            Node::Sum(below, inside) if below.len() == 1 => match inside.as_ref() {
                // Elements are multiplied, one of each row.
                Node::Binary(Sign::Product, a, b) => {
                    let (a, b) = (self.of(line, a, report)?, self.of(line, b, report)?);
                    self.together(line, inside, a, b, report)
                }
                inside => self.of(line, inside, report),
            },
            // ∂E/∂x has the size of x; ∂y/∂x of values element by element that of the larger.
            Node::Derivative(of, by) => {
                let size = |node: &Node| self.known.get(&key(node)?).copied();
                size(node).or_else(|| {
                    let (of, by) = (size(of).unwrap_or((1, 1)), size(by)?);
                    Some((of.0.max(by.0), of.1.max(by.1)))
                })
            }
            Node::Negative(inside) | Node::Root(inside) => self.of(line, inside, report),
            Node::Transposed(inside) => {
                if **inside == Node::Name("\\mathbf{1}".to_owned()) {
                    return Some((1, self.batch?));
                }
                self.of(line, inside, report).map(|(rows, columns)| (columns, rows))
            }
            Node::Binary(Sign::Product, a, b) => {
                let (a, b) = (self.of(line, a, report)?, self.of(line, b, report)?);
                if a == (1, 1) || b == (1, 1) && a.1 != 1 {
                    return Some(if a == (1, 1) { b } else { a });
                }
                report.sizes += 1;
                if a.1 != b.0 {
                    report.find(line, format!("{}: {a:?} times {b:?}", text(node)));
                    return None;
                }
                Some((a.0, b.1))
            }
            Node::Binary(_, a, b) | Node::Fraction(a, b) | Node::Power(a, b) => {
                let sizes = (self.of(line, a, report), self.of(line, b, report));
                let (Some(a), Some(b)) = sizes else { return None };
                self.together(line, node, a, b, report)
            }
            Node::Call(_, arguments) => match arguments.as_slice() {
                [argument] => self.of(line, argument, report),
                _ => None,
            },
            Node::Matrix(rows) if rows.iter().flatten().any(|cell| *cell == Node::LeftOut) => None,
            Node::Matrix(rows) => Some((rows.len(), rows.first()?.len())).filter(|_| self.numbers),
            Node::Sized(inside, ..) => self.of(line, inside, report),
            Node::Cases(..)
            | Node::List(_)
            | Node::Element(..)
            | Node::Sum(..)
            | Node::Whole(..)
            | Node::LeftOut => None,
        }
    }

    /// Element by element: equal sizes, or a number, or a row for each row, or a column for each column.
    fn together(&self, line: usize, node: &Node, a: Size, b: Size, report: &mut Report) -> Option<Size> {
        let fits = |a: usize, b: usize| a == b || a == 1 || b == 1;
        report.sizes += 1;
        if fits(a.0, b.0) && fits(a.1, b.1) {
            return Some((a.0.max(b.0), a.1.max(b.1)));
        }
        report.find(line, format!("{}: {a:?} and {b:?}", text(node)));
        None
    }
}

/// A derivative that is the same number in each column.
fn is_factor(first: &Node, size: Size, found: Size) -> bool {
    matches!(first, Node::Derivative(..)) && size.0 == found.0 && found.1 == 1
}

/// The sample of a name that has one: it is a row.
fn is_of_sample(name: &str) -> bool {
    name.contains("^{(")
}

/// All whole numbers of a formula, in order.
fn numbers(cell: &Cell) -> Vec<usize> {
    fn collect(node: &Node, found: &mut Vec<usize>) {
        if let Node::Number(digits, 0) = node {
            found.extend(digits.parse::<usize>().ok());
        }
        node.parts().into_iter().for_each(|part| collect(part, found));
    }
    let mut found = Vec::new();
    cell.formulas.iter().flatten().for_each(|(_, node)| collect(node, &mut found));
    found
}
