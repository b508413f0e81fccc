//! `mlpc derive`: writes the worked derivation in Markdown.

use std::fmt::Display;

use mlp_document::{Options, derive};
use mlp_dsl::{ir::Derivation, never};

use super::refresh::Refresh;

use crate::{
    arguments::{Derive, Detail},
    failure::Failure,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Derive) -> Result<(), Failure> {
    let derivation = input::compile_at(&arguments.source, arguments.choice)?;
    if arguments.steps > 1 && derivation.training.is_none() {
        let title = format!("`{}` has no update rule, so it has no training steps", derivation.header.name);
        return Err(Failure::specification(title, "add `train sgd(rate = …);`, or remove --steps"));
    }
    let text = text(&derivation, arguments)?;
    let mut refresh = Refresh::new("derive", &arguments.source);
    refresh.option("--sample", arguments.choice.sample);
    refresh.option("--digits", arguments.digits);
    refresh.option("--round-each", arguments.round_each);
    refresh.option("--batch", arguments.batch);
    refresh.option("--detail", (arguments.detail == Detail::Full).then_some("full"));
    refresh.option("--steps", (arguments.steps > 1).then_some(arguments.steps));
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

fn text(derivation: &Derivation, arguments: &Derive) -> Result<String, Failure> {
    let mut options = Options::default();
    if let Some(digits) = arguments.digits {
        options.digits = digits.into();
    }
    options.full_detail = arguments.detail == Detail::Full;
    options.steps = arguments.steps.into();
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
