//! `expect { x = [0.5, 1], y = [0.3] } within 1e-6;`: values that the network has with its start values. They are checked after all
//! inputs and layers are known.

use std::collections::BTreeMap;

use super::Checker;

use crate::{
    check::errors,
    limits,
    model::{Expect, Expected, LayerBody},
    shape::Shape,
    span::Span,
    syntax::ast::{self, Name, Statement, Value},
    weights::{self, Entry, Files},
};

/// What a name in the braces is.
enum Meaning {
    /// Numbers of the input from this one on.
    Input(usize, usize),
    /// Neurons, or a layer as a whole, with their lengths.
    Values(Vec<(String, usize)>),
}

impl Meaning {
    /// How many numbers a sample has.
    fn length(&self) -> usize {
        match self {
            Meaning::Input(_, length) => *length,
            Meaning::Values(values) => values.iter().map(|(_, length)| length).sum(),
        }
    }
}

/// The numbers of a name, sample after sample.
struct Numbers {
    meaning: Meaning,
    numbers: Vec<f64>,
}

impl Checker<'_> {
    /// Reads all `expect` of a network whose other statements are read.
    pub(super) fn expects(&mut self, network: &ast::Network, files: &dyn Files) -> Vec<Expect> {
        let mut expects = Vec::new();
        let (mut total, mut files_read) = (0, 0);
        for statement in &network.statements {
            let Statement::Expect(expect) = statement else { continue };
            files_read += usize::from(matches!(expect.values, ast::Expected::Stored { .. }));
            if files_read > limits::EXPECTED_FILES {
                self.found.push(errors::too_many_files_expected(expect.span));
                break;
            }
            let Some(read) = self.expect(expect, files) else { continue };
            let values = read.values.iter().map(|value| value.numbers.len());
            total += read.inputs.len() + values.sum::<usize>();
            if total as u64 > limits::EXPECTED_NUMBERS {
                self.found.push(errors::too_much_expected(expect.span));
                break;
            }
            expects.push(read);
        }
        expects
    }

    fn expect(&mut self, expect: &ast::Expect, files: &dyn Files) -> Option<Expect> {
        let within = self.number_of(&expect.within);
        if let Some(within) = within.filter(|within| *within <= 0.0) {
            self.found.push(errors::not_positive("within", within, expect.within.span));
        }
        let meanings = self.meanings(expect)?;
        let (samples, parts) = match &expect.values {
            ast::Expected::Written(values) => (1, self.written(values, meanings)?),
            // With other errors, a missing tensor would mean nothing.
            ast::Expected::Stored { .. } if !self.found.is_empty() => return None,
            ast::Expected::Stored { path, path_span, tensors } => {
                let used = tensors.iter().map(|(_, tensor, _)| (path.clone(), tensor.clone()));
                self.expected_tensors.extend(used);
                let bytes = self.bytes((path, *path_span), files)?;
                let entries = match weights::entries(path, &bytes) {
                    Ok(entries) => entries,
                    Err(reason) => {
                        self.found.push(errors::unreadable_weights((path, *path_span), &reason));
                        return None;
                    }
                };
                self.stored((path, *path_span), tensors, meanings, &entries)?
            }
        };
        let path = match &expect.values {
            ast::Expected::Written(_) => None,
            ast::Expected::Stored { path, .. } => Some(path.clone()),
        };
        let (inputs, values) = arranged(samples, self.input_length(), parts);
        Some(Expect { samples, inputs, values, tolerance: within?, path, span: expect.span })
    }

    fn input_length(&self) -> usize {
        self.inputs.iter().map(|input| input.shape.count()).sum()
    }

    /// The meanings of the names, if all inputs are there once and a layer is.
    fn meanings(&mut self, expect: &ast::Expect) -> Option<Vec<Meaning>> {
        let names = expect.values.names();
        let mut first: BTreeMap<String, Span> = BTreeMap::new();
        let mut meanings = Vec::new();
        for name in &names {
            let Some((meaning, parts)) = self.meaning(&name.text) else {
                self.found.push(errors::expects_unknown(
                    name,
                    self.known_names(),
                    self.is_target(&name.text),
                ));
                continue;
            };
            let twice = parts.iter().find_map(|part| first.get(part)).copied();
            if let Some(first) = twice {
                self.found.push(errors::expected_twice(name, first));
                continue;
            }
            first.extend(parts.into_iter().map(|part| (part, name.span)));
            meanings.push(meaning);
        }
        if meanings.len() < names.len() {
            return None;
        }
        let parts = self.inputs.iter().flat_map(|input| match &input.elements {
            Some(elements) => elements.iter().map(|element| element.text.as_str()).collect(),
            None => vec![input.name.text.as_str()],
        });
        let missing: Vec<&str> = parts.filter(|part| !first.contains_key(*part)).collect();
        let has_values = meanings.iter().any(|meaning| matches!(meaning, Meaning::Values(_)));
        match (missing.as_slice(), has_values) {
            ([], true) => return Some(meanings),
            ([], false) => self.found.push(errors::expects_nothing(expect.span)),
            (missing, _) => self.found.push(errors::expects_without_input(missing, expect.span)),
        }
        None
    }

    /// What a name is, and the names of its parts: each may be there once.
    fn meaning(&self, name: &str) -> Option<(Meaning, Vec<String>)> {
        let mut at = 0;
        for input in &self.inputs {
            let length = input.shape.count();
            let elements = input.elements.as_deref().unwrap_or_default();
            if input.name.text == name {
                let parts = elements.iter().map(|element| element.text.clone());
                let parts = if elements.is_empty() { vec![name.to_owned()] } else { parts.collect() };
                return Some((Meaning::Input(at, length), parts));
            }
            if let Some(element) = elements.iter().position(|element| element.text == name) {
                return Some((Meaning::Input(at + element, 1), vec![name.to_owned()]));
            }
            at += length;
        }
        let values = self.layers.iter().find_map(|layer| match &layer.body {
            LayerBody::Whole(_) => {
                (layer.name.text == name).then(|| vec![(name.to_owned(), layer.shape.count())])
            }
            LayerBody::Neurons(neurons) if layer.name.text == name => {
                Some(neurons.iter().map(|(neuron, _)| (neuron.text.clone(), 1)).collect())
            }
            LayerBody::Neurons(neurons) => {
                neurons.iter().any(|(neuron, _)| neuron.text == name).then(|| vec![(name.to_owned(), 1)])
            }
        })?;
        let parts = values.iter().map(|(part, _)| part.clone()).collect();
        Some((Meaning::Values(values), parts))
    }

    fn is_target(&self, name: &str) -> bool {
        self.targets.iter().any(|target| target.name.text == name)
    }

    fn known_names(&self) -> impl Iterator<Item = &str> {
        let inputs = self.inputs.iter().map(|input| &input.name);
        inputs.chain(self.layers.iter().map(|layer| &layer.name)).map(|name| name.text.as_str())
    }

    fn written(&mut self, values: &[(Name, Value)], meanings: Vec<Meaning>) -> Option<Vec<Numbers>> {
        let mut parts = Vec::new();
        for ((name, value), meaning) in values.iter().zip(meanings) {
            let mut numbers = Vec::new();
            self.flat_numbers(value, &mut numbers);
            let span = match value {
                Value::Single(expression) => expression.span,
                Value::List(_, span) => *span,
            };
            if numbers.len() != meaning.length() {
                self.found.push(errors::expected_count(name, meaning.length(), numbers.len(), span));
                continue;
            }
            let numbers: Option<Vec<f64>> = numbers.into_iter().collect();
            parts.extend(numbers.map(|numbers| Numbers { meaning, numbers }));
        }
        (parts.len() == values.len()).then_some(parts)
    }

    /// All numbers of a value, with lists flattened.
    fn flat_numbers(&mut self, value: &Value, numbers: &mut Vec<Option<f64>>) {
        match value {
            Value::Single(expression) => numbers.push(self.number_of(expression)),
            Value::List(values, _) => values.iter().for_each(|value| self.flat_numbers(value, numbers)),
        }
    }

    fn bytes(&mut self, (path, span): (&str, Span), files: &dyn Files) -> Option<Vec<u8>> {
        if !weights::is_portable(path) {
            self.found.push(errors::weight_path((path, span)));
            return None;
        }
        let bytes = files.read(path);
        bytes.map_err(|unread| self.found.push(errors::weights_unread((path, span), &unread))).ok()
    }

    /// The samples of tensors with a row for each, and their number.
    fn stored(
        &mut self,
        file: (&str, Span),
        tensors: &[(Name, String, Span)],
        meanings: Vec<Meaning>,
        entries: &[Entry<'_>],
    ) -> Option<(usize, Vec<Numbers>)> {
        let mut parts = Vec::new();
        let mut samples: Option<usize> = None;
        let row: usize = meanings.iter().map(Meaning::length).sum();
        for ((name, tensor, span), meaning) in tensors.iter().zip(meanings) {
            let Some(entry) = entries.iter().find(|entry| entry.name == *tensor) else {
                let known: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
                self.found.push(errors::expected_tensor_missing(file.0, (tensor, *span), &known));
                continue;
            };
            let rows = rows(entry, meaning.length()).filter(|rows| samples.is_none_or(|all| all == *rows));
            let Some(rows) = rows else {
                let wanted = (samples, meaning.length());
                self.found.push(errors::expected_rows(name, wanted, (&entry.sizes, *span)));
                continue;
            };
            samples = Some(rows);
            if rows.saturating_mul(row) as u64 > limits::EXPECTED_NUMBERS {
                self.found.push(errors::too_much_expected(*span));
                return None;
            }
            let shape = Shape::Matrix(rows, meaning.length());
            let numbers: Vec<f64> =
                weights::places(shape, entry.is_column_major).map(|place| entry.number(place)).collect();
            let is_finite =
                |number: &f64| if self.single { (*number as f32).is_finite() } else { number.is_finite() };
            if let Some(wrong) = numbers.iter().position(|number| !is_finite(number)) {
                self.found.push(errors::expected_not_finite(name, wrong / meaning.length().max(1), *span));
                continue;
            }
            parts.push(Numbers { meaning, numbers });
        }
        (parts.len() == tensors.len()).then_some((samples?, parts))
    }
}

/// How many rows a tensor has, if each has this length.
fn rows(entry: &Entry<'_>, length: usize) -> Option<usize> {
    let (rows, row) = entry.sizes.split_first()?;
    let found = row.iter().try_fold(1_usize, |all, size| all.checked_mul(*size))?;
    let in_order = !entry.is_column_major || row.len() == 1;
    (found == length && *rows > 0 && in_order).then_some(*rows)
}

/// The numbers of the inputs, sample after sample, and those of the layers.
fn arranged(samples: usize, input: usize, parts: Vec<Numbers>) -> (Vec<f64>, Vec<Expected>) {
    let mut inputs = vec![0.0; samples.saturating_mul(input)];
    let mut values = Vec::new();
    for Numbers { meaning, numbers } in parts {
        let row = meaning.length().max(1);
        match meaning {
            Meaning::Input(at, length) => {
                let places = inputs.chunks_exact_mut(input.max(1));
                for (place, numbers) in places.zip(numbers.chunks_exact(row)) {
                    place.iter_mut().skip(at).take(length).zip(numbers).for_each(|(to, from)| *to = *from);
                }
            }
            Meaning::Values(named) => {
                let mut at = 0;
                for (name, length) in named {
                    let numbers = numbers.chunks_exact(row);
                    let own = numbers.flat_map(|row| row.iter().skip(at).take(length).copied()).collect();
                    values.push(Expected { name, length, numbers: own });
                    at += length;
                }
            }
        }
    }
    (inputs, values)
}
