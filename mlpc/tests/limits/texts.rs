//! What hostile texts are made of.

use mlp_document::values;
use mlp_dsl::ir::Derivation;

/// The most that a text may have.
pub(crate) const BYTES: usize = mlp_dsl::limits::TEXT_BYTES;

/// The bytes of a hostile text: a debug build takes a minute for some of the longest.
pub(crate) const LENGTH: usize = if cfg!(debug_assertions) { BYTES / 16 } else { BYTES };

/// Pieces one after another.
pub(crate) fn list(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// `head`, then pieces up to `LENGTH`, then `tail`.
pub(crate) fn fill(head: &str, piece: impl Fn(usize) -> String, tail: &str) -> String {
    let mut text = head.to_owned();
    for i in 0.. {
        let piece = piece(i);
        if text.len() + piece.len() + tail.len() > LENGTH {
            break;
        }
        text.push_str(&piece);
    }
    text + tail
}

/// The same piece each time.
pub(crate) fn of(piece: &str) -> impl Fn(usize) -> String {
    move |_| piece.to_owned()
}

/// The text with the greatest count, up to `most`, that is accepted; nearly the greatest.
pub(crate) fn largest(most: usize, text: impl Fn(usize) -> String) -> String {
    largest_that(most, text, |_| true)
}

/// The same of texts that `check` and `eval` accept, too.
pub(crate) fn evaluated(most: usize, text: impl Fn(usize) -> String) -> String {
    largest_that(most, text, |derivation| values::affordable(derivation).is_ok())
}

fn largest_that(most: usize, text: impl Fn(usize) -> String, good: impl Fn(&Derivation) -> bool) -> String {
    let accepted = |count: usize| mlp_dsl::compile(&text(count)).is_ok_and(|derivation| good(&derivation));
    if accepted(most) {
        return text(most);
    }
    let (mut good, mut bad) = (1, most);
    assert!(accepted(good), "{:?}\n{}", mlp_dsl::compile(&text(good)).err(), text(good));
    while bad - good > 1 + good / 20 {
        let middle = good + (bad - good) / 2;
        if accepted(middle) {
            good = middle;
        } else {
            bad = middle;
        }
    }
    text(good)
}

/// A network up to its layers, and its rest.
pub(crate) const HEAD: &str = "network N { input x { a = 0.5 } weights w = 0.25; biases b = 0.5;\n";
pub(crate) const TRAINED: &str = "target t { c = 1 } loss squared_error(y, t); train adam(rate = 0.5); }";
/// The same after `HEAD`, whose names it uses.
pub(crate) const REST: &str =
    "target t { c = 1 } loss squared_error(y, t) + a * w * b; train adam(rate = 0.5); }";
/// A layer and the rest.
pub(crate) const TAIL: &str =
    "layer y { o = tanh(w * a + b) } target t { c = 1 } loss squared_error(y, t); train sgd(rate = 0.5); }";
