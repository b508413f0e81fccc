//! Inputs and layers as columns of neurons, long ones elided.

use std::collections::HashMap;

use mlp_dsl::ir::{Derivation, Value, equation::EquationId};

/// The most neurons of a column that are all drawn.
const WHOLE: usize = 6;
/// Those that are drawn of a longer one before the gap; the last follows it.
const FIRST: usize = 3;

/// An input or a layer.
#[derive(Clone, Debug)]
pub(crate) struct Thing<'d> {
    pub(crate) name: &'d str,
    pub(crate) value: &'d Value,
    pub(crate) count: usize,
    pub(crate) is_input: bool,
}

/// All inputs and layers, and whose value each equation is.
pub(crate) struct Cells<'d> {
    pub(crate) things: Vec<Thing<'d>>,
    owners: HashMap<EquationId, (usize, Option<usize>)>,
}

impl<'d> Cells<'d> {
    pub(crate) fn new(derivation: &'d Derivation) -> Self {
        let inputs = derivation.inputs.iter().map(|data| (&data.name, &data.value, data.shape, true));
        let layers = derivation.layers.iter().map(|layer| (&layer.name, &layer.value, layer.shape, false));
        let mut cells = Cells { things: Vec::new(), owners: HashMap::new() };
        for (name, value, shape, is_input) in inputs.chain(layers) {
            let thing = cells.things.len();
            match value {
                Value::Whole(id) => cells.own(*id, (thing, None)),
                Value::Packed(ids) => {
                    ids.iter().enumerate().for_each(|(index, id)| cells.own(*id, (thing, Some(index))));
                }
            }
            cells.things.push(Thing { name, value, count: shape.count(), is_input });
        }
        cells
    }

    /// A value that is given two names is of the first.
    fn own(&mut self, id: EquationId, owner: (usize, Option<usize>)) {
        self.owners.entry(id).or_insert(owner);
    }

    /// The thing whose value an equation is, and the place in it for one of its elements.
    pub(crate) fn owner(&self, id: EquationId) -> Option<(usize, Option<usize>)> {
        self.owners.get(&id).copied()
    }
}

impl Thing<'_> {
    /// The neurons that are drawn.
    pub(crate) fn drawn(&self) -> Vec<usize> {
        if self.count <= WHOLE {
            return (0..self.count).collect();
        }
        (0..FIRST).chain([self.count - 1]).collect()
    }

    /// How many are not drawn; they are before the last.
    pub(crate) fn left_out(&self) -> usize {
        self.count - self.drawn().len()
    }
}
