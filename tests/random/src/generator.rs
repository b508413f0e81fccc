//! Random specifications: every operation, activation, loss, rule, initializer and option, both
//! grains mixed, parameters shared and frozen. The same seed gives the same text.

use mlp_runtime::random::Stream;

use crate::heads::Heads;

/// The text of the network with this number, `R17` for 17.
pub fn specification(number: u64) -> String {
    let mut generator = Generator::new(number);
    generator.inputs();
    let layers = 1 + generator.below(4);
    for _ in 0..layers {
        generator.layer();
    }
    generator.close();
    generator.finish()
}

/// A vector that formulas may use, with its length.
#[derive(Clone)]
struct Known {
    name: String,
    length: usize,
    /// The scalars it is made of, where they have names.
    elements: Vec<String>,
}

struct Generator {
    stream: Stream,
    number: u64,
    /// Statements so far.
    body: Vec<String>,
    functions: Vec<String>,
    vectors: Vec<Known>,
    /// Scalars with a name: elements of inputs, neurons.
    scalars: Vec<String>,
    /// Numbers of all inputs.
    inputs: usize,
    /// Parameters that a penalty may use.
    matrices: Vec<String>,
    made: usize,
    heads: Heads,
}

impl Generator {
    fn new(number: u64) -> Self {
        Generator {
            stream: Stream::new(number, 1, "network"),
            number,
            body: Vec::new(),
            functions: Vec::new(),
            vectors: Vec::new(),
            scalars: Vec::new(),
            inputs: 0,
            matrices: Vec::new(),
            made: 0,
            heads: Heads::new(number),
        }
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.stream.next_u64() >> 32) as usize * n) >> 32
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'c>(&mut self, choices: &[&'c str]) -> &'c str {
        let index = self.below(choices.len());
        choices.get(index).copied().unwrap_or("")
    }

    /// A number with three decimals.
    fn number(&mut self, low: f64, high: f64) -> String {
        format!("{:.3}", self.stream.uniform(low, high))
    }

    fn fresh(&mut self, letter: &str) -> String {
        self.made += 1;
        format!("{letter}{}", self.made)
    }

    fn say(&mut self, statement: String) {
        self.body.push(statement);
    }

    fn inputs(&mut self) {
        for _ in 0..1 + self.below(2) {
            let (name, length) = (self.fresh("x"), 1 + self.below(4));
            if self.chance(50) {
                let elements: Vec<String> = (0..length).map(|_| self.fresh("i")).collect();
                self.say(format!("input {name} {{ {} }}", elements.join(", ")));
                self.scalars.extend(elements.clone());
                self.vectors.push(Known { name, length, elements });
            } else {
                self.say(format!("input {name}[{length}];"));
                self.vectors.push(Known { name, length, elements: Vec::new() });
            }
            self.inputs += length;
        }
    }

    /// One of the vectors, the later ones more often.
    fn vector(&mut self) -> (String, usize) {
        let count = self.vectors.len();
        let index = self.below(count).max(self.below(count));
        self.vectors.get(index).map_or((String::new(), 1), |known| (known.name.clone(), known.length))
    }

    /// Another vector of this length, or a formula that has it.
    fn alike(&mut self, length: usize) -> String {
        let all: Vec<String> =
            self.vectors.iter().filter(|v| v.length == length).map(|v| v.name.clone()).collect();
        let index = self.below(all.len().max(1));
        let Some(name) = all.get(index) else { return format!("dense({})", self.vector().0) };
        name.clone()
    }

    /// A parameter of this shape, such as `[2, 3]`.
    fn parameter(&mut self, kind: &str, letter: &str, shape: &str) -> String {
        let name = self.fresh(letter);
        let frozen = if kind == "weights" && self.chance(12) { "frozen " } else { "" };
        let matrix = shape.contains(',');
        let start = match self.below(9) {
            0 => format!(" = {}", self.number(-1.0, 1.0)),
            1 => " ~ normal(deviation = 0.5, seed = 3)".to_owned(),
            2 => format!(" ~ uniform(-1, {})", self.number(0.1, 1.0)),
            3 => " ~ constant(0.25)".to_owned(),
            4 if kind == "biases" => " ~ zeros()".to_owned(),
            5 if matrix => " ~ xavier(seed = 2)".to_owned(),
            6 if matrix => " ~ he()".to_owned(),
            7 if matrix => " ~ lecun(4)".to_owned(),
            _ => String::new(),
        };
        self.say(format!("{frozen}{kind} {name}{shape}{start};"));
        if frozen.is_empty() {
            self.matrices.push(name.clone());
        }
        name
    }

    /// A function of one number around a formula.
    fn activation(&mut self, net: &str) -> String {
        let plain = [
            "identity",
            "sigmoid",
            "tanh",
            "relu",
            "leaky_relu",
            "elu",
            "gelu",
            "gelu_tanh",
            "silu",
            "softplus",
            "erf",
            "abs",
            "relu6",
            "selu",
            "mish",
            "softsign",
            "hard_sigmoid",
            "ln_cosh",
        ];
        match self.below(20) {
            0 => format!("leaky_relu({net}, {})", self.number(0.05, 0.5)),
            1 => format!("leaky_relu({net}, slope = 0.3)"),
            2 => format!("elu({net}, alpha = {})", self.number(0.3, 1.5)),
            3 => format!("max({net}, -0.4)"),
            4 => format!("min({net}, {})", self.number(0.1, 0.9)),
            5 => self.own_function(net),
            _ => format!("{}({net})", self.pick(&plain)),
        }
    }

    fn own_function(&mut self, net: &str) -> String {
        let name = self.fresh("f");
        let body = [
            "let s = sigmoid(k * x) in x * s",
            "if x > k then x else if x < -1 then -1 else x / (1 + x^2)",
            "ln(1 + exp(-x^2)) * k",
            "sqrt(k^2 + x^2) - 1 / (3 + abs(x))",
            "0.5 * x^3 - k * x^(-2 + 4) + tanh(x)",
            "exp(-x * x) + 0.1 * floor(x / k)",
            "(2 + tanh(x))^k",
            "k * ln_1p(x^2)",
        ];
        let body = self.pick(&body);
        self.functions.push(format!("fn {name}(x, k = 1.5) = {body};"));
        match self.below(3) {
            0 => format!("{name}({net})"),
            1 => format!("{name}({net}, {})", self.number(0.3, 2.0)),
            _ => format!("{name}({net}, k = {})", self.number(0.3, 2.0)),
        }
    }

    fn layer(&mut self) {
        match self.below(11) {
            0 | 1 => self.dense_layer(),
            2 => self.row_layer(),
            3 => self.column_layer(),
            4 => self.tied_layers(),
            5 | 6 => self.neurons(),
            7 => self.skip_layer(),
            8 => self.joined_layer(),
            9 => self.formula_layer(),
            _ => self.chosen_layer(),
        }
    }

    fn new_layer(&mut self, length: usize, formula: &str, sized: bool) {
        let name = self.fresh("h");
        let shape = if sized { format!("[{length}]") } else { String::new() };
        self.say(format!("layer {name}{shape} = {formula};"));
        self.vectors.push(Known { name, length, elements: Vec::new() });
    }

    fn dense_layer(&mut self) {
        let ((v, _), n) = (self.vector(), 1 + self.below(4));
        let function = self.pick(&["dense", "dense", "linear"]);
        let formula = self.activation(&format!("{function}({v})"));
        let before = self.body.len();
        self.new_layer(n, &formula, true);
        if self.chance(8)
            && let Some(statement) = self.body.get_mut(before)
        {
            statement.insert_str(0, "frozen ");
        }
    }

    fn row_layer(&mut self) {
        let ((v, m), n) = (self.vector(), 1 + self.below(4));
        let w = self.parameter("weights", "W", &format!("[{m}, {n}]"));
        let b = self.parameter("biases", "b", &format!("[{n}]"));
        let formula = self.activation(&format!("{v} @ {w} + {b}"));
        self.new_layer(n, &formula, true);
    }

    fn column_layer(&mut self) {
        let ((v, m), n) = (self.vector(), 1 + self.below(4));
        let w = self.parameter("weights", "V", &format!("[{n}, {m}]"));
        let formula = self.activation(&format!("{w} @ {v}"));
        self.new_layer(n, &formula, false);
    }

    /// Two layers that share a matrix.
    fn tied_layers(&mut self) {
        let ((v, m), n) = (self.vector(), 1 + self.below(3));
        let w = self.parameter("weights", "T", &format!("[{m}, {n}]"));
        let formula = self.activation(&format!("{v} @ {w}"));
        self.new_layer(n, &formula, true);
        let Some(code) = self.vectors.last().map(|vector| vector.name.clone()) else { return };
        let formula = match self.below(3) {
            0 => format!("{w} @ {code}"),
            1 => format!("{code} @ transpose({w})"),
            _ => format!("transpose({w}) @ ({w} @ {code}) + sum(transpose({w})) / 9"),
        };
        let length = if formula.starts_with("transpose") { n } else { m };
        self.new_layer(length, &formula, false);
    }

    fn neurons(&mut self) {
        let mut neurons = Vec::new();
        let mut elements = Vec::new();
        let bias = self.parameter("biases", "c", "");
        for _ in 0..1 + self.below(3) {
            let mut terms = Vec::new();
            for _ in 0..1 + self.below(2) {
                let index = self.below(self.scalars.len() + 1);
                if let Some(scalar) = self.scalars.get(index).cloned() {
                    let w = self.parameter("weights", "w", "");
                    terms.push(format!("{w}*{scalar}"));
                } else {
                    let (v, m) = self.vector();
                    let w = self.parameter("weights", "w", &format!("[{m}]"));
                    terms.push(format!("{w} @ {v}"));
                }
            }
            terms.push(bias.clone());
            let name = self.fresh("n");
            let net = terms.join(" + ");
            let formula = if self.chance(15) {
                format!("let u = {net} in u * sigmoid(u) - 0.1 * u")
            } else {
                self.activation(&net)
            };
            neurons.push(format!("{name} = {formula}"));
            elements.push(name);
        }
        let name = self.fresh("g");
        self.say(format!("layer {name} {{ {} }}", neurons.join(", ")));
        self.scalars.extend(elements.clone());
        self.vectors.push(Known { name, length: elements.len(), elements });
    }

    fn skip_layer(&mut self) {
        let (v, n) = self.vector();
        let other = self.alike(n);
        let inner = self.activation(&format!("dense({v})"));
        let formula = match self.below(4) {
            0 => format!("{inner} + {other}"),
            1 => format!("{inner} * {other} - {v} / 3"),
            2 => format!("0.5 * ({inner} - {other})"),
            _ => format!("{inner} / (2 + {other}^2)"),
        };
        self.new_layer(n, &formula, true);
    }

    fn joined_layer(&mut self) {
        let ((a, m), (b, n)) = (self.vector(), self.vector());
        if self.chance(50) && !self.scalars.is_empty() {
            let index = self.below(self.scalars.len());
            let scalar = self.scalars.get(index).cloned().unwrap_or_default();
            self.new_layer(m + n + 1, &format!("concat({a}, {scalar}, {b})"), false);
        } else {
            self.new_layer(2, &format!("tanh(dense(concat({a}, tanh({b}))))"), true);
        }
    }

    fn formula_layer(&mut self) {
        let (v, n) = self.vector();
        let scale = self.parameter("weights", "s", "");
        let other = self.alike(n);
        let other = if other.starts_with("dense") { v.clone() } else { other };
        let choices = [
            format!("{scale} * {v} + mean({v})"),
            format!("softmax({v} * {scale})"),
            // A large epsilon: differences say little where a variance is small.
            format!("layer_norm({v}, epsilon = 0.5) * {scale}"),
            format!("normalize({v} * {scale}, epsilon = 0.5)"),
            format!("standardize({v}) * {scale}"),
            format!("{scale} * batch_norm({v})"),
            format!("2^(tanh({v})) - {scale}"),
            format!("sqrt(1 + {v}^2) * {scale}"),
            format!("ln(2 + abs({v})) * {scale} - {other}"),
            format!("max({v}, {other}) * {scale} + min({v}, 0.2)"),
            format!("{scale} * {v} / (1 + {v} @ {other} / 50 + sum({other}^2))"),
            format!("exp(-{v}^2) * {scale} + count({v}) / 10"),
        ];
        let index = self.below(choices.len());
        let formula = choices.get(index).cloned().unwrap_or_default();
        self.new_layer(n, &formula, false);
    }

    fn chosen_layer(&mut self) {
        let (v, n) = self.vector();
        let sign = self.pick(&["<", "<=", ">", ">=", "==", "!="]);
        let formula = match self.below(3) {
            0 => format!("let q = dense({v}) in if q {sign} 0.05 then q^3 else 0.3 * q"),
            1 => format!("let q = tanh({v}), r = q * q in if {v} {sign} 0.1 then r else dense(q)"),
            _ => format!("if dense({v}) {sign} {v} then sqrt({v}^2 + 1) else {v} - linear({v})"),
        };
        self.new_layer(n, &formula, true);
    }

    /// Everything that has no use yet, together.
    fn loose_ends(&mut self) -> String {
        let text = self.body.join("\n");
        let words: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
        // Each name occurs once in its declaration.
        let is_used = |name: &String| words.iter().filter(|word| *word == name).count() > 1;
        let all_used = |known: &Known| !known.elements.is_empty() && known.elements.iter().all(is_used);
        let loose = |known: &&Known| !is_used(&known.name) && !all_used(known);
        let ends: Vec<String> = self.vectors.iter().filter(loose).map(|known| known.name.clone()).collect();
        match ends.as_slice() {
            [] => self.vectors.last().map(|vector| vector.name.clone()).unwrap_or_default(),
            [one] => one.clone(),
            many => format!("concat({})", many.join(", ")),
        }
    }

    /// The output, the loss, penalties, training, samples.
    fn close(&mut self) {
        let ends = self.loose_ends();
        let n = 2 + self.below(2);
        if self.chance(8) {
            let formula = self.activation(&format!("dense({ends})"));
            self.say(format!("layer y[{n}] = {formula};"));
            return self.data(n, Targets::None);
        }
        let mut targets = Targets::Numbers;
        let (output, loss) = match self.below(16) {
            0 | 1 => {
                targets = Targets::Distribution;
                let losses =
                    ["cross_entropy(y, t)", "kl_divergence(y, t)", "-sum(t * ln(y))", "-(t @ ln(y))"];
                (format!("softmax(dense({ends}))"), self.pick(&losses).to_owned())
            }
            2 => {
                targets = Targets::Class;
                (format!("softmax(linear({ends}))"), "cross_entropy(y, t)".to_owned())
            }
            3 => {
                targets = if self.chance(50) { Targets::Class } else { Targets::Distribution };
                (format!("dense({ends})"), "cross_entropy_from_logits(y, t)".to_owned())
            }
            4 => {
                let losses = [
                    "binary_cross_entropy(y, t)",
                    "binary_cross_entropy(y, t)",
                    "sum(log_loss(y, t)) + 0.1 * sum(y^2)",
                    "-sum(2 * t * ln(y) + (1 - t) * ln(1 - y))",
                    "binary_cross_entropy(concat(y, 0.5), concat(0.5, t * y))",
                    "binary_cross_entropy(concat(y, 0.5 * y), concat(t, t))",
                ];
                (format!("sigmoid(dense({ends}))"), self.pick(&losses).to_owned())
            }
            5 => (format!("dense({ends})"), "binary_cross_entropy_from_logits(y, t)".to_owned()),
            6 => (format!("softmax(dense({ends}))"), "sum((y - t)^2 * (1 + t))".to_owned()),
            _ => {
                let output = self.activation(&format!("dense({ends})"));
                let losses = [
                    "half_squared_error(y, t)",
                    "squared_error(y, t)",
                    "mean_squared_error(y, t)",
                    "absolute_error(y, t)",
                    "mean_absolute_error(y, t)",
                    "huber(y, t)",
                    "huber(y, t, delta = 0.3)",
                    "log_cosh(y, t)",
                    "hinge(y, 2 * t - 1)",
                    "let e = y - t in e @ e + 0.1 * mean(abs(e))",
                    "sum((y - t)^4) / count(t)",
                ];
                (output, self.pick(&losses).to_owned())
            }
        };
        self.say(format!("layer y[{n}] = {output};"));
        match targets {
            Targets::Class => self.say(format!("target t: class[{n}];")),
            _ => self.say(format!("target t[{n}];")),
        }
        let said = self.heads.statements(&ends, n, &loss);
        said.into_iter().for_each(|statement| self.say(statement));
        for _ in 0..self.below(3) {
            self.penalty();
        }
        if self.chance(95) {
            self.train();
        }
        self.data(n, targets);
    }

    fn penalty(&mut self) {
        if self.matrices.is_empty() {
            return;
        }
        let index = self.below(self.matrices.len());
        let name = self.matrices.get(index).cloned().unwrap_or_default();
        let rate = self.number(0.001, 0.05);
        let formula = match self.below(4) {
            0 => format!("l1({name}, {rate})"),
            1 => format!("{rate} * sqrt(1 + sum({name}^2))"),
            _ => format!("l2({name}, {rate})"),
        };
        self.say(format!("penalty {formula};"));
    }

    fn train(&mut self) {
        let rate = match self.below(5) {
            0 => "0.02 * 0.9^step".to_owned(),
            1 => "0.01 * min(1, step / 2)".to_owned(),
            _ => self.number(0.005, 0.05),
        };
        let decay = if self.chance(30) { ", decay = 0.01" } else { "" };
        let rule = match self.below(8) {
            0 => format!("sgd({rate}{decay})"),
            1 => format!("momentum(rate = {rate}{decay})"),
            2 => format!("nesterov({rate}, 0.8{decay})"),
            3 => format!("rmsprop(rate = {rate}, epsilon = 1e-4{decay})"),
            4 => format!("adam(rate = {rate}, epsilon = 1e-4{decay})"),
            5 => format!("adamw(rate = {rate}, epsilon = 1e-4)"),
            6 => {
                self.functions.push(
                    "rule own(rate, keep = 0.5) { state a, b; let d = g / (1 + abs(g)); a = keep * a + d; \
                     b = b + a * a; w = w - rate * a / sqrt(1 + b); }"
                        .to_owned(),
                );
                format!("own(rate = {rate})")
            }
            _ => format!("sgd(rate = {rate})"),
        };
        let clip = match self.below(5) {
            0 => ", clip_norm = 0.5",
            1 => ", clip_value = 0.05",
            2 => ", clip_norm = 0.5, clip_value = 0.02",
            _ => "",
        };
        let reduction = self.pick(&["", "", ", reduction = sum", ", reduction mean"]);
        self.say(format!("train {rule}{clip}{reduction};"));
    }

    fn data(&mut self, n: usize, targets: Targets) {
        let mut samples = Vec::new();
        for _ in 0..1 + self.below(4) {
            let input: Vec<String> = (0..self.inputs).map(|_| self.number(-1.5, 1.5)).collect();
            let input = format!("({},)", input.join(", "));
            let target = match targets {
                Targets::None => {
                    samples.push(input);
                    continue;
                }
                Targets::Class => self.below(n).to_string(),
                Targets::Distribution if n == 2 => {
                    self.pick(&["(0.25, 0.75)", "(0, 1)", "(1, 0)"]).to_owned()
                }
                Targets::Distribution => self.pick(&["(0.2, 0.3, 0.5)", "(0, 1, 0)", "(0, 0, 1)"]).to_owned(),
                Targets::Numbers => {
                    let numbers: Vec<String> = (0..n).map(|_| self.number(0.0, 1.0)).collect();
                    format!("[{}]", numbers.join(", "))
                }
            };
            let targets = self.heads.targets(target);
            samples.push(format!("{input} -> {targets}"));
        }
        self.say(format!("data {{ {} }}", samples.join(", ")));
    }

    /// Dropout of some hidden layers, in some of the networks that are trained: drawn from a stream of its own, so that the
    /// rest of a network is what it is without it.
    fn drop_units(&mut self) {
        let mut stream = Stream::new(self.number, 3, "dropout");
        let trained = self.body.iter().any(|statement| statement.starts_with("train "));
        if !trained || stream.uniform(0.0, 1.0) > 0.3 {
            return;
        }
        for statement in &mut self.body {
            let Some((layer, formula)) = statement.split_once(" = ") else { continue };
            let hidden = layer.trim_start_matches("frozen ").starts_with("layer h");
            let rates = ["0.5", "0.2", "1 / 3", "0.75"];
            let rate = rates.get((stream.uniform(0.0, 4.0)) as usize).copied().unwrap_or("0");
            if hidden && stream.uniform(0.0, 1.0) < 0.6 {
                *statement = format!("{layer} = dropout({}, rate = {rate});", formula.trim_end_matches(';'));
            }
        }
    }

    fn finish(mut self) -> String {
        self.drop_units();
        let precision = self.pick(&["f64", "f64", "f32"]);
        let unroll = self.pick(&["", "", "unroll always;", "unroll never;"]);
        let arithmetic = self.pick(&["", "arithmetic separate;", "arithmetic fused;"]);
        let seed = self.below(1000);
        let backward = self.pick(&["", "", "backward inputs;"]);
        let functions = self.functions.join("\n");
        let body = self.body.join("\n    ");
        let name = format!("R{}", self.number);
        format!(
            "{functions}\npub network {name}: {precision} {{\n    seed {seed};\n    {body}\n    {unroll}\n    {arithmetic}\n    {backward}\n}}\n"
        )
    }
}

/// What targets a loss can take.
#[derive(Clone, Copy)]
enum Targets {
    None,
    Numbers,
    Distribution,
    Class,
}
