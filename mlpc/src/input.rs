//! Reads and compiles a specification; reads at most the allowed number of bytes.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use mlp_dsl::{Compilation, diagnostic::Diagnostic, ir::Derivation, limits};

use crate::{
    arguments::{Choice, Deny, MessageFormat, Source},
    diagnostics,
    escape::Escaped,
    failure::Failure,
    file::{is_standard, reason, shown_name},
    output,
    weights::Beside,
};

/// Reads and compiles; errors become a failure with the rendered diagnostics. Reports the warnings that need no
/// evaluation.
pub(crate) fn compile(source: &Source) -> Result<Compilation, Failure> {
    let read = read(source)?;
    read.report(&read.compiled.warnings.without_evaluation(), source)?;
    Ok(read.compiled)
}

/// A specification without errors.
pub(crate) struct Specification {
    text: String,
    /// What it compiles to.
    pub(crate) compiled: Compilation,
}

/// Reads and compiles, and reports no warnings.
pub(crate) fn read(source: &Source) -> Result<Specification, Failure> {
    read_text(text(source)?, source)
}

/// Compiles a text as that of this file.
pub(crate) fn read_text(text: String, source: &Source) -> Result<Specification, Failure> {
    match Compilation::of(&text, &Beside::new(&source.file)) {
        Ok(compiled) => Ok(Specification { text, compiled }),
        Err(found) => Err(mistakes(&found, &text, source)),
    }
}

impl Specification {
    /// The text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Prints warnings on the standard error; with `--deny warnings` they are a failure.
    pub(crate) fn report(&self, found: &[Diagnostic], source: &Source) -> Result<(), Failure> {
        if found.is_empty() {
            return Ok(());
        }
        let mut message = rendered(found, &self.text, source);
        match source.deny {
            None => output::warn(&message),
            Some(Deny::Warnings) => {
                if source.message_format == MessageFormat::Text {
                    message.push_str("\nWith `--deny warnings` a warning is an error.");
                }
                return Err(Failure::Specification(message));
            }
        }
        Ok(())
    }
}

/// The failure that prints these diagnostics.
pub(crate) fn mistakes(found: &[Diagnostic], text: &str, source: &Source) -> Failure {
    Failure::Specification(rendered(found, text, source))
}

fn rendered(found: &[Diagnostic], text: &str, source: &Source) -> String {
    let name = shown_name(&source.file);
    match source.message_format {
        MessageFormat::Text => diagnostics::render(found, &Escaped::lines(text), &name),
        MessageFormat::Short => diagnostics::short(found, text, &name),
        MessageFormat::Json => diagnostics::json(found, text, &name),
    }
}

/// Reads and compiles, with the values of the chosen sample.
pub(crate) fn compile_at(source: &Source, choice: Choice) -> Result<Derivation, Failure> {
    choose(compile(source)?.derivation, choice)
}

/// The same, and the text.
pub(crate) fn read_at(source: &Source, choice: Choice) -> Result<(String, Derivation), Failure> {
    let read = read(source)?;
    read.report(&read.compiled.warnings.without_evaluation(), source)?;
    Ok((read.text, choose(read.compiled.derivation, choice)?))
}

fn choose(mut derivation: Derivation, choice: Choice) -> Result<Derivation, Failure> {
    let Some(number) = choice.sample else { return Ok(derivation) };
    let chosen = usize::try_from(number).is_ok_and(|number| derivation.choose_sample(number - 1));
    if chosen {
        return Ok(derivation);
    }
    let (name, count) = (&derivation.header.name, derivation.header.samples.len());
    let title = format!("`{name}` has no sample {number}: it declares {count}");
    let help = match count {
        0 => "declare samples: `data { (inputs) -> (target), … }`".to_owned(),
        count => format!("choose one from 1 to {count}"),
    };
    Err(Failure::specification(title, &help))
}

/// Reads a specification.
pub(crate) fn text(source: &Source) -> Result<String, Failure> {
    let name = shown_name(&source.file);
    let bytes = bytes(&source.file).map_err(|error| {
        let help = match error.kind() {
            io::ErrorKind::NotFound => "give the path of a `.mlp` file, or `-` for standard input",
            _ => "",
        };
        Failure::usage(format!("can't read {name}: {}", reason(&error)), help)
    })?;
    if bytes.len() > limits::TEXT_BYTES {
        // The compiler checks the length first, so the missing rest does not matter.
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let help = if error.as_bytes().contains(&0) {
            "this looks like a binary file: give a text file"
        } else {
            "save the file as UTF-8"
        };
        let good = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(good).filter(|byte| **byte == b'\n').count() + 1;
        Failure::specification(
            format!("{name} is not UTF-8 text: byte {good}, in line {line}, is invalid"),
            help,
        )
    })?;
    // Some editors write a byte order mark.
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let most = limits::TEXT_BYTES as u64 + 1;
    let mut bytes = Vec::new();
    if is_standard(file) {
        io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
