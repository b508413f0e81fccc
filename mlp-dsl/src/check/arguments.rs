//! Matches the arguments of a call with the parameters of its callee, by name or by position.

use crate::{
    check::errors,
    diagnostic::Diagnostics,
    syntax::ast::{Call, Expression},
};

/// A parameter and its default value, if it has one.
#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) default: Option<f64>,
}

impl Parameter {
    pub(super) fn needed(name: &str) -> Self {
        Parameter { name: name.to_owned(), default: None }
    }

    pub(super) fn optional(name: &str, default: f64) -> Self {
        Parameter { name: name.to_owned(), default: Some(default) }
    }
}

/// The argument of a parameter.
#[derive(Clone, Copy)]
pub(super) enum Argument<'c> {
    Given(&'c Expression),
    Default(f64),
}

/// The argument of each parameter, in the order of the parameters; `None` after a reported error.
pub(super) fn arrange<'c>(
    call: &'c Call,
    parameters: &[Parameter],
    found: &mut Diagnostics,
) -> Option<Vec<Argument<'c>>> {
    let mut given: Vec<Option<&Expression>> = vec![None; parameters.len()];
    let mut named = None;
    let mut good = true;
    for (position, (name, argument)) in call.arguments.iter().enumerate() {
        let index = match (name, named) {
            (Some(name), _) => {
                named = Some(name);
                parameters.iter().position(|parameter| parameter.name == name.text)
            }
            (None, Some(before)) => {
                found.push(errors::position_after_name(argument.span, before));
                return None;
            }
            (None, None) => Some(position).filter(|position| *position < parameters.len()),
        };
        match index.and_then(|index| Some((index, given.get_mut(index)?))) {
            Some((_, slot @ None)) => *slot = Some(argument),
            Some((index, Some(_))) => {
                let name = parameters.get(index).map_or("", |parameter| parameter.name.as_str());
                found.push(errors::argument_twice(name, argument.span));
                good = false;
            }
            None => match name {
                None => {
                    found.push(errors::argument_count(call, parameters));
                    return None;
                }
                Some(name) => {
                    found.push(errors::unknown_argument(&call.name, name, parameters));
                    good = false;
                }
            },
        }
    }
    let mut arranged = Vec::with_capacity(parameters.len());
    for (parameter, given) in parameters.iter().zip(given) {
        match (given, parameter.default) {
            (Some(argument), _) => arranged.push(Argument::Given(argument)),
            (None, Some(default)) => arranged.push(Argument::Default(default)),
            (None, None) if good => {
                found.push(errors::argument_missing(call, parameters, &parameter.name));
                return None;
            }
            (None, None) => {}
        }
    }
    good.then_some(arranged)
}
