//! Values that differ from sample to sample, as formulas that are not yet written.

use crate::constant::Constant;

/// How tightly the outermost operation of a formula binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// A comparison, which is no number.
    Condition,
    Choice,
    Sum,
    Product,
    Power,
    Whole,
}

/// The numbers of a sample.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The sizes that the file gives them, without that of the batch. The formula is a vector of all of them.
    pub(super) shape: Vec<usize>,
    /// Whether the file has a size for the batch before them.
    pub(super) is_batched: bool,
    pub(super) formula: Formula,
}

/// A formula.
#[derive(Clone, Debug)]
pub(super) struct Formula {
    pub(super) text: String,
    pub(super) level: Level,
    /// Whether it is a scalar of the language, not a vector.
    pub(super) is_scalar: bool,
    /// The parameters of the function in it that declares some.
    pub(super) declared: Option<Declared>,
}

/// The parameters of `dense`, `linear` or of a normalization.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// What the file calls it, if the name of a layer can be made from that.
    pub(super) called: String,
    /// The first words of the names, with the numbers.
    pub(super) tensors: Vec<(&'static str, Constant)>,
}

impl Row {
    /// How many numbers a sample has.
    pub(super) fn width(&self) -> usize {
        self.shape.iter().product()
    }

    /// With another formula.
    pub(super) fn with(&self, text: String, level: Level) -> Self {
        Row { formula: Formula { text, level, ..self.formula.clone() }, ..self.clone() }
    }

    /// A function of it.
    pub(super) fn call(&self, function: &str) -> Self {
        self.with(format!("{function}({})", self.formula.text), Level::Whole)
    }

    /// A function with further arguments.
    pub(super) fn call_with(&self, function: &str, arguments: &str) -> Self {
        self.with(format!("{function}({}, {arguments})", self.formula.text), Level::Whole)
    }

    /// The place of an axis of the file among those of a sample; none for that of the batch.
    pub(super) fn axis(&self, axis: i64) -> Option<usize> {
        let all = self.shape.len() + usize::from(self.is_batched);
        let axis = if axis < 0 { axis.checked_add(i64::try_from(all).ok()?)? } else { axis };
        usize::try_from(axis)
            .ok()?
            .checked_sub(usize::from(self.is_batched))
            .filter(|axis| *axis < self.shape.len())
    }

    /// Whether an axis is all that a sample has: the others have the size 1.
    pub(super) fn is_whole(&self, axis: i64) -> bool {
        let width = self.width();
        self.axis(axis).is_some_and(|axis| self.shape.get(axis) == Some(&width))
    }
}

impl Formula {
    /// A name, or another text that needs no brackets.
    pub(super) fn whole(text: impl Into<String>) -> Self {
        Formula { text: text.into(), level: Level::Whole, is_scalar: false, declared: None }
    }

    /// The text where an operation of this level has it as an operand.
    pub(super) fn inside(&self, level: Level) -> String {
        if self.level >= level { self.text.clone() } else { format!("({})", self.text) }
    }

    pub(super) fn is_name(&self) -> bool {
        !self.text.is_empty() && self.text.chars().all(|c| c.is_alphanumeric() || c == '_')
    }
}

/// A number as the language writes it; none for what it can't.
pub(super) fn number(number: f64, is_single: bool) -> Option<String> {
    let text = if is_single { format!("{:?}", number as f32) } else { format!("{number:?}") };
    number.is_finite().then(|| text.strip_suffix(".0").map_or(text.clone(), str::to_owned))
}
