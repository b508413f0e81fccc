//! Maps words of other libraries and languages to the words of this language.

/// For each word of this language, the words of other libraries and languages, in lower case and without `_`.
const WORDS: [(&str, &[&str]); 36] = [
    // statements
    ("network", &["model", "net", "mlp", "nn"]),
    ("input", &["in", "features"]),
    ("target", &["label", "labels"]),
    ("layer", &["output", "hidden", "neuron", "neurons", "dense", "linear"]),
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
    ("sigmoid", &["logistic", "expit"]),
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
    (
        "cross_entropy",
        &[
            "categoricalcrossentropy",
            "sparsecategoricalcrossentropy",
            "crossentropyloss",
            "ce",
            "nll",
            "nllloss",
        ],
    ),
    ("binary_cross_entropy", &["bce", "bceloss", "binarycrossentropy", "logloss"]),
    ("binary_cross_entropy_from_logits", &["bcewithlogits", "bcewithlogitsloss"]),
    // initializers
    ("xavier", &["glorot", "glorotuniform", "xavieruniform"]),
    ("he", &["kaiming", "heuniform", "kaiminguniform"]),
    ("zeros", &["zero"]),
    // settings and options
    ("rate", &["lr", "learningrate", "stepsize", "eta"]),
    ("decay", &["weightdecay", "l2"]),
    ("deviation", &["std", "stddev", "sigma"]),
    ("epsilon", &["eps"]),
    ("smoothing", &["rho", "alpha"]),
    ("batch", &["batchsize", "minibatch"]),
];

/// The candidate that another library calls by this name, or that differs only in capitals and `_`.
pub(crate) fn called_elsewhere<'c>(name: &str, candidates: &[&'c str]) -> Option<&'c str> {
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
