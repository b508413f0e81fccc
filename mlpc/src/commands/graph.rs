//! `mlpc graph`: draws the network, or the computational graph of its loss.

mod frames;
mod refusal;

use mlp_document::pictures::{
    self, NetworkOptions, Picture,
    computation::{self, Settings},
};
use mlp_dsl::{ir::Derivation, never};
use mlp_graph::{dot, mermaid, svg};

use super::refresh::Refresh;

use crate::{
    arguments::{Graph, GraphFormat, GraphKind},
    failure::Failure,
    input, output,
};

/// Runs the command.
pub(crate) fn run(arguments: &Graph) -> Result<(), Failure> {
    let derivation = input::compile_at(&arguments.source, arguments.choice)?;
    refusal::combination(arguments)?;
    if arguments.frames {
        return frames::write(&derivation, arguments);
    }
    let text = caught(|| Ok(text(&picture(&derivation, arguments)?, arguments.format)))?;
    let mut refresh = Refresh::new("graph", &arguments.source);
    refresh.option("--kind", name(arguments.kind, GraphKind::default()));
    refresh.option("--format", name(arguments.format, GraphFormat::default()));
    refresh.option("--sample", arguments.choice.sample);
    refresh.flag("--values", arguments.values);
    refresh.option("--digits", arguments.digits);
    refresh.option("--focus", arguments.focus.as_deref());
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

/// The result; a broken invariant becomes a message.
fn caught<T>(make: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    never::catch(make).map_err(|fault| {
        Failure::specification(&fault.title, "this is a bug in the compiler; please report it")
    })?
}

/// How a computational graph is drawn.
fn settings(arguments: &Graph) -> Settings {
    let mut settings = Settings { focus: arguments.focus.iter().cloned().collect(), ..Settings::default() };
    if let Some(digits) = arguments.digits {
        settings.digits = digits.into();
    }
    settings
}

fn picture(derivation: &Derivation, arguments: &Graph) -> Result<Picture, Failure> {
    match arguments.kind {
        GraphKind::Network => {
            let mut options = NetworkOptions { values: arguments.values, ..NetworkOptions::default() };
            if let Some(digits) = arguments.digits {
                options.digits = digits.into();
            }
            Ok(pictures::network(derivation, &options))
        }
        GraphKind::Computation => computation::picture(derivation, &settings(arguments))
            .map_err(|refusal| refusal::failure(&refusal, &derivation.header.name)),
    }
}

fn text(picture: &Picture, format: GraphFormat) -> String {
    match format {
        GraphFormat::Svg => svg(&picture.scene(), "picture"),
        GraphFormat::Dot => dot(&picture.graph),
        GraphFormat::Mermaid => mermaid(&picture.graph),
    }
}

/// The name of a choice; none for the default.
fn name<T: clap::ValueEnum + PartialEq>(choice: T, default: T) -> Option<String> {
    let value = choice.to_possible_value().filter(|_| choice != default)?;
    Some(value.get_name().to_owned())
}
