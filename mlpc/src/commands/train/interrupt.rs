//! Ctrl-C: the first one ends a training after its step, the second one ends the program.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::failure::Failure;

static ASKED: AtomicBool = AtomicBool::new(false);

/// Notices Ctrl-C from now on.
pub(super) fn listen() -> Result<(), Failure> {
    let handler = || {
        if ASKED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::usage(format!("can't notice Ctrl-C: {error}"), ""))
}

/// Whether the training is to end.
pub(super) fn is_asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}
