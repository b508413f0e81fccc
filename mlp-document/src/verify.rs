//! Each equals sign is a test: all sides of a line have the same value, and the sizes of a product fit.

use mlp_dsl::{
    formula::evaluate::Real,
    ir::{
        Data, Derivation,
        array::Op,
        equation::{EquationId, Per},
    },
    model::Sample,
    shape::Shape,
};
use mlp_eval::{Array, Ball, Point, cost};

use crate::{
    Document, Line, Node, Numbers, ProductSizes, Side, Size,
    content::{Block, Inline},
    expression::{
        book::{simplexes, targets_sum_to_one},
        evaluate::node_values,
    },
    printers::text,
};

/// Networks with more operations than this are verified at no numbers.
const AFFORDABLE: u64 = 10_000_000;

/// An equality of the document that does not hold: an error of this program, not of the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(String);

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "internal error: an equality of the derivation does not hold: {}", self.0)
    }
}

impl std::error::Error for Fault {}

impl Document {
    /// Verifies the document at the declared numbers and at one random assignment, and gives how
    /// many equals signs hold. A large network is verified at no numbers.
    pub fn check(&self) -> Result<usize, Fault> {
        let derivation = &self.derivation;
        let mut compared = self.sizes_fit()?;
        let samples = self.samples();
        let cost = cost::evaluation(derivation, derivation.equations.len()).saturating_mul(samples as u64);
        if cost > AFFORDABLE {
            return Ok(compared);
        }
        // An equality that holds only by chance of the declared numbers fails at others.
        let mut drawn = Point::drawn_batch(derivation, 1, true, samples);
        if targets_sum_to_one(derivation) {
            drawn.take_samples(derivation, &with_sums_of_one(derivation, &drawn));
        }
        let declared = Point::declared(derivation).ok().filter(|_| self.numbers.is_some());
        for point in declared.iter().chain([&drawn]) {
            compared += self.verify(&Numbers::with_steps(derivation, point, self.steps))?;
        }
        Ok(compared)
    }

    /// How many samples the numbers of the document are of.
    fn samples(&self) -> usize {
        self.numbers.as_ref().map_or(1, Numbers::samples)
    }

    /// How many equals signs hold at these numbers, for each sample; or the first that does not. What names the samples
    /// of the document is tested with as many samples only.
    pub fn verify(&self, numbers: &Numbers) -> Result<usize, Fault> {
        let mut compared = 0;
        let longest = longest(&self.derivation);
        let simplex = targets_sum_to_one(&self.derivation);
        let mut precise: Option<Numbers<Ball>> = None;
        for line in self.lines() {
            let names_samples = line.sides.iter().any(|side| side.expression.names_sample().is_some());
            let step = line.sides.iter().filter_map(|side| side.expression.names_step()).max();
            if names_samples && numbers.samples() != self.samples() || step > Some(numbers.later()) {
                continue;
            }
            let open = line.sides.iter().any(|side| side.expression.is_open(&self.derivation));
            let seen = if open { numbers.samples() } else { 1 };
            for sample in 0..seen {
                compared += match self.holds(line, numbers, sample, longest) {
                    // Where targets sum to 1, formulas may say so.
                    Err(_) if simplex && !sums_to_one(&self.derivation, numbers, sample) => 0,
                    Err(fault) => {
                        let precise = precise.get_or_insert_with(|| {
                            let point = point_of(&self.derivation, numbers);
                            Numbers::with_steps(&self.derivation, &point, self.steps)
                        });
                        self.holds_precisely(line, numbers, precise, sample).ok_or(fault)?
                    }
                    Ok(compared) => compared,
                };
            }
        }
        Ok(compared)
    }

    fn holds(&self, line: &Line, numbers: &Numbers, sample: usize, longest: usize) -> Result<usize, Fault> {
        let values = |side: &Side| node_values(&side.expression, &self.derivation, numbers, sample);
        let missing = |side: &Side| Fault(format!("{} has no value", self.plain(side)));
        let mut values_of_sides = Vec::new();
        for side in &line.sides {
            values_of_sides
                .push(values(side).filter(|values| !values.is_empty()).ok_or_else(|| missing(side))?);
        }
        let over_batch = line.sides.iter().flat_map(|side| side.expression.nodes());
        let over_batch = over_batch.filter(|node| matches!(node, Node::Batch(..))).count() > 0;
        let samples = if over_batch { numbers.samples() } else { 1 };
        let tolerance = tolerance(longest, &values_of_sides, samples);
        let values = values_of_sides.iter().filter_map(|values| values.last());
        let sides: Vec<(&Side, &Array<f64>)> = line.sides.iter().zip(values).collect();
        let Some(((first, expected), rest @ [_, ..])) = sides.split_first() else {
            return Err(Fault("a line has one side".to_owned()));
        };
        // Where an intermediate value overflows, equal formulas may differ: at these numbers nothing is tested.
        if !values_of_sides.iter().flatten().flat_map(Array::iter).all(f64::is_finite) {
            return Ok(0);
        }
        for (side, value) in rest {
            if !same(expected, value, tolerance) {
                let [left, right] = [first, side].map(|side| self.plain(side));
                let [expected, value] = [expected, value].map(|value| value.iter().collect::<Vec<f64>>());
                return Err(Fault(format!("{left} is {expected:?}, but {right} is {value:?}")));
            }
        }
        Ok(rest.len())
    }

    /// Whether the sides differ in doubles only because digits cancel there: in numbers with twice as many digits they
    /// are as near as doubles can be.
    fn holds_precisely(
        &self,
        line: &Line,
        numbers: &Numbers,
        precise: &Numbers<Ball>,
        sample: usize,
    ) -> Option<usize> {
        let values = |side: &Side| node_values(&side.expression, &self.derivation, numbers, sample);
        let doubles = line.sides.iter().map(values).collect::<Option<Vec<_>>>()?;
        let tolerance = tolerance(longest(&self.derivation), &doubles, numbers.samples());
        let sides = line.sides.iter().map(|side| side.evaluate(&self.derivation, precise, sample));
        let sides = sides.collect::<Option<Vec<Array<Ball>>>>()?;
        let (first, rest) = sides.split_first()?;
        let near = |(a, b): (Ball, Ball)| (a - b).real().abs() <= tolerance;
        let same = |side: &Array<Ball>| {
            side.shape().count() == first.shape().count() && first.iter().zip(side.iter()).all(near)
        };
        (!rest.is_empty() && rest.iter().all(same)).then_some(rest.len())
    }

    /// A side as plain text, for messages.
    fn plain(&self, side: &Side) -> String {
        self.math(side).map_or_else(|| "a long formula".to_owned(), |math| text::math(&math))
    }

    /// How many sizes of products fit; or the first that does not.
    fn sizes_fit(&self) -> Result<usize, Fault> {
        let mut compared = 0;
        for inline in self.inlines() {
            if let Inline::Sizes(sizes) = inline {
                if !fits(sizes) {
                    return Err(Fault(format!("the sizes {}", text::math(&sizes.math()))));
                }
                compared += 1;
            }
        }
        Ok(compared)
    }

    /// All pieces of running text.
    pub(crate) fn inlines(&self) -> impl Iterator<Item = &Inline> {
        let blocks = self.sections.iter().flat_map(|section| &section.blocks);
        let texts = blocks.flat_map(|block| match block {
            Block::Paragraph(text) => vec![text],
            Block::Table { rows, .. } => rows.iter().flatten().collect(),
            Block::Lines(_) | Block::Picture(_) | Block::Heading(_) | Block::Code(_) => Vec::new(),
        });
        self.preface.iter().chain(texts).flatten()
    }
}

/// A sample by the values of its equations.
fn sample_of<'v>(derivation: &Derivation, value: &dyn Fn(EquationId) -> Option<&'v Array<f64>>) -> Sample {
    let numbers = |data: &mut dyn Iterator<Item = &Data>| {
        let ids: Vec<EquationId> = data.flat_map(|data| data.value.equations().to_vec()).collect();
        ids.into_iter().filter_map(value).flat_map(|value| value.iter().collect::<Vec<f64>>()).collect()
    };
    Sample { input: numbers(&mut derivation.inputs.iter()), target: numbers(&mut derivation.targets.iter()) }
}

/// The samples of a point with targets that sum to 1.
fn with_sums_of_one(derivation: &Derivation, point: &Point) -> Vec<Sample> {
    let of_sample = |sample: usize| {
        let Sample { input, target } = sample_of(derivation, &|id| point.of(id, sample));
        let mut numbers = target;
        for (start, target) in simplexes(derivation) {
            let own = numbers.iter_mut().skip(start).take(target.shape.count());
            let own: Vec<&mut f64> = own.collect();
            let sum: f64 = own.iter().map(|t| **t).sum();
            own.into_iter().for_each(|t| *t /= sum);
        }
        Sample { input, target: numbers }
    };
    (0..point.samples()).map(of_sample).collect()
}

/// Whether the targets of a sample sum to 1.
fn sums_to_one(derivation: &Derivation, numbers: &Numbers, sample: usize) -> bool {
    let target = sample_of(derivation, &|id| numbers.value(id, sample)).target;
    simplexes(derivation).all(|(start, own)| {
        let sum: f64 = target.iter().skip(start).take(own.shape.count()).sum();
        (sum - 1.0).abs() <= 1e-12
    })
}

/// The point at which numbers are.
fn point_of(derivation: &Derivation, numbers: &Numbers) -> Point {
    let samples = (0..numbers.samples()).map(|sample| sample_of(derivation, &|id| numbers.value(id, sample)));
    let mut point = Point::at(derivation, &samples.collect::<Vec<Sample>>());
    for (id, equation) in derivation.numbered() {
        if equation.op == Op::Given
            && equation.per == Per::Batch
            && let Some(value) = numbers.value(id, 0)
        {
            point.set(id, value.clone());
        }
    }
    point
}

/// Whether the factors fit together, and the result has their outer sizes and those of its value.
fn fits(ProductSizes { left, right, result, of }: &ProductSizes) -> bool {
    let Size { rows, columns } = *result;
    let value = match of.shape() {
        Shape::Scalar => columns == 1,
        Shape::Vector(n) => columns == n,
        Shape::Matrix(n, m) => (rows, columns) == (n, m),
    };
    left.columns == right.rows && rows == left.rows && columns == right.columns && value
}

/// Whether two values have the same numbers, up to the tolerance.
fn same(a: &Array<f64>, b: &Array<f64>, tolerance: f64) -> bool {
    let close = |(a, b): (f64, f64)| (a - b).abs() <= tolerance;
    a.shape().count() == b.shape().count() && a.iter().zip(b.iter()).all(close)
}

/// How far apart two ways to one number may be. Each operation errs by at most half an ulp of its
/// result, and no result is larger than the largest intermediate value. The factor 4 covers the
/// errors of functions beyond that and the growth of an error in the few operations after it.
fn tolerance(longest: usize, sides: &[Vec<Array<f64>>], samples: usize) -> f64 {
    let operations = sides.iter().map(Vec::len).sum::<usize>() * samples;
    let numbers = sides.iter().flatten().flat_map(Array::iter);
    let largest = numbers.fold(0.0_f64, |largest, x| largest.max(x.abs()));
    4.0 * (operations * longest) as f64 * f64::EPSILON * largest
}

/// A product of matrices, a sum and softmax are one node but as many operations as a row is long.
fn longest(derivation: &Derivation) -> usize {
    derivation.equations.iter().map(|e| e.shape.count()).max().unwrap_or(1).min(64)
}

mod shapes;
#[cfg(test)]
mod tests;
