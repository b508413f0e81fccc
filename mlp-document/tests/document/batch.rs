//! Batches: the numbers of all samples, against values that a script computed from formulas of its own
//! (`tests/batch/numbers.py`), and what the pages say of them.

use std::collections::BTreeMap;

use mlp_document::{
    Document, Numbers, Options, derive,
    values::{self, Entry, StepValues},
};
use mlp_dsl::ir::Derivation;
use mlp_eval::Point;

use super::{compiled, contains};

const NUMBERS: &str = include_str!("../batch/numbers.txt");
const NETWORKS: [(&str, &str); 5] = [
    ("line", include_str!("../batch/line.mlp")),
    ("xor_neurons", include_str!("../batch/xor_neurons.mlp")),
    ("xor_layers", include_str!("../batch/xor_layers.mlp")),
    ("layers", include_str!("../batch/layers.mlp")),
    ("softmax", include_str!("../batch/softmax.mlp")),
];
/// Scalars and shared rows that meet rows of samples: formulas that fit row by row only.
const ROWS: &str = "network R: f64 {
    input   x[3];
    weights w[3] = [0.1, -0.2, 0.3], u[3] = [1, 2, 3];
    weights { s = 0.7 }
    biases  b = 0.5;
    layer   h[3] = tanh(u * x + s);
    layer   y { o = w @ h + b, q = h @ x }
    layer   z[3] = h * o - x;
    target  t[3];
    loss    mean_squared_error(z, t) + q^2;
    train   sgd(rate = 0.05), batch 3;
    data    { (1, 2, 3) -> (0, 1, 0), (0.5, -1, 0.25) -> (1, 0, 0), (0, 0.1, 0.2) -> (0, 0, 1),
              (1, 1, 1) -> (0, 0, 0) }
}";

fn network(name: &str) -> Derivation {
    let (_, text) = NETWORKS.into_iter().find(|(other, _)| *other == name).unwrap();
    compiled(name, text)
}

fn page(derivation: &Derivation, options: &Options) -> Document {
    let document = derive(derivation, options);
    document.check().unwrap_or_else(|wrong| panic!("{wrong}"));
    document
}

/// A line of a text, with this batch.
fn line(batch: &str) -> Derivation {
    let (_, text) = NETWORKS[0];
    compiled("line", &text.replace(", batch 2", batch))
}

/// Section, name and numbers of each line of a network.
fn expected(network: &str) -> BTreeMap<(String, String), Vec<f64>> {
    let lines = NUMBERS.lines().filter_map(|line| line.strip_prefix(network)?.strip_prefix(' '));
    let read = |line: &str| {
        let mut words = line.split(' ');
        let key = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
        (key, words.map(|word| word.parse().unwrap()).collect())
    };
    lines.map(read).collect()
}

fn found(step: &StepValues) -> BTreeMap<(String, String), Vec<f64>> {
    let sections: [(&str, &[Entry]); 5] = [
        ("forward", &step.forward),
        ("loss", &step.loss),
        ("backward", &step.backward),
        ("gradients", &step.gradients),
        ("updated", &step.updated),
    ];
    let entries = sections.iter().flat_map(|(section, entries)| entries.iter().map(move |e| (section, e)));
    let key = |section: &str, name: &str| (section.to_owned(), name.to_owned());
    entries.map(|(section, entry)| (key(section, &entry.name), entry.values.clone())).collect()
}

#[track_caller]
fn close(name: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-14, "{name}: {found} is not {expected}");
    }
}

#[test]
fn the_declared_step_has_the_numbers_of_the_script() {
    for (name, _) in NETWORKS {
        let derivation = network(name);
        let mut expected = expected(name);
        let losses = expected.remove(&("losses".to_owned(), "E_mean".to_owned())).unwrap();
        let found = found(&values::train(&derivation, 1, &|_| true).unwrap());
        let keys =
            |numbers: &BTreeMap<(String, String), Vec<f64>>| numbers.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&found), keys(&expected), "{name}");
        for ((section, value), numbers) in &expected {
            close(&format!("{name} {section} {value}"), &found[&(section.clone(), value.clone())], numbers);
        }
        let steps = values::train(&derivation, 5, &|_| true).unwrap();
        close(name, &steps.losses.iter().map(|step| step.loss).collect::<Vec<f64>>(), &losses);
    }
}

/// Every number of the script that has more than nine decimals is on the page, rounded to nine.
#[test]
fn the_page_prints_the_numbers_of_all_samples() {
    for (name, _) in NETWORKS {
        let text = page(&network(name), &Options::default()).to_markdown();
        let mut looked_for = 0;
        for ((section, value), numbers) in expected(name) {
            // Gradients of a sample with more than eight numbers, and later losses, are not printed.
            let long = section == "backward" && numbers.len() > 16;
            if section == "losses" || long {
                continue;
            }
            let is_long = |x: &&f64| x.abs() > 1e-4 && ((*x * 1e9).round() - *x * 1e9).abs() > 1e-3;
            for number in numbers.iter().filter(is_long) {
                let printed = format!("{number:.9}");
                assert!(text.contains(&printed), "{name} {section} {value}: {printed} is missing in\n{text}");
                looked_for += 1;
            }
        }
        assert!(name == "line" || looked_for > 40, "{name}: {looked_for} numbers");
    }
}

#[test]
fn the_smallest_batch_is_worked_out() {
    let text = page(&network("line"), &Options::default()).to_markdown();
    contains(
        &text,
        &[
            "| 1 | $`1`$ | $`2`$ |",
            "| 2 | $`2`$ | $`3`$ |",
            r"o^{(2)} &= 1 \cdot 2 + 0 = 2",
            r"\frac{\partial E^{(2)}}{\partial w} &= \left(-1\right) \cdot 2 = -2",
            r"\bar{E} &= \frac{1}{m} \, \sum_{\text{batch}} E = \frac{0.5 + 0.5}{2} = 0.5",
            r"= \frac{\left(-1\right) + \left(-2\right)}{2} = -1.5",
            r"w^{+} &= w - \eta \cdot \frac{\partial \bar{E}}{\partial w} = 1 - 0.1 \cdot \left(-1.5\right) = 1.15",
        ],
    );
    assert!(!text.contains("one sample only"), "{text}");
}

#[test]
fn sizes_fit_for_a_batch() {
    let text = page(&network("softmax"), &Options::default()).to_markdown();
    let by_row = r"\delta_{p}^{(i)} &= p^{(i)} \odot \left(\frac{\partial E^{(i)}}{\partial p^{(i)}} - \frac{\partial E^{(i)}}{\partial p^{(i)}} \, \left(p^{(i)}\right)^{\top}\right)";
    let sizes =
        r"| 1 × 3 | 3 × 1 | 1 × 1 | $`\left(1 \times 3\right) \cdot \left(3 \times 1\right) = 1 \times 1`$ |";
    let ones = r"\mathbf{1}^{\top} \, \delta_{p}`$ | 1 × 2 | 2 × 3 | 1 × 3 |";
    contains(&text, &["marks the row of sample", by_row, sizes, ones, r"\frac{2}{2} &= 1"]);
    let text = page(&compiled("rows", ROWS), &Options::default()).to_markdown();
    contains(
        &text,
        &[
            r"\mathrm{net}_{h}^{(i)} &= u \odot x^{(i)} + s",
            r"\underset{3 \times 1}{o} &= \underset{3 \times 3}{h} \; \underset{3 \times 1}{w^{\top}} + b",
            r"h \, w^{\top}`$ | 3 × 3 | 3 × 1 | 3 × 1 |",
            r"q^{(i)} &= h^{(i)} \, \left(x^{(i)}\right)^{\top}",
            r"z^{(i)} &= h^{(i)} \cdot o^{(i)} - x^{(i)}",
            r"\left(\frac{\partial E}{\partial o}\right)^{\top} \, h`$ | 1 × 3 | 3 × 3 | 1 × 3 |",
            r"\left\lceil \frac{4}{3} \right\rceil &= 2",
        ],
    );
}

/// With one sample nothing is marked, and the formula is that of a row anyway.
#[test]
fn a_chosen_sample_is_a_batch_of_its_own() {
    let mut derivation = network("softmax");
    assert!(derivation.choose_sample(1) && !derivation.choose_sample(2));
    let text = page(&derivation, &Options::default()).to_markdown();
    let columns = r"\underset{1 \times 3}{\left(\frac{\partial E}{\partial p}\right)^{\top}} \; \underset{3 \times 1}{p}";
    contains(&text, &["($`m = 1`$)", "each value of a layer is a column", columns]);
    assert!(!text.contains("(i)"), "{text}");
    let step = values::train(&derivation, 3, &|_| true).unwrap();
    assert_eq!(step.samples, None);
    assert!(step.losses.iter().all(|loss| loss.samples == (1..2)));
}

#[test]
fn which_samples_a_step_takes() {
    let steps =
        |derivation: &Derivation| (0..5).map(|step| derivation.samples_of_step(step)).collect::<Vec<_>>();
    assert_eq!(steps(&network("layers")), [0..2, 2..3, 0..2, 2..3, 0..2]);
    assert_eq!(steps(&line(", batch 1")), [0..1, 1..2, 0..1, 1..2, 0..1]);
    assert_eq!(steps(&line(""))[..2], [0..2, 0..2]);
    let beyond = line(", batch 5");
    assert_eq!(beyond.samples_of_step(3), 0..2);
    let text = page(&beyond, &Options::default()).to_markdown();
    contains(
        &text,
        &["The declared batch is 5, but the specification has 2 samples only: the step takes all of them."],
    );
    let asked = page(&line(""), &Options { batch: Some(1), ..Options::default() }).to_markdown();
    contains(&asked, &["This step uses one sample only."]);
}

/// Many samples: the first ones are written out, the gradients of all are in a table.
#[test]
fn a_large_batch_stays_short() {
    let data: Vec<String> = (0..200).map(|k| format!("0.{k:03} -> {k}")).collect();
    let text = |batch: &str| {
        let (_, text) = NETWORKS[0];
        let text = text.replace(", batch 2", batch).replace("1 -> 2, 2 -> 3", &data.join(", "));
        page(&compiled("many", &text), &Options::default()).to_markdown()
    };
    let six = text(", batch 6");
    contains(
        &six,
        &["The numbers of the first 4 samples are written out; the other 2", "| 6 | $`0.005`$ | $`5`$ |"],
    );
    contains(&six, &["| Sample | ∂E/∂w | ∂E/∂b |", "| 6 | $`-0.024975`$ | $`-4.995`$ |"]);
    assert!(six.contains("o^{(4)}") && !six.contains("o^{(5)}"), "{six}");
    let all = text("");
    contains(&all, &["a batch of 200 samples", "80 more are not listed"]);
    assert!(all.len() < 25_000, "{} bytes", all.len());
}

#[test]
fn every_equals_sign_holds_for_each_sample() {
    for (name, text) in NETWORKS.into_iter().chain([("rows", ROWS)]) {
        let derivation = compiled(name, text);
        let document = derive(&derivation, &Options::default());
        let samples = derivation.declared_samples().len();
        for seed in 1..4 {
            let drawn = Point::drawn_batch(&derivation, seed, true, samples);
            let compared = document.verify(&Numbers::at(&derivation, &drawn));
            let compared = compared.unwrap_or_else(|wrong| panic!("{name}: {wrong}"));
            assert!(compared > 20 * samples, "{name}: {compared}");
        }
    }
}

/// A batch beyond the limits of evaluation is described in symbols, and nothing is computed for it.
#[test]
fn a_batch_that_is_too_large_has_no_numbers() {
    let data = vec!["(1, 2) -> 3"; 4000].join(", ");
    let text = format!(
        "network W {{ input x[2]; layer h[1000] = tanh(dense(x)); layer y[1] = dense(h); target t[1];
         loss half_squared_error(y, t); train sgd(rate = 0.1); data {{ {data} }} }}"
    );
    let derivation = compiled("too large", &text);
    assert!(matches!(values::train(&derivation, 1, &|_| true), Err(values::Refusal::TooLarge(_))));
    let text = page(&derivation, &Options::default()).to_markdown();
    contains(&text, &["too large to be computed here", "($`m = 4000`$)", r"\frac{4000}{4000} &= 1"]);
    assert!(!text.contains("declares no values"), "{text}");
}

/// Each whole formula of layers fits for the batch, not only each product; one that does not is found.
#[test]
fn whole_formulas_fit_for_a_batch() {
    for (name, text) in
        NETWORKS.into_iter().chain([("rows", ROWS)]).filter(|(name, _)| !name.ends_with("neurons"))
    {
        let derivation = compiled(name, text);
        let samples = derivation.declared_samples().len();
        assert_eq!(derive(&derivation, &Options::default()).misfit(samples), None, "{name}");
    }
    let mut derivation = network("softmax");
    derivation.choose_sample(0);
    let of_one = derive(&derivation, &Options::default());
    assert_eq!(of_one.misfit(1), None);
    assert!(of_one.misfit(2).is_some());
}
