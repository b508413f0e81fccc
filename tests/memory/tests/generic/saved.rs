//! Networks through serde: as text, and as bytes without names.

use mlp::Tensors;
use serde_json::{Value, from_str, json, to_string, to_value};

use super::{Curve, CurveGradients, CurveOptimizer, Sorter, SorterGradients, SorterOptimizer};

/// A network and its optimizer after a step.
fn trained() -> (Box<Sorter>, Box<SorterOptimizer>) {
    use mlp::Trainable;
    let (mut network, mut optimizer) = (Sorter::boxed(), SorterOptimizer::boxed());
    let mut gradients = SorterGradients::boxed();
    gradients.copy_from_slice(&core::array::from_fn::<f32, { Sorter::PARAMETERS }, _>(|n| n as f32)).unwrap();
    network.step(&mut optimizer, &gradients);
    optimizer.rate = 0.03;
    (network, optimizer)
}

#[test]
fn text_gives_the_same_bits() {
    let (network, optimizer) = trained();
    assert_eq!(from_str::<Sorter>(&to_string(&*network).unwrap()).unwrap(), *network);
    let again: SorterOptimizer = from_str(&to_string(&*optimizer).unwrap()).unwrap();
    assert!(again == *optimizer && again.steps == 1 && again.rate == 0.03);
    let gradients = CurveGradients::new();
    assert_eq!(from_str::<CurveGradients>(&to_string(&gradients).unwrap()).unwrap(), gradients);
}

#[test]
fn bytes_give_the_same_bits() {
    let (network, optimizer) = trained();
    let bytes = postcard::to_allocvec(&(&*network, &*optimizer)).unwrap();
    // The numbers, one byte for the number of steps, and nothing else.
    assert_eq!(bytes.len(), 4 * (3 * Sorter::PARAMETERS + 5) + 1);
    let (again, of): (Sorter, SorterOptimizer) = postcard::from_bytes(&bytes).unwrap();
    assert!(again == *network && of == *optimizer);
    assert!(postcard::from_bytes::<Sorter>(&bytes[..100]).is_err());
}

#[test]
fn the_form_is_that_of_the_fields() {
    let curve = Curve { b_y: [0.5, -1.0], ..Curve::new() };
    let value = to_value(&curve).unwrap();
    assert_eq!(
        (&value["b_y"], &value["scale"], &value["shift"]),
        (&json!([0.5, -1.0]), &json!(2.0), &json!(0.5))
    );
    assert_eq!(value["W_hidden"].as_array().map(Vec::len), Some(3));
    let names: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), Curve::TENSORS.len());
    assert_eq!(to_string(&CurveOptimizer::new()).unwrap(), r#"{"rate":0.1}"#);
    // In any order.
    let Value::Object(fields) = value else { panic!() };
    let turned: Vec<String> = fields.iter().rev().map(|(name, value)| format!("{name:?}:{value}")).collect();
    assert_eq!(from_str::<Curve>(&format!("{{{}}}", turned.join(","))).unwrap(), curve);
}

/// The error of a text in which one field is another one.
fn wrong(name: &str, with: Value) -> String {
    let mut value = to_value(Curve::new()).unwrap();
    value[name] = with;
    serde_json::from_value::<Curve>(value).unwrap_err().to_string()
}

#[test]
fn errors_name_the_tensor_and_its_shape() {
    let said = wrong("b_hidden", json!([1, 2, 3]));
    assert_eq!(said, "`b_hidden` of Curve: invalid length 3, expected 4 numbers for the shape [4]");
    let said = wrong("b_hidden", json!([1, 2, 3, 4, 5]));
    assert_eq!(said, "`b_hidden` of Curve: invalid length 5, expected 4 numbers for the shape [4]");
    let said = wrong("W_hidden", json!([[1, 2, 3, 4], [1, 2, 3], [1, 2, 3, 4]]));
    assert_eq!(said, "`W_hidden` of Curve: invalid length 3, expected 4 numbers for the shape [4]");
    let said = wrong("W_hidden", json!([[1, 2, 3, 4]]));
    assert_eq!(said, "`W_hidden` of Curve: invalid length 1, expected 3 rows for the shape [3, 4]");
    let said = wrong("scale", json!(null));
    assert!(said.starts_with("`scale` of Curve: invalid type: null, expected f32"), "{said}");
    assert_eq!(wrong("scales", json!(1)), "Curve has no `scales`");
    let missing = from_str::<Curve>(r#"{"scale": 1}"#).unwrap_err().to_string();
    assert!(missing.starts_with("`shift` of Curve is missing"), "{missing}");
    let twice = from_str::<Curve>(r#"{"scale": 1, "scale": 2}"#).unwrap_err().to_string();
    assert!(twice.starts_with("`scale` is there twice"), "{twice}");
    assert!(from_str::<Curve>("[]").unwrap_err().to_string().starts_with("`scale` of Curve is missing"));
    assert!(from_str::<Curve>("7").unwrap_err().to_string().contains("expected Curve with 6 fields"));
}

/// Into a network that is there, without another one on the stack.
#[test]
fn in_place() {
    let (network, _) = trained();
    let text = to_string(&*network).unwrap();
    let mut place = Sorter::boxed();
    mlp::serde::deserialize_into(&mut *place, &mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert_eq!(place, network);
}
