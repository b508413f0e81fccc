//! What the model is known to compute, as tensors beside the weights and a statement.

use mlp_tensors::{Numbers, Tensor};

use crate::{Error, read::shown};

use super::{Expected, Importer, Port};

impl Importer {
    /// Adds the samples to the file of the weights; the statement that reads them.
    pub(super) fn expect(
        &mut self,
        expected: &Expected,
        outputs: &[Port],
        path: &str,
    ) -> Result<String, Error> {
        let mut rows = None;
        let mut entries = Vec::new();
        let (inputs, mut known) = (self.inputs.clone(), 0);
        for (port, is_input) in
            inputs.iter().map(|port| (port, true)).chain(outputs.iter().map(|port| (port, false)))
        {
            let Some(array) = expected.arrays.iter().find(|array| array.name == port.source) else {
                if is_input {
                    return Err(unfit(port, "is not among the arrays"));
                }
                continue;
            };
            let (found, numbers) = rows_of(array, port)?;
            if *rows.get_or_insert(found) != found {
                return Err(unfit(port, "has another number of rows"));
            }
            let name = format!("expect.{}", port.name);
            entries.push(format!("{} = {name:?}", port.name));
            self.tensors.push(Tensor { name, shape: vec![found, port.width], numbers });
            known += usize::from(!is_input);
        }
        if known == 0 {
            return Err(Error::new(
                "none of the arrays is an output of the model",
                format!("the outputs are {}", listed(outputs)),
            ));
        }
        Ok(format!("expect from {path:?} {{ {} }} within {:?};\n", entries.join(", "), expected.within))
    }
}

/// The rows of an array, and its numbers.
fn rows_of(array: &Tensor, port: &Port) -> Result<(usize, Numbers), Error> {
    let rows = array.shape.first().copied().unwrap_or(0);
    let width = array.shape.iter().skip(1).product::<usize>();
    // A number for each sample has no second size.
    if rows == 0 || width != port.width {
        return Err(unfit(port, &format!("does not have rows of {} numbers", port.width)));
    }
    Ok((rows, array.numbers.clone()))
}

fn unfit(port: &Port, what: &str) -> Error {
    Error::new(
        format!("`{}` {what}", shown(&port.source)),
        "the arrays have the names of the model's inputs and outputs, and a row for each sample",
    )
}

fn listed(ports: &[Port]) -> String {
    ports.iter().map(|port| format!("`{}`", shown(&port.source))).collect::<Vec<_>>().join(", ")
}
