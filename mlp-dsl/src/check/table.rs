//! `data from "train.csv" { kind = "species" }`: a table, which is not read here. Its columns are checked after all inputs and
//! targets are known.

use std::collections::{BTreeSet, HashMap};

use super::Checker;

use crate::{
    check::errors,
    model::Data,
    run::{Columns, TableFile},
    syntax::ast::{Column, DataFile},
    weights::is_portable,
};

impl Checker<'_> {
    /// Checks the columns against the inputs and targets.
    pub(super) fn settle_table(&mut self) {
        let Some(file) = self.table.take() else { return };
        for (path, span) in [Some(&file.path), file.targets.as_ref()].into_iter().flatten() {
            if !is_portable(path) {
                self.found.push(errors::table_path(path, *span));
            }
        }
        if self.incomplete {
            return;
        }
        let arrays = file.path.0.ends_with(".npz");
        let mut seen = HashMap::new();
        for column in &file.columns {
            match seen.insert(column.name.text.as_str(), column.name.span) {
                Some(first) => self.found.push(errors::columns_twice(&column.name, first)),
                None => self.column(column, arrays),
            }
        }
        self.run.table = Some(table(&file));
    }

    fn column(&mut self, column: &Column, arrays: bool) {
        let all = || self.inputs.iter().chain(&self.targets);
        let name = column.name.text.as_str();
        let is_element = |data: &&Data| data.elements.iter().flatten().any(|element| element.text == name);
        let whole = all().find(|data| data.name.text == name);
        let Some(data) = whole.or_else(|| all().find(is_element)) else {
            let elements = all().flat_map(|data| data.elements.iter().flatten());
            let known = all().map(|data| &data.name).chain(elements).map(|name| name.text.as_str());
            return self.found.push(errors::columns_of_nothing(&column.name, known));
        };
        let wanted = if whole.is_some() { data.written() } else { 1 };
        // The name of an array in an `.npz` file is that of all its columns.
        let is_array = column.columns.len() == 1 && arrays;
        if column.columns.len() != wanted && !is_array {
            self.found.push(errors::column_count(&column.name, wanted, column.columns.len(), column.span));
        }
        let Some((classes, span)) = &column.classes else { return };
        let is_target = self.targets.iter().any(|target| std::ptr::eq(target, data));
        // A single number with names is a class of two.
        let wanted = if data.class { data.shape.count() } else { 2 };
        let distinct = classes.iter().collect::<BTreeSet<_>>().len() == classes.len();
        if !is_target || !(data.class || data.shape.count() == 1) {
            self.found.push(errors::classes_of_numbers(&column.name, *span));
        } else if classes.len() != wanted || !distinct {
            self.found.push(errors::class_names(&column.name, wanted, classes.len(), *span));
        }
    }
}

fn table(file: &DataFile) -> TableFile {
    let columns = |column: &Column| Columns {
        name: column.name.text.clone(),
        columns: column.columns.clone(),
        classes: column.classes.as_ref().map(|(names, _)| names.clone()),
    };
    TableFile {
        path: file.path.0.clone(),
        targets: file.targets.as_ref().map(|(path, _)| path.clone()),
        columns: file.columns.iter().map(columns).collect(),
    }
}
