//! Turns tokens into text, with a table from places in the text to the user's tokens.

use proc_macro2::{Delimiter, Group, Spacing, Span, TokenStream, TokenTree};

use crate::{file::File, runtime};

/// The text of a token stream.
pub(crate) struct Layout {
    /// The text; its meaning does not depend on white space.
    pub(crate) text: String,
    /// Start and end of each token in the text, and its span, in order.
    tokens: Vec<(usize, usize, Span)>,
    /// The module of the runtime if the macro starts with `crate = path;`.
    pub(crate) runtime: Option<TokenStream>,
    /// The error of a wrong `crate = path;`.
    pub(crate) problem: Option<TokenStream>,
    /// The file that the macro names instead of a specification.
    pub(crate) file: Option<File>,
}

impl Layout {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        let mut layout =
            Layout { text: String::new(), tokens: Vec::new(), runtime: None, problem: None, file: None };
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
        let mut stack = vec![(tokens.collect::<Vec<_>>().into_iter(), None::<(char, Span)>)];
        while let Some((tokens, _)) = stack.last_mut() {
            match tokens.next() {
                Some(TokenTree::Group(group)) => {
                    let close = brackets(&group).map(|(open, close)| {
                        self.token(open.encode_utf8(&mut [0; 4]), group.span_open(), true);
                        (close, group.span_close())
                    });
                    stack.push((group.stream().into_iter().collect::<Vec<_>>().into_iter(), close));
                }
                Some(TokenTree::Punct(punct)) => {
                    // `.15` is one word to the compiler, and two tokens to rustc.
                    let apart = punct.spacing() == Spacing::Alone && punct.as_char() != '.';
                    self.token(punct.as_char().encode_utf8(&mut [0; 4]), punct.span(), apart);
                }
                Some(token) => self.token(&token.to_string(), token.span(), true),
                None => {
                    if let Some((_, Some((close, span)))) = stack.pop() {
                        self.token(close.encode_utf8(&mut [0; 4]), span, true);
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
