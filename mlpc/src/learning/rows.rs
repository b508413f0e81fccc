//! The rows of tables in the number type of a network.

use mlp_dsl::ir::Derivation;
use mlp_engine::Scalar;
use mlp_tables::Table;

use super::class_target;

/// Samples, row after row.
#[derive(Debug, Default)]
pub(crate) struct Rows<S> {
    inputs: Vec<S>,
    width: usize,
    targets: Vec<S>,
    target_width: usize,
    /// The classes, where the target is one.
    classes: Option<Vec<usize>>,
    count: usize,
}

impl<S: Scalar> Rows<S> {
    /// No rows, for this network.
    pub(crate) fn new(derivation: &Derivation) -> Self {
        Rows {
            width: derivation.inputs.iter().map(|input| input.shape.count()).sum(),
            target_width: derivation.targets.iter().map(|target| target.shape.count()).sum(),
            classes: class_target(derivation).map(|_| Vec::new()),
            inputs: Vec::new(),
            targets: Vec::new(),
            count: 0,
        }
    }

    /// Appends the rows of a table. Where there is one class, it is its number; of several targets each class is a vector with a
    /// single 1.
    pub(crate) fn push(&mut self, table: &Table, derivation: &Derivation) {
        self.count += table.rows;
        self.inputs.extend(table.inputs.iter().map(|number| S::from_f64(*number)));
        if let Some(classes) = &mut self.classes {
            classes.extend(table.targets.iter().map(|class| *class as usize));
            return;
        }
        let each = table.target_columns.len().max(1);
        for row in table.targets.chunks(each) {
            let mut cells = row.iter();
            for target in &derivation.targets {
                let count = target.shape.count();
                if target.class {
                    let class = cells.next().map_or(0, |class| *class as usize);
                    let number = |index| if index == class { S::ONE } else { S::ZERO };
                    self.targets.extend((0..count).map(number));
                } else {
                    self.targets.extend(cells.by_ref().take(count).map(|number| S::from_f64(*number)));
                }
            }
        }
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// How many numbers a target has.
    pub(crate) fn target_width(&self) -> usize {
        self.target_width
    }

    /// The inputs of a row.
    pub(crate) fn input(&self, row: usize) -> &[S] {
        self.inputs.get(row * self.width..(row + 1) * self.width).unwrap_or_default()
    }

    /// The numbers of a row's target; none where it is a class.
    pub(crate) fn target(&self, row: usize) -> &[S] {
        self.targets.get(row * self.target_width..(row + 1) * self.target_width).unwrap_or_default()
    }

    /// The class of a row; none where the target is no class.
    pub(crate) fn class(&self, row: usize) -> Option<usize> {
        self.classes.as_ref()?.get(row).copied()
    }

    /// Whether each target is one number, 0 or 1: a class of two.
    pub(crate) fn is_binary(&self) -> bool {
        self.target_width == 1
            && self.classes.is_none()
            && self.targets.iter().all(|number| *number == S::ZERO || *number == S::ONE)
    }
}
