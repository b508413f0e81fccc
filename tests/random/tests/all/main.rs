//! Random networks and random texts, as many as every run can check.

mod computation;
mod difference;
mod exported;
mod format;
mod long_batches;
mod pages;
mod rules;
mod slice;
mod verdicts;
