//! Turns text into the syntax tree: scan, parser, recovery.

use pest::Parser;

use super::{
    ast::Ast,
    build::Builder,
    explain::explain,
    grammar::{MlpParser, Rule},
    scan::scan,
};
use crate::diagnostic::Diagnostics;

/// Parses a specification. Errors are reported; a wrong sentence is recovered or skipped.
pub fn parse(text: &str, diagnostics: &mut Diagnostics) -> Ast {
    parse_with(text, super::build::normal, diagnostics)
}

/// The same, with the caller's function that normalizes a name to Unicode form C.
pub fn parse_with(text: &str, normal: fn(&str) -> String, diagnostics: &mut Diagnostics) -> Ast {
    let Some(scanned) = scan(text, diagnostics) else { return Ast::default() };
    let whole = scanned.text.get(..text.len()).unwrap_or_default();
    let mut pairs = match MlpParser::parse(Rule::file, &scanned.text) {
        Ok(pairs) => pairs,
        Err(error) => {
            diagnostics.push(explain(&error, whole, whole, 0).problem);
            return Ast::default();
        }
    };
    let builder = Builder::new(whole, normal, diagnostics, scanned.lost);
    pairs.next().map(|file| builder.file(file)).unwrap_or_default()
}

/// Parses the prelude, which can name kernels.
pub fn parse_prelude(text: &str) -> Ast {
    parse(text, &mut Diagnostics::default())
}
