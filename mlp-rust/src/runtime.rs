//! The path of the crate `mlp` → the path of its runtime in generated code.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use quote::quote;

/// The module of the runtime in the crate `mlp` that has this path, as seen from the module of the generated code; `None`
/// if it is no path. A path without `crate`, `self` or `super` begins with the name of a crate.
pub fn runtime_path(path: &[TokenTree]) -> Option<TokenStream> {
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

/// The same path in a module of the generated code's module.
pub(super) fn inner(runtime: &TokenStream) -> TokenStream {
    let is_relative = runtime.to_string().starts_with("super");
    if is_relative { quote!(super::#runtime) } else { runtime.clone() }
}
