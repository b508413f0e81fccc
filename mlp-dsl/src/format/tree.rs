//! Turns tokens into a tree by their brackets.

use crate::syntax::lexer::{Kind, Token};

/// A token, or brackets.
#[derive(Clone, Debug)]
pub(super) enum Node<'t> {
    Token(Token<'t>),
    Brackets { open: Token<'t>, inside: Vec<Node<'t>>, close: Token<'t> },
}

impl<'t> Node<'t> {
    /// The first token.
    pub(super) fn first(&self) -> &Token<'t> {
        match self {
            Node::Token(token) => token,
            Node::Brackets { open, .. } => open,
        }
    }

    /// The text, if it is a token.
    pub(super) fn text(&self) -> &str {
        match self {
            Node::Token(token) => token.text,
            Node::Brackets { .. } => "",
        }
    }

    /// Whether it is a comment, or documentation.
    pub(super) fn is_comment(&self) -> bool {
        matches!(self, Node::Token(token) if matches!(token.kind, Kind::Line | Kind::Block))
    }

    /// Whether it contains a line comment.
    pub(super) fn has_line_comment(&self) -> bool {
        match self {
            Node::Token(token) => token.kind == Kind::Line || token.text.contains('\n'),
            Node::Brackets { inside, .. } => inside.iter().any(Node::has_line_comment),
        }
    }

    /// Whether it is a pair of braces with its contents.
    pub(super) fn is_braces(&self) -> bool {
        matches!(self, Node::Brackets { open, .. } if open.text == "{")
    }
}

/// The nodes of a text whose brackets match.
pub(super) fn tree<'t>(tokens: impl Iterator<Item = Token<'t>>) -> Vec<Node<'t>> {
    let mut stack: Vec<(Option<Token<'t>>, Vec<Node<'t>>)> = vec![(None, Vec::new())];
    for token in tokens {
        match token.kind {
            Kind::Open => stack.push((Some(token.clone()), Vec::new())),
            Kind::Close if stack.len() > 1 => {
                let Some((Some(open), inside)) = stack.pop() else { continue };
                let node = Node::Brackets { open, inside, close: token.clone() };
                if let Some((_, outside)) = stack.last_mut() {
                    outside.push(node);
                }
            }
            Kind::Word | Kind::Sign | Kind::Close | Kind::Line | Kind::Block => {
                if let Some((_, inside)) = stack.last_mut() {
                    inside.push(Node::Token(token.clone()));
                }
            }
        }
    }
    stack.into_iter().next().map(|(_, nodes)| nodes).unwrap_or_default()
}
