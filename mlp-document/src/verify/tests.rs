//! Documents broken by hand: each rule refuses one.

#![allow(clippy::unwrap_used, clippy::panic)]

use mlp_dsl::compile;
use mlp_eval::Point;

use crate::expression::evaluate::node_values;

use crate::{
    Block, Count, Document, Expression, Form, Inline, Line, Node, Numbers, Options, Quantity, Side, derive,
    sections::arithmetic::number,
};

const EXERCISE: &str = include_str!("../../../examples/course/exercise.mlp");
const HOMEWORK: &str = include_str!("../../../examples/course/homework.mlp");
/// A cross-entropy after a softmax, with all values declared.
const CLASSES: &str = "network S { input x[2] = [0.3, -0.2]; layer p[3] = softmax(dense(x));
    target t[3] = [0, 1, 0]; loss cross_entropy(p, t); train sgd(rate = 0.1), batch 2, samples 10; }";

fn document(text: &str) -> Document {
    derive(&compile(text).unwrap(), &Options::default())
}

fn lines(document: &mut Document) -> impl Iterator<Item = &mut Line> {
    document.sections.iter_mut().flat_map(|section| &mut section.blocks).flat_map(|block| match block {
        Block::Lines(lines) => lines.iter_mut(),
        _ => [].iter_mut(),
    })
}

/// The pieces of text in a section.
fn inlines<'d>(document: &'d mut Document, key: &str) -> impl Iterator<Item = &'d mut Inline> {
    let section = document.sections.iter_mut().find(|section| section.key == key).unwrap();
    section.blocks.iter_mut().flat_map(|block| match block {
        Block::Paragraph(text) => text.iter_mut().collect(),
        Block::Table { rows, .. } => rows.iter_mut().flatten().flatten().collect(),
        _ => Vec::new(),
    })
}

/// The line that begins with this.
fn line<'d>(document: &'d mut Document, left: &str) -> &'d mut Line {
    let found = document.lines().find(|line| document.plain(line.sides.first().unwrap()) == left);
    let found = found.unwrap_or_else(|| panic!("no line of {left}")).clone();
    lines(document).find(|line| **line == found).unwrap()
}

fn line_at(document: &Document, index: usize) -> &Line {
    document.lines().nth(index).unwrap()
}

/// The values at the declared numbers.
fn declared(document: &Document) -> Numbers {
    Numbers::at(&document.derivation, &Point::declared(&document.derivation).unwrap())
}

#[track_caller]
fn refused(document: &Document, words: &str) {
    let fault = document.check().unwrap_err().to_string();
    assert!(fault.contains(words), "{fault}");
    assert!(fault.starts_with("internal error: "), "{fault}");
}

fn scaled(side: &Side, factor: f64) -> Side {
    let mut expression = side.expression.clone();
    let (all, factor) = (expression.last(), Node::Number(factor));
    let factor = expression.push(factor);
    expression.push(Node::Binary(mlp_dsl::formula::scalar::Binary::Multiply, all, factor));
    Side::new(side.form, expression)
}

#[test]
fn whole_documents_are_accepted() {
    for (text, least) in [(EXERCISE, 250), (HOMEWORK, 50), (CLASSES, 60)] {
        let compared = document(text).check().unwrap();
        assert!(compared >= least, "{compared} equals signs");
    }
}

#[test]
fn a_wrong_value_is_refused() {
    let mut document = document(EXERCISE);
    let sides = &mut line(&mut document, "net_h_1").sides;
    *sides.last_mut().unwrap() = Side::new(Form::Value, number(0.3776));
    refused(&document, "net_h_1 is [0.3775");
}

/// The tolerance is that of rounding: a relative error of 1e-11 is found in any line, unless its value
/// is small beside its intermediate values.
#[test]
fn a_slightly_wrong_value_is_refused() {
    for text in [EXERCISE, CLASSES] {
        let whole = document(text);
        let count = whole.lines().count();
        for index in 0..count {
            let mut broken = whole.clone();
            let Some(line) = lines(&mut broken).nth(index) else { continue };
            let value = whole.lines().nth(index).unwrap().clone();
            let numbers = &declared(&whole);
            let left = value.sides.first().unwrap().evaluate(&whole.derivation, numbers, 0).unwrap();
            let inside = value
                .sides
                .iter()
                .flat_map(|side| node_values(&side.expression, &whole.derivation, numbers, 0).unwrap());
            let largest = inside
                .flat_map(|node| node.iter().collect::<Vec<f64>>())
                .fold(0.0_f64, |a, b| a.max(b.abs()));
            if left.iter().all(|x| x.abs() < 1e-2 || x.abs() < 0.1 * largest) {
                continue;
            }
            let last = line.sides.last_mut().unwrap();
            *last = scaled(last, 1.0 + 1e-11);
            assert!(
                broken
                    .holds(line_at(&broken, index), numbers, 0, super::longest(&broken.derivation))
                    .is_err(),
                "{value:?}"
            );
        }
    }
}

/// A number in place of a formula is right at the declared numbers only.
#[test]
fn a_value_that_is_right_by_chance_is_refused() {
    let mut document = document(EXERCISE);
    let numbers = declared(&document);
    let derivation = document.derivation.clone();
    let line = line(&mut document, "net_h_1");
    let value = line.sides.first().unwrap().evaluate(&derivation, &numbers, 0).unwrap().scalar();
    line.sides.insert(1, Side::symbols(number(value)));
    assert!(document.verify(&numbers).is_ok());
    refused(&document, "net_h_1 is");
}

#[test]
fn a_wrong_factor_of_the_chain_rule_is_refused() {
    let mut document = document(EXERCISE);
    let wrong = line(&mut document, "δ_h_1").sides.get(2).unwrap().clone();
    let chain = line(&mut document, "δ_h_2");
    *chain.sides.get_mut(2).unwrap() = wrong;
    refused(&document, "δ_h_2 is");
}

#[test]
fn a_missing_side_is_refused() {
    let mut document = document(EXERCISE);
    line(&mut document, "net_h_1").sides.truncate(1);
    refused(&document, "one side");
}

#[test]
fn a_side_without_a_value_is_refused() {
    let mut document = document(EXERCISE);
    line(&mut document, "net_h_1").sides.push(Side::symbols(Expression::default()));
    refused(&document, "has no value");
}

#[test]
fn a_wrong_size_of_a_product_is_refused() {
    let sizes = |document: &mut Document, change: &dyn Fn(&mut crate::ProductSizes)| {
        let inline = inlines(document, "forward").find_map(|inline| match inline {
            Inline::Sizes(sizes) => Some(sizes),
            _ => None,
        });
        change(inline.unwrap());
    };
    let wrong: [&dyn Fn(&mut crate::ProductSizes); 4] = [
        &|sizes| sizes.left.columns += 1,
        &|sizes| sizes.right.rows += 1,
        &|sizes| sizes.result.rows += 1,
        // The factors fit each other, but not the value.
        &|sizes| (sizes.right.columns, sizes.result.columns) = (21, 21),
    ];
    let whole = document(HOMEWORK);
    for change in wrong {
        let mut document = whole.clone();
        sizes(&mut document, change);
        refused(&document, "the sizes (");
    }
}

/// Counts come from the network, so a wrong one is refused even where the sum is right.
#[test]
fn a_wrong_count_is_refused() {
    let mut document = document(EXERCISE);
    let total = Side::symbols(Expression::quantity(&document.derivation, Quantity::Count(Count::Parameters)));
    let count = lines(&mut document).find(|line| line.sides.last() == Some(&total)).unwrap();
    *count.sides.first_mut().unwrap() = Side::symbols(number(12.0));
    refused(&document, "12 is [12.0], but 10 is [10.0]");
}

#[test]
fn a_wrong_equality_in_running_text_is_refused() {
    let whole = document(HOMEWORK);
    for (key, left) in [("forward", "m"), ("update", "η")] {
        let mut document = whole.clone();
        let line = inlines(&mut document, key).find_map(|inline| match inline {
            Inline::Equality(line) => Some(line),
            _ => None,
        });
        *line.unwrap().sides.last_mut().unwrap() = Side::symbols(number(49.0));
        refused(&document, &format!("{left} is"));
    }
}

/// Each equality of the derivation for softmax can fail.
#[test]
fn a_wrong_softmax_is_refused() {
    let mut whole = document(CLASSES);
    for left in ["p_i", "E", "∂E/∂p_k", "∂p_k/∂z_i", "∂E/∂z_i"] {
        for wrong in 1..line(&mut whole, left).sides.len() {
            let mut document = whole.clone();
            let side = line(&mut document, left).sides.get_mut(wrong).unwrap();
            *side = scaled(side, -1.0);
            refused(&document, &format!("{left} is"));
        }
    }
}

/// exp(800) overflows in one form of the derivative of sigmoid and not in the other: no fault.
#[test]
fn an_overflow_is_no_fault() {
    let text = "network N { input x { a = 800 } weights { w = -1 } layer o { y = sigmoid(w*a) }
        target t { s = 1 } loss half_squared_error(o, t); train sgd(rate = 0.5); }";
    document(text).check().unwrap();
}

/// A step with two samples.
const BATCH: &str = include_str!("../../tests/batch/line.mlp");

/// Each sample's number is tested, and the sum of the samples.
#[test]
fn a_wrong_number_of_a_sample_is_refused() {
    let whole = document(BATCH);
    assert!(whole.check().unwrap() >= 60);
    for left in ["o^(2)", "∂E^(2)/∂w"] {
        let mut document = whole.clone();
        let last = line(&mut document, left).sides.last_mut().unwrap();
        *last = scaled(last, 1.0 + 1e-9);
        refused(&document, left);
    }
    let mut document = whole.clone();
    let sum = line(&mut document, "∂mean E/∂w").sides.get_mut(2).unwrap();
    *sum = scaled(sum, 2.0);
    refused(&document, "∂mean E/∂w");
}
