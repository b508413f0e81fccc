//! The course's figures: pinned, held against every printed number, and the documents and code
//! made from the examples, as snapshots that a person has read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;

use mlp_dsl::ir::{Derivation, equation::EquationId};
use mlp_dsl::{Compilation, weights::NoFiles};
use mlp_eval::{Evaluation, Point, evaluate};

fn text(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/course/{name}.mlp"));
    std::fs::read_to_string(file).unwrap()
}

fn compilation(name: &str) -> Compilation {
    Compilation::of(&text(name), &NoFiles).unwrap()
}

fn derivation(name: &str) -> Derivation {
    compilation(name).derivation
}

/// A derivation with its numbers.
struct Worked {
    derivation: Derivation,
    evaluation: Evaluation<f64>,
}

impl Worked {
    fn new(name: &str) -> Self {
        Worked::of(&text(name))
    }

    fn of(text: &str) -> Self {
        let derivation = mlp_dsl::compile(text).unwrap();
        let evaluation = evaluate(&derivation, &Point::declared(&derivation).unwrap());
        Worked { derivation, evaluation }
    }

    fn find(&self, name: &str) -> Option<EquationId> {
        self.derivation.numbered().map(|(id, _)| id).find(|id| self.derivation.name_of(*id) == name)
    }

    /// The value of a quantity in the naming of the errata.
    fn value(&self, name: &str) -> f64 {
        let product = |a: &str, b: &str| self.value(a) * self.value(b);
        if let Some(id) = self.find(name) {
            return self.evaluation.scalar(id);
        }
        match name {
            "path_h1_o1" => product("delta_o1", "w5"),
            "path_h1_o2" => product("delta_o2", "w7"),
            "e" => std::f64::consts::E,
            "d_E" | "d_E_o1" | "d_E_o2" => 1.0,
            _ => match name.split_once('_') {
                Some(("grad", parameter)) => self.value(&format!("d_{parameter}")),
                Some(("local", value)) => self.value(&format!("d_{value}_d_net_{value}")),
                _ => panic!("no quantity {name}"),
            },
        }
    }

    fn loss_after_the_step(&self) -> f64 {
        let mut point = Point::declared(&self.derivation).unwrap();
        for parameter in &self.derivation.parameters {
            let updated = self.evaluation.value(parameter.updated().unwrap()).unwrap();
            point.set(parameter.equation, updated.clone());
        }
        let after = evaluate::<f64>(&self.derivation, &point);
        after.scalar(self.derivation.loss.as_ref().unwrap().total)
    }
}

#[track_caller]
fn assert_nine_decimals(found: f64, expected: &str) {
    assert_eq!(format!("{found:.9}"), expected);
}

#[test]
fn forward_pass_loss_and_updates_of_the_exercise() {
    let worked = Worked::new("exercise");
    let pinned = [
        ("h1", "0.593269992"),
        ("h2", "0.596884378"),
        ("o1", "0.751365070"),
        ("o2", "0.772928465"),
        ("E_o1", "0.274811083"),
        ("E_o2", "0.023560026"),
        ("E", "0.298371109"),
        ("d_o1", "0.741365070"),
        ("d_o1_d_net_o1", "0.186815602"),
        ("delta_o1", "0.138498562"),
        ("d_w5", "0.082167041"),
        ("d_w6", "0.082667628"),
        ("d_w7", "-0.022602540"),
        ("d_w8", "-0.022740242"),
        ("d_h1", "0.036350306"),
        ("d_h2", "0.041370323"),
        ("d_w1", "0.000438568"),
        ("d_w2", "0.000877135"),
        ("d_w3", "0.000497713"),
        ("d_w4", "0.000995425"),
        ("w1_plus", "0.149780716"),
        ("w2_plus", "0.199561432"),
        ("w3_plus", "0.249751144"),
        ("w4_plus", "0.299502287"),
        ("w5_plus", "0.358916480"),
        ("w6_plus", "0.408666186"),
        ("w7_plus", "0.511301270"),
        ("w8_plus", "0.561370121"),
    ];
    for (name, expected) in pinned {
        assert_nine_decimals(worked.value(name), expected);
    }
}

#[test]
fn three_readings_of_the_biases() {
    let weights_only = Worked::new("exercise_weights_only");
    assert_nine_decimals(weights_only.loss_after_the_step(), "0.291027774");
    assert_eq!(weights_only.derivation.parameter_count(), 8);

    let shared = Worked::new("exercise");
    assert_nine_decimals(shared.value("b1_plus"), "0.340637195");
    assert_nine_decimals(shared.value("b2_plus"), "0.549799837");
    assert_nine_decimals(shared.loss_after_the_step(), "0.285750887");
    assert_eq!(shared.derivation.parameter_count(), 10);

    let each = Worked::new("exercise_four_biases");
    let biases = ["b_h1_plus", "b_h2_plus", "b_o1_plus", "b_o2_plus"];
    for (name, expected) in biases.iter().zip(["0.345614323", "0.345022873", "0.530750719", "0.619049118"]) {
        assert_nine_decimals(each.value(name), expected);
    }
    assert_nine_decimals(each.loss_after_the_step(), "0.280471447");
    assert_eq!(each.derivation.parameter_count(), 12);
}

/// With its cut e, and its operations in its order, the program's digits come out, all of them.
#[test]
fn the_programs_forward_figures_digit_for_digit() {
    let worked = Worked::new("exercise_short_e");
    let printed = [
        ("h1", "0.5932699921052087"),
        ("h2", "0.5968843782577157"),
        ("o1", "0.7513650695475076"),
        ("o2", "0.772928465316421"),
        ("E_o1", "0.2748110831725904"),
        ("E_o2", "0.023560025584942117"),
        ("E", "0.29837110875753253"),
    ];
    for (name, expected) in printed {
        assert_eq!(worked.value(name).to_string(), expected, "{name}");
    }
}

#[test]
fn the_homework_counts() {
    let derivation = derivation("homework");
    let summary = mlp_document::summary::Summary::new(&compilation("homework"), None, None);
    let text = format!("{summary:?}");
    assert_eq!(derivation.parameter_count(), 20975);
    let sizes: Vec<usize> =
        derivation.parameters.iter().map(|p| derivation.shape(p.equation).count()).collect();
    assert_eq!(sizes, [20480, 20, 300, 15, 150, 10]);
    assert!(text.contains("100"), "{text}");
}

/// A line of `printed.csv`.
struct Printed<'t> {
    place: &'t str,
    text: &'t str,
    name: &'t str,
    verdict: &'t str,
    row: &'t str,
}

fn printed(csv: &str) -> Vec<Printed<'_>> {
    let lines = csv.lines().filter(|line| !line.starts_with('#')).skip(1);
    let read = |line| {
        let fields: Vec<&str> = str::split(line, ',').collect();
        let [place, _, text, name, verdict, row] = fields.try_into().unwrap();
        Printed { place, text, name, verdict, row }
    };
    lines.map(read).collect()
}

/// Cut to as many decimals as `printed` has.
fn cut(value: f64, decimals: usize) -> String {
    let long = format!("{value:.25}");
    let point = long.find('.').unwrap();
    long[..point + 1 + decimals].to_owned()
}

#[test]
fn every_printed_number_is_judged_rightly() {
    let right = Worked::new("exercise");
    // The program takes o(1 − o) for the derivative, which is that of the exact e only.
    let program = text("exercise_short_e").replace("e^(-x));", "e^(-x)) derivative y * (1 - y);");
    let program = Worked::of(&program);
    let csv = include_str!("../course/printed.csv");
    let errata = include_str!("../../docs/errata.md");
    let lines = printed(csv);
    assert_eq!(lines.len(), 208);
    for line in &lines {
        let value = right.value(line.name);
        let text = line.text.replace('−', "-");
        let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let rounded = format!("{value:.decimals$}");
        let at = format!("{}: {} = {} (right: {rounded})", line.place, line.name, line.text);
        assert_eq!(line.verdict == "right", rounded == text, "{at}");
        match line.verdict {
            "right" => assert!(line.row.is_empty(), "{at}"),
            "truncated" => assert_eq!(cut(value, decimals), text, "{at}"),
            "inexact_e" => {
                let found: f64 = text.parse().unwrap();
                // It multiplies in another order: a few roundings.
                let ours = program.value(line.name);
                assert!((found - ours).abs() <= 4.0 * f64::EPSILON * ours.abs(), "{at}, program {ours}");
            }
            "wrong" | "follows" => {}
            other => panic!("verdict {other}"),
        }
        assert!(
            line.row.is_empty() || errata.contains(&format!("\n| {} |", line.row)),
            "{at}: row {}",
            line.row
        );
    }
    let wrong = lines.iter().filter(|line| line.verdict != "right").count();
    assert!(wrong > 20, "{wrong}");
}

const EXAMPLES: [&str; 6] =
    ["exercise", "exercise_four_biases", "exercise_weights_only", "exercise_short_e", "homework", "xor"];

#[test]
fn documents() {
    for name in EXAMPLES {
        let derivation = derivation(name);
        let document = mlp_document::derive(&derivation, &mlp_document::Options::default());
        insta::assert_snapshot!(format!("document_{name}"), document.to_markdown());
    }
}

#[test]
fn code() {
    // Decisions of the plan have tests of their own; here a network of neurons and one of layers are read in full.
    for name in ["exercise", "homework"] {
        let tokens = mlp_rust::emit(&compilation(name), &mlp_rust::Options::default());
        insta::assert_snapshot!(format!("code_{name}"), prettyplease::unparse(&syn::parse2(tokens).unwrap()));
    }
}

/// The same text gives the same bytes, as often as it is compiled.
#[test]
fn output_is_reproducible() {
    for name in EXAMPLES {
        let print = || {
            let derivation = derivation(name);
            let document = mlp_document::derive(&derivation, &mlp_document::Options::default());
            let code = mlp_rust::emit(&compilation(name), &mlp_rust::Options::default());
            (document.to_markdown(), code.to_string())
        };
        assert_eq!(print(), print());
    }
}
