//! `mlpc summary`: reports layers, parameters, memory and computation.

mod json;
mod page;

use mlp_document::summary::Summary;

use crate::{
    arguments::{Summary as Arguments, SummaryFormat},
    failure::Failure,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let compiled = input::compile(&arguments.source)?;
    let summary = Summary::new(&compiled, arguments.batch, arguments.samples);
    output::print(&match arguments.format {
        SummaryFormat::Table => page::text(&summary),
        SummaryFormat::Markdown => page::markdown(&summary),
        SummaryFormat::Json => json::json(&summary).pretty(),
    })
}
