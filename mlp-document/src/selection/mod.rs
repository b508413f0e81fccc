//! What of the document is kept: all of it or a short form, some parameters, some sections.
//!
//! The sections ask `Wanted` for the equations that they write about. What is finished goes through `filter`, which
//! drops what is left without content, and `starts` lists the numbers that a page uses and does not derive.

pub(crate) mod element;
pub(crate) mod filter;
pub(crate) mod starts;
mod wanted;

use mlp_dsl::{
    ir::{Derivation, Parameter, equation::EquationId},
    model::HEADINGS,
    shape::Shape,
    spelling::closest,
};

use crate::Options;

pub(crate) use wanted::{Wanted, in_full};

/// How much is written out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// One weight of each layer; the others in a table.
    Brief,
    /// Each parameter.
    #[default]
    Full,
}

/// What a page is about: everything unless something is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The parameters whose own steps are kept.
    pub only: Vec<Place>,
    /// The parameters whose paths to the loss are kept.
    pub focus: Vec<Place>,
    /// The keys of the sections that are kept.
    pub sections: Vec<&'static str>,
}

/// A parameter, or one of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(crate) parameter: EquationId,
    pub(crate) element: Option<usize>,
}

/// A name that is no parameter, no element of one or no section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What is wrong.
    pub title: String,
    /// What to write instead.
    pub help: String,
}

impl Selection {
    /// Whether all of the step is kept.
    pub(crate) fn is_all(&self) -> bool {
        self.sections.is_empty() && self.places().next().is_none()
    }

    /// The chosen parameters.
    pub(crate) fn places(&self) -> impl Iterator<Item = &Place> {
        self.only.iter().chain(&self.focus)
    }
}

impl Place {
    /// The trained parameter with this name, or an element of one: `w5`, `W1[2,1]`, `b1[2]`, counted from 1.
    pub fn named(derivation: &Derivation, name: &str) -> Result<Place, Unknown> {
        let (whole, element) = match name.split_once('[') {
            Some((whole, rest)) => (whole, Some(rest)),
            None => (name, None),
        };
        let parameters = &derivation.parameters;
        let Some(parameter) = parameters.iter().find(|parameter| parameter.name == whole.trim()) else {
            return Err(no_parameter(derivation, whole.trim()));
        };
        if parameter.trained.is_none() {
            return Err(Unknown {
                title: format!("the parameter `{}` has no gradient", parameter.name),
                help: trained(derivation),
            });
        }
        let of = parameter.equation;
        match element {
            None => Ok(Place { parameter: of, element: None }),
            Some(text) => {
                let element = place_of(text, derivation.shape(of))
                    .ok_or_else(|| no_element(derivation, parameter, name))?;
                Ok(Place { parameter: of, element: Some(element) })
            }
        }
    }
}

impl Place {
    /// Its name, as it is chosen.
    pub(crate) fn name(&self, derivation: &Derivation) -> String {
        let name = derivation.name_of(self.parameter);
        match (self.element, derivation.shape(self.parameter)) {
            (None, _) | (_, Shape::Scalar) => name,
            (Some(index), Shape::Vector(_)) => format!("{name}[{}]", index + 1),
            (Some(index), Shape::Matrix(_, columns)) => {
                let columns = columns.max(1);
                format!("{name}[{},{}]", index / columns + 1, index % columns + 1)
            }
        }
    }
}

/// The key of a section: the name of its heading in front matter.
pub fn section(name: &str) -> Result<&'static str, Unknown> {
    let keys = || HEADINGS.iter().map(|(key, _)| *key);
    keys().find(|key| *key == name).ok_or_else(|| Unknown {
        title: format!("there is no section `{name}`"),
        help: match closest(name, keys()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the sections are {}", list(keys())),
        },
    })
}

/// The most names that a message lists.
const LISTED: usize = 12;

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.len() > LISTED {
        let more = names.len() - LISTED;
        names.truncate(LISTED);
        names.push(format!("{more} more"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// The parameters that have gradients, in words.
fn trained(derivation: &Derivation) -> String {
    let trained = derivation.parameters.iter().filter(|parameter| parameter.trained.is_some());
    let names: Vec<&str> = trained.map(|parameter| parameter.name.as_str()).collect();
    match names.as_slice() {
        [] => "no parameter of this network is trained".to_owned(),
        [one] => format!("the trained parameter is `{one}`"),
        names => format!("the trained parameters are {}", list(names.iter().copied())),
    }
}

fn no_parameter(derivation: &Derivation, name: &str) -> Unknown {
    let is_value = derivation.numbered().any(|(id, _)| derivation.name_of(id) == name);
    let is_constant = derivation.header.constants.iter().any(|(constant, _)| constant == name);
    let names = derivation.parameters.iter().map(|parameter| parameter.name.as_str());
    let title = if is_value {
        format!("`{name}` is a value of the network, not a parameter")
    } else if is_constant {
        format!("`{name}` is a constant, not a parameter")
    } else {
        format!("there is no parameter `{name}`")
    };
    let meant = closest(name, names).filter(|_| !is_value && !is_constant);
    let help = meant.map_or_else(|| trained(derivation), |meant| format!("did you mean `{meant}`?"));
    Unknown { title, help }
}

fn no_element(derivation: &Derivation, parameter: &Parameter, name: &str) -> Unknown {
    let whole = &parameter.name;
    let help = match derivation.shape(parameter.equation) {
        Shape::Scalar => format!("`{whole}` is a single number"),
        Shape::Vector(n) => format!("the elements are `{whole}[1]` to `{whole}[{n}]`"),
        Shape::Matrix(rows, columns) => {
            format!("the elements are `{whole}[1,1]` to `{whole}[{rows},{columns}]`: row, then column")
        }
    };
    Unknown { title: format!("there is no element `{name}`"), help }
}

/// The element that `2,1]` names, row by row, counted from 0.
fn place_of(text: &str, shape: Shape) -> Option<usize> {
    let numbers = text.trim().strip_suffix(']')?.split(',');
    let numbers: Option<Vec<usize>> =
        numbers.map(|number| number.trim().parse::<usize>().ok()?.checked_sub(1)).collect();
    match (numbers?.as_slice(), shape) {
        ([index], Shape::Vector(n)) if *index < n => Some(*index),
        ([row, column], Shape::Matrix(rows, columns)) if *row < rows && *column < columns => {
            Some(row * columns + column)
        }
        _ => None,
    }
}

impl Options {
    /// Whether only some parameters are written out.
    pub(crate) fn is_brief(&self) -> bool {
        self.extent == Extent::Brief
    }
}
