//! Turns a syntax tree, errors included, into outlines: for each network the names, and the sizes where they are
//! plain, that its generated types would have. A printer makes of them a stub with the same API, so that an
//! error in the specification causes no second error.

mod reader;
mod sizes;

use std::collections::HashSet;

use crate::{
    attribute::Attribute,
    check::attributes::attributes,
    diagnostic::Diagnostics,
    number::Precision,
    reserved::{unusable, unusable_type},
    syntax::ast::Ast,
};

/// The sizes of a value, `None` where unknown; empty for a scalar, two for a matrix.
pub type Sizes = Vec<Option<usize>>;

/// A field of a generated type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The sizes of its value.
    pub sizes: Sizes,
}

/// A target of a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: String,
    /// Its length, or its number of classes; `None` where unknown.
    pub count: Option<usize>,
    /// Whether it is one number without brackets.
    pub scalar: bool,
    /// Whether it is a class.
    pub class: bool,
}

/// The parts of a network that could be read.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The network's name.
    pub name: String,
    /// `pub`, `pub(crate)` or nothing.
    pub visibility: String,
    /// The attributes that could be read.
    pub attributes: Vec<Attribute>,
    /// The number type.
    pub precision: Precision,
    /// The parameters, in order.
    pub parameters: Vec<Field>,
    /// The named values of the forward pass, in order.
    pub traced: Vec<Field>,
    /// Settings and states of the update rule.
    pub optimizer: Vec<Field>,
    /// Number of weights.
    pub weights: usize,
    /// Number of biases.
    pub biases: usize,
    /// Number of layers, without the input.
    pub layers: usize,
    /// The length of the input; `None` where unknown.
    pub inputs: Option<usize>,
    /// The length of the output; `None` where unknown.
    pub outputs: Option<usize>,
    /// The targets and importances, in order.
    pub targets: Vec<Target>,
    /// Whether text that could not be read may declare more of them.
    pub targets_lost: bool,
    /// The layers that are the output, where it names several.
    pub heads: Vec<Field>,
    /// Number of samples in `data`.
    pub samples: usize,
}

impl Outline {
    /// A network of which only the name is known.
    fn unknown(name: &str, visibility: &str, precision: Precision) -> Self {
        Outline {
            name: name.to_owned(),
            visibility: visibility.to_owned(),
            attributes: Vec::new(),
            precision,
            parameters: Vec::new(),
            traced: Vec::new(),
            optimizer: Vec::new(),
            weights: 0,
            biases: 0,
            layers: 0,
            inputs: None,
            outputs: None,
            targets: Vec::new(),
            targets_lost: false,
            heads: Vec::new(),
            samples: 0,
        }
    }
}

/// The outlines of the networks in a syntax tree, each name once. Where the tree has no network, the text itself
/// is searched for a name.
pub fn outlines(ast: &Ast, text: &str) -> Vec<Outline> {
    let usable = |name: &str| unusable(name).is_none() && unusable_type(name).is_none();
    let likely = if text.contains("f64") { Precision::F64 } else { Precision::F32 };
    if ast.networks.is_empty() {
        let name = name_in(text).filter(|name| usable(name));
        return name.map(|name| Outline::unknown(name, "pub", likely)).into_iter().collect();
    }
    let mut seen = HashSet::new();
    let networks = ast.networks.iter().filter(|network| usable(&network.name.text));
    networks
        .filter(|network| seen.insert(&network.name.text))
        .map(|network| {
            let precision = match network.precision.as_ref().map(|precision| precision.text.as_str()) {
                None | Some("f32") => Precision::F32,
                Some("f64") => Precision::F64,
                Some(_) => likely,
            };
            let mut outline = Outline::unknown(&network.name.text, &network.visibility, precision);
            outline.attributes = attributes(&network.attributes, &mut Diagnostics::default());
            reader::read(ast, network, outline)
        })
        .collect()
}

/// The word after `network`, in a text that could not be read. It may be no identifier.
fn name_in(text: &str) -> Option<&str> {
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty());
    words.by_ref().find(|word| *word == "network")?;
    words.next()
}
