//! The page checker: reads a printed derivation as a student does, and nothing else. It recomputes every side from the
//! printed digits, holds numbers that are put in for symbols against the values of these symbols, checks the sizes of
//! matrices, and that every symbol is defined.
//!
//! ```text
//! Markdown ── page ─→ pieces ── latex ─→ trees ── chains, sizes, symbols ─→ findings
//! ```

mod chains;
pub mod latex;
pub mod page;
mod sizes;
mod symbols;
pub mod value;

use std::fmt;

use latex::Node;
use page::{Piece, formulas, pieces};
use value::Rounding;

/// Something that a page says wrongly, or does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The line of the page.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.text)
    }
}

/// What is asked of a page.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demands {
    /// Each number is given in a table or an equality in text, or follows from a printed equality.
    pub givens: bool,
}

/// What was checked, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Sides recomputed from printed digits.
    pub sides: usize,
    /// Sides that are in symbols only, or have a function without a formula on the page.
    pub symbolic: usize,
    /// Numbers that were compared with the value of the symbol they are put in for.
    pub put_in: usize,
    /// Sizes of products and sums that fit.
    pub sizes: usize,
    /// Uses of symbols that are defined.
    pub symbols: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Adds what was checked on another page.
    pub fn add(&mut self, other: Report) {
        self.sides += other.sides;
        self.symbolic += other.symbolic;
        self.put_in += other.put_in;
        self.sizes += other.sizes;
        self.symbols += other.symbols;
        self.findings.extend(other.findings);
    }

    fn find(&mut self, line: usize, text: impl Into<String>) {
        self.findings.push(Finding { line, text: text.into() });
    }
}

/// The head of a column with equalities.
pub(crate) const FACTORS: &str = "Its factors";

/// A part of a page that is understood.
pub(crate) enum Part {
    /// A line of equalities.
    Chain(Vec<(latex::Relation, Node)>),
    /// A comparison that decides which branch of a choice is taken.
    Reason(Vec<(latex::Relation, Node)>),
    /// A formula alone in text.
    Alone(Node),
    /// The rows and columns below a symbol.
    Size(Node, usize, usize),
    /// Vectors are columns.
    Columns,
    /// The state of a rule that is 0 before the first step; whether more names are left out.
    Zero(Node, bool),
    /// A step of training begins: values have new numbers.
    Step,
    /// The batch for which the following tables give sizes.
    Batch(usize),
    /// A table: heads, and the cells of each row with their formulas.
    Table(Vec<String>, Vec<Vec<Cell>>),
}

/// A cell of a table.
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) formulas: Vec<Vec<(latex::Relation, Node)>>,
}

/// Checks a page.
pub fn check(markdown: &str, demands: Demands) -> Report {
    let mut report = Report::default();
    let mut parts = Vec::new();
    for (line, piece) in pieces(markdown) {
        understand(line, piece, &mut parts, &mut report);
    }
    let rounding = rounding(markdown);
    chains::check(&parts, rounding, demands, &mut report);
    sizes::check(&parts, &mut report);
    symbols::check(&parts, &mut report);
    report.findings.sort_by_key(|finding| finding.line);
    report
}

fn understand(line: usize, piece: Piece, parts: &mut Vec<(usize, Part)>, report: &mut Report) {
    let mut parsed = |text: &str| match latex::chain(text) {
        Ok(chain) => Some(chain),
        Err(error) => {
            report.find(line, error);
            None
        }
    };
    match piece {
        Piece::Heading(text) => {
            let step = text.strip_prefix("Step ").is_some_and(|number| number.parse::<usize>().is_ok());
            parts.extend(step.then_some((line, Part::Step)));
        }
        Piece::Line(text) => {
            let (text, reasons) = text.split_once("\\text{, since }").unwrap_or((&text, ""));
            if let Some(chain) = parsed(text) {
                let mut sizes = Vec::new();
                let plain = |(relation, side): (latex::Relation, Node)| (relation, side.plain(&mut sizes));
                let chain = chain.into_iter().map(plain).collect();
                // A line gives its first symbol a value, whose size is below it.
                let own =
                    sizes.into_iter().map(|(node, rows, columns)| (line, Part::Size(node, rows, columns)));
                let own: Vec<(usize, Part)> = own.collect();
                parts.push((line, Part::Chain(chain)));
                parts.extend(own);
            }
            for reason in reasons.split("\\text{ and }").filter(|reason| !reason.is_empty()) {
                parts.extend(parsed(reason).map(|chain| (line, Part::Reason(chain))));
            }
        }
        Piece::Paragraph(text) => {
            let batch =
                text.split_once("for a batch of ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
            parts.extend(batch.map(|batch| (line, Part::Batch(batch))));
            if text.contains("so each value of a layer is a column") {
                parts.insert(0, (line, Part::Columns));
            }
            let zeros = text.split_once(" is 0 before it: ").map_or("", |(_, rest)| rest);
            let (zeros, more) = (formulas(zeros), zeros.contains(" more"));
            for formula in formulas(&text).into_iter().filter(|formula| !formula.starts_with('^')) {
                // Signs that the text explains: ≈, ⊙.
                let is_sign = formula.starts_with('\\') && !formula.contains([' ', '{', '_']);
                if is_sign && ["\\approx", "\\odot"].contains(&formula) {
                    continue;
                }
                let Some(mut chain) = parsed(formula) else { continue };
                match chain.len() {
                    1 if zeros.contains(&formula) => {
                        parts.extend(chain.pop().map(|(_, node)| (line, Part::Zero(node, more))));
                    }
                    1 => parts.extend(chain.pop().map(|(_, node)| (line, Part::Alone(node)))),
                    _ => parts.push((line, Part::Chain(chain))),
                }
            }
        }
        Piece::Table(heads, rows) => {
            let mut cell = |text: String| {
                let formulas = formulas(&text).into_iter().filter_map(&mut parsed).collect();
                Cell { text, formulas }
            };
            let rows = rows.into_iter().map(|row| row.into_iter().map(&mut cell).collect()).collect();
            parts.push((line, Part::Table(heads, rows)));
        }
    }
}

/// What the page says of its rounding.
fn rounding(markdown: &str) -> Rounding {
    let before = |mark: &str| {
        let (before, _) = markdown.split_once(mark)?;
        before.rsplit(' ').next()?.parse::<usize>().ok()
    };
    let each = markdown.contains("before it is used further");
    let significant = before(" significant digits, which identify");
    let digits = significant.or(before(" decimal place")).unwrap_or(9);
    let apart = markdown.contains("are those of a program in double precision");
    Rounding { digits, significant: significant.is_some(), each, apart }
}
