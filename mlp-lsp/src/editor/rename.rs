//! Renames a symbol at all its places, if nothing else changes its meaning.

use mlp_dsl::{
    Compilation,
    diagnostic::Diagnostics,
    names::{At, Names},
    span::Span,
    syntax,
    weights::NoFiles,
};

use super::Analysis;

/// The reason why a symbol can't be renamed, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl Analysis {
    /// The span of the name at an offset, if it can be renamed.
    pub fn renamable(&self, offset: usize) -> Result<Span, Refusal> {
        match self.names.at(offset) {
            Some((At::Symbol(_), span)) => Ok(span),
            Some((At::Foreign(name), _)) => {
                Err(Refusal(format!("can't rename `{}`: it is not declared in this file", name.text)))
            }
            None => Err(Refusal("no name at this position".to_owned())),
        }
    }

    /// The places of a symbol to rename. The meaning of the rest of the text must not change.
    pub fn rename(&self, offset: usize, new: &str) -> Result<Vec<Span>, Refusal> {
        self.renamable(offset)?;
        let mut places = self.references(offset);
        places.sort_unstable();
        let moved = Moved::new(&places, new.len());
        let text = moved.apply(&self.text, new);
        let mut diagnostics = Diagnostics::default();
        let ast = syntax::parse(&text, &mut diagnostics);
        let names = Names::of(&ast);
        let mistakes = Compilation::of_ast(&ast, diagnostics, &NoFiles).err().unwrap_or_default();
        if let Some(first) = mistakes.first().filter(|_| self.mistakes.is_empty()) {
            return Err(Refusal(format!("can't rename to `{new}`: {}", first.title)));
        }
        let same = self.names.symbols.len() == names.symbols.len()
            && self.names.foreign.len() == names.foreign.len()
            && self.names.symbols.iter().zip(&names.symbols).all(|(before, after)| {
                let moved_uses = before.uses.iter().map(|span| moved.place(*span));
                moved.place(before.declared) == after.declared && moved_uses.eq(after.uses.iter().copied())
            });
        if same {
            Ok(places)
        } else {
            Err(Refusal(format!("can't rename to `{new}`: other names would change their meaning")))
        }
    }
}

/// Maps places of the old text to places of the new text.
struct Moved<'p> {
    places: &'p [Span],
    by: usize,
    /// For each place, the bytes that are removed before it.
    removed: Vec<usize>,
}

impl<'p> Moved<'p> {
    fn new(places: &'p [Span], by: usize) -> Self {
        let mut removed = vec![0];
        for place in places {
            removed.push(removed.last().copied().unwrap_or(0) + place.end - place.start);
        }
        Moved { places, by, removed }
    }

    fn apply(&self, text: &str, new: &str) -> String {
        let mut changed = String::with_capacity(text.len());
        let mut from = 0;
        for place in self.places {
            changed.push_str(text.get(from..place.start).unwrap_or_default());
            changed.push_str(new);
            from = place.end;
        }
        changed.push_str(text.get(from..).unwrap_or_default());
        changed
    }

    fn place(&self, span: Span) -> Span {
        let before = self.places.partition_point(|place| place.end <= span.start);
        let removed = self.removed.get(before).copied().unwrap_or(0);
        let start = span.start + before * self.by - removed;
        let length = if self.places.binary_search(&span).is_ok() { self.by } else { span.end - span.start };
        Span::new(start, start + length)
    }
}
