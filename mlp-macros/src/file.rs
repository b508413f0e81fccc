//! `mlp!(file = "course.mlp")`: compiles a specification in a file of the user's crate.

use std::path::{Component, Path, PathBuf};

use crate::report;

use mlp_dsl::{
    diagnostic::{Diagnostic, Severity},
    limits,
};
use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// A literal, or a literal that a macro received as `$path:literal`.
fn literal(token: &TokenTree) -> Option<Literal> {
    match token {
        TokenTree::Literal(literal) => Some(literal.clone()),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().next().as_ref().and_then(literal)
        }
        _ => None,
    }
}

/// A specification in a file.
pub(crate) struct File {
    /// The path as written, relative to the root of the crate.
    path: String,
    literal: Literal,
}

impl File {
    /// The file that the tokens name, if they are `file = "…"`.
    pub(crate) fn named(tokens: &[TokenTree]) -> Option<Self> {
        let [TokenTree::Ident(word), TokenTree::Punct(equals), path, rest @ ..] = tokens else { return None };
        let literal = literal(path)?;
        let ended = match rest {
            [] => true,
            [TokenTree::Punct(end)] => matches!(end.as_char(), ',' | ';'),
            _ => false,
        };
        if word != "file" || equals.as_char() != '=' || !ended {
            return None;
        }
        let text = literal.to_string();
        let path = text.strip_prefix('"')?.strip_suffix('"')?.replace("\\\\", "/");
        Some(File { path, literal })
    }

    /// The path relative to the root of the crate.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// A reference to the file, so that Cargo rebuilds the crate when the file changes.
    pub(crate) fn mention(&self) -> TokenStream {
        let path = &self.path;
        quote! {
            const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path));
        }
    }

    /// The text of the file, or the error.
    pub(crate) fn text(&self) -> Result<String, TokenStream> {
        self.read().map_err(|reason| self.error(&reason))
    }

    /// An error or a warning in the file, at its name.
    pub(crate) fn report(&self, found: &Diagnostic, text: &str) -> TokenStream {
        let message = self.message(found, text);
        match found.severity {
            Severity::Error => self.error(&format!("[{}] {message}", found.code)),
            Severity::Warning => report::warning(found.code, &message, self.literal.span()),
        }
    }

    fn read(&self) -> Result<String, String> {
        let path = Path::new(&self.path);
        let inside = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        if !inside || self.path.contains('\\') {
            return Err(format!(
                "`{}` is outside the crate\n  help: write a path relative to the crate's root, such as \"networks/course.mlp\"",
                self.path
            ));
        }
        let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default();
        let full = root.join(path);
        let size = std::fs::metadata(&full).map_err(|error| self.unreadable(&error))?.len();
        if size > limits::TEXT_BYTES as u64 {
            return Err(format!(
                "`{}` is too large: {size} bytes, but the limit is {} bytes",
                self.path,
                limits::TEXT_BYTES
            ));
        }
        let text = std::fs::read_to_string(full).map_err(|error| self.unreadable(&error))?;
        Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
    }

    fn unreadable(&self, error: &std::io::Error) -> String {
        let help = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "\n  help: the path is relative to the crate's root, the folder of its Cargo.toml"
            }
            _ => "",
        };
        format!("can't read `{}`: {error}{help}", self.path)
    }

    /// The title with its place in the file: rustc can only underline the name of the file.
    fn message(&self, found: &Diagnostic, text: &str) -> String {
        let before = text.get(..found.span().start).unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.chars().rev().take_while(|c| *c != '\n').count();
        let shown = text.lines().nth(line).unwrap_or_default();
        let mut message =
            format!("{}\n  in {}:{}:{}: `{}`", found.title, self.path, line + 1, column + 1, shown.trim());
        if let Some(label) = found.labels.first() {
            message.push_str(&format!("\n  here: {}", label.text));
        }
        if let Some(help) = &found.help {
            message.push_str(&format!("\n  help: {help}"));
        }
        message
    }

    fn error(&self, message: &str) -> TokenStream {
        let span = self.literal.span();
        quote_spanned!(span=> ::core::compile_error! { #message })
    }
}
