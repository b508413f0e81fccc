//! Other shapes of the same numbers, numbers side by side, and some of them.

use std::{ops::Range, rc::Rc};

use crate::{Error, constant::Constant, read::Node};

use super::{
    Importer, Value,
    operators::{damaged, known, needed, row},
    row::{Formula, Level, Row},
};

/// The largest matrix of zeros and ones that chooses numbers.
const CHOICE: usize = 1 << 20;

/// Each sample as one vector.
pub(super) fn flatten(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let row = row(importer, node)?;
    match node.whole("axis").unwrap_or(1) {
        1 if row.is_batched => Ok(Value::Row(Row { shape: vec![row.width()], ..row })),
        // A sample without batch becomes a batch of one.
        0 if !row.is_batched => Ok(Value::Row(Row { shape: vec![row.width()], is_batched: true, ..row })),
        _ => Err(mixed()),
    }
}

fn mixed() -> Error {
    Error::new(
        "it mixes the numbers of different samples",
        "the language computes each sample by itself: export the model with the batch as the first size",
    )
}

/// Sizes that do not change the numbers of a sample.
pub(super) fn reshape(importer: &mut Importer, node: &Node, operator: &str) -> Result<Value, Error> {
    if let Some(Value::Constant(constant)) = importer.value(node, 0)? {
        return folded(importer, node, operator, &constant);
    }
    let row = row(importer, node)?;
    let Some(sizes) = wholes(importer, node, if operator == "Reshape" { "shape" } else { "axes" })? else {
        // Sizes of the batch: each sample is a vector.
        return Ok(Value::Row(Row { shape: vec![row.width()], ..row }));
    };
    let shape = match operator {
        "Reshape" => reshaped(&row, &sizes).ok_or_else(mixed)?,
        "Squeeze" => {
            let drop: Option<Vec<usize>> = sizes.iter().map(|axis| row.axis(*axis)).collect();
            let drop = drop.ok_or_else(mixed)?;
            let kept = row.shape.iter().enumerate().filter(|(axis, _)| !drop.contains(axis));
            kept.map(|(_, size)| *size).collect()
        }
        _ => {
            let all = row.shape.len() + usize::from(row.is_batched) + sizes.len();
            let mut shape: Vec<usize> =
                row.is_batched.then_some(0).into_iter().chain(row.shape.iter().copied()).collect();
            for axis in sizes {
                let axis = if axis < 0 { axis + all as i64 } else { axis };
                let place =
                    usize::try_from(axis).ok().filter(|place| *place <= shape.len()).ok_or_else(mixed)?;
                shape.insert(place, 1);
            }
            if row.is_batched && shape.first() != Some(&0) {
                return Err(mixed());
            }
            shape.split_off(usize::from(row.is_batched))
        }
    };
    if shape.iter().product::<usize>() != row.width() {
        return Err(mixed());
    }
    Ok(Value::Row(Row { shape, ..row }))
}

/// The new sizes of a sample: the first is that of the batch, 0 keeps one, −1 is what is left.
fn reshaped(row: &Row, sizes: &[i64]) -> Option<Vec<usize>> {
    let (first, rest) =
        if row.is_batched { (sizes.first().copied(), sizes.get(1..)?) } else { (None, sizes) };
    let known = |(place, size): (usize, &i64)| match *size {
        0 => row.shape.get(place).copied(),
        -1 => Some(0),
        size => usize::try_from(size).ok(),
    };
    let mut shape: Vec<usize> = rest.iter().enumerate().map(known).collect::<Option<_>>()?;
    let others =
        shape.iter().filter(|size| **size != 0).try_fold(1_usize, |all, size| all.checked_mul(*size))?;
    match shape.iter().filter(|size| **size == 0).count() {
        0 => {}
        1 if row.width().is_multiple_of(others) => {
            let left = row.width() / others;
            shape.iter_mut().filter(|size| **size == 0).for_each(|size| *size = left);
        }
        _ => return None,
    }
    // −1 for the batch is the batch only where the rest is one sample.
    let fits = shape.iter().try_fold(1_usize, |all, size| all.checked_mul(*size)) == Some(row.width());
    let keeps = !row.is_batched || first.is_some_and(|first| first == 0 || first == -1 || first >= 1);
    (fits && keeps).then_some(shape)
}

/// Whole numbers of an attribute or of the second input; none where they come from sizes.
fn wholes(importer: &Importer, node: &Node, attribute: &str) -> Result<Option<Vec<i64>>, Error> {
    if let Some(numbers) = node.wholes(attribute) {
        return Ok(Some(numbers.to_vec()));
    }
    match importer.value(node, 1)? {
        Some(Value::Constant(constant)) => {
            Ok(Some(constant.numbers.iter().map(|number| *number as i64).collect()))
        }
        Some(Value::Sizes) => Ok(None),
        None if attribute == "axes" => Ok(None),
        _ => Err(damaged("shape")),
    }
}

/// The same of a constant.
fn folded(importer: &Importer, node: &Node, operator: &str, constant: &Constant) -> Result<Value, Error> {
    let count = constant.numbers.len();
    let sizes = wholes(importer, node, if operator == "Reshape" { "shape" } else { "axes" })?;
    let shape = match (operator, sizes) {
        ("Reshape", Some(sizes)) => {
            let all = Row { shape: vec![count], is_batched: false, formula: Formula::whole("") };
            reshaped(&all, &sizes).ok_or_else(|| damaged("shape"))?
        }
        ("Unsqueeze", Some(axes)) => {
            let mut shape = constant.shape.clone();
            for axis in &axes {
                let all = constant.shape.len() as i64 + axes.len() as i64;
                let axis = if *axis < 0 { axis.saturating_add(all) } else { *axis };
                let place = usize::try_from(axis).ok().filter(|place| *place <= shape.len());
                shape.insert(place.ok_or_else(|| damaged("axes"))?, 1);
            }
            shape
        }
        _ => constant.shape.iter().copied().filter(|size| *size != 1).collect(),
    };
    Ok(Value::Constant(Rc::new(Constant { shape, ..constant.clone() })))
}

/// Axes in another order: of a constant, or where each sample stays as it is.
pub(super) fn transpose(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    if let Some(Value::Constant(constant)) = importer.value(node, 0)? {
        let turned = if constant.shape.len() < 2 || node.wholes("perm") == Some(&[0, 1]) {
            Some((*constant).clone())
        } else {
            constant.transposed()
        };
        return Ok(Value::Constant(Rc::new(turned.ok_or_else(|| damaged("matrix"))?)));
    }
    let row = row(importer, node)?;
    let axes = node.wholes("perm").map(<[i64]>::to_vec);
    let mut moved: Vec<usize> = Vec::new();
    for axis in axes.iter().flatten().skip(usize::from(row.is_batched)) {
        moved.push(row.axis(*axis).ok_or_else(mixed)?);
    }
    let keeps_batch = !row.is_batched || axes.as_ref().is_some_and(|axes| axes.first() == Some(&0));
    // Sizes of 1 may go anywhere.
    let large = moved.iter().filter(|axis| row.shape.get(**axis) != Some(&1));
    if !keeps_batch
        || axes.is_none() && row.shape.len() > 1
        || !large.is_sorted()
        || moved.len() != row.shape.len()
    {
        return Err(mixed());
    }
    let shape = moved.iter().filter_map(|axis| row.shape.get(*axis).copied()).collect();
    Ok(Value::Row(Row { shape, ..row }))
}

/// Numbers side by side.
pub(super) fn concat(importer: &mut Importer, node: &Node) -> Result<Value, Error> {
    let axis = node.whole("axis").unwrap_or(1);
    let mut parts = Vec::new();
    let mut constants = Vec::new();
    for index in 0..node.inputs.len() {
        match importer.value(node, index)?.ok_or_else(|| damaged("part"))? {
            Value::Row(row) => parts.push(row),
            Value::Constant(constant) => constants.push(constant),
            Value::Sizes | Value::Refused(_) => return Err(damaged("part")),
        }
    }
    if parts.is_empty() {
        let numbers = constants.iter().flat_map(|constant| constant.numbers.iter().copied()).collect();
        let first = constants.first().ok_or_else(|| damaged("part"))?;
        if constants.iter().any(|constant| constant.shape.len() != 1) {
            return Err(damaged("part"));
        }
        let mut whole = Constant { kind: first.kind, shape: Vec::new(), numbers };
        whole.shape = vec![whole.numbers.len()];
        return Ok(Value::Constant(Rc::new(whole)));
    }
    let fits = |row: &Row| row.is_whole(axis) || row.shape.len() == 1 && row.axis(axis) == Some(0);
    if !constants.is_empty() || !parts.iter().all(fits) {
        return Err(Error::new(
            "it does not put vectors of each sample side by side",
            "the language has `concat` of vectors: export the model with one vector for each sample",
        ));
    }
    let mut names = Vec::new();
    let (mut width, mut first) = (0_usize, None);
    for part in parts {
        let part = importer.without_parameters(part);
        width = width.saturating_add(part.width());
        names.push(part.formula.text.clone());
        first.get_or_insert(part);
    }
    let first = first.ok_or_else(|| damaged("part"))?;
    let formula = Formula::whole(format!("concat({})", names.join(", ")));
    Ok(Value::Row(Row { shape: vec![width], formula, ..first }))
}

/// Some numbers of each sample, by their places.
pub(super) fn chosen(importer: &mut Importer, node: &Node, operator: &str) -> Result<Value, Error> {
    if let Some(Value::Constant(constant)) = importer.value(node, 0)? {
        let [all] = constant.shape[..] else { return Err(damaged("shape")) };
        let places = if operator == "Gather" {
            gathered(importer, node, all)?
        } else {
            sliced(importer, node, all, 0)?
        };
        let numbers: Vec<f64> =
            places.iter().filter_map(|place| constant.numbers.get(*place).copied()).collect();
        let shape = vec![numbers.len()];
        return Ok(Value::Constant(Rc::new(Constant { kind: constant.kind, shape, numbers })));
    }
    let row = row(importer, node)?;
    let width = row.width();
    let places = if operator == "Gather" {
        if !row.is_whole(node.whole("axis").unwrap_or(0)) {
            return Err(mixed());
        }
        gathered(importer, node, width)?
    } else {
        let axis = i64::from(row.is_batched);
        sliced(importer, node, width, axis)?
    };
    some_of(importer, row, &places).map(Value::Row)
}

fn gathered(importer: &Importer, node: &Node, all: usize) -> Result<Vec<usize>, Error> {
    let places = needed(importer, node, 1, "places")?;
    let place = |number: &f64| {
        let from_end = if *number < 0.0 { *number + all as f64 } else { *number };
        (from_end >= 0.0 && from_end < all as f64).then_some(from_end as usize)
    };
    places.numbers.iter().map(place).collect::<Option<_>>().ok_or_else(|| damaged("places"))
}

/// A part of the only axis of a sample.
fn sliced(importer: &Importer, node: &Node, all: usize, axis: i64) -> Result<Vec<usize>, Error> {
    let numbers = |attribute: &str, index: usize| -> Result<Option<Vec<i64>>, Error> {
        match node.wholes(attribute) {
            Some(numbers) => Ok(Some(numbers.to_vec())),
            None => {
                let constant = known(importer, node, index, attribute)?;
                Ok(constant.map(|constant| constant.numbers.iter().map(|number| *number as i64).collect()))
            }
        }
    };
    let (starts, ends) = (numbers("starts", 1)?, numbers("ends", 2)?);
    let (axes, steps) = (numbers("axes", 3)?, numbers("steps", 4)?);
    let (Some([start]), Some([end])) = (starts.as_deref(), ends.as_deref()) else {
        return Err(damaged("part"));
    };
    let is_axis = axes.is_none_or(|axes| matches!(axes[..], [found] if found == axis || found == -1));
    if !is_axis || steps.is_some_and(|steps| steps != [1]) || importer.values.is_empty() {
        return Err(mixed());
    }
    let place = |place: i64| {
        let all = all as i64;
        usize::try_from(if place < 0 { place.saturating_add(all) } else { place }.clamp(0, all)).unwrap_or(0)
    };
    Ok((place(*start)..place(*end)).collect())
}

/// Parts one after the other.
pub(super) fn split(importer: &mut Importer, node: &Node) -> Result<Vec<Value>, Error> {
    let row = row(importer, node)?;
    let row = importer.without_parameters(row);
    if !row.is_whole(node.whole("axis").unwrap_or(0)) {
        return Err(mixed());
    }
    let (width, count) = (row.width(), node.outputs.len().max(1));
    let sizes: Vec<usize> = match (node.wholes("split"), known(importer, node, 1, "sizes")?) {
        (Some(sizes), _) => sizes.iter().map(|size| usize::try_from(*size).unwrap_or(usize::MAX)).collect(),
        (None, Some(sizes)) => sizes.numbers.iter().map(|size| *size as usize).collect(),
        (None, None) => {
            let each = width.div_ceil(count);
            (0..count).map(|part| each.min(width.saturating_sub(part * each))).collect()
        }
    };
    let mut begin = 0_usize;
    let row = importer.named(row, "");
    let mut parts = Vec::new();
    for size in sizes {
        let Range { start, end } = begin..begin.saturating_add(size);
        if end > width {
            return Err(damaged("sizes"));
        }
        begin = end;
        // A part that nothing needs has no name.
        if node.outputs.get(parts.len()).is_some_and(String::is_empty) {
            parts.push(Value::Sizes);
            continue;
        }
        let places: Vec<usize> = (start..end).collect();
        parts.push(Value::Row(some_of(importer, row.clone(), &places)?));
    }
    Ok(parts)
}

/// A product with a matrix of zeros and ones, which is exact.
pub(super) fn some_of(importer: &mut Importer, row: Row, places: &[usize]) -> Result<Row, Error> {
    let (width, count) = (row.width(), places.len());
    if places.iter().copied().eq(0..width) {
        return Ok(Row { shape: vec![count], ..row });
    }
    let cells = width.checked_mul(count).filter(|cells| *cells <= CHOICE && *cells > 0);
    let Some(cells) = cells else {
        return Err(Error::new(
            "it chooses among too many numbers",
            "choose before the model, and give it the numbers it needs",
        ));
    };
    let mut numbers = vec![0.0; cells];
    for (column, place) in places.iter().enumerate() {
        if let Some(cell) = numbers.get_mut(place * count + column) {
            *cell = 1.0;
        }
    }
    let row = importer.vector(row);
    let matrix = Constant { kind: crate::constant::Kind::Single, shape: vec![width, count], numbers };
    let name = importer.parameter(&matrix, &[width, count], "frozen weights", "chosen");
    let product = row.with(format!("{} @ {name}", row.formula.inside(Level::Product)), Level::Product);
    Ok(Row { shape: vec![count], ..product })
}
