//! One style for every specification. Only white space changes: the tokens stay, comments among them.

mod layout;
pub mod tokens;
mod tree;

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    syntax,
};

/// The text in the one style, or what is wrong with its syntax.
///
/// Four spaces for each brace, a line for each statement, at most one empty line between two. Lists take
/// one line where they fit into 100 columns, otherwise a line for each element; a layer's neurons always do.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let mut diagnostics = Diagnostics::default();
    syntax::parse(text, &mut diagnostics);
    if !diagnostics.is_empty() {
        return Err(diagnostics.into_sorted());
    }
    Ok(layout::print(&tree::tree(&tokens::tokens(text))))
}
