//! The words of the language and what each means. They are keywords only where they stand: `output`
//! may name a layer, and so may `layer`.

/// A word and its meaning in one line of Markdown.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub text: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// Where a sentence may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Outside a network.
    File,
    /// Inside a network.
    Network,
    /// In both.
    Both,
}

const fn word(text: &'static str, meaning: &'static str) -> Word {
    Word { text, meaning }
}

/// The words that start a sentence, and where it may stand.
pub const STARTS: [(Place, Word); 19] = [
    (
        Place::File,
        word(
            "network",
            "`network Name: f64 { … }`: a network; its numbers are `f32` where no type is written",
        ),
    ),
    (Place::File, word("pub", "`pub network …`, `pub(crate) network …`: who sees the generated items")),
    (Place::File, word("document", "`document { title = \"…\" }`: front matter of the worked derivation")),
    (Place::Both, word("fn", "`fn swish(x) = x * sigmoid(x);`: a function")),
    (Place::Both, word("const", "`const n = 4;`: a number with a name")),
    (
        Place::Both,
        word(
            "rule",
            "`rule descent(rate) { w = w - rate * g; }`: an update rule over the parameter `w`, its gradient `g` and the number `step`",
        ),
    ),
    (Place::Network, word("input", "`input x[2];`, `input x { i1, i2 }`: what a sample's input is")),
    (
        Place::Network,
        word(
            "weights",
            "`weights W[2, 3];`: parameters that multiply; `weights from \"course.safetensors\";`: start values from a file",
        ),
    ),
    (Place::Network, word("biases", "`biases b[3];`: parameters that are added")),
    (
        Place::Network,
        word("frozen", "`frozen weights …`, `frozen layer …`: parameters that are kept as they start"),
    ),
    (
        Place::Network,
        word(
            "layer",
            "`layer h[3] = tanh(dense(x));`, `layer h { h1 = …, h2 = … }`: a layer; the last one is the output",
        ),
    ),
    (Place::Network, word("target", "`target t[2];`, `target t: class[10];`: what a sample's target is")),
    (Place::Network, word("loss", "`loss half_squared_error(output, t);`: the loss of a sample, a scalar")),
    (Place::Network, word("penalty", "`penalty l2(W, 0.001);`: what is added to the loss once for a batch")),
    (Place::Network, word("train", "`train sgd(rate = 0.1), batch 50;`: the update rule and its options")),
    (Place::Network, word("seed", "`seed 7;`: the seed of drawn start values")),
    (Place::Network, word("data", "`data { (0, 1) -> 1 }`: samples, inputs before targets")),
    (
        Place::Network,
        word("unroll", "`unroll always;`, `unroll never;`: whether layers are written out in code"),
    ),
    (
        Place::Network,
        word(
            "arithmetic",
            "`arithmetic separate;`, `arithmetic fused;`: whether a product and its addition are rounded once",
        ),
    ),
];

/// The words inside sentences.
pub const INSIDE: [Word; 11] = [
    word("if", "`if a < b then c else d`: one of two values"),
    word("then", "`if a < b then c else d`: the value where the comparison holds"),
    word("else", "`if a < b then c else d`: the value where the comparison does not hold"),
    word("let", "`let u = a * b in u^2`: a name for a part of a formula; in a rule `let d = …;`"),
    word("in", "`let u = a * b in u^2`: the formula in which the names are known"),
    word("from", "`weights from \"course.safetensors\";`: start values from a file"),
    word(
        "transposed",
        "`weights from \"course.safetensors\" transposed;`: the file has its matrices as [outputs, inputs], as PyTorch does",
    ),
    word("class", "`target t: class[10]`: one of so many classes, counted from 0"),
    word(
        "state",
        "`state m, v;`: numbers that a rule keeps for each number of a parameter, 0 before the first step",
    ),
    word(
        "derivative",
        "`fn f(x) = … derivative …`: the derivative with the steps that lead to it; `y` is the value",
    ),
    word("kernel", "names a numerically stable form; only for the functions that every specification knows"),
];

/// The functions that are not written in the language.
pub const PRIMITIVES: [Word; 12] = [
    word("dense", "`dense(x)`: x W + b with parameters of its own, as wide as the layer"),
    word("linear", "`linear(x)`: x W with parameters of its own, without a bias"),
    word("sum", "`sum(x)`: the sum of all elements"),
    word("count", "`count(x)`: how many elements there are"),
    word("concat", "`concat(a, b, …)`: scalars and vectors side by side"),
    word("transpose", "`transpose(W)`: a matrix with rows and columns exchanged"),
    word("exp", "`exp(x)`: the exponential function"),
    word("ln", "`ln(x)`: the natural logarithm"),
    word("sqrt", "`sqrt(x)`: the square root"),
    word("tanh", "`tanh(x)`: the hyperbolic tangent"),
    word("erf", "`erf(x)`: the error function"),
    word("floor", "`floor(x)`: the largest whole number that is not above x; its derivative is 0"),
];

/// The rules by which parameters are drawn or filled.
pub const INITIALIZERS: [Word; 7] = [
    word("zeros", "`zeros()`: 0 everywhere"),
    word("constant", "`constant(0.1)`: the same number everywhere"),
    word("uniform", "`uniform(-1, 1)`: drawn evenly from the first to the second bound"),
    word("normal", "`normal(mean = 0, deviation = 1)`: drawn from the normal distribution"),
    word("xavier", "`xavier()`: drawn evenly between ±√(6 / (fan in + fan out))"),
    word("he", "`he()`: drawn evenly between ±√(6 / fan in)"),
    word("lecun", "`lecun()`: drawn evenly between ±√(3 / fan in)"),
];

/// What may stand behind the rule of `train`.
pub const OPTIONS: [Word; 5] = [
    word("batch", "`batch 50`: samples in a batch, which the summary and the worked derivation count with"),
    word("samples", "`samples 5000`: samples in all, which the summary counts with"),
    word(
        "reduction",
        "`reduction = sum`: the objective is the sum of the losses of a batch, not their `mean`",
    ),
    word("clip_norm", "`clip_norm = 1`: all gradients are scaled down where their norm together is above 1"),
    word("clip_value", "`clip_value = 0.5`: each gradient is held between −0.5 and 0.5"),
];

/// What a rule computes with, beside its settings and its state.
pub const RULE_VALUES: [Word; 3] = [
    word("w", "the parameter, a number at a time"),
    word("g", "the parameter's gradient: of the objective by `w`"),
    word("step", "the number of the training step, counted from 1"),
];

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

/// Whether the word names a function that every specification knows.
pub(crate) fn is_function(text: &str) -> bool {
    let written = |line: &str| line.strip_prefix("fn ")?.strip_prefix(text).map(|rest| rest.starts_with('('));
    PRIMITIVES.iter().any(|word| word.text == text)
        || super::PRELUDE.lines().any(|line| written(line) == Some(true))
}

/// What a word that starts a sentence means.
pub(crate) fn meaning(text: &str) -> Option<&'static str> {
    STARTS.iter().find(|(_, word)| word.text == text).map(|(_, word)| word.meaning)
}

#[cfg(test)]
mod tests {
    use super::{INITIALIZERS, INSIDE, OPTIONS, PRIMITIVES, RULE_VALUES, STARTS, Word};

    /// Words of the grammar that mean something in front of `network` only.
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
