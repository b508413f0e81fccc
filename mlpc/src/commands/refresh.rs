//! Builds the command that regenerates a file, for the message that the file is out of date.

use crate::{
    arguments::{Source, Target},
    escape,
};

/// A command line that is being built.
pub(super) struct Refresh(String);

impl Refresh {
    pub(super) fn new(command: &str, source: &Source) -> Self {
        Refresh(format!("mlpc {command} {}", word(&source.file.to_string_lossy())))
    }

    /// Adds a flag if it is given.
    pub(super) fn flag(&mut self, flag: &str, given: bool) {
        if given {
            self.0.push_str(&format!(" {flag}"));
        }
    }

    /// Adds an option if it is given.
    pub(super) fn option(&mut self, option: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.0.push_str(&format!(" {option} {value}"));
        }
    }

    /// The command with its output file.
    pub(super) fn to(mut self, target: &Target) -> String {
        self.option("-o", target.output.as_ref().map(|output| word(&output.to_string_lossy())));
        self.0
    }
}

/// A word, quoted for a shell if necessary.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+' | ',' | ':' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", escape::line(text).replace('\'', r"'\''"))
    }
}
