//! How libraries name the parameters of a layer.

use core::str::Chars;

/// The last words of the names of a layer's matrix, and whether the libraries that use them exchange its rows and columns:
/// PyTorch's `weight` is [outputs, inputs], Keras' `kernel` is [inputs, outputs].
pub const MATRIX: [(&str, bool); 2] = [("weight", true), ("kernel", false)];

/// The parameters of a layer in this language, by the first word of their names, with the last words of their names in PyTorch, Keras and
/// scikit-learn.
pub const ROLES: [(&str, &[(&str, bool)]); 7] = [
    ("W", &MATRIX),
    ("b", &[("bias", false)]),
    ("mean", &[("running_mean", false), ("moving_mean", false), ("mean", false)]),
    ("variance", &[("running_var", false), ("moving_variance", false), ("variance", false)]),
    ("deviation", &[("deviation", false), ("std", false), ("scale", false)]),
    ("scale", &[("weight", false), ("gamma", false), ("scale", false)]),
    ("shift", &[("bias", false), ("beta", false), ("shift", false)]),
];

/// The words that a role has; none for other words.
pub fn role(word: &str) -> &'static [(&'static str, bool)] {
    ROLES.iter().find(|(role, _)| *role == word).map_or(&[], |(_, words)| words)
}

/// What is between the name of a layer and such a word, and after the word: `net.0.weight`, `dense/kernel`, `dense/kernel:0`.
pub const FORMS: [(&str, &str); 3] = [(".", ""), ("/", ""), ("/", ":0")];

/// Whether a name matches a pattern, in which `*` is any text.
pub fn matches(pattern: &str, mut name: impl Iterator<Item = char> + Clone) -> bool {
    let mut pattern = pattern.chars();
    // After the last `*`: the rest of the pattern, and the first character of the name that may belong to it.
    let mut retry: Option<(Chars<'_>, _)> = None;
    loop {
        let mut rest = name.clone();
        match (pattern.next(), rest.next()) {
            (Some('*'), _) => retry = Some((pattern.clone(), name.clone())),
            (None, None) => return true,
            (wanted, found) if wanted == found => name = rest,
            _ => {
                let Some((after, from)) = &mut retry else { return false };
                if from.next().is_none() {
                    return false;
                }
                (pattern, name) = (after.clone(), from.clone());
            }
        }
    }
}
