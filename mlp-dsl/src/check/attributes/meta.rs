//! The content of an attribute as Rust's meta items: `path`, `path = value`, `path(items)`. Everything else is refused, so
//! that generated code always is Rust.

use crate::{
    attribute::Part,
    span::Span,
    syntax::{
        ast::Attribute,
        lexer::{self, Kind, Token},
    },
    visible::acts,
};

/// A meta item.
#[derive(Clone, Debug)]
pub(super) struct Meta {
    /// Its path without spaces; empty for a literal.
    pub(super) path: String,
    /// The place of the path.
    pub(super) name_span: Span,
    pub(super) content: Content,
    /// The whole.
    pub(super) part: Part,
}

/// What follows the path of a meta item.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Nothing,
    /// `= "text"`
    Value,
    /// `(a, b)`
    List(Vec<Meta>),
}

/// The meta item in an attribute, if it is one.
pub(super) fn read(attribute: &Attribute) -> Option<Meta> {
    let tokens: Vec<Token<'_>> = lexer::tokens(&attribute.text).filter(|token| !token.is_comment()).collect();
    let mut reader = Reader { tokens: &tokens, end: 0, attribute };
    let meta = reader.meta()?;
    reader.tokens.is_empty().then_some(meta)
}

struct Reader<'r, 't> {
    /// The rest.
    tokens: &'r [Token<'t>],
    /// The end of the last token in the text.
    end: usize,
    attribute: &'r Attribute,
}

impl<'t> Reader<'_, 't> {
    fn take(&mut self) -> Option<&'t str> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        self.end = first.end();
        Some(first.text)
    }

    fn next_is(&self, text: &str) -> bool {
        self.tokens.first().is_some_and(|token| token.text == text)
    }

    fn take_if(&mut self, text: &str) -> bool {
        self.next_is(text) && self.take().is_some()
    }

    /// The text since a place, trimmed.
    fn since(&self, start: usize) -> Part {
        let text = self.attribute.text.get(start..self.end).unwrap_or_default().to_owned();
        let at = self.attribute.span.start;
        Part { text, span: Span::new(at + start, at + self.end) }
    }

    fn meta(&mut self) -> Option<Meta> {
        let start = self.tokens.first()?.start;
        if self.tokens.first().is_some_and(|token| token.kind == Kind::Word && is_literal(token.text)) {
            self.take();
            let part = self.since(start);
            return Some(Meta { path: String::new(), name_span: part.span, content: Content::Nothing, part });
        }
        let path = self.path()?;
        let name_span = self.since(start).span;
        let content = if self.take_if("(") {
            Content::List(self.list()?)
        } else if self.take_if("=") {
            self.value()?;
            Content::Value
        } else {
            Content::Nothing
        };
        Some(Meta { path, name_span, content, part: self.since(start) })
    }

    fn path(&mut self) -> Option<String> {
        let mut path = String::new();
        loop {
            if self.take_if(":") {
                self.take_if(":").then_some(())?;
                path.push_str("::");
            } else if !path.is_empty() {
                return Some(path);
            }
            path.push_str(if self.take_if("$") { "$" } else { "" });
            let name = self.take_name()?;
            path.push_str(name);
        }
    }

    fn take_name(&mut self) -> Option<&'t str> {
        let first = self.tokens.first()?;
        (first.kind == Kind::Word && is_name(first.text)).then(|| self.take()).flatten()
    }

    /// The items up to the closing parenthesis.
    fn list(&mut self) -> Option<Vec<Meta>> {
        let mut items = Vec::new();
        while !self.take_if(")") {
            items.push(self.meta()?);
            if !self.take_if(",") && !self.next_is(")") {
                return None;
            }
        }
        Some(items)
    }

    /// A literal, or a macro such as `include_str!("course.md")`.
    fn value(&mut self) -> Option<()> {
        if self.tokens.first().is_some_and(|token| token.kind == Kind::Word && is_literal(token.text)) {
            return self.take().map(drop);
        }
        self.path()?;
        (self.take_if("!") && self.take_if("(")).then_some(())?;
        let mut depth = 1_usize;
        while depth > 0 {
            let token = self.tokens.first()?;
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth -= 1,
                Kind::Word if !is_literal(token.text) && !is_name(token.text) => return None,
                Kind::Sign if !matches!(token.text, "," | ":" | "!" | "$") => return None,
                Kind::Word | Kind::Sign | Kind::Line | Kind::Block => {}
            }
            self.take();
        }
        Some(())
    }
}

/// A whole number or a string as Rust writes it, on one line and without characters that are not visible.
fn is_literal(word: &str) -> bool {
    let is_number = word.starts_with(|c: char| c.is_ascii_digit())
        && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let is_raw = word.starts_with("r\"") || word.starts_with("r#\"") || word.starts_with("r##");
    let is_text = word.starts_with('"') && escapes_are_known(word);
    is_number || ((is_raw || is_text) && !word.chars().any(acts))
}

fn escapes_are_known(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c == '\\' && !characters.next().is_some_and(|next| "nrt0\\'\"".contains(next)) {
            return false;
        }
    }
    true
}

/// An identifier of plain letters: a word of the language may have characters that no name has.
fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
