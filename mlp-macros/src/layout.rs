//! Turns tokens into text, with a table from places in the text to the user's tokens.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};

use crate::{file::File, runtime};

/// The text of a token stream.
pub(crate) struct Layout {
    /// The text; its meaning does not depend on white space.
    pub(crate) text: String,
    /// Start and end of each token in the text, and its span, in order.
    tokens: Vec<(usize, usize, Span)>,
    /// The tokens of attributes, a group before its content, each with the place of its start and its end.
    attributes: Vec<(usize, usize, TokenTree)>,
    /// The module of the runtime if the macro starts with `crate = path;`.
    pub(crate) runtime: Option<TokenStream>,
    /// The error of a wrong `crate = path;`.
    pub(crate) problem: Option<TokenStream>,
    /// The file that the macro names instead of a specification.
    pub(crate) file: Option<File>,
}

impl Layout {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        let mut layout = Layout {
            text: String::new(),
            tokens: Vec::new(),
            attributes: Vec::new(),
            runtime: None,
            problem: None,
            file: None,
        };
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        let rest = match runtime::named(&all) {
            Some((Ok(path), rest)) => {
                layout.runtime = Some(path);
                rest
            }
            Some((Err(problem), rest)) => {
                layout.problem = Some(problem);
                rest
            }
            None => &all,
        };
        layout.file = File::named(rest);
        layout.stream(rest.iter().cloned());
        layout
    }

    /// Writes tokens as text. An explicit stack holds the groups, because the user decides their depth.
    fn stream(&mut self, tokens: impl Iterator<Item = TokenTree>) {
        let tokens = tokens.collect::<Vec<_>>().into_iter();
        let mut stack = vec![Open { tokens, close: None, attribute: None }];
        // The open groups of an attribute, its own brackets included.
        let (mut inside, mut after_hash) = (0_usize, false);
        while let Some(Open { tokens, .. }) = stack.last_mut() {
            let (next, start) = (tokens.next(), self.text.len());
            let was_hash = after_hash;
            after_hash = matches!(&next, Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
            match next {
                Some(TokenTree::Group(group)) => {
                    let close = brackets(&group).map(|(open, close)| {
                        self.token(open.encode_utf8(&mut [0; 4]), group.span_open(), true);
                        (close, group.span_close())
                    });
                    let tokens = group.stream().into_iter().collect::<Vec<_>>().into_iter();
                    let kept = inside > 0 && group.delimiter() != Delimiter::None;
                    let attribute = kept.then_some(self.attributes.len());
                    if kept {
                        self.attributes.push((start, start, TokenTree::Group(group)));
                    }
                    inside += usize::from(inside > 0 || was_hash);
                    stack.push(Open { tokens, close, attribute });
                }
                Some(TokenTree::Punct(punct)) => {
                    // `.15` is one word to the compiler, and two tokens to rustc.
                    let apart = punct.spacing() == Spacing::Alone && punct.as_char() != '.';
                    self.token(punct.as_char().encode_utf8(&mut [0; 4]), punct.span(), apart);
                    self.keep(inside, start, TokenTree::Punct(punct));
                }
                Some(token) => {
                    self.token(&token.to_string(), token.span(), true);
                    self.keep(inside, start, token);
                }
                None => {
                    let Some(Open { close, attribute, .. }) = stack.pop() else { break };
                    inside = inside.saturating_sub(1);
                    if let Some((close, span)) = close {
                        self.token(close.encode_utf8(&mut [0; 4]), span, true);
                    }
                    let end = self.text.trim_end().len();
                    if let Some((_, until, _)) = attribute.and_then(|at| self.attributes.get_mut(at)) {
                        *until = end;
                    }
                }
            }
        }
    }

    fn token(&mut self, text: &str, span: Span, apart: bool) {
        let start = self.text.len();
        self.text.push_str(text);
        self.tokens.push((start, self.text.len(), span));
        if apart {
            self.text.push(' ');
        }
    }

    /// Keeps a token that was written from `start` on, if it is inside an attribute.
    fn keep(&mut self, inside: usize, start: usize, token: TokenTree) {
        if inside > 0 {
            self.attributes.push((start, self.text.trim_end().len(), token));
        }
    }

    /// The user's tokens in a part of an attribute.
    pub(crate) fn attribute(&self, span: mlp_dsl::span::Span) -> Option<TokenStream> {
        let mut end = span.start;
        let parts = self.attributes.iter().filter(|(start, until, _)| {
            let next = *start >= end && *until <= span.end;
            end = if next { *until } else { end };
            next
        });
        Some(parts.map(|(_, _, token)| token.clone()).collect())
    }

    /// The first and the last of the user's tokens in a part of the text.
    pub(crate) fn range(&self, span: mlp_dsl::span::Span) -> (Span, Span) {
        let here = Span::call_site();
        let first = self.tokens.partition_point(|(_, end, _)| *end <= span.start);
        let behind = self.tokens.partition_point(|(start, _, _)| *start < span.end.max(span.start + 1));
        let at = |index: usize| self.tokens.get(index).map(|(_, _, span)| *span);
        let last = behind.checked_sub(1).and_then(at);
        let first = at(first).or(last).unwrap_or(here);
        (first, last.unwrap_or(first))
    }

    /// The span of a name, for the identifiers generated from it.
    pub(crate) fn name_span(&self, span: mlp_dsl::span::Span) -> Span {
        if span == mlp_dsl::span::Span::default() {
            return Span::call_site();
        }
        self.range(span).0
    }
}

/// A group whose tokens are being written.
struct Open {
    tokens: std::vec::IntoIter<TokenTree>,
    /// The closing bracket and its place.
    close: Option<(char, Span)>,
    /// The number of the group among the tokens of attributes.
    attribute: Option<usize>,
}

fn brackets(group: &Group) -> Option<(char, char)> {
    match group.delimiter() {
        Delimiter::Parenthesis => Some(('(', ')')),
        Delimiter::Brace => Some(('{', '}')),
        Delimiter::Bracket => Some(('[', ']')),
        Delimiter::None => is_compound(group).then_some(('(', ')')),
    }
}

/// Whether the tokens of an `$e:expr` are a formula of several operands, which needs parentheses to stay one
/// operand. Other tokens stay bare: a comparison, a named argument.
fn is_compound(group: &Group) -> bool {
    let signs = || group.stream().into_iter().filter_map(sign);
    signs().any(|sign| "+-*/^@".contains(sign)) && !signs().any(|sign| "<>=!:;,#".contains(sign))
}

fn sign(token: TokenTree) -> Option<char> {
    if let TokenTree::Punct(punct) = token { Some(punct.as_char()) } else { None }
}
