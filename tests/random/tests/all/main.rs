//! Random networks and random texts, as many as every run can check.

mod format;
mod rules;
mod slice;
mod verdicts;
