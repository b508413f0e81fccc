//! Turns the failure of a command into a message and an exit code.

/// Why a command fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The specification, or what is derived from it, is wrong: exit code 1. The text is ready to print.
    Specification(String),
    /// Wrong usage, or a file that can't be read or written: exit code 2.
    Usage(String),
    /// A training was interrupted: exit code 130, that of a shell for Ctrl-C.
    Interrupted(String),
    /// The reader closed the pipe, as `head` does: exit code 0, no message.
    ClosedPipe,
}

impl Failure {
    /// An error in the specification without a diagnostic: a title and a help line.
    pub(crate) fn specification(title: impl std::fmt::Display, help: &str) -> Self {
        Failure::Specification(with_help(title, help))
    }

    /// An unusable file or argument.
    pub(crate) fn usage(title: impl std::fmt::Display, help: &str) -> Self {
        Failure::Usage(with_help(title, help))
    }

    /// The message for the standard error.
    pub(crate) fn message(&self) -> &str {
        match self {
            Failure::Specification(message) | Failure::Usage(message) | Failure::Interrupted(message) => {
                message
            }
            Failure::ClosedPipe => "",
        }
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Specification(_) => 1,
            Failure::Usage(_) => 2,
            Failure::Interrupted(_) => 130,
            Failure::ClosedPipe => 0,
        }
    }
}

fn with_help(title: impl std::fmt::Display, help: &str) -> String {
    if help.is_empty() { format!("error: {title}") } else { format!("error: {title}\n  = help: {help}") }
}
