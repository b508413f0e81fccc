//! `mlpc derive`: writes the worked derivation as Markdown, HTML or JSON.

use std::{fmt::Display, path::Path};

use mlp_document::{Document, Options, Origin, derive};
use mlp_dsl::{ir::Derivation, never};

use super::refresh::Refresh;

use crate::{
    arguments::{Derive, DeriveFormat, Target},
    failure::Failure,
    file::is_standard,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Derive) -> Result<(), Failure> {
    let (specification, derivation) = input::read_at(&arguments.source, arguments.choice)?;
    let format = format(arguments);
    let print = |document: &Document| match format {
        DeriveFormat::Markdown => document.to_markdown(),
        DeriveFormat::Html => document.to_html(),
        DeriveFormat::Json => document.to_json(&origin(&arguments.source.file, &specification, &derivation)),
    };
    let text = text(&derivation, arguments, &print)?;
    let mut refresh = Refresh::new("derive", &arguments.source);
    refresh.option("--sample", arguments.choice.sample);
    refresh.option("--digits", arguments.digits);
    refresh.option("--round-each", arguments.round_each);
    refresh.option("--batch", arguments.batch);
    refresh.option("--format", arguments.format.map(DeriveFormat::word));
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

/// The format that is asked for, or that of the file's ending.
fn format(arguments: &Derive) -> DeriveFormat {
    arguments.format.or_else(|| of_ending(&arguments.target)).unwrap_or(DeriveFormat::Markdown)
}

fn of_ending(target: &Target) -> Option<DeriveFormat> {
    let ending = target.output.as_deref()?.extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "html" | "htm" => Some(DeriveFormat::Html),
        "json" => Some(DeriveFormat::Json),
        _ => None,
    }
}

/// Where the equations come from.
fn origin<'o>(file: &'o Path, text: &'o str, derivation: &Derivation) -> Origin<'o> {
    let name = if is_standard(file) { None } else { file.file_name().and_then(|name| name.to_str()) };
    let mlp_rust::Hashes { fingerprint, layout } = mlp_rust::hashes(derivation);
    Origin { file: name, text, fingerprint, layout }
}

fn text(
    derivation: &Derivation,
    arguments: &Derive,
    print: &dyn Fn(&Document) -> String,
) -> Result<String, Failure> {
    let mut options = Options::default();
    if let Some(digits) = arguments.digits {
        options.digits = digits.into();
    }
    options.round_each = arguments.round_each.map(usize::from);
    if let Some(batch) = arguments.batch {
        options.batch = Some(usize::try_from(batch).map_err(|error| Failure::usage(error, ""))?);
    }
    let text = never::catch(|| {
        let document = derive(derivation, &options);
        document.check().map(|_| print(&document))
    });
    let internal = |title: &dyn Display| {
        Failure::specification(title, "this is a bug in the compiler; please report it")
    };
    text.map_err(|fault| internal(&fault.title))?.map_err(|fault| internal(&fault))
}
