//! `data { (0, 1) -> 1, … }`: declared samples. They are checked after all inputs and the target are known.

use super::Checker;

use crate::{
    check::errors,
    drawn::Draws,
    limits,
    model::{Data, Sample},
    span::Span,
    syntax::ast::{Samples, Value},
};

/// The numbers of one side of a sample, and its span.
struct Side {
    numbers: Option<Vec<f64>>,
    count: usize,
    span: Span,
}

/// The samples as written.
pub(super) struct Declared {
    samples: Vec<(Side, Option<Side>)>,
    /// How many are drawn instead.
    drawn: Option<usize>,
    span: Span,
}

/// The span of values; without values, the span of their sample.
fn extent(values: &[Value], sample: Span) -> Span {
    let place = |value: &Value| match value {
        Value::Single(expression) => expression.span,
        Value::List(_, span) => *span,
    };
    values.iter().map(place).reduce(Span::to).unwrap_or(sample)
}

impl Checker<'_> {
    pub(super) fn data_block(&mut self, samples: &Samples, span: Span) {
        let samples = match samples {
            Samples::Written(samples) => samples,
            Samples::Drawn(count) => {
                let drawn = self.whole(count, "a number of samples", 1, limits::SAMPLES as u64);
                let declared = |count| Declared { samples: Vec::new(), drawn: Some(count), span };
                self.data = drawn.map(|count| declared(count as usize));
                return;
            }
        };
        if samples.is_empty() {
            self.found.push(errors::no_samples(span));
        }
        let mut read = Vec::with_capacity(samples.len());
        for sample in samples {
            let input = self.side(&sample.input, sample.span);
            let target = sample.target.as_ref().map(|target| self.side(target, extent(target, sample.span)));
            read.push((input, target));
        }
        self.data = Some(Declared { samples: read, drawn: None, span });
    }

    /// All numbers of one side, with lists flattened.
    fn side(&mut self, values: &[Value], span: Span) -> Side {
        let mut side = Side { numbers: Some(Vec::new()), count: 0, span };
        for value in values {
            self.flatten(value, &mut side);
        }
        side
    }

    fn flatten(&mut self, value: &Value, side: &mut Side) {
        match value {
            Value::List(values, _) => values.iter().for_each(|value| self.flatten(value, side)),
            Value::Single(expression) => {
                side.count += 1;
                match (self.number_of(expression), &mut side.numbers) {
                    (Some(number), Some(numbers)) => numbers.push(number),
                    _ => side.numbers = None,
                }
            }
        }
    }

    /// Checks the samples against the inputs and the target.
    pub(super) fn settle_data(&mut self) {
        let Some(data) = self.data.take() else { return };
        if self.incomplete {
            return;
        }
        if let Some(count) = data.drawn {
            self.settle_drawn(count, data.span);
            self.data = Some(data);
            return;
        }
        let given = self.inputs.iter().chain(&self.targets).find(|data| data.values.is_some());
        if let Some(given) = given {
            self.found.push(errors::values_and_data(&given.name, data.span));
        }
        let inputs: usize = self.inputs.iter().map(|input| input.shape.count()).sum();
        let written: usize = self.targets.iter().map(Data::written).sum();
        let targets: usize = self.targets.iter().map(|target| target.shape.count()).sum();
        for (input, output) in &data.samples {
            if input.count != inputs {
                self.found.push(errors::sample_length("input", inputs, input.count, input.span));
            }
            match (output, self.targets.is_empty()) {
                (Some(side), false) => {
                    if side.count != written {
                        let what = if self.targets.len() == 1 { "target" } else { "targets" };
                        self.found.push(errors::sample_length(what, written, side.count, side.span));
                    } else {
                        self.classes_in_range(side);
                    }
                }
                (Some(side), true) => self.found.push(errors::sample_with_target(side.span)),
                (None, false) => self.found.push(errors::sample_without_target(input.span)),
                (None, true) => {}
            }
        }
        let count = data.samples.len();
        let numbers = (count as u64).saturating_mul((inputs + targets) as u64);
        if count > limits::SAMPLES || numbers > limits::SAMPLE_NUMBERS {
            self.found.push(errors::too_many_samples(count, numbers, data.span));
        }
        self.data = Some(data);
    }

    /// `data 8;`: each input and the target has a range or a value, and one of them a range.
    fn settle_drawn(&mut self, count: usize, span: Span) {
        let all = || self.inputs.iter().chain(&self.targets);
        let numbers: usize = all().map(|data| data.shape.count()).sum();
        let numbers = (numbers as u64).saturating_mul(count as u64);
        let without = all().find(|data| data.values.is_none()).map(|data| &data.name);
        let nothing = without.is_some() || all().all(|data| data.drawn.is_empty());
        if nothing && self.found.is_empty() {
            self.found.push(errors::nothing_to_draw(without, span));
        }
        if numbers > limits::DRAWN_NUMBERS {
            self.found.push(errors::too_many_drawn(numbers, span));
        }
    }

    fn classes_in_range(&mut self, side: &Side) {
        let Some(numbers) = &side.numbers else { return };
        let mut rest = numbers.as_slice();
        for target in &self.targets {
            let (own, after) = rest.split_at_checked(target.written()).unwrap_or((rest, &[]));
            rest = after;
            let (true, [class], classes) = (target.class, own, target.shape.count()) else { continue };
            if class.fract() != 0.0 || !(0.0..classes as f64).contains(class) {
                self.found.push(errors::not_whole("a class", *class, 0, classes as u64 - 1, side.span));
            }
        }
    }

    /// The checked samples: those of `data`, or the single one with the values of the declarations.
    pub(super) fn samples(&mut self) -> Vec<Sample> {
        let Some(data) = self.data.take() else {
            for data in self.inputs.iter_mut().chain(&mut self.targets).filter(|data| !data.drawn.is_empty())
            {
                data.values = Some(Draws::new(data, self.seed).next());
            }
            return self.declared_sample().into_iter().collect();
        };
        if let Some(count) = data.drawn {
            return self.drawn_samples(count);
        }
        let side = |side: Side| side.numbers.unwrap_or_default();
        let sample = |(input, output): (Side, Option<Side>)| Sample {
            input: side(input),
            target: one_hot(&self.targets, output.map(side).unwrap_or_default()),
        };
        data.samples.into_iter().map(sample).collect()
    }

    fn drawn_samples(&mut self, count: usize) -> Vec<Sample> {
        let mut inputs: Vec<Draws<'_>> = self.inputs.iter().map(|data| Draws::new(data, self.seed)).collect();
        let mut targets: Vec<Draws<'_>> =
            self.targets.iter().map(|data| Draws::new(data, self.seed)).collect();
        let sample = |_| Sample {
            input: inputs.iter_mut().flat_map(Draws::next).collect(),
            target: targets.iter_mut().flat_map(Draws::next).collect(),
        };
        let samples = (0..count).map(sample).collect();
        // The samples have the values now.
        self.inputs.iter_mut().chain(&mut self.targets).for_each(|data| data.values = None);
        samples
    }

    fn declared_sample(&self) -> Option<Sample> {
        let values = self.inputs.iter().map(|input| input.values.clone());
        let input = values.collect::<Option<Vec<_>>>()?.concat();
        let targets = self.targets.iter().map(|target| target.values.clone());
        Some(Sample { input, target: targets.collect::<Option<Vec<_>>>()?.concat() })
    }
}

/// The numbers of the targets of a sample, each class as a vector with a single 1.
fn one_hot(targets: &[Data], written: Vec<f64>) -> Vec<f64> {
    if targets.iter().all(|target| !target.class) {
        return written;
    }
    let mut rest = written.as_slice();
    let mut numbers = Vec::new();
    for target in targets {
        let (own, after) = rest.split_at_checked(target.written()).unwrap_or((rest, &[]));
        rest = after;
        match own {
            [index] if target.class => {
                let classes = 0..target.shape.count();
                numbers.extend(classes.map(|class| f64::from(u8::from(class as f64 == *index))));
            }
            _ => numbers.extend(own),
        }
    }
    numbers
}
