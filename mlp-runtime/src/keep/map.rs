//! The names of parameters in a file of another tool.

use mlp_tensors::{
    Text,
    naming::{self, FORMS, matches},
};

/// The names of parameters in a file of another tool, for [`Keep::read_mapped`](super::Keep::read_mapped).
///
/// An entry is the name of a parameter with that of its tensor, or the name of a layer with the start of the names of those of its `dense` or
/// `linear`: `("hidden", "net.0")` reads `net.0.weight` or `net.0.kernel` to `W_hidden`, and `net.0.bias` to `b_hidden`. A tensor `weight` has rows
/// and columns exchanged, as PyTorch stores it; `kernel`, of Keras, has not. Of another matrix the shape decides, and of a square one
/// [`transposed`](Self::transposed) or [`untransposed`](Self::untransposed). Parameters without an entry have their own names.
#[derive(Clone, Copy, Debug, Default)]
pub struct Map<'m> {
    names: &'m [(&'m str, &'m str)],
    ignored: &'m [&'m str],
    transposed: &'m [&'m str],
    untransposed: &'m [&'m str],
}

/// The last words of names, and whether they are those of transposed matrices.
type Words = &'static [(&'static str, bool)];

/// How the rows of a matrix are stored.
pub(super) enum Order {
    /// A word or a name says it: whether rows and columns are exchanged.
    Known(bool),
    /// As the shape has it.
    OfShape,
}

impl<'m> Map<'m> {
    /// A map with these entries: a layer or a parameter, and its name in the file.
    pub const fn new(names: &'m [(&'m str, &'m str)]) -> Self {
        Map { names, ignored: &[], transposed: &[], untransposed: &[] }
    }

    /// Tensors of the file that are not read; `*` is any text.
    pub const fn ignore(self, patterns: &'m [&'m str]) -> Self {
        Map { ignored: patterns, ..self }
    }

    /// Entries whose matrices have rows and columns exchanged in the file.
    pub const fn transposed(self, entries: &'m [&'m str]) -> Self {
        Map { transposed: entries, ..self }
    }

    /// Entries whose matrices are stored as they are here.
    pub const fn untransposed(self, entries: &'m [&'m str]) -> Self {
        Map { untransposed: entries, ..self }
    }

    /// Whether this is the name of a parameter in the file.
    pub(super) fn is_of(&self, tensor: Text<'_>, prefix: &str, parameter: &str) -> bool {
        match self.entry(parameter).filter(|_| prefix.is_empty()) {
            None => tensor.is_pair(prefix, parameter),
            Some((_, path, [])) => tensor == *path,
            Some((_, path, words)) => words.iter().any(|(word, _)| is_joined(tensor, path, word)),
        }
    }

    /// Whether a tensor is left out.
    pub(super) fn ignores(&self, tensor: Text<'_>) -> bool {
        tensor.plain().is_some_and(|name| name.ends_with(".num_batches_tracked")) && !self.names.is_empty()
            || self.ignored.iter().any(|pattern| matches(pattern, tensor.chars()))
    }

    /// How the rows of the matrix of a parameter are stored in its tensor.
    pub(super) fn order(&self, tensor: Text<'_>, parameter: &str) -> Order {
        let Some((entry, path, words)) = self.entry(parameter) else { return Order::Known(false) };
        if self.transposed.contains(&entry) {
            return Order::Known(true);
        }
        if self.untransposed.contains(&entry) {
            return Order::Known(false);
        }
        let word = words.iter().find(|(word, _)| is_joined(tensor, path, word));
        word.map_or(Order::OfShape, |(_, transposed)| Order::Known(*transposed))
    }

    /// The entry of a parameter: its key, the name in the file, and the last words of the
    /// name there if the key is a layer.
    fn entry(&self, parameter: &str) -> Option<(&'m str, &'m str, Words)> {
        self.names.iter().find_map(|(key, path)| {
            if *key == parameter {
                return Some((*key, *path, &[][..]));
            }
            let words = naming::role(parameter.strip_suffix(key)?.strip_suffix('_')?);
            (!words.is_empty()).then_some((*key, *path, words))
        })
    }
}

/// Whether a name is `path.word`, `path/word` or `path/word:0`.
fn is_joined(tensor: Text<'_>, path: &str, word: &str) -> bool {
    let joined = |(separator, end): (&str, &str)| {
        let parts = path.chars().chain(separator.chars()).chain(word.chars()).chain(end.chars());
        tensor.chars().eq(parts)
    };
    if path.is_empty() { tensor == *word } else { FORMS.into_iter().any(joined) }
}
