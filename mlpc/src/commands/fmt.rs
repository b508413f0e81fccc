//! `mlpc fmt`: formats specifications.

use crate::{
    arguments::{Fmt, Source},
    failure::Failure,
    file::{is_standard, shown_name},
    input, output,
};

/// Runs the command. Formats all files before it writes the first one.
pub(crate) fn run(arguments: &Fmt) -> Result<(), Failure> {
    let mut changed = Vec::new();
    for file in &arguments.files {
        let source = Source { file: file.clone(), message_format: arguments.message_format, deny: None };
        let text = input::text(&source)?;
        let formatted =
            mlp_dsl::format::format(&text).map_err(|found| input::mistakes(&found, &text, &source))?;
        if is_standard(file) && !arguments.check {
            output::print(&formatted)?;
        } else if formatted != text {
            changed.push((file, formatted));
        }
    }
    if arguments.check {
        let names: Vec<String> = changed.iter().map(|(file, _)| shown_name(file)).collect();
        return match names.as_slice() {
            [] => Ok(()),
            [one] => Err(not_in_style(&format!("{one} is not formatted"))),
            many => Err(not_in_style(&format!("{} are not formatted", many.join(", ")))),
        };
    }
    changed.into_iter().try_for_each(|(file, text)| output::write(&text, file))
}

fn not_in_style(title: &str) -> Failure {
    Failure::specification(title, "run `mlpc fmt`")
}
