//! Turns diagnostics into compile errors at the user's tokens.

use mlp_dsl::diagnostic::Diagnostic;
use proc_macro2::TokenStream;
use quote::quote_spanned;

use crate::layout::Layout;

/// `compile_error!` that spans the first to the last token of the error.
pub(crate) fn compile_error(diagnostic: &Diagnostic, layout: &Layout) -> TokenStream {
    let message = message(diagnostic, layout);
    let (first, last) = layout.range(diagnostic.span());
    // rustc underlines from the span of the first token of the call to that of the last.
    let mut code = quote_spanned!(first=> ::core::compile_error!);
    code.extend(quote_spanned!(last=> { #message }));
    code
}

fn message(diagnostic: &Diagnostic, layout: &Layout) -> String {
    let mut lines = vec![format!("[{}] {}", diagnostic.code, diagnostic.title)];
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
