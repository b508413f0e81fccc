//! `mlpc derive`: writes the worked derivation as Markdown, HTML or JSON.

use std::{fmt::Display, path::Path};

use mlp_document::{
    Document, Options, Origin, derive,
    selection::{self, Extent, Place, Selection, Unknown},
};
use mlp_dsl::{ir::Derivation, never};

use super::refresh::{Refresh, word};

use crate::{
    arguments::{Derive, DeriveFormat, Detail, Form, Length, Names, Target},
    failure::Failure,
    file::is_standard,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Derive) -> Result<(), Failure> {
    let (specification, derivation) = input::read_at(&arguments.source, arguments.choice)?;
    if arguments.steps > 1 && derivation.training.is_none() {
        let title = format!("`{}` has no update rule, so it has no training steps", derivation.header.name);
        return Err(Failure::specification(title, "add `train sgd(rate = …);`, or remove --steps"));
    }
    let format = format(arguments);
    let print = |document: &Document| match format {
        DeriveFormat::Markdown => document.to_markdown(),
        DeriveFormat::Html => document.to_html(),
        DeriveFormat::Json => document.to_json(&origin(&arguments.source.file, &specification, &derivation)),
    };
    let text = text(&derivation, &specification, arguments, &print)?;
    let mut refresh = Refresh::new("derive", &arguments.source);
    refresh.option("--sample", arguments.choice.sample);
    refresh.option("--digits", arguments.digits);
    refresh.option("--round-each", arguments.round_each);
    refresh.option("--batch", arguments.batch);
    refresh.option("--format", arguments.format.map(DeriveFormat::word));
    refresh.option("--detail", (arguments.detail == Detail::Full).then_some("full"));
    refresh.option("--steps", (arguments.steps > 1).then_some(arguments.steps));
    length(&mut refresh, &arguments.length);
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
    specification: &str,
    arguments: &Derive,
    print: &dyn Fn(&Document) -> String,
) -> Result<String, Failure> {
    let mut options = Options { specification: Some(specification.to_owned()), ..Options::default() };
    if let Some(digits) = arguments.digits {
        options.digits = digits.into();
    }
    options.full_detail = arguments.detail == Detail::Full;
    options.steps = arguments.steps.into();
    options.round_each = arguments.round_each.map(usize::from);
    if let Some(batch) = arguments.batch {
        options.batch = Some(usize::try_from(batch).map_err(|error| Failure::usage(error, ""))?);
    }
    options.extent = match arguments.length.form {
        Form::Brief => Extent::Brief,
        Form::Full => Extent::Full,
    };
    options.selection = selection(derivation, &arguments.length)
        .map_err(|unknown| Failure::specification(unknown.title, &unknown.help))?;
    let text = never::catch(|| {
        let document = derive(derivation, &options);
        document.check().map(|_| print(&document))
    });
    let internal = |title: &dyn Display| {
        Failure::specification(title, "this is a bug in the compiler; please report it")
    };
    text.map_err(|fault| internal(&fault.title))?.map_err(|fault| internal(&fault))
}

/// What the page is about.
fn selection(derivation: &Derivation, length: &Length) -> Result<Selection, Unknown> {
    let places = |all: &[Names]| -> Result<Vec<Place>, Unknown> {
        all.iter().flat_map(|Names(names)| names).map(|name| Place::named(derivation, name)).collect()
    };
    Ok(Selection {
        only: places(&length.only)?,
        focus: places(&length.focus)?,
        sections: length.section.iter().map(|name| selection::section(name)).collect::<Result<_, _>>()?,
    })
}

/// The options of the length, for the command that makes the file again.
fn length(refresh: &mut Refresh, length: &Length) {
    refresh.option("--form", (length.form == Form::Brief).then_some("brief"));
    for (option, all) in [("--only", &length.only), ("--focus", &length.focus)] {
        let names: Vec<&str> = all.iter().flat_map(|Names(names)| names).map(String::as_str).collect();
        refresh.option(option, (!names.is_empty()).then(|| word(&names.join(","))));
    }
    let sections = length.section.join(",");
    refresh.option("--section", (!sections.is_empty()).then_some(sections));
}
