//! Turns diagnostics into compile errors, and warnings of rustc, at the user's tokens.

use mlp_dsl::diagnostic::{Diagnostic, Severity};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::layout::Layout;

/// The diagnostic at its first token, if it is a warning.
pub(crate) fn report(diagnostic: &Diagnostic, layout: &Layout) -> TokenStream {
    match diagnostic.severity {
        Severity::Error => compile_error(diagnostic, layout),
        Severity::Warning => {
            warning(diagnostic.code, &lines(diagnostic, layout), layout.range(diagnostic.span()).0)
        }
    }
}

/// A warning of rustc that fails no build: stable Rust gives a macro no other than the use of a deprecated item. Its
/// name is the code, its note the message.
pub(crate) fn warning(code: &str, note: &str, place: Span) -> TokenStream {
    let declared = Ident::new(code, Span::call_site());
    let used = Ident::new(code, place);
    quote! {
        const _: () = {
            #[deprecated(note = #note)]
            const #declared: () = ();
            #used
        };
    }
}

/// `compile_error!` that spans the first to the last token of the error.
fn compile_error(diagnostic: &Diagnostic, layout: &Layout) -> TokenStream {
    let message = format!("[{}] {}", diagnostic.code, lines(diagnostic, layout));
    let (first, last) = layout.range(diagnostic.span());
    // rustc underlines from the span of the first token of the call to that of the last.
    let mut code = quote_spanned!(first=> ::core::compile_error!);
    code.extend(quote_spanned!(last=> { #message }));
    code
}

fn lines(diagnostic: &Diagnostic, layout: &Layout) -> String {
    let mut lines = vec![diagnostic.title.clone()];
    for (index, label) in diagnostic.labels.iter().enumerate() {
        match index {
            0 => lines.push(format!("  here: {}", label.text)),
            _ => lines.push(format!("  at `{}`: {}", quoted(layout, label.span), label.text)),
        }
    }
    lines.extend(diagnostic.help.iter().map(|help| format!("  help: {help}")));
    lines.join("\n")
}

/// The text of a second place: rustc underlines only the first one.
fn quoted(layout: &Layout, span: mlp_dsl::span::Span) -> String {
    const MOST: usize = 40;
    let mut text = layout.text.get(span.start..span.end).unwrap_or_default().to_owned();
    // As a person writes it: the layout has a space after each token.
    for (laid_out, written) in [("( ", "("), (" )", ")"), ("[ ", "["), (" ]", "]"), (" ,", ","), (" ;", ";")]
    {
        text = text.replace(laid_out, written);
    }
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}
