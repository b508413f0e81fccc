//! Random networks as people write them: usual architectures, activations, losses, start values and rates, with
//! normalised data. No warning is true of them, so none is given.

use std::fmt::Write;

use crate::warnings::warnings;

/// Numbers drawn from SplitMix64.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn often(&mut self, in_ten: usize) -> bool {
        self.below(10) < in_ten
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// How inputs are scaled.
#[derive(Clone, Copy)]
enum Scale {
    Standard,
    Unit,
    Symmetric,
}

/// What the network is for.
#[derive(Clone, Copy)]
enum Task {
    Regression,
    Binary,
    Classes,
    Labels,
    /// A squared error after a sigmoid or tanh, as in the course.
    Squared,
}

/// A specification.
pub(crate) fn network(seed: u64) -> String {
    let mut draw = Draw(seed);
    if draw.often(2) { neurons(&mut draw) } else { layers(&mut draw) }
}

fn layers(draw: &mut Draw) -> String {
    let inputs = draw.one(&[2, 3, 4, 8, 16, 32]);
    let task = draw.one(&[Task::Regression, Task::Binary, Task::Classes, Task::Labels, Task::Squared]);
    let outputs = match task {
        Task::Regression => draw.one(&[1, 1, 2, 4]),
        Task::Binary => 1,
        Task::Classes => draw.one(&[2, 3, 5, 10]),
        Task::Labels | Task::Squared => draw.one(&[1, 2, 3, 6]),
    };
    let mut text = format!(
        "network N: {} {{\n    seed {};\n    input x[{inputs}];\n",
        draw.one(&["f32", "f64"]),
        draw.below(1000)
    );
    let (mut before, mut width) = ("x".to_owned(), inputs);
    for index in 0..draw.one(&[1, 1, 1, 2, 2, 3]) {
        let next = draw.one(&[8, 8, 16, 32, 64]);
        let activation = draw.one(&[
            "relu",
            "relu",
            "relu",
            "tanh",
            "tanh",
            "sigmoid",
            "leaky_relu",
            "elu",
            "gelu",
            "gelu_tanh",
            "silu",
            "softplus",
        ]);
        hidden(draw, &mut text, &before, (index, width, next), activation);
        (before, width) = (format!("h{index}"), next);
    }
    let (activation, target, loss) = output(draw, task, outputs);
    writeln!(text, "    layer y[{outputs}] = {};", activation.replace("z", &format!("dense({before})")))
        .unwrap();
    writeln!(text, "    target t{target};\n    loss {loss};").unwrap();
    if draw.often(2) {
        writeln!(text, "    penalty l2(W_y, {});", draw.one(&["0.0001", "0.001"])).unwrap();
    }
    let samples = if draw.often(7) { draw.one(&[4, 8, 16, 32, 64]) } else { 0 };
    // The gradients of a sum over outputs, and of an error that does not become flat, are larger.
    let gentle = matches!(loss, "squared_error(y, t)" | "absolute_error(y, t)" | "mean_absolute_error(y, t)");
    train(draw, &mut text, samples, gentle);
    data(draw, &mut text, (inputs, outputs, samples), task);
    text + "}\n"
}

fn hidden(
    draw: &mut Draw,
    text: &mut String,
    before: &str,
    (index, width, next): (usize, usize, usize),
    activation: &str,
) {
    if draw.often(6) {
        let skip =
            if width == next && index > 0 && draw.often(5) { format!("{before} + ") } else { String::new() };
        let frozen = if index == 0 && draw.often(1) { "frozen " } else { "" };
        writeln!(text, "    {frozen}layer h{index}[{next}] = {skip}{activation}(dense({before}));").unwrap();
        return;
    }
    let start =
        draw.one(&["", " ~ he()", " ~ xavier()", " ~ lecun()", " ~ normal(0, 0.1)", " ~ uniform(-0.5, 0.5)"]);
    let bias = draw.one(&["", " = 0", " = 0.1", " ~ zeros()"]);
    writeln!(text, "    weights W{index}[{width}, {next}]{start};\n    biases b{index}[{next}]{bias};")
        .unwrap();
    writeln!(text, "    layer h{index}[{next}] = {activation}({before} @ W{index} + b{index});").unwrap();
}

/// The formula of the output with `z` for the net input, the rest of the target, the loss.
fn output(draw: &mut Draw, task: Task, outputs: usize) -> (&'static str, String, &'static str) {
    let vector = format!("[{outputs}]");
    match task {
        Task::Regression => {
            let losses = [
                "half_squared_error(y, t)",
                "mean_squared_error(y, t)",
                "squared_error(y, t)",
                "mean_absolute_error(y, t)",
                "absolute_error(y, t)",
                "huber(y, t)",
                "log_cosh(y, t)",
            ];
            ("z", vector, draw.one(&losses))
        }
        Task::Binary | Task::Labels if draw.often(5) => {
            ("z", vector, "binary_cross_entropy_from_logits(y, t)")
        }
        Task::Binary | Task::Labels => ("sigmoid(z)", vector, "binary_cross_entropy(y, t)"),
        Task::Classes => {
            let target = if draw.often(7) { format!(": class[{outputs}]") } else { vector };
            let softmax = draw.often(6);
            let loss = if softmax { "cross_entropy(y, t)" } else { "cross_entropy_from_logits(y, t)" };
            (if softmax { "softmax(z)" } else { "z" }, target, loss)
        }
        Task::Squared => (
            draw.one(&["sigmoid(z)", "tanh(z)"]),
            vector,
            draw.one(&["half_squared_error(y, t)", "mean_squared_error(y, t)"]),
        ),
    }
}

fn train(draw: &mut Draw, text: &mut String, samples: usize, gentle: bool) {
    let small = ["sgd(rate = 0.001)", "sgd(rate = 0.002)", "momentum(rate = 0.001)", "adam()", "adamw()"];
    let rules = [
        "sgd(rate = 0.01)",
        "sgd(rate = 0.05)",
        "sgd(rate = 0.1)",
        "momentum(rate = 0.01)",
        "nesterov(rate = 0.01)",
        "adam()",
        "adam(rate = 0.001)",
        "adamw(rate = 0.001)",
        "rmsprop(rate = 0.001)",
        "sgd(rate = 0.1 * 0.5^floor((step - 1) / 100))",
        "adam(rate = 0.001 * min(1, step / 10))",
    ];
    let batch = match samples {
        0 => String::new(),
        _ if draw.often(5) => format!(", batch {samples}"),
        _ => format!(", batch {}", samples.div_ceil(2)),
    };
    let clip = if draw.often(2) { ", clip_norm = 1" } else { "" };
    let rule = if gentle { draw.one(&small) } else { draw.one(&rules) };
    writeln!(text, "    train {rule}{batch}{clip};").unwrap();
}

fn data(draw: &mut Draw, text: &mut String, (inputs, outputs, samples): (usize, usize, usize), task: Task) {
    if samples == 0 {
        return;
    }
    let scale = draw.one(&[Scale::Standard, Scale::Unit, Scale::Symmetric]);
    let class = text.contains(": class[");
    text.push_str("    data {\n");
    for _ in 0..samples {
        let input: Vec<f64> = (0..inputs).map(|_| number(draw, scale)).collect();
        let target: Vec<f64> = match task {
            Task::Regression => {
                (0..outputs).map(|k| (input[k % inputs] + 0.1 * draw.normal()).round_to()).collect()
            }
            Task::Binary | Task::Labels | Task::Squared => {
                (0..outputs).map(|_| f64::from(u8::from(draw.often(5)))).collect()
            }
            Task::Classes if class => vec![draw.below(outputs) as f64],
            Task::Classes => {
                let which = draw.below(outputs);
                (0..outputs).map(|k| f64::from(u8::from(k == which))).collect()
            }
        };
        writeln!(text, "        {} -> {},", list(&input), list(&target)).unwrap();
    }
    text.push_str("    }\n");
}

/// Three decimals.
trait Rounded {
    fn round_to(self) -> f64;
}

impl Rounded for f64 {
    fn round_to(self) -> f64 {
        (self * 1000.0).round() / 1000.0
    }
}

fn number(draw: &mut Draw, scale: Scale) -> f64 {
    match scale {
        Scale::Standard => draw.normal(),
        Scale::Unit => draw.uniform(),
        Scale::Symmetric => 2.0 * draw.uniform() - 1.0,
    }
    .round_to()
}

fn list(numbers: &[f64]) -> String {
    let numbers: Vec<String> = numbers.iter().map(f64::to_string).collect();
    format!("[{}]", numbers.join(", "))
}

/// Named neurons with declared numbers, as in the course.
fn neurons(draw: &mut Draw) -> String {
    let (inputs, hidden, outputs) = (draw.one(&[1, 2, 3]), draw.one(&[1, 2, 3]), draw.one(&[1, 2]));
    let mut draw_weight = |text: &mut Vec<String>, name: String| {
        text.push(format!("{name} = {}", (1.0 - 2.0 * draw.uniform()).round_to()));
        name
    };
    let mut weights = Vec::new();
    let mut layer = |from: &[String], to: &str, count: usize, weights: &mut Vec<String>| -> Vec<String> {
        (0..count)
            .map(|k| {
                let terms = from.iter().map(|input| {
                    let name = draw_weight(weights, format!("w_{input}_{to}{k}"));
                    format!("{name}*{input}")
                });
                let sum = terms.collect::<Vec<_>>().join(" + ");
                format!("{sum} + {}", draw_weight(weights, format!("c_{to}{k}")))
            })
            .collect()
    };
    let names = |letter: &str, count: usize| (0..count).map(|k| format!("{letter}{k}")).collect::<Vec<_>>();
    let first = layer(&names("i", inputs), "h", hidden, &mut weights);
    let second = layer(&names("h", hidden), "o", outputs, &mut weights);
    let activation = draw.one(&["sigmoid", "sigmoid", "tanh"]);
    let group = |letter: &str, formulas: &[String]| {
        let neurons =
            formulas.iter().enumerate().map(|(k, sum)| format!("{letter}{k} = {activation}({sum})"));
        neurons.collect::<Vec<_>>().join(", ")
    };
    let numbers = |draw: &mut Draw, letter: &str, count: usize| {
        let numbers = (0..count).map(|k| format!("{letter}{k} = {}", draw.uniform().round_to()));
        numbers.collect::<Vec<_>>().join(", ")
    };
    let mut text = "network N: f64 {\n".to_owned();
    writeln!(text, "    input x {{ {} }}", numbers(draw, "i", inputs)).unwrap();
    writeln!(text, "    weights {{ {} }}", weights.join(", ")).unwrap();
    writeln!(text, "    layer h {{ {} }}\n    layer y {{ {} }}", group("h", &first), group("o", &second))
        .unwrap();
    writeln!(text, "    target t {{ {} }}", numbers(draw, "t", outputs)).unwrap();
    writeln!(text, "    loss {};", draw.one(&["half_squared_error(y, t)", "mean_squared_error(y, t)"]))
        .unwrap();
    writeln!(
        text,
        "    train sgd(rate = {});\n}}",
        if activation == "sigmoid" { draw.one(&["0.1", "0.5"]) } else { "0.1" }
    )
    .unwrap();
    text
}

fn silent(seeds: std::ops::Range<u64>) {
    let mut wrong = String::new();
    for seed in seeds {
        let text = network(seed);
        for warning in warnings(&text) {
            let lines = text.lines().filter(|line| line.contains(" loss ") || line.contains(" train "));
            let lines: String = lines.collect();
            writeln!(
                wrong,
                "seed {seed}: {} {} ({}){lines}",
                warning.code, warning.title, warning.labels[0].text
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn sensible_networks_have_no_warnings() {
    silent(0..30);
}

#[test]
#[ignore = "all thousand: cargo test -p mlpc --test all sensible -- --ignored"]
fn a_thousand_sensible_networks_have_no_warnings() {
    silent(0..1000);
}
