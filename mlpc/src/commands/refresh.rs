//! The command that would write a generated file anew, for the message that it is out of date.

use crate::{
    arguments::{Source, Target},
    escape,
};

/// A command line in the making.
pub(super) struct Refresh(String);

impl Refresh {
    pub(super) fn new(command: &str, source: &Source) -> Self {
        Refresh(format!("mlpc {command} {}", word(&source.file.to_string_lossy())))
    }

    /// Adds a flag that was given.
    pub(super) fn flag(&mut self, flag: &str, given: bool) {
        if given {
            self.0.push_str(&format!(" {flag}"));
        }
    }

    /// Adds an option that was given.
    pub(super) fn option(&mut self, option: &str, value: Option<impl std::fmt::Display>) {
        if let Some(value) = value {
            self.0.push_str(&format!(" {option} {value}"));
        }
    }

    /// The command with the file to write.
    pub(super) fn to(mut self, target: &Target) -> String {
        self.option("-o", target.output.as_ref().map(|output| word(&output.to_string_lossy())));
        self.0
    }
}

/// A word as a shell reads it.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '/' | '+' | ',' | ':' | '=');
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", escape::line(text).replace('\'', r"'\''"))
    }
}
