//! Why a command fails, and the exit code that says so.

/// Why a command fails.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The specification, or what is made from it, is wrong: exit code 1. Ready to be printed.
    Specification(String),
    /// Wrong usage, or a file that can't be read or written: exit code 2.
    Usage(String),
    /// Whoever read the output has had enough, as `head` has: no failure at all.
    ClosedPipe,
}

impl Failure {
    /// A mistake in the specification that is no diagnostic: one line and the way to mend it.
    pub(crate) fn specification(title: impl std::fmt::Display, help: &str) -> Self {
        Failure::Specification(with_help(title, help))
    }

    /// A file or an argument that does not serve.
    pub(crate) fn usage(title: impl std::fmt::Display, help: &str) -> Self {
        Failure::Usage(with_help(title, help))
    }

    /// What is said on the standard error.
    pub(crate) fn message(&self) -> &str {
        match self {
            Failure::Specification(message) | Failure::Usage(message) => message,
            Failure::ClosedPipe => "",
        }
    }

    /// The exit code of the process.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Specification(_) => 1,
            Failure::Usage(_) => 2,
            Failure::ClosedPipe => 0,
        }
    }
}

fn with_help(title: impl std::fmt::Display, help: &str) -> String {
    if help.is_empty() { format!("error: {title}") } else { format!("error: {title}\n  = help: {help}") }
}
