//! A page has a bounded length, whatever the network is, and says what it leaves out.

use mlp_document::{
    Options, derive,
    selection::{Extent, Place, Selection, section},
};
use mlp_dsl::ir::Derivation;

use crate::compiled;

/// Layers, one after another; `layer` writes one from its number and the one before it.
fn stacked(count: usize, layer: &dyn Fn(usize, &str) -> String) -> (String, String) {
    let (mut text, mut before) = (String::new(), "x".to_owned());
    for number in 0..count {
        text += &layer(number, &before);
        before = format!("l{number}");
    }
    (text, before)
}

fn networks() -> Vec<(&'static str, String)> {
    let end = "train adam(rate = 0.1); }";
    let million = format!(
        "network M {{ input x[784]; layer a[1000] = relu(dense(x)); layer b[200] = relu(dense(a));
         layer o[10] = softmax(dense(b)); target t[10]; loss cross_entropy(o, t); {end}"
    );
    let dense = |of: usize| {
        move |number: usize, before: &str| format!("layer l{number}[{of}] = sigmoid(dense({before})); ")
    };
    let with_values = |of: usize, layers: usize| {
        let (text, last) = stacked(layers, &dense(of));
        let values = vec!["0.5"; of].join(", ");
        format!(
            "network D {{ input x[{of}] = [{values}]; {text} target t[{of}] = [{values}];
             loss half_squared_error({last}, t); {end}"
        )
    };
    let mut weights = Vec::new();
    let mut layers = String::new();
    let mut before: Vec<String> = ["a", "b", "c"].map(str::to_owned).to_vec();
    for layer in 0..45 {
        let neurons: Vec<String> = (0..3).map(|neuron| format!("n{layer}_{neuron}")).collect();
        let mut texts = Vec::new();
        for neuron in &neurons {
            let term = |from: &String| {
                weights.push(format!("w{} = 0.1", weights.len()));
                format!("w{}*{from}", weights.len() - 1)
            };
            let terms: Vec<String> = before.iter().map(term).collect();
            texts.push(format!("{neuron} = tanh({})", terms.join(" + ")));
        }
        layers += &format!("layer l{layer} {{ {} }} ", texts.join(", "));
        before = neurons;
    }
    let named = format!(
        "network N {{ input x {{ a = 0.1, b = 0.2, c = 0.3 }} weights {{ {} }} {layers}
         target t {{ s = 1, u = 0, v = 1 }} loss half_squared_error(l44, t); {end}",
        weights.join(", ")
    );
    vec![
        ("a million parameters", million),
        ("many layers", with_values(2, 130)),
        ("12 x 12", with_values(12, 12)),
        ("named", named),
    ]
}

/// The full and the brief page, and those about the last parameter.
fn forms(derivation: &Derivation) -> Vec<Options> {
    let about = |selection: Selection| Options { selection, ..Options::default() };
    let mut forms = vec![Options::default(), Options { extent: Extent::Brief, ..Options::default() }];
    if let Some(parameter) = derivation.parameters.last() {
        let place = Place::named(derivation, &parameter.name).unwrap();
        forms.push(about(Selection { only: vec![place], ..Selection::default() }));
        forms.push(about(Selection { focus: vec![place], ..Selection::default() }));
    }
    forms
}

#[test]
fn pages_have_a_bounded_length() {
    for (name, text) in networks() {
        let derivation = compiled(name, &text);
        for options in forms(&derivation) {
            let page = derive(&derivation, &options).to_markdown();
            let lines = page.lines().count();
            let selection = &options.selection;
            assert!(lines < 6_000 && page.len() < 500_000, "{name}: {lines} lines, {} bytes", page.len());
            if !selection.only.is_empty() {
                assert!(lines < 700 && page.len() < 60_000, "{name}: {lines} lines, {} bytes", page.len());
            }
            let everything = selection.only.is_empty() && selection.focus.is_empty();
            if everything && ["many layers", "named"].contains(&name) {
                assert!(page.contains("left out."), "{name}: nothing is said to be left out");
            }
        }
    }
}

/// The page of the last parameter of a long list has that parameter.
#[test]
fn parameters_beyond_the_bound_have_pages_of_their_own() {
    let (_, text) = networks().into_iter().find(|(name, _)| *name == "named").unwrap();
    let derivation = compiled("named", &text);
    let full = derive(&derivation, &Options::default()).to_markdown();
    assert!(!full.contains(r"w_{380}^{+}"));
    let only = vec![Place::named(&derivation, "w380").unwrap()];
    let options = Options { selection: Selection { only, ..Selection::default() }, ..Options::default() };
    let page = derive(&derivation, &options).to_markdown();
    for part in [r"w_{380}^{+}", r"\frac{\partial E}{\partial w_{380}} &=", "From the backward pass: "] {
        assert!(page.contains(part), "{part} is missing in\n{page}");
    }
    assert!(!page.contains(r"w_{381}^{+}"));
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    let text = "network A { input x[2] = [1, 2]; weights W1[2, 3] ~ constant(0.5); layer h[3] = tanh(x @ W1);
        target t[3] = [0, 1, 0]; loss half_squared_error(h, t); train sgd(rate = 0.1); }";
    let derivation = compiled("names", text);
    let told = |name: &str| {
        let unknown = Place::named(&derivation, name).unwrap_err();
        format!("{}; {}", unknown.title, unknown.help)
    };
    assert_eq!(told("W2"), "there is no parameter `W2`; did you mean `W1`?");
    assert_eq!(told("h"), "`h` is a value of the network, not a parameter; the trained parameter is `W1`");
    let elements = "the elements are `W1[1,1]` to `W1[2,3]`: row, then column";
    for name in ["W1[0,1]", "W1[3,1]", "W1[1]", "W1[1,4]", "W1[1,2", "W1[]", "W1[a,b]"] {
        assert_eq!(told(name), format!("there is no element `{name}`; {elements}"));
    }
    assert!(Place::named(&derivation, "W1[2,3]").is_ok() && Place::named(&derivation, " W1 ").is_ok());
    assert_eq!(section("bckward").unwrap_err().help, "did you mean `backward`?");
}
