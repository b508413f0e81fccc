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
        let (mut found, mut known) = (Vec::new(), 0);
        let ports =
            self.inputs.iter().map(|port| (port, true)).chain(outputs.iter().map(|port| (port, false)));
        for (port, is_input) in ports {
            match expected.arrays.iter().find(|array| array.name == port.source) {
                Some(array) => found.push((port.clone(), array, rows_of(array, port)?)),
                None if is_input => return Err(unfit(port, "is not among the arrays")),
                None => continue,
            }
            known += usize::from(!is_input);
        }
        if known == 0 {
            return Err(Error::new(
                "none of the arrays is an output of the model",
                format!("the outputs are {}", listed(outputs)),
            ));
        }
        let rows = found.first().map_or(0, |(.., rows)| *rows);
        if let Some((port, ..)) = found.iter().find(|(.., other)| *other != rows) {
            return Err(unfit(port, "has another number of rows"));
        }
        // NaN is the same as nothing, so there is nothing to hold.
        let is_finite =
            |row: &usize| found.iter().all(|(port, array, _)| numbers(array, port, *row).all(f64::is_finite));
        let kept: Vec<usize> = (0..rows).filter(is_finite).collect();
        if kept.len() < rows {
            self.notes.push(format!(
                "{} of {rows} samples are left out: they have a number that is not finite",
                rows - kept.len()
            ));
        }
        if kept.is_empty() {
            return Ok(String::new());
        }
        let mut entries = Vec::new();
        for (port, array, _) in &found {
            let name = format!("expect.{}", port.name);
            entries.push(format!("{} = {name:?}", port.name));
            let numbers = kept.iter().flat_map(|row| numbers(array, port, *row));
            let numbers = match &array.numbers {
                Numbers::F32(_) => Numbers::F32(numbers.map(|number| number as f32).collect()),
                Numbers::F64(_) => Numbers::F64(numbers.collect()),
            };
            self.tensors.push(Tensor { name, shape: vec![kept.len(), port.width], numbers });
        }
        Ok(format!("expect from {path:?} {{ {} }} within {:?};\n", entries.join(", "), expected.within))
    }
}

/// The numbers of a row.
fn numbers<'a>(array: &'a Tensor, port: &Port, row: usize) -> impl Iterator<Item = f64> + use<'a> {
    let places = row * port.width..(row + 1) * port.width;
    places.filter_map(|place| match &array.numbers {
        Numbers::F32(numbers) => numbers.get(place).map(|number| f64::from(*number)),
        Numbers::F64(numbers) => numbers.get(place).copied(),
    })
}

/// The rows of an array.
fn rows_of(array: &Tensor, port: &Port) -> Result<usize, Error> {
    let rows = array.shape.first().copied().unwrap_or(0);
    let width = array.shape.iter().skip(1).product::<usize>();
    // A number for each sample has no second size.
    if rows == 0 || width != port.width {
        return Err(unfit(port, &format!("does not have rows of {} numbers", port.width)));
    }
    Ok(rows)
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
