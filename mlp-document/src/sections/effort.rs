//! The effort: batches of an epoch, memory, operations.

use mlp_dsl::formula::scalar::Binary;

use crate::{
    content::{Line, Section},
    expression::{Count, Expression, Node},
    phrases,
};

use super::{arithmetic::arithmetic, facts::Facts};

/// The section.
pub(super) fn effort(facts: &Facts<'_>) -> Section {
    let derivation = facts.derivation;
    let mut section = Section::new("effort");
    batches(facts, &mut section);
    let parameters = derivation.parameter_count();
    let bytes = derivation.header.precision.bytes();
    section.paragraph(phrases::memory(parameters, derivation.header.precision.rust(), bytes));
    section.lines(vec![product([Count::Parameters, Count::BytesOfNumber], parameters * bytes)]);
    let each = derivation.multiply_adds();
    let batch = facts.declared_batch().of(derivation).unwrap_or(1);
    section.paragraph(phrases::work(each));
    section.lines(vec![product([facts.declared_batch(), Count::MultiplyAdds], batch * each)]);
    section
}

/// The batches of an epoch, with both conventions where the last one is shorter.
fn batches(facts: &Facts<'_>, section: &mut Section) {
    let Some(samples) = Count::Samples.of(facts.derivation) else {
        section.paragraph(phrases::samples_unknown());
        return;
    };
    let batch = facts.declared_batch().of(facts.derivation).unwrap_or(1);
    let mut quotient = Expression::default();
    let dividend = quotient.push_count(Count::Samples);
    let divisor = quotient.push_count(facts.declared_batch());
    let fraction = quotient.push(Node::Binary(Binary::Divide, dividend, divisor));
    let rounded = |up: bool| {
        let mut expression = quotient.clone();
        expression.push(Node::Whole { up, of: fraction });
        expression
    };
    section.paragraph(phrases::epoch(samples, batch, samples % batch));
    section.lines(if samples.is_multiple_of(batch) {
        vec![arithmetic(quotient, samples / batch)]
    } else {
        vec![arithmetic(rounded(true), samples.div_ceil(batch)), arithmetic(rounded(false), samples / batch)]
    });
}

/// A product of two counts and its value.
fn product([a, b]: [Count; 2], value: usize) -> Line {
    let mut product = Expression::default();
    let (a, b) = (product.push_count(a), product.push_count(b));
    product.push(Node::Binary(Binary::Multiply, a, b));
    arithmetic(product, value)
}
