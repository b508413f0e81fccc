//! `mlpc explain`: explains an error code and how to fix the error.

use crate::{arguments::Explain, failure::Failure, output};

/// The pages, each with a heading `## CODE: title`.
const PAGES: &str = include_str!("../explanations.md");

/// Runs the command.
pub(crate) fn run(arguments: &Explain) -> Result<(), Failure> {
    let Some(code) = &arguments.code else {
        let titles: String = pages().map(|(code, title, _)| format!("{code}  {title}\n")).collect();
        return output::print(&titles);
    };
    let wanted = code.trim().to_ascii_uppercase();
    match pages().find(|(code, ..)| *code == wanted) {
        Some((code, title, text)) => output::print(&format!("{code}: {title}\n\n{}\n", plain(text))),
        None => {
            let code: String = code.chars().take(20).flat_map(char::escape_default).collect();
            Err(Failure::usage(format!("unknown error code `{code}`"), "`mlpc explain` lists all codes"))
        }
    }
}

/// Code, title and text of each page.
fn pages() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PAGES.split("\n## ").skip(1).filter_map(|page| {
        let (heading, text) = page.split_once('\n')?;
        let (code, title) = heading.split_once(": ")?;
        Some((code, title, text.trim()))
    })
}

/// The text for a terminal: examples are indented.
fn plain(text: &str) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            inside = !inside;
            continue;
        }
        let line = if inside && !line.is_empty() { format!("    {line}") } else { line.to_owned() };
        out.push_str(&line);
        out.push('\n');
    }
    out.trim_end().to_owned()
}
