//! The computational graph: its gradients are those of the equations, its numbers those of the course, and its picture
//! can be read.

use mlp_document::pictures::computation::{Refusal, Settings, computation, computation_at, frames, picture};
use mlp_dsl::ir::Derivation;
use mlp_eval::Point;
use mlp_graph::{Graph, Scene, Tone, layered::layered, svg};

use super::{
    compiled,
    networks::{EXAMPLES, OTHERS},
};

/// Points at which the numbers of a network are compared.
fn points(derivation: &Derivation) -> Vec<Point> {
    let declared = Point::declared(derivation).ok();
    declared.into_iter().chain((1..6).map(|seed| Point::drawn(derivation, seed, true))).collect()
}

fn graph(derivation: &Derivation, focus: Option<&str>) -> Result<Graph, Refusal> {
    let settings = Settings { focus: focus.into_iter().map(str::to_owned).collect(), ..Settings::default() };
    picture(derivation, &settings).map(|picture| picture.graph)
}

fn exercise() -> Derivation {
    compiled("exercise", EXAMPLES[0].1)
}

#[test]
fn gradients_of_gates_are_those_of_the_equations() {
    let mut compared = 0;
    for (name, text) in EXAMPLES.into_iter().chain(OTHERS).filter(|(name, _)| *name != "homework") {
        let derivation = compiled(name, text);
        for point in points(&derivation) {
            let Some(computation) = computation_at(&derivation, &point) else { continue };
            let (found, count) = computation.compared(&derivation);
            assert_eq!(found, [], "{name}");
            compared += count;
        }
    }
    assert!(compared > 400, "{compared}");
}

/// The gradient of each parameter, as the sum over its wires, beside `eval`.
#[test]
fn gradients_of_the_exercise_are_those_of_eval() {
    let derivation = exercise();
    let step = mlp_document::values::train(&derivation, 1, &|_| false).unwrap();
    let of_gates = computation(&derivation, 17).unwrap().parameters(&derivation);
    assert_eq!(of_gates.len(), 10);
    for (name, gradient) in of_gates {
        let entry = step.gradients.iter().find(|entry| entry.name == name).unwrap();
        assert!((gradient - entry.values[0]).abs() <= 1e-15, "{name}: {gradient} and {:?}", entry.values);
    }
}

/// The texts of the wire from one node to another, by the first lines of the nodes; gates are named by their wires' tags.
fn wire(graph: &Graph, tag: &str) -> Vec<String> {
    let found = graph.edges.iter().find(|edge| edge.texts.iter().any(|text| text.label.plain() == tag));
    let texts = &found.unwrap_or_else(|| panic!("no wire is called {tag}")).texts;
    texts.iter().filter(|text| text.tone != Tone::Title).map(|text| text.label.plain()).collect()
}

/// The slides number the wires of o1, o2 and h1: d1 to d5, d6 to d10, d11 to d15, the net input first.
#[test]
fn wires_are_numbered_as_in_the_course() {
    let graph = graph(&exercise(), None).unwrap();
    for (tag, value, gradient) in [
        ("d6", "1.2249", "−0.038098"),
        ("d7", "0.6", "−0.038098"),
        ("d8", "0.62492", "−0.038098"),
        ("d9", "0.29663", "−0.038098"),
        ("d10", "0.32829", "−0.038098"),
        ("d11", "0.3775", "0.0087714"),
        ("d12", "0.35", "0.0087714"),
        ("d13", "0.0275", "0.0087714"),
        ("d14", "0.0075", "0.0087714"),
        ("d15", "0.02", "0.0087714"),
        ("d1", "1.1059", "0.13850"),
    ] {
        let texts = wire(&graph, tag);
        assert_eq!(texts[..2], [value, gradient], "{tag}");
    }
    assert!(!graph.edges.iter().any(|edge| edge.texts.iter().any(|text| text.label.plain() == "d21")));
}

/// Everything that a picture says, a text a line.
fn texts(scene: &Scene) -> Vec<String> {
    scene.texts.iter().map(|text| text.label.plain()).collect()
}

#[test]
fn pictures_have_no_faults() {
    for (name, text) in EXAMPLES.into_iter().chain(OTHERS) {
        let derivation = compiled(name, text);
        let Ok(graph) = graph(&derivation, None) else {
            assert_eq!(name, "no loss");
            continue;
        };
        let scene = layered(&graph);
        assert_eq!(scene.faults(), [], "{name}");
        if let Some(folder) = std::env::var_os("MLP_PICTURES") {
            let file = std::path::Path::new(&folder).join(format!("{}.svg", name.replace(' ', "_")));
            std::fs::write(file, svg(&scene, "picture")).unwrap();
        }
    }
}

/// On A4 across, within margins of 10 mm, letters of 12 are at least 5.5 points high.
#[test]
fn the_exercise_fits_a_page() {
    for focus in [None, Some("w1")] {
        let scene = layered(&graph(&exercise(), focus).unwrap());
        let scale = (277.0 / scene.width).min(190.0 / scene.height);
        let points = 12.0 * scale / 0.3528;
        assert!(points >= 5.5, "{focus:?}: {points} points");
    }
}

#[test]
fn a_focus_leaves_out_what_is_on_no_path() {
    let derivation = exercise();
    let scene = layered(&graph(&derivation, Some("w1")).unwrap());
    assert_eq!(scene.faults(), []);
    let texts = texts(&scene);
    for there in ["w1", "i1", "0.00043857", "−0.019049", "0.055399"] {
        assert!(texts.iter().any(|text| text == there), "{there} is there");
    }
    for gone in ["w3", "w8", "i2", "h2", "0.082167"] {
        assert!(!texts.iter().any(|text| text == gone), "{gone} is left out");
    }
    let refused = graph(&derivation, Some("w9"));
    assert!(matches!(&refused, Err(Refusal::NoSuchValue { known, .. }) if known.contains(&"w1".to_owned())));
}

#[test]
fn frames_show_more_from_step_to_step() {
    let frames = frames(&exercise(), &Settings::default()).unwrap();
    let (first, last) = (frames.scene(0).unwrap(), frames.scene(frames.count() - 1).unwrap());
    assert!(frames.scene(frames.count()).is_none());
    assert_eq!((first.width, first.height), (last.width, last.height));
    let shows = |scene: &Scene, number: &str| texts(scene).iter().any(|text| text == number);
    assert!(shows(&first, "0.0075") && !shows(&first, "0.0275") && !shows(&first, "0.00043857"));
    assert!(shows(&last, "0.0275") && shows(&last, "0.00043857"));
    for step in 0..frames.count() {
        let scene = frames.scene(step).unwrap();
        assert_eq!(scene.faults(), [], "step {step}");
        assert!(texts(&scene).iter().any(|text| text.starts_with(&format!("Step {} of", step + 1))));
    }
}
