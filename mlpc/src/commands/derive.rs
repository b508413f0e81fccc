//! `mlpc derive`: writes the worked derivation in Markdown.

use std::fmt::Display;

use mlp_document::{
    Options, derive,
    selection::{self, Extent, Place, Selection, Unknown},
};
use mlp_dsl::{ir::Derivation, never};

use super::refresh::{Refresh, word};

use crate::{
    arguments::{Derive, Form, Length, Names},
    failure::Failure,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Derive) -> Result<(), Failure> {
    let (derivation, specification) = input::compile_with_text(&arguments.source, arguments.choice)?;
    let text = text(&derivation, specification, arguments)?;
    let mut refresh = Refresh::new("derive", &arguments.source);
    refresh.option("--sample", arguments.choice.sample);
    refresh.option("--digits", arguments.digits);
    refresh.option("--round-each", arguments.round_each);
    refresh.option("--batch", arguments.batch);
    length(&mut refresh, &arguments.length);
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
    options.extent = match arguments.length.form {
        Form::Brief => Extent::Brief,
        Form::Full => Extent::Full,
    };
    options.selection = selection(derivation, &arguments.length)
        .map_err(|unknown| Failure::specification(unknown.title, &unknown.help))?;
    let text = never::catch(|| {
        let document = derive(derivation, &options);
        document.check().map(|_| document.to_markdown())
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
