//! Everything that a page starts from is on it, and matrices are written out.

use mlp_document::{Options, derive};

use super::{compiled, contains};

/// A page with the text of its specification.
fn page(text: &str, digits: usize) -> String {
    let derivation = compiled("given", text);
    let options = Options { digits, specification: Some(text.to_owned()), ..Options::default() };
    let document = derive(&derivation, &options);
    document.check().unwrap_or_else(|wrong| panic!("{wrong}"));
    document.to_markdown()
}

const LAYERS: &str = "document { headings = { given = \"Gegeben\" } }
const k = 2;
network L: f64 {
    seed 7;
    input   x[2] = [0.5, -1];
    weights W[2, 3] = [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], V[3, 2] ~ uniform(-1, 1, seed = 3);
    biases  b[3] = [0, 0.1, 0.2], c[2];
    layer   h[3] = relu(k * (x @ W) + b);
    layer   y[2] = h @ V + c;
    target  t: class[2] = 1;
    loss    cross_entropy(softmax(y), t);
    train   sgd(rate = 0.1);
}";

/// The specification of a network with these sizes and drawn numbers.
fn sized(inputs: usize, outputs: usize) -> String {
    let list = (0..inputs).map(|k| format!("0.{k}")).collect::<Vec<_>>().join(", ");
    format!(
        "network S: f64 {{ input x[{inputs}] = [{list}]; weights W_y[{inputs}, {outputs}] ~ uniform(1, 2);
         biases b_y[{outputs}]; layer y[{outputs}] = tanh(x @ W_y + b_y); target t[{outputs}] = {};
         loss half_squared_error(y, t); train sgd(rate = 0.1); }}",
        format_args!("[{}]", vec!["1"; outputs].join(", "))
    )
}

#[test]
fn a_matrix_is_given_in_full_up_to_twelve_rows_and_columns() {
    let text = page(&sized(12, 12), 3);
    contains(&text, &["## 2. What is given", r"W_{y} &\approx \begin{pmatrix} "]);
    let matrix = text.split_once(r"W_{y} &\approx \begin{pmatrix} ").map_or("", |(_, rest)| rest);
    let matrix = matrix.split_once(r" \end{pmatrix}").map_or("", |(matrix, _)| matrix);
    let rows: Vec<usize> = matrix.split(r" \\ ").map(|row| row.split(" & ").count()).collect();
    assert_eq!(rows, [12; 12], "{matrix}");
    let wide = page(&sized(12, 12), 9);
    contains(&wide, &[r"\left[W_{y}\right]_{\text{columns }1 \dots 6} &\approx"]);
}

#[test]
fn of_a_large_array_the_corners_are_given_and_the_rest_is_said() {
    let text = page(&sized(13, 2), 3);
    contains(&text, &[r"\dots & \dots \\", "$`W_{y}`$ has 13 × 2 numbers; 20 of them are left out."]);
    contains(&text, &["Some arrays have more numbers than fit on a line."]);
    assert!(!page(&sized(3, 2), 3).contains("Some arrays have more numbers"));
}

#[test]
fn the_specification_is_at_the_end() {
    let text = page(&sized(2, 2), 9);
    contains(
        &text,
        &["The specification\n\nThe page was written from this specification:\n\n```text\nnetwork S: f64"],
    );
    let fences = "// ``` ```` \u{202e}\n".to_owned() + &sized(2, 2);
    contains(&page(&fences, 9), &["`````text\n// ``` ````  \nnetwork S"]);
    let long = sized(2, 2) + &"\n// a".repeat(1000);
    let long = page(&long, 9);
    assert!(long.len() < 40_000, "{} bytes", long.len());
    contains(&long, &["lines are left out."]);
    let derivation = compiled("none", &sized(2, 2));
    assert!(
        !derive(&derivation, &Options::default()).to_markdown().contains("written from this specification")
    );
}

#[test]
fn products_of_matrices_have_sizes_and_numbers() {
    let text = page(&sized(2, 3), 3);
    contains(
        &text,
        &[
            r"\underset{1 \times 3}{\mathrm{net}_{y}} &= \underset{1 \times 2}{x} \; \underset{2 \times 3}{W_{y}} + \underset{1 \times 3}{b_{y}}",
            r"&\approx \begin{pmatrix} 0 & 0.1 \end{pmatrix} \, \begin{pmatrix} ",
            r"\frac{\partial E}{\partial \left[W_{y}\right]_{ij}} &= x_{i} \cdot \left[\delta_{y}\right]_{j}",
            r"&= \underset{2 \times 1}{x^{\top}} \; \underset{1 \times 3}{\delta_{y}}",
            r"&\approx \begin{pmatrix} 0 \\ 0.1 \end{pmatrix} \, \begin{pmatrix} ",
            r"W_{y}^{+} &= W_{y} - \eta \cdot \frac{\partial E}{\partial W_{y}}",
            r" - 0.1 \cdot \begin{pmatrix} ",
        ],
    );
}

/// `W @ x` is W x, and its gradient δ xᵀ.
#[test]
fn the_order_of_the_specification_is_kept() {
    let text = page(
        "network C: f64 { input x[2] = [1, 2]; weights W[3, 2] = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6]]; biases b[3];
         layer h[3] = sigmoid(W @ x + b); target t[3] = [1, 0, 1]; loss half_squared_error(h, t); train sgd(rate = 0.1); }",
        9,
    );
    contains(
        &text,
        &[
            r"x &= \begin{pmatrix} 1 \\ 2 \end{pmatrix}",
            r"\underset{3 \times 1}{\mathrm{net}_{h}} &= \underset{3 \times 2}{W} \; \underset{2 \times 1}{x} + \underset{3 \times 1}{b}",
            r"\frac{\partial E}{\partial W_{ij}} &= \left[\delta_{h}\right]_{i} \cdot x_{j}",
            r"\underset{3 \times 1}{\delta_{h}} \; \underset{1 \times 2}{x^{\top}}",
            r"\begin{pmatrix} 1 & 2 \end{pmatrix} \\",
        ],
    );
}

#[test]
fn each_given_thing_is_named() {
    let text = page(LAYERS, 9);
    contains(
        &text,
        &[
            "## 2. Gegeben",
            "The constant $`k = 2`$.",
            "it has a single 1, in the place of the right class, and 0 in the other places. Counted from 0, it is the class 1.",
            "Random ones are drawn with the seed 7 of the network",
            "| $`V`$ | random, evenly from $`-1`$ to $`1`$ | 3 |",
            r"The rule of the step is `sgd` with $`\eta = 0.1`$.",
        ],
    );
}
