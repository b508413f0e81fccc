//! Maps a misspelt word, or a word of another library or language, to the word most likely meant.

/// For each word of this language, the words of other libraries and languages, in lower case and without `_`.
const WORDS: [(&str, &[&str]); 46] = [
    // statements
    ("network", &["model", "net", "mlp", "nn"]),
    ("input", &["in", "features"]),
    ("target", &["label", "labels"]),
    ("importance", &["sampleweight", "sampleweights", "importances"]),
    ("output", &["outputs", "heads"]),
    ("layer", &["hidden", "neuron", "neurons", "dense", "linear"]),
    ("loss", &["cost", "objective", "criterion"]),
    ("penalty", &["regularizer", "regularization", "regularisation"]),
    ("train", &["optimizer", "optimiser", "optim", "fit"]),
    ("data", &["dataset", "samples", "examples"]),
    ("const", &["let", "var", "static", "define"]),
    ("fn", &["def", "func", "function"]),
    ("document", &["meta", "metadata"]),
    // functions
    ("dense", &["fc", "fullyconnected", "affine"]),
    ("linear", &["matmul"]),
    ("standardize", &["standardise", "standardscaler", "zscore"]),
    ("batch_norm", &["batchnorm1d", "batchnormalization"]),
    ("layer_norm", &["layernormalization"]),
    ("sigmoid", &["logistic", "expit", "σ"]),
    ("silu", &["swish"]),
    ("leaky_relu", &["lrelu"]),
    ("ln", &["log"]),
    ("ln_1p", &["log1p"]),
    ("concat", &["concatenate", "cat", "hstack"]),
    ("half_squared_error", &["halfmse", "hse"]),
    ("squared_error", &["sse", "sumsquarederror"]),
    ("mean_squared_error", &["mse", "mseloss"]),
    ("mean_absolute_error", &["mae", "l1loss"]),
    ("huber", &["smoothl1", "smoothl1loss", "huberloss"]),
    ("cross_entropy", &["categoricalcrossentropy", "sparsecategoricalcrossentropy", "ce"]),
    ("cross_entropy_from_logits", &["crossentropyloss", "softmaxcrossentropy"]),
    ("kl_divergence", &["kldiv", "kldivloss", "kullbackleibler", "kullbackleiblerdivergence"]),
    ("log_cosh", &["logcoshloss"]),
    ("hinge", &["hingeloss"]),
    ("binary_cross_entropy", &["bce", "bceloss", "binarycrossentropy", "logloss"]),
    ("binary_cross_entropy_from_logits", &["bcewithlogits", "bcewithlogitsloss"]),
    // initializers
    ("xavier", &["glorot", "glorotuniform", "xavieruniform"]),
    ("he", &["kaiming", "heuniform", "kaiminguniform"]),
    ("zeros", &["zero"]),
    // update rules
    ("sgd", &["gradientdescent", "gd", "stochasticgradientdescent"]),
    // settings and options
    ("rate", &["lr", "learningrate", "stepsize", "eta", "η"]),
    ("decay", &["weightdecay", "l2"]),
    ("deviation", &["std", "stddev", "sigma"]),
    ("epsilon", &["eps"]),
    ("smoothing", &["rho", "alpha"]),
    ("batch", &["batchsize", "minibatch"]),
];

/// The candidate that a misspelt name, or one from elsewhere, most likely means.
pub fn closest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let candidates: Vec<&str> = candidates.collect();
    if let Some(meant) = called_elsewhere(name, &candidates) {
        return Some(meant);
    }
    let candidates = candidates.into_iter();
    let length = name.chars().count();
    let allowed = match length {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let scored =
        candidates.filter(|c| c.chars().count().abs_diff(length) <= allowed).map(|c| (distance(name, c), c));
    let best = scored.filter(|(d, c)| *d <= allowed && *d < c.chars().count().max(length));
    // Of equally close names, one that starts alike: `b2` is rather `b1` than `i2`.
    let first = name.chars().next();
    best.min_by_key(|(d, c)| (*d, c.chars().next() != first)).map(|(_, c)| c)
}

/// Insertions, deletions, substitutions and swaps of neighbours between two short words.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], k: usize| row.get(k).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&row, j) + usize::from(x != y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped && x != y {
                best = best.min(at(&before, j - 1) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// The candidate that another library calls by this name, or that differs only in capitals and `_`.
fn called_elsewhere<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let plain = |word: &str| word.replace('_', "").to_lowercase();
    let name = plain(name);
    let known = |candidate: &str| {
        WORDS.iter().any(|(here, elsewhere)| *here == candidate && elsewhere.contains(&name.as_str()))
    };
    let same = candidates.iter().find(|candidate| plain(candidate) == name);
    same.or_else(|| candidates.iter().find(|candidate| known(candidate))).copied()
}

#[cfg(test)]
mod tests {
    use super::{WORDS, called_elsewhere};

    #[test]
    fn words_are_plain_and_found() {
        for (here, elsewhere) in WORDS {
            for word in elsewhere {
                assert_eq!(word.replace('_', "").to_lowercase(), *word);
                assert_eq!(called_elsewhere(word, &[here]), Some(here));
            }
        }
        assert_eq!(called_elsewhere("ReLU", &["tanh", "relu"]), Some("relu"));
        assert_eq!(called_elsewhere("h1", &["h_2"]), None);
    }
}
