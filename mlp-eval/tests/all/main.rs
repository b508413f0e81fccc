//! Gradients of the compiler held against the interpreter and its complex step.

mod drawn;
mod kinks;
mod order;
mod properties;
mod verdicts;
