//! How a command trains the network: a table, epochs, when to stop. Equations and generated code do not depend on it.

/// What a specification says of a training. Flags of the command go before it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The table to train with.
    pub table: Option<TableFile>,
    /// How often all rows are used.
    pub epochs: Option<u64>,
    /// The rows to validate with: a share below 1, or a number.
    pub hold_out: Option<f64>,
    /// The epochs without a better one after which the training ends.
    pub patience: Option<u64>,
    /// The order of rows.
    pub shuffle: Option<Shuffle>,
    /// The calls of `standardize`, in order.
    pub standardized: Vec<Standardized>,
}

/// The order of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shuffle {
    /// One of its own in each epoch, drawn from this seed.
    Seed(u64),
    /// As in the table.
    None,
}

/// A table, named by a path relative to the specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableFile {
    /// Its path.
    pub path: String,
    /// The path of the targets, where they have a file of their own.
    pub targets: Option<String>,
    /// The columns of inputs, targets and their elements, where they are named.
    pub columns: Vec<Columns>,
}

/// The columns of an input, a target or an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    /// The name in the specification.
    pub name: String,
    /// The names in the table.
    pub columns: Vec<String>,
    /// The classes in order.
    pub classes: Option<Vec<String>>,
}

/// `standardize(x)`: its frozen vectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standardized {
    /// The number of the input, if x is one.
    pub input: Option<usize>,
    /// The name of the means.
    pub mean: String,
    /// The name of the deviations.
    pub deviation: String,
}
