//! Networks that are hard to draw, and pictures that are wrong on purpose.

use mlp_graph::{
    Owner,
    geometry::{Path, Point},
};
use mlp_pictures::{Picture, of_text};

use crate::measured::in_browser;

/// Columns of named neurons, each read by all of the next column.
fn named(sizes: &[usize], name: &str) -> String {
    let of = |column: usize, row: usize| format!("{name}{}_{}", column + 1, row + 1);
    let list = |items: Vec<String>| items.join(", ");
    let first = list((0..sizes[0]).map(|row| format!("{} = 0.{}5", of(0, row), row + 1)).collect());
    let mut weights = Vec::new();
    let mut layers = String::new();
    for column in 1..sizes.len() {
        let mut neurons = Vec::new();
        for row in 0..sizes[column] {
            let mut terms = Vec::new();
            for before in 0..sizes[column - 1] {
                weights.push(format!("w{} = 0.{}", weights.len() + 1, weights.len() % 89 + 10));
                terms.push(format!("w{} * {}", weights.len(), of(column - 1, before)));
            }
            neurons.push(format!("{} = sigmoid({})", of(column, row), terms.join(" + ")));
        }
        layers.push_str(&format!("layer l{column} {{ {} }}\n", list(neurons)));
    }
    let last = sizes.len() - 1;
    let targets = list((0..sizes[last]).map(|row| format!("t{} = 0.5", row + 1)).collect());
    format!(
        "network Named: f64 {{ input x {{ {first} }} weights {{ {} }} {layers} target t {{ {targets} }}
         loss half_squared_error(l{last}, t); train sgd(rate = 0.5); }}",
        list(weights)
    )
}

const SKIP: &str = "network Skip: f64 {
    input x { i1 = 0.1, i2 = 0.2 }
    weights { a = 0.1, b = 0.2, c = 0.3, d = 0.4, e = 0.5, f = 0.6, s1 = 0.7, s2 = 0.8 }
    frozen weights { q = 0.25 }
    layer h { h1 = tanh(a * i1 + b * i2), h2 = tanh(c * i1 + d * i2) }
    layer g { g1 = tanh(e * h1 + f * h2 + q * h1) }
    layer o { o1 = sigmoid(a * g1 + s1 * i1), o2 = sigmoid(b * g1 + s2 * i2 + q * h2) }
    target t { t1 = 0, t2 = 1 }
    loss half_squared_error(o, t); train sgd(rate = 0.5); }";

const ARRAYS: &str = "network Arrays: f64 {
    input x[1024]; input side[3];
    layer a[20] = relu(dense(x)); layer b[20] = relu(dense(a)) + a;
    layer c[23] = concat(b, side); layer d[10] = softmax(dense(c));
    target t[10]; loss cross_entropy(d, t); train sgd(rate = 0.1), batch 50; }";

/// Wide, deep and long-named networks.
pub(crate) fn pictures() -> Vec<Picture> {
    let deep = named(&[2; 12], "h");
    let long = named(&[2, 2, 2], "a_neuron_with_a_very_long_name_");
    let greek = named(&[2, 3, 2], "νευρών");
    let kanji = named(&[2, 2], "神経");
    let wide = named(&[4, 4, 3, 2], "h");
    let wider = named(&[9, 9, 2], "h");
    let six = named(&[6, 6, 6], "h");
    let texts = [
        ("deep", &*deep),
        ("long names", &long),
        ("Greek names", &greek),
        ("Japanese names", &kanji),
        ("4-4-3-2", &wide),
        ("9-9-2", &wider),
        ("6-6-6", &six),
        ("skip", SKIP),
        ("arrays", ARRAYS),
    ];
    texts.iter().flat_map(|(name, text)| of_text(name, text).unwrap()).collect()
}

/// The first picture of the exercise.
fn exercise() -> Picture {
    of_text("exercise", include_str!("../../../../examples/course/exercise.mlp")).unwrap().remove(0)
}

/// Changes that make a picture wrong, and what is said of each.
#[test]
fn what_is_wrong_is_found() {
    let edge_text = |picture: &Picture| {
        picture.scene.texts.iter().position(|text| matches!(text.owner, Owner::Edge(_))).unwrap()
    };
    let mut overlap = exercise();
    let place = edge_text(&overlap);
    overlap.scene.texts[place].bounds = overlap.scene.texts[place + 1].bounds.moved(4.0, 3.0);
    let mut through = exercise();
    let center = through.scene.texts[place].bounds.center();
    let other = through.scene.edges.len() - 1;
    let [start, end] = [-20.0, 20.0].map(|by| Point::new(center.x + by, center.y + by));
    through.scene.edges[other].path = Path::through(&[start, end]);
    let mut outside = exercise();
    outside.scene.width -= 40.0;
    let mut large = exercise();
    large.scene.nodes[0].bounds = large.scene.nodes[0].bounds.grown(-16.0);
    let wrong = [
        (overlap, "overlap"),
        (through, "runs through"),
        (outside, "outside"),
        (large, "larger than its node"),
    ];
    for (picture, said) in &wrong {
        let faults = picture.faults();
        assert!(faults.iter().any(|fault| fault.contains(said)), "{said}: {faults:?}");
    }
    let named: Vec<Picture> =
        wrong.iter().map(|(it, said)| Picture { name: (*said).into(), ..it.clone() }).collect();
    let Some(measured) = in_browser(&named) else { return };
    for (_, said) in &wrong {
        let own = measured.findings.iter().filter(|finding| finding.starts_with(&format!("{said}: ")));
        assert!(
            own.clone().any(|finding| finding.ends_with(said) || finding.contains(&format!(" {said}"))),
            "{said}: {measured:?}"
        );
    }
}
