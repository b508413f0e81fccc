//! Takes start values from a weights file: each parameter without a start value is the tensor of the same
//! name.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use super::Checker;

use crate::{
    check::errors,
    model::{Parameter, Start},
    number::Precision,
    shape::Shape,
    syntax::ast,
    weights::{self, Entry, Files, Tensor, WeightFile},
};

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
        if !weights::is_portable(&statement.path) {
            return self.found.push(errors::weight_path(&statement));
        }
        let bytes = match files.read(&statement.path) {
            Ok(bytes) => bytes,
            Err(unread) => return self.found.push(errors::weights_unread(&statement, &unread)),
        };
        let entries = match weights::entries(&bytes) {
            Ok(entries) => entries,
            Err(reason) => return self.found.push(errors::not_safetensors(&statement, &reason)),
        };
        let file = Arc::new(WeightFile::new(statement.path.clone(), bytes));
        self.tensors(&statement, &file, &entries, precision);
    }

    fn tensors(
        &mut self,
        statement: &ast::WeightFile,
        file: &Arc<WeightFile>,
        entries: &[Entry],
        precision: Precision,
    ) {
        let by_name: BTreeMap<&str, &Entry> =
            entries.iter().map(|entry| (entry.name.as_str(), entry)).collect();
        let wanted = |(parameter, undrawn): (&Parameter, &bool)| undrawn.then(|| parameter.name.text.clone());
        let wanted: HashSet<String> = self.parameters.iter().zip(&self.undrawn).filter_map(wanted).collect();
        let spare: Vec<&str> = by_name.keys().copied().filter(|name| !wanted.contains(*name)).collect();
        let is_missing = |name: &str| wanted.contains(name) && !by_name.contains_key(name);
        let missing: Vec<&Parameter> =
            self.parameters.iter().filter(|parameter| is_missing(&parameter.name.text)).collect();
        if !missing.is_empty() {
            return self.found.push(errors::tensors_missing(statement, &missing, &spare));
        }
        for (parameter, undrawn) in self.parameters.iter_mut().zip(&self.undrawn) {
            let Some(entry) = by_name.get(parameter.name.text.as_str()) else { continue };
            if !undrawn {
                self.found.push(errors::tensor_of_started(statement, parameter));
                continue;
            }
            if !fits(parameter.shape, statement.transposed.is_some(), &entry.sizes) {
                self.found.push(errors::tensor_shape(statement, parameter, &entry.sizes));
                continue;
            }
            if entry.numbers != type_name(precision) {
                self.found.push(errors::tensor_numbers(statement, parameter, &entry.numbers, precision));
                continue;
            }
            let transposed = statement.transposed.is_some() && matches!(parameter.shape, Shape::Matrix(..));
            let tensor = Tensor::new(Arc::clone(file), entry.at, transposed, parameter.shape, precision);
            if let Some(index) = tensor.values().position(|value| !value.is_finite()) {
                self.found.push(errors::tensor_not_finite(statement, parameter, index));
                continue;
            }
            parameter.start = Start::Loaded(tensor);
        }
        let declared: Vec<&str> = self.parameters.iter().map(|p| p.name.text.as_str()).collect();
        let superfluous: Vec<&str> = spare.into_iter().filter(|name| !declared.contains(name)).collect();
        if !superfluous.is_empty() {
            self.found.push(errors::tensors_superfluous(statement, &superfluous));
        }
    }
}

/// The name of the number type in the file.
pub(crate) fn type_name(precision: Precision) -> &'static str {
    match precision {
        Precision::F32 => "F32",
        Precision::F64 => "F64",
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
