//! The attributes of a network: what generated Rust code does with each. Other outputs ignore them.

use crate::span::Span;

/// An attribute of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The predicate of the `cfg_attr` around it.
    pub condition: Option<Part>,
    /// Where it goes.
    pub place: Place,
}

/// Where an attribute goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Traits that the types for users derive.
    Derived(Vec<Part>),
    /// `Serialize` or `Deserialize` of serde, which generated types implement by themselves.
    Serde(Part),
    /// On all generated code: `cfg`, `allow`.
    Code(Part),
    /// On the network's type.
    Network(Part),
    /// On all types for users.
    Types(Part),
}

/// A part of a specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its text.
    pub text: String,
    /// Its place.
    pub span: Span,
}
