//! Takes start values from a weights file: each parameter without a start value is the tensor of its name, or of the name
//! that the specification maps it to.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use mlp_tensors::naming::{self, FORMS, MATRIX, matches};

use super::Checker;

use crate::{
    check::errors,
    diagnostic::Diagnostic,
    model::{Parameter, Start},
    number::Precision,
    shape::Shape,
    syntax::ast::{self, Mapping},
    weights::{self, Dtype, Entry, Files, Tensor, WeightFile, dtype_of, is_exact, places},
};

/// A parameter and its tensor.
struct Found<'e> {
    parameter: usize,
    shape: Shape,
    entry: &'e Entry<'e>,
    /// Whether rows and columns are exchanged in the file.
    transposed: bool,
}

/// A parameter's names in the file, of which one is there.
struct Wanted<'m> {
    names: Vec<Spelling>,
    mapping: Option<&'m Mapping>,
}

/// A name in the file, and whether the libraries that use it exchange rows and columns of a matrix of `dense`.
struct Spelling {
    name: String,
    transposed: Option<bool>,
}

impl Checker<'_> {
    pub(super) fn weight_file(&mut self, file: &ast::WeightFile) {
        self.weight_file = Some(file.clone());
    }

    /// Takes start values from the file, if there is one and no other error: with wrong names or shapes, a
    /// missing tensor would mean nothing.
    pub(super) fn load_weights(&mut self, precision: Option<Precision>, files: &dyn Files) {
        let (Some(statement), Some(precision)) = (self.weight_file.take(), precision) else { return };
        if !self.found.is_empty() {
            return;
        }
        let place = (statement.path.as_str(), statement.path_span);
        if !weights::is_portable(&statement.path) {
            return self.found.push(errors::weight_path(place));
        }
        self.check_mappings(&statement);
        if !self.found.is_empty() {
            return;
        }
        let bytes = match files.read(&statement.path) {
            Ok(bytes) => bytes,
            Err(unread) => return self.found.push(errors::weights_unread(place, &unread)),
        };
        let entries = match weights::entries(&statement.path, &bytes) {
            Ok(entries) => entries,
            Err(reason) => return self.found.push(errors::unreadable_weights(place, &reason)),
        };
        let Some(found) = self.tensors(&statement, &entries, precision) else { return };
        let in_place = found.iter().all(|of| of.entry.at.is_some());
        let decoded = (!in_place).then(|| decoded(&found, precision));
        let starts = if in_place { stored(&found) } else { consecutive(&found, precision) };
        drop(entries);
        let file = WeightFile::new(statement.path.clone(), bytes);
        let file = Arc::new(match decoded {
            Some(numbers) => file.with_numbers(numbers),
            None => file,
        });
        for (number, at, dtype) in starts {
            if let Some(parameter) = self.parameters.get_mut(number) {
                let tensor = Tensor::new(Arc::clone(&file), at, parameter.shape, precision, dtype);
                parameter.start = Start::Loaded(tensor);
            }
        }
    }

    /// Whether each entry of the map names a layer with parameters, or a parameter without a start value, and each once.
    fn check_mappings(&mut self, statement: &ast::WeightFile) {
        let mut seen = HashMap::new();
        for mapping in &statement.mappings {
            if let Some(first) = seen.insert(mapping.name.text.as_str(), mapping.name.span) {
                self.found.push(errors::mapped_twice(&mapping.name, first));
                continue;
            }
            let is_of = |parameter: &&Parameter| self.names(mapping, parameter).is_some();
            if !self.parameters.iter().any(|parameter| is_of(&parameter)) {
                let layers = self.layers.iter().map(|layer| layer.name.text.as_str());
                let parameters = self.parameters.iter().map(|parameter| parameter.name.text.as_str());
                let is_layer = self.layers.iter().any(|layer| layer.name.text == mapping.name.text);
                self.found.push(errors::maps_no_parameter(&mapping.name, is_layer, layers.chain(parameters)));
            }
        }
    }

    /// The names in the file that an entry of the map gives a parameter, if it is about this parameter.
    fn names(&self, mapping: &Mapping, parameter: &Parameter) -> Option<Vec<Spelling>> {
        let name = parameter.name.text.as_str();
        let made = self.made.contains_key(name);
        if mapping.name.text == name {
            let transposed = if made { of_dense(&mapping.tensor) } else { None };
            return Some(vec![Spelling { name: mapping.tensor.clone(), transposed }]);
        }
        let role = name.strip_suffix(mapping.name.text.as_str())?.strip_suffix('_')?;
        let spellings = if made { naming::role(role) } else { &[] };
        if spellings.is_empty() {
            return None;
        }
        let prefix = mapping.tensor.as_str();
        Some(spellings.iter().flat_map(|word| joined(prefix, *word)).collect())
    }

    fn wanted<'m>(&self, statement: &'m ast::WeightFile, parameter: &Parameter) -> Wanted<'m> {
        // An entry of the parameter itself goes before one of its layer.
        let is_own = |mapping: &&Mapping| mapping.name.text == parameter.name.text;
        let (own, others): (Vec<_>, Vec<_>) = statement.mappings.iter().partition(is_own);
        let mapped = own
            .into_iter()
            .chain(others)
            .find_map(|mapping| Some((mapping, self.names(mapping, parameter)?)));
        let own = || vec![Spelling { name: parameter.name.text.clone(), transposed: Some(false) }];
        match mapped {
            Some((mapping, names)) => Wanted { names, mapping: Some(mapping) },
            None => Wanted { names: own(), mapping: None },
        }
    }

    /// The tensors of all parameters without a start value. `None` after an error.
    fn tensors<'e>(
        &mut self,
        statement: &ast::WeightFile,
        entries: &'e [Entry<'e>],
        precision: Precision,
    ) -> Option<Vec<Found<'e>>> {
        let by_name: BTreeMap<&str, &'e Entry<'e>> =
            entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let (mut used, mut wrong) = (BTreeSet::new(), Vec::new());
        for (number, (parameter, undrawn)) in self.parameters.iter().zip(&self.undrawn).enumerate() {
            let wanted = self.wanted(statement, parameter);
            let hit = wanted.names.iter().find_map(|of| Some((of, *by_name.get(of.name.as_str())?)));
            let Some((spelling, entry)) = hit else {
                if *undrawn || wanted.mapping.is_some() {
                    missing.push((parameter, wanted));
                }
                continue;
            };
            used.insert(entry.name.as_str());
            if !undrawn {
                wrong.push(errors::tensor_of_started(statement, parameter));
                continue;
            }
            match found_in(statement, (number, parameter), (&wanted, spelling), entry, precision) {
                Ok(of) => found.push(of),
                Err(error) => wrong.push(*error),
            }
        }
        let is_unused = |name: &&str| !used.contains(name) && !is_of_training(name);
        let unused: Vec<&str> = by_name.keys().copied().filter(is_unused).collect();
        if !missing.is_empty() {
            let names = |(parameter, wanted): (&'_ Parameter, Wanted<'_>)| {
                let first = wanted.names.into_iter().next().map(|of| of.name).unwrap_or_default();
                (parameter.name.clone(), first, wanted.mapping.map(|mapping| mapping.tensor_span))
            };
            let missing: Vec<_> = missing.into_iter().map(names).collect();
            self.found.push(errors::tensors_missing(statement, &missing, &unused));
            return None;
        }
        let (mut spare, unmatched) = not_ignored(statement, &unused);
        let expected = &self.expected_tensors;
        spare.retain(|name| !expected.iter().any(|(path, tensor)| path == &statement.path && tensor == name));
        wrong.extend(unmatched.into_iter().map(errors::ignores_nothing));
        if !spare.is_empty() {
            wrong.push(errors::tensors_superfluous(statement, &spare));
        }
        let is_right = wrong.is_empty();
        wrong.into_iter().for_each(|error| self.found.push(error));
        is_right.then_some(found)
    }
}

/// The names of a parameter of a layer, after the name of the layer in the file.
fn joined(prefix: &str, (word, transposed): (&str, bool)) -> Vec<Spelling> {
    let name = |name| Spelling { name, transposed: Some(transposed) };
    if prefix.is_empty() {
        return vec![name(word.to_owned())];
    }
    FORMS.iter().map(|(before, after)| name(format!("{prefix}{before}{word}{after}"))).collect()
}

/// Whether a tensor of this name has rows and columns exchanged, compared with `dense`.
fn of_dense(tensor: &str) -> Option<bool> {
    let last = tensor.rsplit(['.', '/']).next().unwrap_or(tensor);
    let last = last.strip_suffix(":0").unwrap_or(last);
    MATRIX.iter().find(|(word, _)| *word == last).map(|(_, transposed)| *transposed)
}

/// The tensor of a parameter, if shape, number type and numbers fit.
fn found_in<'e>(
    statement: &ast::WeightFile,
    (number, parameter): (usize, &Parameter),
    (wanted, spelling): (&Wanted<'_>, &Spelling),
    entry: &'e Entry<'e>,
    precision: Precision,
) -> Result<Found<'e>, Box<Diagnostic>> {
    let at = errors::InFile { file: statement, parameter, entry, mapping: wanted.mapping };
    let transposed = transposed(statement, &at, spelling)?;
    if !is_exact(entry.dtype, precision) {
        return Err(Box::new(errors::tensor_numbers(&at, precision)));
    }
    let of = Found { parameter: number, shape: parameter.shape, entry, transposed };
    let not_finite = of.values().position(|value| !value.is_finite());
    match not_finite {
        Some(index) => Err(Box::new(errors::tensor_not_finite(&at, index))),
        None => Ok(of),
    }
}

/// Whether rows and columns are exchanged in the file: a word says so, or the name, or else the one way that fits.
fn transposed(
    statement: &ast::WeightFile,
    at: &errors::InFile<'_>,
    spelling: &Spelling,
) -> Result<bool, Box<Diagnostic>> {
    let shape = at.parameter.shape;
    let fits = |transposed| fits(shape, transposed, &at.entry.sizes);
    let word = at.mapping.and_then(|mapping| mapping.transposed).or(statement.transposed.map(|_| true));
    let known = word.or(spelling.transposed);
    match (known, fits(false), fits(true)) {
        (_, true, _) if !matches!(shape, Shape::Matrix(..) if shape.count() > 1) => Ok(false),
        (Some(transposed), _, _) if fits(transposed) => Ok(transposed),
        (None, true, true) => Err(Box::new(errors::orientation(at))),
        (None, true, false) => Ok(false),
        (None, false, true) => Ok(true),
        (Some(_), _, _) | (None, false, false) => {
            Err(Box::new(errors::tensor_shape(at, known.unwrap_or(false))))
        }
    }
}

/// Whether a tensor of these sizes fits a parameter of this shape. A scalar can be a tensor with one element.
fn fits(shape: Shape, transposed: bool, sizes: &[usize]) -> bool {
    match (shape, sizes) {
        (Shape::Scalar, [] | [1]) => true,
        (Shape::Vector(n), [length]) => n == *length,
        (Shape::Matrix(rows, columns), [outer, inner]) if transposed => (columns, rows) == (*outer, *inner),
        (Shape::Matrix(rows, columns), [outer, inner]) => (rows, columns) == (*outer, *inner),
        _ => false,
    }
}

/// The tensors that no pattern of `ignore` matches, and the places of patterns that match none.
fn not_ignored<'n>(statement: &ast::WeightFile, spare: &[&'n str]) -> (Vec<&'n str>, Vec<crate::span::Span>) {
    let patterns = &statement.ignored;
    let is_ignored = |name: &str| patterns.iter().any(|(pattern, _)| matches(pattern, name.chars()));
    let rest = spare.iter().copied().filter(|name| !is_ignored(name)).collect();
    let unmatched =
        patterns.iter().filter(|(pattern, _)| !spare.iter().any(|name| matches(pattern, name.chars())));
    (rest, unmatched.map(|(_, span)| *span).collect())
}

/// Whether it is a tensor of a checkpoint that is no parameter: no parameter has a dot in its name. PyTorch counts the batches of a
/// normalization.
fn is_of_training(name: &str) -> bool {
    name.starts_with("optimizer.") || name.starts_with("best.") || name.ends_with(".num_batches_tracked")
}

impl Found<'_> {
    /// Whether the numbers in the file are those of the matrix column by column.
    fn by_columns(&self) -> bool {
        matches!(self.shape, Shape::Matrix(..)) && self.transposed != self.entry.is_column_major
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        places(self.shape, self.by_columns()).map(|place| self.entry.number(place))
    }
}

/// For each parameter, where its numbers begin in the file, whether by columns, and their type.
type Place = (usize, (usize, bool), Dtype);

fn stored(found: &[Found<'_>]) -> Vec<Place> {
    let at = |of: &Found<'_>| (of.entry.at.unwrap_or_default(), of.by_columns());
    found.iter().map(|of| (of.parameter, at(of), of.entry.dtype)).collect()
}

/// The places in [`decoded`].
fn consecutive(found: &[Found<'_>], precision: Precision) -> Vec<Place> {
    let mut next = 0;
    let place = |of: &Found<'_>| {
        let at = next;
        next += of.shape.count() * precision.bytes();
        (of.parameter, (at, false), dtype_of(precision))
    };
    found.iter().map(place).collect()
}

/// The numbers of all parameters, row by row, little-endian.
fn decoded(found: &[Found<'_>], precision: Precision) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in found.iter().flat_map(Found::values) {
        match precision {
            Precision::F32 => bytes.extend((value as f32).to_le_bytes()),
            Precision::F64 => bytes.extend(value.to_le_bytes()),
        }
    }
    bytes
}
