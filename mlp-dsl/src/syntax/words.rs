//! The words of the language and their meanings. They are contextual keywords: a layer can be called
//! `output` or `layer`.

/// A word and its meaning in one line of Markdown.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub text: &'static str,
    /// Its meaning.
    pub meaning: &'static str,
}

/// The places where a sentence is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Outside a network.
    File,
    /// Inside a network.
    Network,
    /// Outside and inside a network.
    Both,
}

const fn word(text: &'static str, meaning: &'static str) -> Word {
    Word { text, meaning }
}

/// The words that start a sentence, and the places where it is allowed.
pub const STARTS: [(Place, Word); 25] = [
    (Place::File, word("network", "`network Name: f64 { … }`: a network; the default number type is `f32`")),
    (
        Place::File,
        word("pub", "`pub network …`, `pub(crate) network …`: the visibility of the generated items"),
    ),
    (Place::File, word("document", "`document { title = \"…\" }`: front matter of the worked derivation")),
    (Place::Both, word("fn", "`fn swish(x) = x * sigmoid(x);`: a function")),
    (Place::Both, word("const", "`const n = 4;`: a named constant")),
    (
        Place::Both,
        word(
            "rule",
            "`rule descent(rate) { w = w - rate * g; }`: an update rule: formulas of the parameter `w`, its gradient `g` and the step number `step`",
        ),
    ),
    (Place::Network, word("input", "`input x[2];`, `input x { i1, i2 }`: the input of a sample")),
    (
        Place::Network,
        word(
            "weights",
            "`weights W[2, 3];`: parameters that are multiplied; `weights from \"course.safetensors\";`: start values from a file",
        ),
    ),
    (Place::Network, word("biases", "`biases b[3];`: parameters that are added")),
    (
        Place::Network,
        word("frozen", "`frozen weights …`, `frozen layer …`: parameters that training does not change"),
    ),
    (
        Place::Network,
        word(
            "layer",
            "`layer h[3] = tanh(dense(x));`, `layer h { h1 = …, h2 = … }`: a layer; the last one is the output",
        ),
    ),
    (
        Place::Network,
        word("target", "`target t[2];`, `target t: class[10];`: a target of a sample; there may be several"),
    ),
    (
        Place::Network,
        word("importance", "`importance w;`: a number of each sample, for `loss … weighted by w;`"),
    ),
    (
        Place::Network,
        word("output", "`output kind, size;`: the layers that are the output; without it, the last layer"),
    ),
    (Place::Network, word("loss", "`loss half_squared_error(output, t);`: the loss of a sample, a scalar")),
    (
        Place::Network,
        word("penalty", "`penalty l2(W, 0.001);`: a term that is added to the loss once per batch"),
    ),
    (Place::Network, word("train", "`train sgd(rate = 0.1), batch 50;`: the update rule and its options")),
    (Place::Network, word("seed", "`seed 7;`: the seed for random start values")),
    (
        Place::Network,
        word(
            "batch",
            "`batch 100;`: the batch size, also where there is no `train`; it decides how many samples are computed at once",
        ),
    ),
    (
        Place::Network,
        word(
            "data",
            "`data { (0, 1) -> 1 }`: samples, inputs before targets; `data 8;`: that many are drawn; `data from \"train.csv\";`: the table that `mlpc train` reads",
        ),
    ),
    (
        Place::Network,
        word(
            "expect",
            "`expect { x = [0.5, 1], y = [0.3] } within 1e-6;`: values that the network has with its start values",
        ),
    ),
    (
        Place::Network,
        word("unroll", "`unroll always;`, `unroll never;`: whether the generated code unrolls layers"),
    ),
    (
        Place::Network,
        word(
            "arithmetic",
            "`arithmetic separate;`, `arithmetic fused;`: whether a product and the following addition are rounded separately or once",
        ),
    ),
    (Place::Network, word("backward", "`backward inputs;`: gradients with respect to the inputs, too")),
    (Place::Network, word("allow", "`allow W0104;`: warnings of this network that are not reported")),
];

/// The words inside sentences.
pub const INSIDE: [Word; 18] = [
    word("if", "`if a < b then c else d`: one of two values"),
    word("then", "`if a < b then c else d`: the value if the comparison is true"),
    word("else", "`if a < b then c else d`: the value if the comparison is false"),
    word("let", "`let u = a * b in u^2`: a name for a part of a formula; in a rule `let d = …;`"),
    word("in", "`let u = a * b in u^2`: the formula that can use the names"),
    word(
        "from",
        "`weights from \"course.safetensors\";`: start values from a file; in braces the names there, `{ hidden = \"net.0\" }`; `data from \"train.csv\";`: a table to train with",
    ),
    word("within", "`expect { … } within 1e-6;`: the tolerance, relative to values greater than 1"),
    word(
        "transposed",
        "`weights from \"course.safetensors\" transposed;`: the file stores matrices as [outputs, inputs], as PyTorch does",
    ),
    word(
        "untransposed",
        "`W = \"encoder.w\" untransposed`: the file stores this matrix with the rows and columns that it has here",
    ),
    word(
        "ignore",
        "`weights from \"model.safetensors\" { ignore \"head.*\" }`: tensors of the file that are not used",
    ),
    word("weighted", "`loss … weighted by w;`: the mean of a batch is over these weights of its samples"),
    word("by", "`loss … weighted by w;`: the weight of a sample follows"),
    word("class", "`target t: class[10]`: one of 10 classes, counted from 0"),
    word("classes", "`kind = \"species\" classes [\"no\", \"yes\"]`: the classes of a column in order"),
    word(
        "state",
        "`state m, v;`: numbers that a rule keeps for each element of a parameter; 0 before the first step",
    ),
    word(
        "textbook",
        "`fn f(x) = … textbook …`: the formula of the books, which the worked derivation shows; the other one is computed",
    ),
    word(
        "derivative",
        "`fn f(x) = … derivative …`: the derivative with its intermediate forms; `y` is the value of the function",
    ),
    word("kernel", "names a numerically stable implementation; only for functions of the prelude"),
];

/// The functions that are built into the compiler.
pub const PRIMITIVES: [Word; 16] = [
    word("dense", "`dense(x)`: x W + b with new parameters, as wide as the layer"),
    word("linear", "`linear(x)`: x W with new parameters, without a bias"),
    word(
        "standardize",
        "`standardize(x)`: (x − mean) / deviation, with frozen vectors that a file of weights gives",
    ),
    word(
        "batch_norm",
        "`batch_norm(x)`: (x − mean) / √(variance + epsilon), frozen, times a scale plus a shift, which are trained",
    ),
    word(
        "layer_norm",
        "`layer_norm(x)`: x with mean 0 and variance 1 over its elements, times a scale plus a shift, which are trained",
    ),
    word(
        "dropout",
        "`layer h[16] = dropout(relu(dense(x)), rate = 0.2);`: each step of training leaves out units, each with this probability; inference has all",
    ),
    word("sum", "`sum(x)`: the sum of all elements"),
    word("count", "`count(x)`: the number of elements"),
    word("concat", "`concat(a, b, …)`: scalars and vectors joined into one vector"),
    word("transpose", "`transpose(W)`: a matrix with rows and columns exchanged"),
    word("exp", "`exp(x)`: the exponential function"),
    word("ln", "`ln(x)`: the natural logarithm"),
    word("sqrt", "`sqrt(x)`: the square root"),
    word("tanh", "`tanh(x)`: the hyperbolic tangent"),
    word("erf", "`erf(x)`: the error function"),
    word("floor", "`floor(x)`: the largest whole number not greater than x; its derivative is 0"),
];

/// The initializers of parameters.
pub const INITIALIZERS: [Word; 7] = [
    word("zeros", "`zeros()`: all elements are 0"),
    word("constant", "`constant(0.1)`: all elements are equal"),
    word(
        "uniform",
        "`uniform(-1, 1, step = 0.05)`: drawn uniformly between the two bounds, here with two decimals",
    ),
    word("normal", "`normal(mean = 0, deviation = 1)`: drawn from a normal distribution"),
    word("xavier", "`xavier()`: drawn uniformly between ±√(6 / (fan-in + fan-out))"),
    word("he", "`he()`: drawn uniformly between ±√(6 / fan-in)"),
    word("lecun", "`lecun()`: drawn uniformly between ±√(3 / fan-in)"),
];

/// The options that can follow the rule of `train`.
pub const OPTIONS: [Word; 9] = [
    word("batch", "`batch 50`: the batch size, for the summary and the worked derivation"),
    word("samples", "`samples 5000`: the number of samples, for the summary"),
    word(
        "reduction",
        "`reduction = sum`: the objective is the sum of the losses of a batch instead of their `mean`",
    ),
    word(
        "clip_norm",
        "`clip_norm = 1`: all gradients are scaled down if their global norm is greater than 1",
    ),
    word("clip_value", "`clip_value = 0.5`: each gradient is limited to the range from −0.5 to 0.5"),
    word("epochs", "`epochs 20`: how often `mlpc train` uses all rows"),
    word(
        "hold_out",
        "`hold_out 0.2`: the share or the number of rows that `mlpc train` validates with, and does not train with",
    ),
    word(
        "patience",
        "`patience 5`: `mlpc train` ends after that many epochs that are not better than the best one",
    ),
    word(
        "shuffle",
        "`shuffle 7`: the seed of the order of rows in `mlpc train`, and of those held out; `shuffle = none`: their own order",
    ),
];

/// The values that a rule can use besides its settings and its states.
pub const RULE_VALUES: [Word; 3] = [
    word("w", "the parameter, element by element"),
    word("g", "the gradient of the objective with respect to `w`"),
    word("step", "the number of the training step, counted from 1"),
];

/// The words that can't be names.
const RESERVED: [&str; 5] = ["if", "then", "else", "let", "in"];

/// The other words that a formula can follow at once.
const BEFORE_FORMULAS: [&str; 16] = [
    "loss",
    "by",
    "penalty",
    "seed",
    "data",
    "textbook",
    "derivative",
    "batch",
    "samples",
    "clip_norm",
    "within",
    "epochs",
    "hold_out",
    "patience",
    "shuffle",
    "classes",
];

/// Whether the word can't be a name.
pub(crate) fn is_reserved(text: &str) -> bool {
    RESERVED.contains(&text)
}

/// Whether a formula can follow the word at once: a bracket or a minus after it belongs to the formula.
pub(crate) fn precedes_formula(text: &str) -> bool {
    is_reserved(text) || BEFORE_FORMULAS.contains(&text)
}

/// The words that start a sentence in this place.
pub(crate) fn starting(place: Place) -> impl Iterator<Item = &'static str> + Clone {
    STARTS.iter().filter(move |(at, _)| *at == place || *at == Place::Both).map(|(_, word)| word.text)
}

/// Whether the word starts a sentence somewhere.
pub(crate) fn starts(text: &str) -> bool {
    STARTS.iter().any(|(_, word)| word.text == text)
}

/// Whether the word starts a sentence in a network, and only there.
pub(crate) fn starts_statement(text: &str) -> bool {
    STARTS.iter().any(|(place, word)| *place == Place::Network && word.text == text)
}

/// Whether the word names a built-in function or a function of the prelude.
pub(crate) fn is_function(text: &str) -> bool {
    let written = |line: &str| line.strip_prefix("fn ")?.strip_prefix(text).map(|rest| rest.starts_with('('));
    PRIMITIVES.iter().any(|word| word.text == text)
        || super::PRELUDE.lines().any(|line| written(line) == Some(true))
}

/// The meaning of a word that starts a sentence.
pub(crate) fn meaning(text: &str) -> Option<&'static str> {
    STARTS.iter().find(|(_, word)| word.text == text).map(|(_, word)| word.meaning)
}

#[cfg(test)]
mod tests {
    use super::{
        BEFORE_FORMULAS, INITIALIZERS, INSIDE, OPTIONS, PRIMITIVES, RESERVED, RULE_VALUES, STARTS, Word,
    };

    /// Words of the grammar that have a meaning only before `network`.
    const VISIBILITY: [&str; 3] = ["crate", "super", "self"];

    #[test]
    fn the_words_are_those_of_the_grammar() {
        let grammar = include_str!("mlp.pest");
        let mut written: Vec<&str> = grammar
            .lines()
            .filter_map(|line| line.strip_prefix("kw_")?.split('"').nth(1))
            .filter(|word| !VISIBILITY.contains(word))
            .collect();
        let starts = STARTS.iter().map(|(_, word)| word.text);
        let mut known: Vec<&str> = starts.chain(INSIDE.iter().map(|word| word.text)).collect();
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
    }

    #[test]
    fn the_reserved_words_are_those_of_the_grammar() {
        let grammar = include_str!("mlp.pest");
        let name = grammar.lines().find(|line| line.starts_with("name = ")).unwrap_or_default();
        let reserved = RESERVED.map(|word| format!("kw_{word}")).join(" | ");
        assert!(name.contains(&format!("!(({reserved}))")), "{name}");
    }

    #[test]
    fn words_before_formulas_are_words_of_the_language() {
        let tables = STARTS.iter().map(|(_, word)| word).chain(&INSIDE).chain(&OPTIONS);
        let known: Vec<&str> = tables.map(|word| word.text).collect();
        assert!(RESERVED.iter().chain(&BEFORE_FORMULAS).all(|word| known.contains(word)));
    }

    #[test]
    fn each_meaning_is_a_line_that_shows_the_word() {
        let tables: [&[Word]; 5] = [&INSIDE, &PRIMITIVES, &INITIALIZERS, &OPTIONS, &RULE_VALUES];
        let words = STARTS.iter().map(|(_, word)| word).chain(tables.into_iter().flatten());
        for word in words {
            assert!(!word.meaning.contains('\n'), "{}", word.text);
            let shows = word.meaning.contains(word.text);
            assert!(shows || ["kernel", "w", "g", "step"].contains(&word.text), "{}", word.text);
        }
    }
}
