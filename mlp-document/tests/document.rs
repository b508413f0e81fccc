//! Each equals sign of the worked derivation is a test: in full precision at several points, and
//! as printed, with the rounding of the printed digits.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "document/batch.rs"]
mod batch;
#[path = "document/book.rs"]
mod book;
#[path = "document/computation.rs"]
mod computation;
#[path = "document/formats.rs"]
mod formats;
#[path = "document/given.rs"]
mod given;
#[path = "document/length.rs"]
mod length;
#[path = "document/networks.rs"]
mod networks;
#[path = "document/outside.rs"]
mod outside;
#[path = "document/printed.rs"]
mod printed;
#[path = "document/slides.rs"]
mod slides;
#[path = "document/truths.rs"]
mod truths;

use std::collections::HashMap;

use mlp_document::{Document, Form, Numbers, Options, Side, derive};
use mlp_dsl::{compile, ir::Derivation, model::Sample};
use mlp_eval::Point;
use networks::{EXAMPLES, OTHERS};
use printed::value;

pub(crate) fn compiled(name: &str, text: &str) -> Derivation {
    compile(text).unwrap_or_else(|found| panic!("{name}: {found:#?}"))
}

fn document_of(name: &str) -> Document {
    let (_, text) = EXAMPLES.into_iter().chain(OTHERS).find(|(other, _)| *other == name).unwrap();
    derive(&compiled(name, text), &Options::default())
}

/// The declared numbers, three random assignments, and a batch of three samples.
fn points(derivation: &Derivation) -> Vec<Numbers> {
    let declared = Point::declared(derivation).unwrap_or_else(|_| Point::drawn(derivation, 9, false));
    let mut points = vec![Numbers::at(derivation, &declared)];
    points.extend((1..4).map(|seed| Numbers::at(derivation, &Point::drawn(derivation, seed, true))));
    let inputs: usize = derivation.inputs.iter().map(|data| data.shape.count()).sum();
    let targets = derivation.targets.iter().map(|data| data.shape.count()).sum();
    let wave = |n: usize, shift: usize| (0..n).map(|i| ((i + shift) as f64).sin().abs()).collect();
    let samples: Vec<Sample> =
        (1..4).map(|s| Sample { input: wave(inputs, s), target: wave(targets, 7 * s) }).collect();
    points.push(Numbers::of_batch(derivation, &[], &samples));
    points
}

#[test]
fn every_equals_sign_holds() {
    let mut compared = 0;
    for (name, text) in EXAMPLES.into_iter().chain(OTHERS) {
        let derivation = compiled(name, text);
        let document = derive(&derivation, &Options::default());
        for numbers in points(&derivation) {
            compared += document.verify(&numbers).unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
        }
    }
    assert!(compared > 5000, "only {compared} equals signs were tested");
}

#[test]
fn printed_numbers_give_the_printed_value() {
    for (name, text) in EXAMPLES.into_iter().filter(|(name, _)| name.starts_with("exercise")) {
        let derivation = compiled(name, text);
        for digits in [9, 6, 4] {
            let document = derive(&derivation, &Options { digits, ..Options::default() });
            let mut read_back = 0;
            for line in document.lines() {
                let Some(value) = line.sides.iter().find(|side| side.form == Form::Value) else { continue };
                let printed = document.math(value).unwrap();
                for side in line.sides.iter().filter(|s| matches!(s.form, Form::Numbers | Form::Terms)) {
                    let math = document.math(side).unwrap();
                    let meets = self::value(&math, digits).meets(self::value(&printed, digits));
                    assert!(meets, "{name}: {math:?} is not {printed:?}");
                    read_back += 1;
                }
            }
            assert!(read_back > 35, "{name}: only {read_back} lines with numbers");
        }
    }
}

#[track_caller]
pub(crate) fn contains(text: &str, known: &[&str]) {
    for known in known {
        assert!(text.contains(known), "{known} is missing in\n{text}");
    }
}

#[test]
fn the_exercise_prints_its_known_numbers() {
    let text = document_of("exercise").to_markdown();
    let losses = ["0.298371109", "0.285750887"];
    let forward = ["0.3775", "0.593269992", "1.105905967", "0.751365070", "0.772928465"];
    let to_w5 = ["0.741365070", "0.186815602", "0.138498562", "0.082167041"];
    let to_w1 = [r"0.055399425 + \left(-0.019049118\right)", "0.036350306", "0.241300709", "0.000438568"];
    let hidden = ["0.149780716", "0.199561432", "0.249751144", "0.299502287"];
    let output = ["0.358916480", "0.408666186", "0.511301270", "0.561370121"];
    let counts = ["8 weight links and 4 bias links", "distinct parameters is 10", "8 + 2 &= 10"];
    for known in [&losses[..], &forward, &to_w5, &to_w1, &hidden, &output, &counts] {
        contains(&text, known);
    }
    let four = document_of("exercise_four_biases").to_markdown();
    contains(&four, &["8 + 4 &= 12", "distinct parameters is 12"]);
    let weights_only = document_of("exercise_weights_only").to_markdown();
    contains(&weights_only, &["`b1` is a constant", "8 + 0 &= 8"]);
}

#[test]
fn the_homework_prints_its_known_sizes() {
    let text = document_of("homework").to_markdown();
    let sizes = |[n, k, m]: [usize; 3]| {
        format!(r"\left({n} \times {k}\right) \cdot \left({k} \times {m}\right) = {n} \times {m}")
    };
    contains(&text, &[&sizes([50, 1024, 20]), &sizes([50, 20, 15])]);
    contains(&text, &[&sizes([50, 15, 10]), &sizes([1024, 50, 20])]);
    contains(&text, &[r"1024 \cdot 20 + 20 &= 20500", r"20 \cdot 15 + 15 &= 315", "&= 160"]);
    contains(&text, &["20500 + 315 + 160 &= 20975", r"\frac{5000}{50} &= 100", r"20975 \cdot 4 &= 83900"]);
    let short = document_of("last batch short").to_markdown();
    contains(
        &short,
        &[r"\left\lceil \frac{10}{3} \right\rceil &= 4", r"\left\lfloor \frac{10}{3} \right\rfloor &= 3"],
    );
}

#[test]
fn different_names_never_look_the_same() {
    let text = "const e = 2;
        network N { input x { σ = 0.1, w_1 = 0.2, δ_h1 = 0.3, net = 0.4 }
        weights { w1 = 0.15, η = 0.2, E_o = 0.3, m = 0.4, rate = 0.5, mu = 0.6, μ = 0.7 } biases { b = 0.35 }
        layer hidden { h1 = sigmoid(w1*w_1 + η*σ + E_o*δ_h1 + m*net + rate + b*e + mu + μ) }
        layer out { o1 = sigmoid(exp(w1*h1)) }
        target t { t1 = 0.01 } loss half_squared_error(out, t); train sgd(rate = 0.5); }";
    let derivation = compiled("names", text);
    let document = derive(&derivation, &Options::default());
    let mut looks: HashMap<String, String> = HashMap::new();
    for (id, _) in derivation.numbered() {
        let side = Side::symbols(mlp_document::Expression::symbol(&derivation, id));
        let look = format!("{:?}", document.math(&side).unwrap()).replace("style: Word", "style: Letter");
        // The mean over one sample is that sample's own value, and is written like it.
        let name = derivation.name_of(id).replace("mean_", "").replace("_mean", "");
        let other = looks.entry(look.clone()).or_insert_with(|| name.clone());
        assert_eq!(*other, name, "both look like {look}");
    }
    contains(&document.to_markdown(), &[r"\exp\left("]); // e is a constant here
}

#[test]
fn evil_text_stays_text() {
    let text = "/// # A <script>alert(1)</script> [link](http://x) | `code` $x$ *a* _b_ \\ &amp; ![i](j)
        /// - @someone :smile:
        network N { input x { a = 0.1 } weights { w = 0.2 } layer o { y = w*a } }";
    let markdown = derive(&compiled("evil", text), &Options::default()).to_markdown();
    let docs = markdown.lines().nth(2).unwrap();
    let mut escaped = false;
    for c in docs.chars() {
        assert!(escaped || !"#<>[]|`$*_&!@".contains(c), "{c} is bare in {docs}");
        escaped = !escaped && c == '\\';
    }
}

#[test]
fn a_large_network_keeps_the_document_short() {
    let list =
        |each: &dyn Fn(usize) -> String, between: &str| (0..700).map(each).collect::<Vec<_>>().join(between);
    let text = format!(
        "network N {{ input x {{ a = 0.1 }} weights {{ {} }} layer h {{ {} }} layer o {{ y = {} }}
         target t {{ s = 1 }} loss half_squared_error(o, t); train sgd(rate = 0.5); }}",
        list(&|k| format!("w{k} = 0.{k}1, b{k} = 0.5"), ", "),
        list(&|k| format!("h{k} = tanh(w{k}*a + b{k})"), ", "),
        list(&|k| format!("h{k}"), " + "),
    );
    let length = derive(&compiled("large", &text), &Options::default()).to_markdown().len();
    assert!(length < 600_000, "{length} bytes");
    let wide = "network W { input x[4096]; layer h[4096] = tanh(dense(x)); layer o[2] = softmax(dense(h));
        target t[2]; loss cross_entropy(o, t); train sgd(rate = 0.5), batch 64; }";
    let length = derive(&compiled("wide", wide), &Options::default()).to_markdown().len();
    assert!(length < 20_000, "{length} bytes");
}

/// A printer of another format needs public items only.
#[test]
fn a_printer_can_live_outside() {
    for (name, _) in EXAMPLES.into_iter().chain(OTHERS) {
        let html = outside::html(&document_of(name));
        let mut open: Vec<&str> = Vec::new();
        for tag in html.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(tag, _)| tag) {
            match tag.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}"),
                None if tag.ends_with('/') => {}
                None => open.extend(tag.split_whitespace().next()),
            }
        }
        assert!(open.is_empty() && html.contains("<math>"), "{name}");
    }
    let exercise = outside::html(&document_of("exercise"));
    contains(
        &exercise,
        &[
            "<mfrac><mrow><mo>∂</mo><mi>E</mi></mrow><mrow><mo>∂</mo><msub><mi>w</mi><mn>5</mn></msub></mrow></mfrac>",
            "<mn>0.082167041</mn>",
        ],
    );
}
