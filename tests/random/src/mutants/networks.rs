//! Small networks, each with a derivative rule: the primitives, the functions of the prelude, the array operations.

/// The names of the rules, and specifications.
pub(super) fn all() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    all.extend(FORMULAS.iter().map(|formula| (*formula, of_formula(formula))));
    all.extend(LOSSES.iter().map(|(output, loss)| (*loss, of_loss(output, loss))));
    all.extend(LAYERS.iter().map(|(name, statements)| (*name, of_layers(statements))));
    all
}

/// Scalar formulas of the weights w and v and the inputs a and c.
const FORMULAS: &[&str] = &[
    "w*a + v*c",
    "w*a - v*c",
    "(w*a) * (v*c)",
    "w*a / (2 + v*c)",
    "-(w*a) * (v + c)",
    "exp(w*a + v*c)",
    "ln(2 + w*a + 0.5*v*c)",
    "sqrt(3 + w*a + v*c)",
    "tanh(w*a + v*c)",
    "erf(w*a + v*c)",
    "w * floor(3*a) + v*c",
    "(2 + w*a) ^ (1.5 + v*c)",
    "(w*a + v*c) ^ 2",
    "(w*a + v*c) ^ 3",
    "(2 + w*a) ^ (-1.5) * (v + c)",
    "2 ^ (w*a + v*c)",
    "if w*a > v*c then w*a * v else v*c + w^2",
    "if w*a < 0.1 then exp(w*a) * v else v*c",
    "identity(w*a) + v*c",
    "sigmoid(w*a + v*c)",
    "relu(w*a + v*c)",
    "leaky_relu(w*a + v*c, 0.3)",
    "elu(w*a + v*c, 1.7)",
    "gelu(w*a + v*c)",
    "gelu_tanh(w*a + v*c)",
    "silu(w*a + v*c)",
    "ln_1p((w*a + v*c)^2)",
    "softplus(w*a + v*c)",
    "max(w*a, v*c)",
    "min(w*a, v*c)",
    "abs(w*a + v*c)",
    "relu6(9 * (w*a + v*c))",
    "relu6(14 * (w*a + v*c))",
    "selu(w*a + v*c)",
    "mish(w*a + v*c)",
    "softsign(w*a + v*c)",
    "hard_sigmoid(6 * (w*a + v*c))",
    "ln_cosh(w*a + v*c)",
    "ln(sigmoid(w*a + v*c))",
    "ln(1 - sigmoid(w*a + v*c)) * w",
    "let u = w*a + v*c in u * sigmoid(u) / (1 + u^2)",
    "exp(-(w*a)^2) * v + sqrt(1 + (v*c)^2)",
];

fn of_formula(formula: &str) -> String {
    format!(
        "network N: f64 {{ input x {{ a, c }} weights {{ w, v }} layer y {{ o = {formula} }} target t {{ u }} \
         loss half_squared_error(y, t); train sgd(rate = 0.1); }}"
    )
}

/// Outputs and losses.
const LOSSES: &[(&str, &str)] = &[
    ("tanh(dense(x))", "squared_error(y, t)"),
    ("tanh(dense(x))", "mean_squared_error(y, t)"),
    ("dense(x)", "absolute_error(y, t)"),
    ("dense(x)", "mean_absolute_error(y, t)"),
    ("dense(x)", "huber(y, t, delta = 0.6)"),
    ("softmax(dense(x))", "cross_entropy(y, t)"),
    ("softmax(dense(x))", "0.7 * cross_entropy(y, t)"),
    ("dense(x)", "cross_entropy_from_logits(y, t)"),
    ("softmax(dense(x))", "squared_error(y, t)"),
    ("0.2 + 0.6 * sigmoid(dense(x))", "cross_entropy(y, t)"),
    ("sigmoid(dense(x))", "binary_cross_entropy(y, t)"),
    ("0.2 + 0.6 * sigmoid(dense(x))", "binary_cross_entropy(y, t)"),
    ("dense(x)", "binary_cross_entropy_from_logits(y, t)"),
    ("softmax(dense(x))", "-sum(t * ln(y))"),
    ("softmax(dense(x))", "kl_divergence(y, t)"),
    ("sigmoid(dense(x))", "sum((1 + t) * ln(y)^2)"),
    ("dense(x)", "hinge(y, t)"),
    ("dense(x)", "log_cosh(y, t)"),
    ("dense(x)", "let e = y - t in e @ e + 0.1 * mean(exp(e))"),
    ("dense(x)", "sqrt(1 + sum((y - t)^4) / count(t))"),
];

fn of_loss(output: &str, loss: &str) -> String {
    format!(
        "network N: f64 {{ input x[2]; layer y[3] = {output}; target t[3]; loss {loss}; train sgd(rate = 0.1); }}"
    )
}

/// Array operations; the last layer is `y`.
const LAYERS: &[(&str, &str)] = &[
    ("x W", "weights W[2, 2]; layer h = tanh(x @ W); weights V[2, 2]; layer y = h @ V;"),
    ("W x", "weights W[2, 2]; layer h = tanh(W @ x); weights V[2, 2]; layer y = V @ h;"),
    (
        "dot",
        "weights W[2, 3]; layer h[3] = tanh(x @ W); weights v[3]; layer y { p = v @ h, q = tanh(v @ h) * (h @ h) }",
    ),
    ("sum", "weights W[2, 2]; layer h = tanh(x @ W); layer y = h * sum(h) + sum(W);"),
    ("mean", "weights W[2, 2]; layer h = tanh(x @ W); layer y = exp(h - mean(h^2));"),
    ("transpose", "weights W[2, 2]; layer h = tanh(x @ transpose(W)); layer y = transpose(W) @ h;"),
    (
        "concat",
        "weights W[2, 3]; weights V[2, 2]; layer h = tanh(x @ W); layer g = tanh(x @ V); weights U[5, 2]; layer y = concat(h, g) @ U;",
    ),
    (
        "stack",
        "weights { w, v, u } layer h { p = tanh(w*a), q = tanh(v*c), r = tanh(u*a*c) } weights W[3, 2]; layer y = tanh(h) @ W;",
    ),
    ("softmax", "weights W[2, 3]; layer h = softmax(x @ W); weights V[3, 2]; layer y = h^2 @ V;"),
    ("scalar for all", "weights s; weights W[2, 2]; layer y = tanh(x @ W) * s + s^2;"),
    ("shared", "weights W[2, 2]; layer h = tanh(x @ W); layer g = tanh(h @ W); layer y = g * h - h;"),
    (
        "penalties",
        "weights W[2, 2]; layer y = tanh(x @ W); penalty l2(W, 0.1); penalty l1(W, 0.2); penalty 0.3 * sqrt(1 + sum(W^2));",
    ),
    ("sum over a batch", "weights W[2, 2]; layer y = tanh(x @ W); penalty l2(W, 0.1);"),
    (
        "part of a vector",
        "weights W[2, 3]; layer h { p = tanh(a), q = 2*a } layer g = concat(h, x @ W); weights V[5]; layer y { o = V @ tanh(g), n = sum(g^2) }",
    ),
];

fn of_layers(statements: &str) -> String {
    let reduction = if statements.contains("l2(W, 0.1);") { ", reduction = sum" } else { "" };
    let penalties: String = statements
        .match_indices("penalty ")
        .map(|(at, _)| {
            let rest = statements.get(at..).unwrap_or_default();
            format!("{};", rest.split(';').next().unwrap_or_default())
        })
        .collect();
    let layers = statements.split("penalty ").next().unwrap_or_default();
    format!(
        "network N: f64 {{ input x {{ a, c }} {layers} target t[2]; loss half_squared_error(y, t); {penalties} \
         train sgd(rate = 0.1){reduction}; }}"
    )
}
