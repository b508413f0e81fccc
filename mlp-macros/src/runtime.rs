//! `crate = path;` before a specification: where the crate `mlp` is, if it is renamed or re-exported.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

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
        [TokenTree::Punct(equals), path @ ..] if equals.as_char() == '=' && end.is_some() => runtime(path),
        _ => None,
    };
    let path = path.ok_or_else(|| {
        let message = format!("`crate` is not followed by `= path;`\n  help: {HELP}");
        let span = rest.first().map_or(word.span(), TokenTree::span);
        quote_spanned!(span=> ::core::compile_error! { #message })
    });
    Some((path, behind.get(1..).unwrap_or_default()))
}

/// The module of the runtime in the crate with this path.
fn runtime(path: &[TokenTree]) -> Option<TokenStream> {
    let path = bare(path);
    let names = names(&path)?;
    let (first, last) = (names.first()?, names.last()?);
    // rustc says what the path lacks at the path.
    let private = Ident::new("__private", last.span());
    let absolute = matches!(path.first(), Some(TokenTree::Punct(_)));
    let path: TokenStream = path.iter().cloned().collect();
    Some(match first.to_string().as_str() {
        "crate" | "$crate" => quote!(#path::#private),
        // Generated code is in a module of the one that the user sees.
        "self" => {
            let rest = names.get(1..).unwrap_or_default();
            let parent = Ident::new("super", first.span());
            quote!(#parent::#(#rest::)*#private)
        }
        "super" => {
            let parent = Ident::new("super", first.span());
            quote!(#parent::#path::#private)
        }
        _ if absolute => quote!(#path::#private),
        _ => quote!(::#path::#private),
    })
}

/// The tokens without the invisible brackets around what a macro was given as `$path:path`.
fn bare(tokens: &[TokenTree]) -> Vec<TokenTree> {
    match tokens {
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().collect()
        }
        _ => tokens.to_vec(),
    }
}

/// The names of `a::b` or `::a::b`.
fn names(path: &[TokenTree]) -> Option<Vec<&Ident>> {
    let mut names = Vec::new();
    let mut rest = match path {
        [TokenTree::Ident(first), rest @ ..] => {
            names.push(first);
            rest
        }
        _ => path,
    };
    while let [first, second, TokenTree::Ident(name), behind @ ..] = rest {
        let colons = [first, second];
        if !colons.iter().all(|token| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':')) {
            return None;
        }
        names.push(name);
        rest = behind;
    }
    (rest.is_empty() && !names.is_empty()).then_some(names)
}
