//! Computes the hover text of a name.

use mlp_dsl::{
    kind::ParameterKind,
    names::{At, Kind, Names, Symbol},
    span::Span,
    syntax::{
        ast::Name,
        words::{INITIALIZERS, INSIDE, OPTIONS, PRIMITIVES, RULE_VALUES, STARTS, Word},
    },
};

use super::Analysis;

/// The largest number of lines and characters that are shown of a declaration.
const LINES: usize = 12;
const CHARACTERS: usize = 1000;

/// A text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub markdown: String,
    /// The name.
    pub span: Span,
}

impl Analysis {
    /// The hover text of the name at an offset.
    pub fn hover(&self, offset: usize) -> Option<Hover> {
        if let Some((at, span)) = self.names.at(offset) {
            let markdown = match at {
                At::Symbol(index) => self.of_symbol(index)?,
                At::Foreign(name) => self.of_foreign(name)?,
            };
            return Some(Hover { markdown, span });
        }
        let (word, span) = word_at(&self.text, offset)?;
        let starts = STARTS.iter().map(|(_, word)| word).find(|known| known.text == word);
        let known = starts.or_else(|| find(&INSIDE, word))?;
        Some(Hover { markdown: known.meaning.to_owned(), span })
    }

    /// The declaration of the name at an offset.
    pub fn declaration(&self, offset: usize) -> Option<Span> {
        match self.names.at(offset)? {
            (At::Symbol(index), _) => self.names.symbols.get(index).map(|symbol| symbol.declared),
            (At::Foreign(_), _) => None,
        }
    }

    /// The declaration and all uses of the name at an offset.
    pub fn references(&self, offset: usize) -> Vec<Span> {
        match self.names.at(offset) {
            Some((At::Symbol(index), _)) => self.names.places(index).collect(),
            _ => Vec::new(),
        }
    }

    /// The description of a declared name from the derivation: its shape, its parameters.
    pub fn fact(&self, symbol: &Symbol) -> Option<&str> {
        self.facts.line(&symbol.name).filter(|_| has_facts(symbol.kind))
    }

    fn of_symbol(&self, index: usize) -> Option<String> {
        let symbol = self.names.symbols.get(index)?;
        let mut markdown = declaration(symbol, &self.names, &self.text);
        if let Some(line) = self.fact(symbol) {
            markdown.push_str(&format!("\n\n{line}"));
        }
        Some(markdown)
    }

    fn of_foreign(&self, name: &Name) -> Option<String> {
        let prelude = &self.prelude;
        let own = prelude.names.symbols.iter().find(|s| s.inside.is_none() && s.name == name.text);
        if let Some(symbol) = own.filter(|symbol| symbol.kind != Kind::Local) {
            return Some(declaration(symbol, &prelude.names, prelude.text));
        }
        let tables: [&[Word]; 4] = [&PRIMITIVES, &INITIALIZERS, &OPTIONS, &RULE_VALUES];
        let word = tables.into_iter().find_map(|table| find(table, &name.text))?;
        Some(word.meaning.to_owned())
    }
}

fn find<'w>(words: &'w [Word], text: &str) -> Option<&'w Word> {
    words.iter().find(|word| word.text == text)
}

/// Whether a derivation describes symbols of this kind.
fn has_facts(kind: Kind) -> bool {
    !matches!(kind, Kind::Function | Kind::Argument | Kind::Local | Kind::Rule | Kind::Setting | Kind::State)
}

/// The keyword of its declaration.
fn word_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Network => "network",
        Kind::Input => "input",
        Kind::Target => "target",
        Kind::Importance => "importance",
        Kind::Parameter(ParameterKind::Weight) => "weights",
        Kind::Parameter(ParameterKind::Bias) => "biases",
        Kind::Layer => "layer",
        Kind::Constant => "const",
        Kind::Function => "fn",
        Kind::Local => "let",
        Kind::Rule => "rule",
        Kind::State => "state",
        Kind::Element | Kind::Neuron | Kind::Argument | Kind::Setting => "",
    }
}

/// The declaration as written, and its documentation.
fn declaration(symbol: &Symbol, names: &Names, text: &str) -> String {
    let written = if symbol.kind == Kind::Network {
        symbol.name.clone()
    } else {
        text.get(symbol.declared.start..symbol.extent.end).unwrap_or_default().to_owned()
    };
    let mut lines: Vec<&str> = written.lines().take(LINES + 1).collect();
    let cut = lines.len() > LINES || written.chars().count() > CHARACTERS;
    lines.truncate(LINES);
    let shown: String = lines.join("\n").chars().take(CHARACTERS).collect();
    let word = word_of(symbol.kind);
    let space = if word.is_empty() { "" } else { " " };
    let more = if cut { " …" } else { "" };
    // A fence longer than any run of backticks inside.
    let fence = "`".repeat(longest_run(&shown).max(2) + 1);
    let mut markdown = format!("{fence}mlp\n{word}{space}{shown}{more}\n{fence}");
    let inside = symbol.inside.and_then(|inside| names.symbols.get(inside));
    if let Some(inside) = inside.filter(|_| word.is_empty()) {
        markdown.push_str(&format!("\n\n{} `{}`", part_of(symbol.kind), inside.name));
    }
    if !symbol.docs.is_empty() {
        markdown.push_str(&format!("\n\n{}", symbol.docs.join("\n").trim()));
    }
    markdown
}

/// What a name without a word of its own is, inside another one.
fn part_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Neuron => "neuron of",
        Kind::Element => "element of",
        Kind::Argument => "parameter of",
        Kind::Setting
        | Kind::Network
        | Kind::Input
        | Kind::Target
        | Kind::Importance
        | Kind::Parameter(_)
        | Kind::Layer
        | Kind::Constant
        | Kind::Function
        | Kind::Local
        | Kind::Rule
        | Kind::State => "setting of",
    }
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The word around an offset.
fn word_at(text: &str, offset: usize) -> Option<(&str, Span)> {
    let (before, behind) = text.split_at_checked(offset)?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let start = before.trim_end_matches(is_word).len();
    let end = offset + behind.find(|c| !is_word(c)).unwrap_or(behind.len());
    Some((text.get(start..end).filter(|word| !word.is_empty())?, Span::new(start, end)))
}
