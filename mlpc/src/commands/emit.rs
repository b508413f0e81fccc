//! `mlpc emit`: generates Rust code for the network, or the declared training step as a program in Python or JavaScript.

use std::path::Path;

use mlp_dsl::{Compilation, ir::Derivation, never};
use mlp_runtime::source;
use mlp_rust::Options;
use mlp_script::Language;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use super::refresh::{Refresh, word};

use crate::{
    arguments::{Emit, EmitFormat, Kernels},
    escape,
    failure::Failure,
    input, output, weights,
};

/// Runs the command.
pub(crate) fn run(arguments: &Emit) -> Result<(), Failure> {
    let language = match format(arguments) {
        EmitFormat::Rust => None,
        EmitFormat::Python => Some(Language::Python),
        EmitFormat::JavaScript => Some(Language::JavaScript),
    };
    if let Some(language) = language {
        return listing(arguments, language);
    }
    if arguments.choice.sample.is_some() {
        let title = "--sample chooses a sample for a program in Python or JavaScript";
        return Err(Failure::usage(title, "Rust code takes its samples from its caller: remove --sample"));
    }
    if arguments.standalone.is_some() && arguments.runtime.is_some() {
        let title = "--crate is for code that needs the crate `mlp`; with --standalone it needs none";
        return Err(Failure::usage(title, "remove one of the two"));
    }
    let compiled = input::compile(&arguments.source)?;
    let text = text(&compiled, arguments)?;
    let mut refresh = refresh(arguments);
    refresh.flag("--standalone", arguments.standalone == Some(Kernels::Safe));
    refresh.flag("--standalone=simd", arguments.standalone == Some(Kernels::Simd));
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

/// The language that is asked for, or that of the file's ending.
fn format(arguments: &Emit) -> EmitFormat {
    let ending =
        arguments.target.output.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str());
    arguments.format.unwrap_or(match ending {
        Some("py") => EmitFormat::Python,
        Some("mjs" | "js") => EmitFormat::JavaScript,
        Some(_) | None => EmitFormat::Rust,
    })
}

fn refresh(arguments: &Emit) -> Refresh {
    let mut refresh = Refresh::new("emit", &arguments.source);
    refresh.option(
        "--format",
        arguments.format.map(|format| match format {
            EmitFormat::Rust => "rust",
            EmitFormat::Python => "python",
            EmitFormat::JavaScript => "javascript",
        }),
    );
    refresh.option("--crate", arguments.runtime.as_deref().map(word));
    refresh
}

/// The declared step as a program.
fn listing(arguments: &Emit, language: Language) -> Result<(), Failure> {
    if arguments.runtime.is_some() {
        let title = "--crate is for Rust: a program in Python or JavaScript needs no crate";
        return Err(Failure::usage(title, "remove --crate"));
    }
    if arguments.standalone.is_some() {
        let title = "--standalone is for Rust: a program in Python or JavaScript always needs nothing else";
        return Err(Failure::usage(title, "remove --standalone"));
    }
    let derivation = input::compile_at(&arguments.source, arguments.choice)?;
    let generator = concat!("mlpc ", env!("CARGO_PKG_VERSION"));
    let text = never::catch(|| mlp_script::emit(&derivation, language, generator)).map_err(|fault| {
        Failure::specification(&fault.title, "this is a bug in the compiler; please report it")
    })?;
    let text = text.map_err(|refusal| refused(&derivation, &refusal))?;
    let mut refresh = refresh(arguments);
    refresh.option("--sample", arguments.choice.sample);
    output::deliver(&text, &arguments.source, &arguments.target, &refresh.to(&arguments.target))
}

fn refused(derivation: &Derivation, refusal: &mlp_script::Refusal) -> Failure {
    let title = format!("`{}` can't be written as a program: {refusal}", derivation.header.name);
    Failure::specification(title, refusal.help())
}

/// The path of the runtime in the crate with this path.
fn runtime(path: &str) -> Result<TokenStream, Failure> {
    let tokens: Vec<TokenTree> =
        path.parse::<TokenStream>().map(|tokens| tokens.into_iter().collect()).unwrap_or_default();
    mlp_rust::runtime_path(&tokens).ok_or_else(|| {
        let title = format!("`{}` is no path of a crate", escape::line(path));
        Failure::usage(
            title,
            "write the path of the crate `mlp`, such as `other_name`, `library::mlp` or `crate::mlp`",
        )
    })
}

fn text(compiled: &Compilation, arguments: &Emit) -> Result<String, Failure> {
    let (standalone, output) = (arguments.standalone.is_some(), arguments.target.output.as_deref());
    let weights = mlp_rust::weight_file(&compiled.derivation).map(|file| {
        let path = weights::from_output(&arguments.source.file, output, &file.path);
        quote!(::core::include_bytes!(#path))
    });
    let runtime = arguments.runtime.as_deref().map(runtime).transpose()?;
    let options = Options { runtime, standalone, public: true, weights, ..Options::default() };
    let tokens = never::catch(|| mlp_rust::emit(compiled, &options)).map_err(|fault| {
        let place = fault.labels.first().map_or("", |label| &label.text);
        Failure::specification(format!("{}, {place}", fault.title), fault.help.as_deref().unwrap_or_default())
    })?;
    let network = syn::parse2(tokens).map(|file| prettyplease::unparse(&file)).map_err(|error| {
        let title = format!(
            "internal error: the generated code of `{}` is not valid Rust: {error}",
            compiled.derivation.header.name
        );
        Failure::specification(title, "this is a bug in the compiler; please report it")
    })?;
    let version = env!("CARGO_PKG_VERSION");
    let mut text = format!(
        "// Generated by mlpc {version} from the network `{}`; compiles as edition 2018, 2021 and 2024.\n\n",
        compiled.derivation.header.name
    );
    if let Some(kernels) = arguments.standalone {
        text.push_str(&source::standalone(match kernels {
            Kernels::Safe => source::Kernels::Portable,
            Kernels::Simd => source::Kernels::Vector,
        }));
        text.push('\n');
    }
    text.push_str(&network);
    Ok(text)
}
