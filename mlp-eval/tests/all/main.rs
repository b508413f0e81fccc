//! Gradients of the compiler held against the interpreter and its complex step.

mod kinks;
mod order;
mod properties;
mod verdicts;
