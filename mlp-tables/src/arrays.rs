//! Arrays of NumPy and of IDX → tables: the first size is that of the rows, all others together are columns.

use std::io::Read;

use mlp_tensors::{Format, Stored, list};

use crate::{
    choice::{Columns, choose},
    error::{Error, Unit},
    filled::{Cell, Filled, Table},
    idx, limits,
    wanted::Wanted,
};

/// The formats, by their first bytes.
const FORMATS: [(&[u8], &str, Option<Format>); 3] = [
    (b"\x93NUMPY", "an array of NumPy", Some(Format::Npy)),
    (b"PK\x03\x04", "a file of arrays of NumPy", Some(Format::Npz)),
    (idx::MAGIC, "an array of IDX", None),
];

/// Whether a file that begins so is an array, and no text.
pub(crate) fn is_array(start: &[u8]) -> bool {
    FORMATS.iter().any(|(magic, ..)| start.starts_with(magic))
}

/// Reads arrays.
pub(crate) fn read(mut reader: impl Read, wanted: &Wanted) -> Result<Table, Error> {
    let mut file = Vec::new();
    reader.read_to_end(&mut file).map_err(Error::System)?;
    if file.len() as u64 > limits::BYTES {
        return Err(Error::TooLarge);
    }
    let Some((_, name, format)) = FORMATS.iter().find(|(magic, ..)| file.starts_with(magic)) else {
        return Err(Error::Empty);
    };
    let refused = |reason: String| Error::Array {
        what: format!("the file begins as {name}, but {reason}"),
        help: "save it with `numpy.save` or `numpy.savez` as numbers, or copy it again if it is damaged"
            .to_owned(),
    };
    let arrays = match format {
        Some(format) => list(&file, *format, limits::BYTES).map_err(|error| refused(error.to_string()))?,
        None => vec![idx::array(&file).map_err(refused)?],
    };
    table(&arrays, wanted)
}

/// An array in a table.
struct Part<'f> {
    array: &'f Stored<'f>,
    /// Its first column.
    first: usize,
    width: usize,
}

/// The arrays side by side.
fn table(arrays: &[Stored<'_>], wanted: &Wanted) -> Result<Table, Error> {
    // Of several arrays some may have other rows: they are chosen first.
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut count = 0_usize;
    for array in arrays {
        let width = array.shape.iter().skip(1).try_fold(1_usize, |product, size| product.checked_mul(*size));
        let width = width.filter(|width| *width <= limits::COLUMNS).unwrap_or(limits::COLUMNS + 1);
        parts.push(Part { array, first: count, width });
        count = count.saturating_add(width);
    }
    if count > limits::COLUMNS {
        let what = format!("the rows have more than {} numbers", limits::COLUMNS);
        return Err(Error::Columns { what, help: "leave out arrays".to_owned() });
    }
    let names: Option<Vec<String>> = arrays
        .iter()
        .all(|array| !array.name.is_empty())
        .then(|| parts.iter().flat_map(|part| names(&part.array.name, part.width)).collect());
    let whole = parts.iter().filter(|part| part.width > 1);
    let whole = whole.map(|part| (part.array.name.as_str(), part.first..part.first + part.width)).collect();
    let choice = choose(&Columns::new(names.as_deref(), count, whole), wanted)?;
    let place = |column: usize| parts.get(parts.partition_point(|part| part.first <= column).checked_sub(1)?);
    let used = || choice.inputs.iter().chain(&choice.targets).filter_map(|column| place(*column));
    let rows = used().map(|part| part.array.shape.first().copied());
    let Some(rows) = rows.clone().next().flatten() else { return Err(Error::Empty) };
    if let Some(other) = used().find(|part| part.array.shape.first() != Some(&rows)) {
        let found = other.array.shape.first().copied().unwrap_or(1);
        let what = format!("the arrays have different numbers of rows: {rows} and {found}");
        return Err(Error::Array {
            what,
            help: "the first size of each array is the number of samples".to_owned(),
        });
    }
    let mut filled = Filled::new(names.as_deref(), &choice, wanted, Unit::Row);
    filled.expect(rows)?;
    for row in 0..rows {
        let cell = |column: usize| {
            let part = place(column);
            let number = part.and_then(|part| part.array.number(row * part.width + column - part.first));
            number.map_or(Cell::Missing, Cell::Number)
        };
        filled.row(cell, row as u64 + 1)?;
    }
    filled.finish(wanted)
}

/// The columns of an array: its name, or its name with their numbers.
fn names(name: &str, width: usize) -> Vec<String> {
    match width {
        1 => vec![name.to_owned()],
        _ => (1..=width).map(|number| format!("{name}{number}")).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use mlp_tensors::{Numbers, Tensor, write_npy, write_npz};

    use crate::{Data, Error, Wanted, read, read_both};

    /// Three samples of 2 × 2 pixels and their classes.
    const IMAGES: &[u8] =
        &[0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    const LABELS: &[u8] = &[0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1];

    fn wanted() -> Wanted {
        Wanted::new(vec![Data::numbers("x", 4)], vec![Data::class("kind", 3)])
    }

    fn tensor(name: &str, shape: &[usize], numbers: &[f64]) -> Tensor {
        Tensor { name: name.to_owned(), shape: shape.to_vec(), numbers: Numbers::F64(numbers.to_vec()) }
    }

    fn counted() -> Vec<f64> {
        (1..=12).map(f64::from).collect()
    }

    #[test]
    fn all_formats_are_one_table() {
        let both = read_both(IMAGES, LABELS, &wanted()).unwrap();
        assert_eq!((both.inputs.clone(), both.targets.clone()), (counted(), vec![2.0, 0.0, 1.0]));
        assert_eq!(both.classes, [Some(["0", "1", "2"].map(str::to_owned).to_vec())]);
        let named = [tensor("kind", &[3], &[2.0, 0.0, 1.0]), tensor("x", &[3, 2, 2], &counted())];
        let named = read(write_npz(&named).unwrap().as_slice(), &wanted()).unwrap();
        assert_eq!((&named.inputs, &named.targets), (&both.inputs, &both.targets));
        assert_eq!(named.input_columns, ["x1", "x2", "x3", "x4"]);
        let rows = [1.0, 2.0, 3.0, 4.0, 2.0, 5.0, 6.0, 7.0, 8.0, 0.0, 9.0, 10.0, 11.0, 12.0, 1.0];
        let one = read(write_npy(&tensor("", &[3, 5], &rows)).unwrap().as_slice(), &wanted()).unwrap();
        assert_eq!((&one.inputs, &one.targets), (&both.inputs, &both.targets));
        let text = read_both(IMAGES, "kind\n2\n0\n1\n".as_bytes(), &wanted()).unwrap();
        assert_eq!((&text.inputs, &text.targets), (&both.inputs, &both.targets));
    }

    /// The name of an array is that of its columns; an array that is not used may have other rows.
    #[test]
    fn arrays_are_chosen_by_name() {
        let arrays = [
            tensor("about", &[1], &[0.5]),
            tensor("images", &[3, 4], &counted()),
            tensor("labels", &[3, 1], &[2.0, 0.0, 1.0]),
        ];
        let file = write_npz(&arrays).unwrap();
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        let asked =
            Wanted { input_columns: names(&["images"]), target_columns: names(&["labels"]), ..wanted() };
        assert_eq!(read(file.as_slice(), &asked).unwrap().inputs, counted());
        let mut given = wanted();
        given.inputs[0].given = names(&["images"]);
        given.targets[0].given = names(&["labels"]);
        assert_eq!(read(file.as_slice(), &given).unwrap().targets, [2.0, 0.0, 1.0]);
        given.targets[0].given = names(&["lables"]);
        let refused = read(file.as_slice(), &given).unwrap_err();
        assert_eq!(refused.to_string(), "there is no column `lables`");
        let asked =
            Wanted { input_columns: names(&["images"]), target_columns: names(&["about"]), ..wanted() };
        let refused = read(file.as_slice(), &asked).unwrap_err();
        assert_eq!(refused.to_string(), "the arrays have different numbers of rows: 3 and 1");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |bytes: &[u8]| read(bytes, &wanted()).unwrap_err().to_string();
        let mut holes = counted();
        holes[6] = f64::NAN;
        let file = write_npz(&[tensor("kind", &[3], &[0.0; 3]), tensor("x", &[3, 4], &holes)]).unwrap();
        assert_eq!(wrong(&file), "row 2, column 4 (`x3`): `NaN` is not a finite number");
        let (cut, _) = IMAGES.split_at(20);
        assert_eq!(
            wrong(cut),
            "the file begins as an array of IDX, but its numbers need 12 bytes, and 4 are there"
        );
        assert_eq!(
            wrong(&[0, 0, 8, 0, 1]),
            "the table has 1 columns, and the network takes the inputs `x` of 4 and the target `kind`"
        );
        let fewer = &[0, 0, 8, 1, 0, 0, 0, 2, 2, 0];
        let refused = read_both(IMAGES, fewer.as_slice(), &wanted()).unwrap_err();
        assert!(matches!(refused, Error::Rows { inputs: 3, targets: 2 }));
        // No row, and sizes whose product is large: nothing is allocated for them.
        assert_eq!(wrong(&[0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 5]), "the table has no rows");
        let large = [0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0];
        assert!(wrong(&large).starts_with("the table has 0 columns"), "{}", wrong(&large));
    }
}
