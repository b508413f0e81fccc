//! Formats a specification in the one style. Only white space changes: tokens and comments stay.

mod layout;
mod tree;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    syntax::{
        self,
        lexer::{Token, tokens},
    },
};

/// Returns the formatted text, or the syntax errors.
///
/// The style: four spaces of indentation per brace, one statement per line, at most one empty line between
/// two. A list has one line if it fits into 100 columns, otherwise one line per element; the neurons of a
/// layer always have one line each.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::default();
    syntax::parse(text, &mut diagnostics);
    if !diagnostics.is_empty() {
        return Err(diagnostics.into_sorted());
    }
    // A comment to the end of the line has no white space there.
    let tokens = tokens(text).map(|token| Token { text: token.text.trim_end(), ..token });
    Ok(layout::print(&tree::tree(tokens)))
}
