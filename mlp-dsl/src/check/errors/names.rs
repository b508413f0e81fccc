//! M02: names.

use crate::wording::one_of;
use crate::{
    diagnostic::Diagnostic,
    lint,
    span::Span,
    spelling::closest,
    syntax::{ast::Name, words},
};

pub(in crate::check) fn unknown_name(name: &Name, close: Option<(&str, Span)>) -> Diagnostic {
    let text = &name.text;
    let diagnostic = Diagnostic::new("M0201", format!("unknown name `{text}`"), name.span, "not declared");
    match close {
        _ if text.contains('·') => diagnostic.help(format!(
            "`·` is part of this name: write `{}`, or `@` for a matrix product",
            text.replace('·', " * ")
        )),
        Some((close, span)) if looks_alike(text, close) => {
            diagnostic.also(span, format!("`{close}` is declared here")).help(format!(
                "write `{close}`: the two names differ in a letter of another alphabet that looks the same"
            ))
        }
        Some((close, span)) => diagnostic
            .also(span, format!("`{close}` is declared here"))
            .help(format!("did you mean `{close}`?")),
        None => match (text.as_str(), words::INITIALIZERS.iter().any(|known| known.text == *text)) {
            ("e", _) => {
                diagnostic.help("write `exp(x)` for a power of e, or declare `const e = 2.718281828459045;`")
            }
            ("pi" | "π", _) => diagnostic.help(format!("declare `const {text} = 3.141592653589793;`")),
            (_, true) => diagnostic.help(format!("write an initializer after `~`: `~ {text}()`")),
            (_, false) => diagnostic.help(format!(
                "declare it before use: `weights {text};`, `input {text};` or `const {text} = …;`"
            )),
        },
    }
}

/// Whether names differ only in Cyrillic and Greek letters that look like Latin ones.
fn looks_alike(name: &str, other: &str) -> bool {
    const LETTERS: [(&str, &str); 2] =
        [("аеорсухіАВЕКМНОРСТХІ", "aeopcyxiABEKMHOPCTXI"), ("ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovABEZHIKMNOPTYX")];
    let latin = |c: char| {
        let pairs = LETTERS.iter().flat_map(|(foreign, latin)| foreign.chars().zip(latin.chars()));
        pairs.into_iter().find(|(foreign, _)| *foreign == c).map_or(c, |(_, latin)| latin)
    };
    name.chars().map(latin).eq(other.chars().map(latin))
}

/// A loss uses `t`, and no target is declared; `length` is the length of the output.
pub(in crate::check) fn target_missing(name: &Name, length: usize) -> Diagnostic {
    let text = &name.text;
    let help = match length {
        0 | 1 => format!("declare the target before the loss: `target {text}[1];`"),
        _ => format!(
            "declare the target before the loss: `target {text}[{length}];`, or `target {text}: class[{length}];` for one of {length} classes"
        ),
    };
    Diagnostic::new("M0201", format!("unknown name `{text}`"), name.span, "not declared").help(help)
}

/// A rule uses another name than `g` for the gradient.
pub(in crate::check) fn unknown_in_rule(name: &Name) -> Diagnostic {
    Diagnostic::new("M0201", format!("unknown name `{}`", name.text), name.span, "not declared")
        .help("did you mean `g`, the gradient with respect to `w`?")
}

pub(in crate::check) fn function_as_value(name: &Name) -> Diagnostic {
    let text = &name.text;
    Diagnostic::new(
        "M0201",
        format!("`{text}` is a function, not a value"),
        name.span,
        "used without arguments",
    )
    .help(match text.as_str() {
        "dense" | "linear" => format!("write `{text}(x)`"),
        _ => format!("write `{text}(…)`, as in `{text}(dense(x))`"),
    })
}

pub(in crate::check) fn function_calls_itself(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0207",
        format!("the function `{}` calls itself", name.text),
        name.span,
        "recursive call",
    )
    .help("call only functions that are declared before it; recursion is not supported")
}

pub(in crate::check) fn used_before_declared(name: &Name, declared: Span) -> Diagnostic {
    Diagnostic::new("M0202", format!("`{}` is used before it is declared", name.text), name.span, "used here")
        .also(declared, "declared here")
        .help("move the declaration above its first use; a neuron can't feed itself or an earlier layer")
}

pub(in crate::check) fn unused(name: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0203",
        format!("the {what} `{name}` is never used"),
        span,
        format!("this {what} has no effect"),
    )
    .help("use it in a formula, or remove it")
}

pub(in crate::check) fn declared_twice(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new("M0204", format!("`{}` is declared twice", name.text), name.span, "declared again")
        .also(first, "first declared here")
        .help("rename one of the two")
}

pub(in crate::check) fn unusable_name(name: &Name, reason: &str) -> Diagnostic {
    Diagnostic::new("M0205", format!("`{}` can't be used as a name", name.text), name.span, reason)
        .help("choose another name")
}

pub(in crate::check) fn unknown_function(name: &Name, close: Option<&str>) -> Diagnostic {
    let text = &name.text;
    let diagnostic =
        Diagnostic::new("M0207", format!("unknown function `{text}`"), name.span, "not declared");
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(match no_function(text) {
            Some(help) => help.to_owned(),
            None => format!("declare it before the network: `fn {text}(x) = …;`"),
        }),
    }
}

/// The help for what other libraries have as a layer and no function of this language can be.
fn no_function(name: &str) -> Option<&'static str> {
    Some(match name.replace('_', "").to_lowercase().as_str() {
        "alphadropout" | "dropout1d" | "featuredropout" => {
            "there is one dropout, around the formula of a layer: `layer h[16] = dropout(relu(dense(x)), rate = 0.2);`"
        }
        "flatten" | "reshape" | "view" | "squeeze" => "remove it: inputs and layers are vectors already",
        "conv" | "conv1d" | "conv2d" | "maxpool" | "maxpool2d" | "maxpooling2d" | "rnn" | "lstm" | "gru"
        | "attention" | "embedding" => {
            "a network consists of layers of neurons: `dense`, `linear` and formulas"
        }
        _ => return None,
    })
}

/// A function that other libraries have; `definition` declares it in this language.
pub(in crate::check) fn function_from_elsewhere(name: &Name, definition: &str) -> Diagnostic {
    let text = &name.text;
    let rest = definition.find('(').and_then(|at| definition.get(at..)).unwrap_or_default();
    Diagnostic::new("M0207", format!("unknown function `{text}`"), name.span, "not declared")
        .help(format!("declare it before the network: `fn {text}{rest}`"))
}

pub(in crate::check) fn reserved_function(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0208",
        format!("`{}` can't be redefined", name.text),
        name.span,
        "built into the language",
    )
    .help("choose another name; only activations and losses of the prelude can be redefined")
}

pub(in crate::check) fn unknown_precision(name: &Name) -> Diagnostic {
    Diagnostic::new("M0209", format!("unknown number type `{}`", name.text), name.span, "not a number type")
        .help("write `f32` or `f64`")
}

pub(in crate::check) fn unknown_initializer(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0210",
        format!("unknown initializer `{}`", name.text),
        name.span,
        "not an initializer",
    );
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

pub(in crate::check) fn unknown_rule(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0211",
        format!("unknown update rule `{}`", name.text),
        name.span,
        "not an update rule",
    );
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

pub(in crate::check) fn unknown_option(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        "M0212",
        format!("unknown option `{}`", name.text),
        name.span,
        "not an option of `train`",
    );
    match close {
        _ if matches!(name.text.as_str(), "steps" | "iterations") => diagnostic
            .help("did you mean `epochs`? A program decides for itself how often it calls `train_batch`"),
        _ if matches!(name.text.as_str(), "split" | "validation" | "validation_split") => {
            diagnostic.help("did you mean `hold_out`, as in `hold_out 0.2`?")
        }
        _ if matches!(name.text.as_str(), "stop" | "early_stopping") => {
            diagnostic.help("did you mean `patience`, as in `patience 5`?")
        }
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

pub(in crate::check) fn unknown_entry(name: &Name, close: Option<&str>, known: &[&str]) -> Diagnostic {
    let title = format!("unknown front matter entry `{}`", name.text);
    let diagnostic = Diagnostic::new("M0213", title, name.span, "not an entry of the front matter");
    match close {
        Some(close) => diagnostic.help(format!("did you mean `{close}`?")),
        None => diagnostic.help(format!("use {}", one_of(known))),
    }
}

pub(in crate::check) fn value_in_setting(name: &Name) -> Diagnostic {
    Diagnostic::new(
        "M0214",
        format!("`{}` can't be used in a setting", name.text),
        name.span,
        "not known when a training step starts",
    )
    .help("write a number, or a schedule: a formula of constants and `step`")
}

pub(crate) fn name_is_generated(name: &str, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        "M0206",
        format!("the compiler already uses the name `{name}`"),
        span,
        format!("it names {what}"),
    )
    .help("choose another name")
}

pub(in crate::check) fn unknown_warning(code: &Name) -> Diagnostic {
    let text = &code.text;
    let help =
        match (text.strip_prefix(['M', 'm']), lint::codes().find(|known| known.eq_ignore_ascii_case(text))) {
            (Some(_), _) => "an error can't be allowed; only codes that begin with W can".to_owned(),
            (None, Some(known)) => format!("write `{known}`"),
            (None, None) => match closest(text, lint::codes()) {
                Some(known) => format!("did you mean `{known}`? `mlpc explain` lists all warnings"),
                None => {
                    let (first, last) = (lint::WARNINGS[0].0, lint::WARNINGS[lint::WARNINGS.len() - 1].0);
                    format!(
                        "the codes of warnings are between `{first}` and `{last}`; `mlpc explain` lists them"
                    )
                }
            },
        };
    Diagnostic::new("M0215", format!("unknown warning `{text}`"), code.span, "no warning has this code")
        .help(help)
}
