//! The functions of the prelude that ONNX has as operators.

use mlp_dsl::{formula::scalar::Function, number::Precision};

use super::graph::{float, text};
use crate::proto::Attribute;

/// An operator, and how many of the arguments are its operands.
pub(super) struct Operator {
    pub(super) name: &'static str,
    pub(super) operands: usize,
    pub(super) attributes: Vec<Attribute>,
}

/// The operator that is a function of the prelude; `constant` gives an argument that is a number. Attributes have 32 bits, and runtimes
/// have some operators only in 32: a network of 64 has formulas instead.
pub(super) fn operator(
    function: &Function,
    precision: Precision,
    constant: &dyn Fn(usize) -> Option<f64>,
) -> Option<Operator> {
    let plain = |name, operands| Some(Operator { name, operands, attributes: Vec::new() });
    let single = precision == Precision::F32;
    let with = |name, attribute: Attribute| {
        single.then(|| Operator { name, operands: 1, attributes: vec![attribute] })
    };
    if !function.prelude {
        return None;
    }
    match function.name.as_str() {
        "relu" => plain("Relu", 1),
        "sigmoid" => plain("Sigmoid", 1),
        "abs" => plain("Abs", 1),
        "max" => plain("Max", 2),
        "min" => plain("Min", 2),
        "softplus" if single => plain("Softplus", 1),
        "softsign" if single => plain("Softsign", 1),
        "mish" if single => plain("Mish", 1),
        "selu" if single => plain("Selu", 1),
        "gelu" => with("Gelu", text("approximate", "none")),
        "gelu_tanh" => with("Gelu", text("approximate", "tanh")),
        "leaky_relu" => with("LeakyRelu", float("alpha", constant(1)? as f32)),
        "elu" => with("Elu", float("alpha", constant(1)? as f32)),
        _ => None,
    }
}
