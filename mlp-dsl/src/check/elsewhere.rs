//! Maps the name of a function of another library, which this language does not have, to its declaration in one line.

/// The declarations: the name that a line declares is looked up without `_` and capitals.
const DEFINITIONS: [&str; 26] = [
    "fn prelu(x, slope) = if x > 0 then x else slope * x;",
    "fn celu(x, alpha = 1) = if x > 0 then x else alpha * (exp(x / alpha) - 1);",
    "fn hard_tanh(x) = if x <= -1 then -1 else if x >= 1 then 1 else x;",
    "fn hard_swish(x) = x * hard_sigmoid(x);",
    "fn hard_silu(x) = x * hard_sigmoid(x);",
    "fn hard_shrink(x, lambda = 0.5) = if abs(x) <= lambda then 0 else x;",
    "fn soft_shrink(x, lambda = 0.5) = if x > lambda then x - lambda else if x < -lambda then x + lambda else 0 * x;",
    "fn tanh_shrink(x) = x - tanh(x);",
    "fn quick_gelu(x) = x * sigmoid(1.702 * x);",
    "fn squared_relu(x) = relu(x)^2;",
    "fn relu_squared(x) = relu(x)^2;",
    "fn relu2(x) = relu(x)^2;",
    "fn thresholded_relu(x, theta = 1) = if x <= theta then 0 else x;",
    "fn sparse_plus(x) = if x <= -1 then 0 else if x >= 1 then x else (x + 1)^2 / 4;",
    "fn sinh(x) = (exp(x) - exp(-x)) / 2;",
    "fn cosh(x) = (exp(x) + exp(-x)) / 2;",
    "fn atanh(x) = 0.5 * (ln_1p(x) - ln_1p(-x));",
    "fn erfc(x) = 1 - erf(x);",
    "fn expm1(x) = exp(x) - 1;",
    "fn square(x) = x^2;",
    "fn sign(x) = if x > 0 then 1 else if x < 0 then -1 else 0 * x;",
    "fn ceil(x) = -floor(-x);",
    "fn round(x) = floor(x + 0.5);",
    "fn clip(x, low, high) = min(max(x, low), high);",
    "fn clamp(x, low, high) = min(max(x, low), high);",
    "fn squared_hinge(o, t) = sum(relu(1 - t * o)^2);",
];

/// The declaration of the function that other libraries call by this name.
pub(super) fn definition(name: &str) -> Option<&'static str> {
    let name = plain(name);
    DEFINITIONS.into_iter().find(|line| declared(line).is_some_and(|declared| plain(declared) == name))
}

fn declared(line: &'static str) -> Option<&'static str> {
    line.strip_prefix("fn ")?.split('(').next()
}

fn plain(word: &str) -> String {
    word.replace('_', "").to_lowercase()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{DEFINITIONS, declared, definition, plain};

    #[test]
    fn each_definition_compiles_and_is_found() {
        for line in DEFINITIONS {
            let name = declared(line).unwrap();
            assert_eq!(definition(&plain(name).to_uppercase()), Some(line));
            let use_of = match name {
                "squared_hinge" => ["x", "squared_hinge(y, t)"],
                "prelu" => ["prelu(x, 0.5)", "squared_error(y, t)"],
                "clip" | "clamp" => ["clip(x, -1, 1)", "squared_error(y, t)"],
                _ => ["NAME(x)", "squared_error(y, t)"],
            };
            let [layer, loss] = use_of.map(|text| text.replace("NAME", name).replace("clip", name));
            let text = format!(
                "{line} network N {{ input x[2]; layer y[2] = {layer} + 0 * dense(x); target t[2]; loss {loss}; train sgd(rate = 0.1); }}"
            );
            assert!(crate::compile(&text).is_ok(), "{line}: {:?}", crate::compile(&text).err());
        }
    }

    /// A name of this language needs no definition, and a name without `_` is found as it is written here.
    #[test]
    fn no_function_of_this_language_is_defined_here() {
        let prelude = include_str!("../prelude.mlp").lines().filter_map(|line| line.strip_prefix("fn "));
        for name in prelude.filter_map(|line| line.split('(').next()) {
            assert_eq!(definition(name), None);
        }
    }
}
