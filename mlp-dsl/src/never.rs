//! Broken invariants of the compiler: a fault becomes an error message, never output.
//!
//! Where an invariant excludes a branch and the types don't, the branch says [`never!`](macro@crate::never). In debug builds
//! and in tests that panics. In release it records a [`Fault`] for this thread, and the branch goes on with any value of
//! the right type. [`catch`] runs a phase and returns the recorded fault as the error M0001 instead of the result, so no
//! value made after a fault is seen. [`crate::Compilation`] catches the faults of its phases; whoever prints a
//! derivation catches those of the printer.

use std::{cell::Cell, fmt::Arguments, panic::Location};

use crate::{diagnostic::Diagnostic, span::Span};

thread_local! {
    static FIRST: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The invariant that is broken.
    message: String,
    /// The file and line of the compiler.
    place: String,
}

/// Reports a branch that an invariant of the compiler excludes; takes what `format!` takes.
///
/// # Panics
/// In debug builds and tests. In release the next [`catch`](crate::never::catch) returns the fault.
#[macro_export]
macro_rules! never {
    ($($message:tt)+) => { $crate::never::report(::core::format_args!($($message)+)) };
}

/// What [`never!`](macro@crate::never) calls.
///
/// # Panics
/// In debug builds and tests.
#[cold]
#[track_caller]
pub fn report(message: Arguments<'_>) {
    let fault = Fault { message: message.to_string(), place: place(Location::caller()) };
    if cfg!(debug_assertions) {
        fail(&fault);
    }
    record(fault);
}

/// The result of a phase, or the error M0001 where the phase reported a fault.
pub fn catch<T>(phase: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    let outer = FIRST.take();
    let result = phase();
    match FIRST.replace(outer) {
        None => Ok(result),
        Some(fault) => Err(fault.diagnostic()),
    }
}

/// A value that an invariant guarantees.
pub trait OrNever<T> {
    /// The value; where there is none, a fault, and `instead` to go on with.
    fn or_never(self, message: &str, instead: T) -> T;
}

impl<T> OrNever<T> for Option<T> {
    #[track_caller]
    fn or_never(self, message: &str, instead: T) -> T {
        match self {
            Some(value) => value,
            None => {
                report(format_args!("{message}"));
                instead
            }
        }
    }
}

impl Fault {
    fn diagnostic(self) -> Diagnostic {
        let title = format!("internal error: {}", self.message);
        Diagnostic::new("M0001", title, Span::default(), format!("found at {}", self.place))
            .help("please report it with the specification")
    }
}

/// The first fault is the cause of those after it.
fn record(fault: Fault) {
    FIRST.set(Some(FIRST.take().unwrap_or(fault)));
}

#[expect(clippy::panic, reason = "debug builds and tests stop at a broken invariant")]
fn fail(fault: &Fault) -> ! {
    panic!("internal error: {} at {}", fault.message, fault.place)
}

/// A place as `ir/derivation.rs:40`, without the folders in which the compiler was built.
fn place(location: &Location<'_>) -> String {
    let file = location.file();
    let file = file.rsplit_once("src/").map_or(file, |(_, file)| file);
    format!("{file}:{}", location.line())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::{Fault, OrNever, catch, record};

    fn fault(message: &str) -> Fault {
        Fault { message: message.to_owned(), place: "ir/derivation.rs:40".to_owned() }
    }

    #[test]
    fn a_phase_with_a_fault_has_no_result() {
        let caught = catch(|| {
            record(fault("no equation 7"));
            record(fault("no shape"));
            1
        });
        let diagnostic = caught.unwrap_err();
        assert_eq!((diagnostic.code, diagnostic.title.as_str()), ("M0001", "internal error: no equation 7"));
        assert_eq!(diagnostic.labels[0].text, "found at ir/derivation.rs:40");
        assert_eq!(catch(|| 2), Ok(2));
    }

    #[test]
    fn a_fault_belongs_to_the_innermost_phase() {
        let outer = catch(|| {
            record(fault("outer"));
            catch(|| record(fault("inner"))).unwrap_err().title
        });
        assert_eq!(outer.unwrap_err().title, "internal error: outer");
        assert!(catch(|| catch(|| record(fault("inner"))).is_err()).is_ok());
    }

    #[test]
    #[should_panic(expected = "internal error: no equation 7 at never.rs:")]
    fn tests_stop_at_a_fault() {
        crate::never!("no equation {}", 7);
    }

    #[test]
    fn a_value_that_is_there_is_no_fault() {
        assert_eq!(catch(|| Some(3).or_never("a value", 0)), Ok(3));
    }
}
