//! Declared targets that no output of the network can reach.

use super::{
    Lint,
    loss::Compared,
    range::{Range, Source},
    warnings,
};

use crate::{
    diagnostic::Diagnostic,
    model::{Data, Typed, TypedKind, Value},
    span::Span,
    syntax::ast::{self, Statement},
};

/// How far the sum of a distribution may be from 1: declared numbers are rounded.
const SUM: f64 = 1e-3;

/// A target of one sample.
struct Target<'l> {
    values: &'l [f64],
    /// The place of each value, where each is written.
    places: Vec<Span>,
}

impl Target<'_> {
    /// The place of a value, or of all of them.
    fn place(&self, index: usize) -> Span {
        let all = || self.places.iter().copied().reduce(Span::to).unwrap_or_default();
        if self.places.len() == self.values.len() {
            self.places.get(index).copied().unwrap_or_else(all)
        } else {
            all()
        }
    }

    fn whole(&self) -> Span {
        self.places.iter().copied().reduce(Span::to).unwrap_or_default()
    }
}

impl Lint<'_> {
    /// Reports the first target out of reach.
    pub(super) fn targets(
        &self,
        compared: Compared,
        output: &Typed,
        target: &Typed,
        found: &mut Vec<Diagnostic>,
    ) {
        let TypedKind::Value(of @ (Value::Target(index) | Value::TargetElement(index, _))) = &target.kind
        else {
            return;
        };
        let first = if let Value::TargetElement(_, element) = of { *element } else { 0 };
        let count = output.shape.count().min(target.shape.count());
        let own = self.ranges.formula(output).source;
        let ranges: Vec<Range<'_>> =
            self.elements(output).into_iter().map(|(range, _)| wanted(compared, range)).collect();
        let all = ranges.first().filter(|_| ranges.len() == 1);
        for sample in self.declared_targets(*index) {
            let values = sample.values.get(first..first + count).unwrap_or_default();
            let sums = match compared {
                Compared::Distribution | Compared::Logits => values.len() > 1,
                Compared::Values => own == Source::Softmax && values.len() > 1,
                Compared::Probability | Compared::Logit => false,
            };
            let outside = values.iter().enumerate().find_map(|(index, value)| {
                let range = *ranges.get(index).or(all)?;
                (*value < range.low || *value > range.high).then_some((index, *value, range))
            });
            if let Some((index, value, range)) = outside {
                let place = sample.place(first + index);
                found.push(warnings::target_outside(value, place, compared, range, output.span));
                return;
            }
            let sum: f64 = values.iter().sum();
            if sums && (sum - 1.0).abs() > SUM {
                found.push(warnings::target_sum(sum, sample.whole(), output.span));
                return;
            }
        }
    }

    /// The declared values of a target with their places: those of `data`, or the one of the target.
    fn declared_targets(&self, index: usize) -> Vec<Target<'_>> {
        let statements = || self.ast.networks.iter().flat_map(|network| &network.statements);
        if self.model.header.has_data {
            let samples = statements().find_map(|statement| {
                if let Statement::Data(ast::Samples::Written(samples), _) = statement {
                    Some(samples)
                } else {
                    None
                }
            });
            let (before, own) = self.model.targets.split_at_checked(index).unwrap_or((&[], &[]));
            let Some(own) = own.first() else { return Vec::new() };
            let numbers = before.iter().map(|target| target.shape.count()).sum::<usize>();
            let written_before = before.iter().map(Data::written).sum::<usize>();
            let both = samples.into_iter().flatten().zip(&self.model.header.samples);
            return both
                .map(|(written, sample)| {
                    let places = places(written.target.iter().flatten()).into_iter();
                    let values = sample.target.get(numbers..).unwrap_or_default();
                    Target {
                        values: values.get(..own.shape.count()).unwrap_or(values),
                        places: places.skip(written_before).take(own.written()).collect(),
                    }
                })
                .collect();
        }
        let Some(values) = self.model.targets.get(index).and_then(|target| target.values.as_deref()) else {
            return Vec::new();
        };
        let groups = statements().filter_map(|statement| {
            if let Statement::Target(group) = statement { Some(group) } else { None }
        });
        let written = groups.skip(index).take(1);
        let starts = written.flat_map(|group| match &group.elements {
            Some(elements) => elements.iter().filter_map(|element| element.start.as_ref()).collect(),
            None => group.declaration.start.iter().collect::<Vec<_>>(),
        });
        let values_written = starts.filter_map(|start| match start {
            ast::Start::Value(value) => Some(value),
            ast::Start::Initializer(_) => None,
        });
        vec![Target { values, places: places(values_written) }]
    }
}

/// The range of good targets.
fn wanted(compared: Compared, range: Range<'_>) -> Range<'_> {
    match compared {
        Compared::Values if matches!(range.source, Source::Function(_) | Source::Softmax) => range,
        Compared::Values => Range { low: f64::NEG_INFINITY, high: f64::INFINITY, ..range },
        Compared::Distribution | Compared::Logits | Compared::Probability | Compared::Logit => {
            Range { low: 0.0, high: 1.0, ..range }
        }
    }
}

/// The places of all numbers, row after row.
fn places<'a>(values: impl Iterator<Item = &'a ast::Value>) -> Vec<Span> {
    let mut places = Vec::new();
    for value in values {
        match value {
            ast::Value::Single(expression) => places.push(expression.span),
            ast::Value::List(inner, _) => places.extend(self::places(inner.iter())),
        }
    }
    places
}
