//! The networks whose documents are tested.

/// The course's.
pub(crate) const EXAMPLES: [(&str, &str); 6] = [
    ("exercise", include_str!("../../../examples/course/exercise.mlp")),
    ("exercise_four_biases", include_str!("../../../examples/course/exercise_four_biases.mlp")),
    ("exercise_short_e", include_str!("../../../examples/course/exercise_short_e.mlp")),
    ("exercise_weights_only", include_str!("../../../examples/course/exercise_weights_only.mlp")),
    ("homework", include_str!("../../../examples/course/homework.mlp")),
    ("xor", include_str!("../../../examples/course/xor.mlp")),
];

/// Other forms: choices, shared weights, no activation, named neurons beside whole layers, no loss.
pub(crate) const OTHERS: [(&str, &str); 9] = [
    (
        "no activation, shared weight",
        "network A { input x { a = 0.3, b = -0.7 } weights { w = 0.5, v = -0.25 } biases { c = 0.1 }
         layer h { p = w*a + v*b + c, q = w*b - v*a } layer o { y = identity(w*p - (q - c)) }
         target t { s = 1 } loss mean_squared_error(o, t); train sgd(rate = 0.1); }",
    ),
    (
        "choices",
        "fn leaky(x) = if x > 0 then x else x / 10;
         network B { input x { a = 0.3 } weights { w = -0.5, v = 2 } biases { c = 0.1 }
         layer h { p = relu(w*a + c), q = leaky(w*a - c), r = max(w*a, c) }
         layer o { y = (p + q - (r - v)) / (1 + exp(-v*q)) }
         target t { s = 0.5 } loss squared_error(o, t); train sgd(rate = 0.1); }",
    ),
    (
        "powers",
        "fn cube(x) = (-x)^3 - x^2 + 2^x;
         network C { input x { a = 0.3 } weights { w = 0.5 }
         layer o { y = cube(w*a) + tanh(a / (2 + w * w)) }
         target t { s = 0.5 } loss half_squared_error(o, t); train sgd(rate = 0.1); }",
    ),
    (
        "named neurons into softmax",
        "network D { input x { a = 0.3, b = 0.2 } weights { w = 0.5, v = 0.1 }
         layer h { p = w*a, q = v*b } layer o[2] = softmax(h);
         target t { s = 1, u = 0 } loss cross_entropy(o, t); train sgd(rate = 0.1); }",
    ),
    (
        "columns",
        "network F { input x[3] = [0.1, 0.2, -0.3]; weights W[2, 3] = [[1, 2, 3], [0.5, 0.1, -1]];
         layer h[2] = sigmoid(W @ x); layer o[2] = h * 0.5;
         target t[2] = [0, 1]; loss sum((t - o) * (t - o)); train sgd(rate = 0.1); }",
    ),
    (
        "dropout",
        "network L: f64 { seed 3; input x[3]; weights W[3, 4] ~ uniform(-1, 1, step = 0.1), V[4, 2] ~ uniform(-1, 1, step = 0.1);
         layer seen = dropout(x, rate = 0.2); layer h[4] = dropout(tanh(seen @ W), rate = 0.5); layer o[2] = softmax(h @ V);
         target t: class[2]; loss cross_entropy(o, t); train momentum(rate = 0.1), batch 2;
         data { (0.1, 0.2, -0.3) -> 0, (0.5, -0.4, 0.2) -> 1, (0.3, 0.3, 0.9) -> 1 } }",
    ),
    ("no loss", "network G { input x { a = 0.5 } weights { w = 0.5 } layer o { y = sigmoid(w*a) } }"),
    (
        "no values",
        "network H { input x { a } weights { w = 0.5 } layer o { y = sigmoid(w*a) }
         target t { s } loss half_squared_error(o, t); train sgd(rate = 0.1); }",
    ),
    (
        "last batch short",
        "network K { input x[4]; layer o[2] = sigmoid(dense(x)); target t[2];
         loss half_squared_error(o, t); train sgd(rate = 0.1), batch 3, samples 10; }",
    ),
];
