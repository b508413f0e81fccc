//! The numbers of a step as JSON, each with 17 significant digits.

use mlp_document::values::{Entry, StepValues};
use mlp_dsl::shape::Shape;

use super::sections;
use crate::{json::Json, numbers::exact_of};

/// The whole step. With samples of `data`, what each sample has is a list with an item for each.
pub(super) fn json(step: &StepValues) -> Json {
    let mut object = vec![("network".to_owned(), Json::text(&step.network))];
    object.push(("step".to_owned(), Json::whole(step.step)));
    if let Some(samples) = &step.samples {
        let numbers = samples.clone().map(|index| Json::whole(index as u64 + 1));
        object.push(("samples".to_owned(), Json::List(numbers.collect())));
    }
    for (name, entries) in sections(step) {
        let entries = entries.iter().map(|entry| (entry.name.clone(), value(entry, step)));
        object.push((name.to_owned(), Json::Object(entries.collect())));
    }
    let losses = step.losses.iter().map(|of| number(of.loss, step.single)).collect();
    object.push(("losses".to_owned(), Json::List(losses)));
    Json::Object(object)
}

fn value(entry: &Entry, step: &StepValues) -> Json {
    if !entry.per_sample || step.samples.is_none() {
        return array(entry.shape, &entry.values, step.single);
    }
    let each = entry.values.chunks(entry.shape.count().max(1));
    Json::List(each.map(|values| array(entry.shape, values, step.single)).collect())
}

fn array(shape: Shape, values: &[f64], single: bool) -> Json {
    let list = |values: &[f64]| Json::List(values.iter().map(|x| number(*x, single)).collect());
    match shape {
        Shape::Scalar => values.first().map_or(Json::Null, |x| number(*x, single)),
        Shape::Vector(_) => list(values),
        Shape::Matrix(_, columns) => Json::List(values.chunks(columns.max(1)).map(list).collect()),
    }
}

fn number(x: f64, single: bool) -> Json {
    exact_of(x, single).map_or(Json::Null, Json::Number)
}
