//! The outputs of a graph as layers.

use crate::{
    Error,
    proto::element,
    read::{Known, Model, shown},
};

use super::{
    Importer, Port, Value,
    row::{Level, Row},
};

impl Importer {
    /// The outputs as layers.
    pub(super) fn outputs(&mut self, model: &Model) -> Result<Vec<Port>, Error> {
        let (mut ports, mut refused) = (Vec::new(), Vec::new());
        for output in &model.outputs {
            let missing = || {
                Error::new(
                    format!("the output `{}` is not computed", shown(&output.name)),
                    "check the model with `onnx.checker.check_model`",
                )
            };
            match self.values.get(&output.name).cloned().unwrap_or_else(|| Value::Refused(missing())) {
                Value::Row(row) if row.formula.level == Level::Condition => {
                    let title = format!("the output `{}` is a truth value", shown(&output.name));
                    refused.push((output, Error::new(title, "a network has numbers as outputs")));
                }
                Value::Row(row) => {
                    let row = self.vector(row);
                    let (is_input, width) = (self.is_input(&row), row.width());
                    let row = if is_input { row.call("identity") } else { row };
                    let row = self.layer(row, &output.name, "y");
                    ports.push(Port { source: output.name.clone(), name: row.formula.text, width });
                }
                Value::Refused(error) => refused.push((output, error)),
                Value::Constant(_) | Value::Sizes => {
                    let title = format!("the output `{}` does not depend on the inputs", shown(&output.name));
                    refused.push((output, Error::new(title, "export a model that computes something")));
                }
            }
        }
        // A label beside the probabilities says no more than they do.
        let is_label = |output: &Known| !matches!(output.elements, element::FLOAT | element::DOUBLE);
        match refused.iter().find(|(output, _)| ports.is_empty() || !is_label(output)) {
            Some((_, error)) => Err(error.clone()),
            None => {
                for (output, _) in refused {
                    let name = shown(&output.name);
                    self.notes.push(format!(
                        "the output `{name}` is left out: it is the class with the largest number"
                    ));
                }
                Ok(ports)
            }
        }
    }

    fn is_input(&self, row: &Row) -> bool {
        self.inputs.iter().any(|input| input.name == row.formula.text)
    }
}
