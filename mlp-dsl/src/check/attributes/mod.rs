//! `#[derive(Copy)]` before a network: decides what generated code does with each attribute.

mod meta;

use crate::{
    attribute::{Attribute, Part, Place},
    check::errors,
    diagnostic::Diagnostics,
    syntax::ast,
};
use meta::{Content, Meta};

/// The attributes that a network can have, for messages.
pub(super) const KNOWN: [&str; 8] =
    ["derive", "cfg", "cfg_attr", "allow", "doc", "repr", "must_use", "non_exhaustive"];

/// Traits that all types for users implement.
const PRESENT: [&str; 4] = ["Clone", "Debug", "PartialEq", "Default"];

/// Traits that floats do not have.
const NOT_OF_FLOATS: [&str; 3] = ["Eq", "Ord", "Hash"];

/// The attributes of a network, and errors in them.
pub(crate) fn attributes(written: &[ast::Attribute], found: &mut Diagnostics) -> Vec<Attribute> {
    let mut reader = Reader { found, attributes: Vec::new() };
    for attribute in written {
        match meta::read(attribute) {
            Some(meta) => reader.attribute(meta, None),
            None => reader.found.push(errors::attribute_unreadable(attribute.whole)),
        }
    }
    reader.attributes
}

struct Reader<'r> {
    found: &'r mut Diagnostics,
    attributes: Vec<Attribute>,
}

impl Reader<'_> {
    fn attribute(&mut self, meta: Meta, condition: Option<&Part>) {
        let place = match (meta.path.as_str(), &meta.content) {
            ("derive", Content::List(traits)) => return self.derive(traits, condition),
            ("cfg_attr", Content::List(parts)) if condition.is_none() => {
                let Some((predicate, attributes)) = parts.split_first() else {
                    return self.found.push(errors::attribute_unreadable(meta.part.span));
                };
                for attribute in attributes {
                    self.attribute(attribute.clone(), Some(&predicate.part));
                }
                return;
            }
            ("cfg" | "allow", Content::List(_)) => Place::Code(meta.part),
            ("doc", Content::List(parts)) if parts.iter().any(|part| part.path == "hidden") => {
                Place::Types(meta.part)
            }
            ("doc", Content::List(_) | Content::Value) => Place::Network(meta.part),
            ("must_use", Content::Nothing | Content::Value) => Place::Network(meta.part),
            ("repr", Content::List(parts)) => {
                match parts.iter().find(|part| !matches!(part.path.as_str(), "C" | "align")) {
                    Some(part) => {
                        return self.found.push(errors::layout_attribute(&part.path, part.part.span));
                    }
                    None => Place::Types(meta.part),
                }
            }
            ("non_exhaustive", Content::Nothing) => Place::Types(meta.part),
            (known, _) if KNOWN.contains(&known) => {
                return self.found.push(errors::attribute_unreadable(meta.part.span));
            }
            (path, _) => return self.found.push(errors::unknown_attribute(path, &KNOWN, meta.name_span)),
        };
        self.attributes.push(Attribute { condition: condition.cloned(), place });
    }

    fn derive(&mut self, traits: &[Meta], condition: Option<&Part>) {
        let mut derived = Vec::new();
        for named in traits {
            let (part, standard) = (&named.part, standard(&named.path));
            if !matches!(named.content, Content::Nothing) || named.path.is_empty() {
                self.found.push(errors::attribute_unreadable(part.span));
            } else if NOT_OF_FLOATS.contains(&standard) {
                self.found.push(errors::trait_not_of_floats(standard, part.span));
            } else if is_serde(&named.path) {
                let place = Place::Serde(part.clone());
                self.attributes.push(Attribute { condition: condition.cloned(), place });
            } else if !PRESENT.contains(&standard) {
                derived.push(part.clone());
            }
        }
        if !derived.is_empty() {
            let place = Place::Derived(derived);
            self.attributes.push(Attribute { condition: condition.cloned(), place });
        }
    }
}

/// The name of a trait without the path to the standard library; nothing for one of another crate.
fn standard(path: &str) -> &str {
    match path.trim_start_matches("::").rsplit_once("::") {
        None => path,
        Some((before, name)) if before.starts_with("std") || before.starts_with("core") => name,
        Some(_) => "",
    }
}

/// Whether a path is that of one of serde's two traits; without a crate it is taken for one.
fn is_serde(path: &str) -> bool {
    let name = path.trim_start_matches("::").trim_start_matches("serde::");
    matches!(name, "Serialize" | "Deserialize")
}
