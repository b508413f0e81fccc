//! `mlpc derive`: writes the worked derivation in Markdown.

use std::fmt::Display;

use mlp_document::{Options, derive};
use mlp_dsl::{ir::Derivation, never};

use super::refresh::Refresh;

use crate::{arguments::Derive, failure::Failure, input, output};

/// Runs the command.
pub(crate) fn run(arguments: &Derive) -> Result<(), Failure> {
    let (derivation, specification) = input::compile_with_text(&arguments.source, arguments.choice)?;
    let text = text(&derivation, specification, arguments)?;
    let mut refresh = Refresh::new("derive", &arguments.source);
    refresh.option("--sample", arguments.choice.sample);
    refresh.option("--digits", arguments.digits);
    refresh.option("--round-each", arguments.round_each);
    refresh.option("--batch", arguments.batch);
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

fn text(derivation: &Derivation, specification: String, arguments: &Derive) -> Result<String, Failure> {
    let mut options = Options { specification: Some(specification), ..Options::default() };
    if let Some(digits) = arguments.digits {
        options.digits = digits.into();
    }
    options.round_each = arguments.round_each.map(usize::from);
    if let Some(batch) = arguments.batch {
        options.batch = Some(usize::try_from(batch).map_err(|error| Failure::usage(error, ""))?);
    }
    let text = never::catch(|| {
        let document = derive(derivation, &options);
        document.check().map(|_| document.to_markdown())
    });
    let internal = |title: &dyn Display| {
        Failure::specification(title, "this is a bug in the compiler; please report it")
    };
    text.map_err(|fault| internal(&fault.title))?.map_err(|fault| internal(&fault))
}
