//! `crate = path;` before a specification: where the crate `mlp` is, if it is renamed or re-exported.

use mlp_rust::runtime_path;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote_spanned;

/// The help of an error in a path.
const HELP: &str = "write the path of the crate `mlp`, such as `crate = other_name;`, `crate = library::mlp;` or `crate = crate::mlp;`";

/// The tokens after `crate = path;`, and the path of the runtime's module as seen from the module of the generated code;
/// a compile error where it is no path. `None` where the tokens do not begin with `crate`.
pub(crate) fn named(tokens: &[TokenTree]) -> Option<(Result<TokenStream, TokenStream>, &[TokenTree])> {
    let [TokenTree::Ident(word), rest @ ..] = tokens else { return None };
    if word != "crate" {
        return None;
    }
    let is_end = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ';');
    let end = rest.iter().position(is_end);
    let (path, behind) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
    let path = match path {
        [TokenTree::Punct(equals), path @ ..] if equals.as_char() == '=' && end.is_some() => {
            runtime_path(path)
        }
        _ => None,
    };
    let path = path.ok_or_else(|| {
        let message = format!("`crate` is not followed by `= path;`\n  help: {HELP}");
        let span = rest.first().map_or(word.span(), TokenTree::span);
        quote_spanned!(span=> ::core::compile_error! { #message })
    });
    Some((path, behind.get(1..).unwrap_or_default()))
}
