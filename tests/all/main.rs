//! What the workspace's crates do together: one program, since linking and starting a program costs more than most tests.

#![allow(
    confusable_idents,
    mixed_script_confusables,
    reason = "names in any script are a subject of the tests"
)]

mod arithmetic;
mod attributes;
mod bare;
mod corners;
mod course;
mod dropout;
mod examples;
mod expect;
mod guides;
mod heads;
mod hygiene;
mod inputs;
mod keep;
mod long_batches;
mod losses;
mod macro_rules;
mod names;
mod not_finite;
mod outside;
mod pages;
mod readme;
mod reference;
mod rust_analyzer;
mod training;
mod trajectories;
mod ui;
mod words;
