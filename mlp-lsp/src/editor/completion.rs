//! Computes completions at a place. The sentence there is usually unfinished, so the context comes from the
//! tokens before it.

use mlp_dsl::{
    lint::WARNINGS,
    model::HEADINGS,
    names::{Kind, Symbol},
    syntax::lexer::{self, Token, tokens},
    syntax::words::{INITIALIZERS, INSIDE, OPTIONS, PRIMITIVES, Place, RULE_VALUES, STARTS, Word},
};

use super::{
    Analysis, looked_at,
    sentence::{Expected, Sentence},
};

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The word.
    pub label: String,
    /// Its kind.
    pub kind: CompletionKind,
    /// A line of Markdown that describes it.
    pub detail: String,
}

/// The kind of a completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A word of the language.
    Word,
    /// A function, an update rule or an initializer.
    Function,
    /// A named value.
    Value,
    /// A setting, an option, an entry.
    Setting,
}

impl Analysis {
    /// The completions at an offset, which can be inside a word.
    pub fn completions(&self, offset: usize) -> Vec<Completion> {
        let before = looked_at(&self.text).get(..offset).unwrap_or_default();
        let prefix = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        let all: Vec<Token<'_>> = tokens(prefix).collect();
        if is_inside_text(prefix, &all) {
            return Vec::new();
        }
        let code: Vec<&str> =
            all.iter().filter(|token| !token.is_comment()).map(|token| token.text).collect();
        let sentence = Sentence::last(&code);
        let mut found = Vec::new();
        match sentence.expected() {
            Expected::Nothing => {}
            Expected::Sentence(place) => {
                let fits = STARTS.iter().filter(|(at, _)| *at == place || *at == Place::Both);
                words(fits.map(|(_, word)| word), CompletionKind::Word, &mut found);
            }
            Expected::RuleSentence => {
                let fits = INSIDE.iter().filter(|word| ["state", "let"].contains(&word.text));
                words(fits, CompletionKind::Word, &mut found);
                self.values(offset, &sentence, &mut found);
            }
            Expected::Formula => {
                self.settings(&sentence, &mut found);
                self.values(offset, &sentence, &mut found);
                if sentence.calls() {
                    let fits =
                        INSIDE.iter().filter(|word| ["if", "let", "then", "else", "in"].contains(&word.text));
                    self.functions(Kind::Function, &mut found);
                    words(PRIMITIVES.iter(), CompletionKind::Function, &mut found);
                    words(fits, CompletionKind::Word, &mut found);
                }
            }
            Expected::Rule => self.functions(Kind::Rule, &mut found),
            Expected::Initializer => words(INITIALIZERS.iter(), CompletionKind::Function, &mut found),
            Expected::Option => words(OPTIONS.iter(), CompletionKind::Setting, &mut found),
            Expected::Choice(choice) => {
                found.extend(choice.iter().map(|word| completion(word, CompletionKind::Word, "")));
            }
            Expected::Warning => {
                found.extend(
                    WARNINGS.iter().map(|(code, title)| completion(code, CompletionKind::Word, title)),
                );
            }
            Expected::Heading => {
                found.extend(
                    HEADINGS.iter().map(|(name, says)| completion(name, CompletionKind::Setting, says)),
                );
            }
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|completion| seen.insert(completion.label.clone()));
        found
    }

    /// Functions or rules: those of the specification, then those of the prelude.
    fn functions(&self, kind: Kind, found: &mut Vec<Completion>) {
        let own = self.names.symbols.iter().map(|symbol| (symbol, self.text.as_str()));
        let known = self.prelude.names.symbols.iter().map(|symbol| (symbol, self.prelude.text));
        for (symbol, text) in own.chain(known).filter(|(symbol, _)| symbol.kind == kind) {
            let head = text.get(symbol.declared.start..symbol.extent.end).unwrap_or_default();
            let head = head.find(')').and_then(|end| head.get(..=end)).unwrap_or(&symbol.name);
            let docs = symbol.docs.join(" ");
            found.push(completion(
                &symbol.name,
                CompletionKind::Function,
                &format!("`{head}`: {}", docs.trim()),
            ));
        }
    }

    /// The settings of the enclosing call.
    fn settings(&self, sentence: &Sentence<'_>, found: &mut Vec<Completion>) {
        let Some(callee) = sentence.callee else { return };
        for names in [&self.names, &self.prelude.names] {
            let of =
                names.symbols.iter().rposition(|symbol| symbol.name == callee && symbol.inside.is_none());
            let Some(of) = of else { continue };
            for (_, part) in names.parts(of).filter(|(_, p)| matches!(p.kind, Kind::Setting | Kind::Argument))
            {
                let detail = format!("setting of `{callee}`");
                found.push(completion(&part.name, CompletionKind::Setting, &detail));
            }
            return;
        }
    }

    /// The values in scope at the place.
    fn values(&self, offset: usize, sentence: &Sentence<'_>, found: &mut Vec<Completion>) {
        let in_rule = sentence.owner == Some("rule");
        let in_function = sentence.first() == Some("fn");
        for name in &sentence.names {
            found.push(completion(name, CompletionKind::Value, ""));
        }
        if in_rule {
            words(RULE_VALUES.iter(), CompletionKind::Value, found);
        }
        if sentence.first() == Some("train") && sentence.callee.is_some() {
            words(RULE_VALUES.iter().filter(|word| word.text == "step"), CompletionKind::Value, found);
        }
        for symbol in &self.names.symbols {
            let visible = match symbol.kind {
                Kind::Constant => symbol.declared.start < offset,
                Kind::Argument | Kind::Setting | Kind::State | Kind::Local => self.is_around(symbol, offset),
                Kind::Network | Kind::Function | Kind::Rule => false,
                Kind::Input
                | Kind::Target
                | Kind::Importance
                | Kind::Element
                | Kind::Parameter(_)
                | Kind::Layer
                | Kind::Neuron => {
                    symbol.declared.start < offset && sentence.calls() && !in_rule && !in_function
                }
            };
            if visible {
                let detail = self.facts.line(&symbol.name).unwrap_or_default();
                found.push(completion(&symbol.name, CompletionKind::Value, detail));
            }
        }
    }

    /// Whether the function or rule of a symbol contains the offset.
    fn is_around(&self, symbol: &Symbol, offset: usize) -> bool {
        let owner = symbol.inside.and_then(|inside| self.names.symbols.get(inside));
        let extent = owner.map_or(symbol.extent, |owner| owner.extent);
        extent.start <= offset && offset <= extent.end
    }
}

fn completion(label: &str, kind: CompletionKind, detail: &str) -> Completion {
    Completion { label: label.to_owned(), kind, detail: detail.to_owned() }
}

fn words<'w>(words: impl Iterator<Item = &'w Word>, kind: CompletionKind, found: &mut Vec<Completion>) {
    found.extend(words.map(|word| completion(word.text, kind, word.meaning)));
}

/// Whether the text ends inside a comment or a string.
fn is_inside_text(prefix: &str, all: &[Token<'_>]) -> bool {
    let Some(last) = all.last() else { return false };
    !last.ends || last.kind == lexer::Kind::Line && last.end() == prefix.len()
}
