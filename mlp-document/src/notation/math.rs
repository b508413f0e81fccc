//! A tree of mathematics: what a printer prints. Brackets and lengths are decided here, so a
//! printer only spells.

use crate::content::Size;

use super::decimal::{Decimal, in_full};

/// A piece of mathematics.
#[derive(Clone, Debug, PartialEq)]
pub enum Math {
    /// Pieces side by side.
    Row(Vec<Math>),
    /// A number.
    Number(Number),
    /// A name.
    Name(Name),
    /// A sign between or before pieces of a row.
    Operator(Operator),
    /// Words.
    Text(&'static str),
    /// One above the other.
    Fraction(Box<Math>, Box<Math>),
    /// A base with what is below and above at its right.
    Scripts {
        /// The base.
        base: Box<Math>,
        /// The subscript.
        below: Option<Box<Math>>,
        /// The superscript.
        above: Option<Box<Math>>,
    },
    /// A square root.
    Root(Box<Math>),
    /// A pair of brackets and its contents.
    Fenced(Fence, Box<Math>),
    /// A choice between two values.
    Cases {
        /// The value where the condition holds.
        then: Box<Math>,
        /// The condition.
        condition: Box<Math>,
        /// The value elsewhere.
        otherwise: Box<Math>,
    },
    /// Rows of cells.
    Matrix(Vec<Vec<Math>>),
    /// A piece with its rows and columns below it.
    Sized(Box<Math>, Size),
}

/// A number as it is printed: rounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// Digits, and a power of ten in scientific notation.
    Decimal(Decimal),
    /// One half, as a fraction.
    Half,
    /// Beyond all numbers.
    Infinite {
        /// Below zero.
        negative: bool,
    },
    /// Not a number.
    Undefined,
}

/// A name: letters, what is below them, and a mark. Two names are the same if their trees are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The letters, not empty.
    pub letters: String,
    /// How the letters look.
    pub style: Style,
    /// The subscripts.
    pub subscripts: Vec<Name>,
    /// A mark.
    pub mark: Option<Mark>,
}

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// One letter, Latin or Greek, slanted.
    Letter,
    /// A word, upright.
    Word,
    /// A known function, upright: exp, ln, tanh.
    Function,
    /// A vector, bold.
    Bold,
    /// Digits, as they are.
    Digits,
}

/// A mark on a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// A bar above: a mean.
    Bar,
    /// A roof above: an estimate.
    Hat,
    /// A raised plus: the value after the step.
    Plus,
    /// A prime: the derivative of a function.
    Prime,
    /// Double bars around: a norm.
    Norm,
    /// A raised number in brackets: the value of this sample, counted from 0; the letter i for any sample.
    Sample(Option<usize>),
}

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// a + b
    Plus,
    /// a − b
    Minus,
    /// −a
    Negative,
    /// a · b
    Dot,
    /// a ⊙ b, element by element
    Elementwise,
    /// a b, a product of matrices
    Juxtaposed,
    /// 2 × 3, rows and columns
    Times,
    /// a, b
    Comma,
    /// … in a list
    Ellipsis,
    /// 1 … 3
    Range,
    /// ∂
    Partial,
    /// Σ
    Sum,
    /// ⊤, raised
    Transpose,
    /// a < b
    Less,
    /// a ≤ b
    LessOrEqual,
    /// a > b
    Greater,
    /// a ≥ b
    GreaterOrEqual,
    /// a = b
    Equal,
    /// a ≈ b: digits were dropped
    Approximately,
    /// a ≠ b
    NotEqual,
}

/// A pair of brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fence {
    /// ( )
    Round,
    /// [ ]
    Square,
    /// ⌊ ⌋
    Floor,
    /// ⌈ ⌉
    Ceiling,
}

/// How tightly a piece of mathematics holds together, from the loosest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Binding {
    /// Needs brackets beside anything: a case distinction, a negative number.
    Loosest,
    /// A sum.
    Sum,
    /// A minus before a product.
    Negative,
    /// A product.
    Product,
    /// Closed, but not the base of a power: a fraction, a power, a function's value.
    Closed,
    /// A name or a number.
    Atom,
}

impl Mark {
    /// What is between the raised brackets of a sample.
    pub fn sample(number: Option<usize>) -> String {
        number.map_or_else(|| "i".to_owned(), |number| (number + 1).to_string())
    }
}

impl Name {
    /// A letter of mathematics.
    pub(crate) fn letter(letter: impl Into<String>) -> Self {
        Name { letters: letter.into(), style: Style::Letter, subscripts: Vec::new(), mark: None }
    }

    /// An upright word.
    pub(crate) fn word(word: impl Into<String>) -> Self {
        Name { style: Style::Word, ..Name::letter(word) }
    }

    /// Digits.
    pub(crate) fn digits(digits: impl Into<String>) -> Self {
        Name { style: Style::Digits, ..Name::letter(digits) }
    }

    /// A known function.
    pub(crate) fn function(word: &str) -> Self {
        Name { style: Style::Function, ..Name::letter(word) }
    }

    /// The name with one more subscript.
    pub(crate) fn with(mut self, subscript: Name) -> Self {
        self.subscripts.push(subscript);
        self
    }

    /// The name with a mark.
    pub(crate) fn marked(mut self, mark: Mark) -> Self {
        self.mark = Some(mark);
        self
    }

    /// The name without differences that a reader overlooks: slanted or upright.
    pub(crate) fn look(&self) -> Self {
        Name {
            letters: self.letters.clone(),
            style: Style::Letter,
            subscripts: self.subscripts.iter().map(Name::look).collect(),
            mark: self.mark,
        }
    }
}

impl From<Name> for Math {
    fn from(name: Name) -> Self {
        Math::Name(name)
    }
}

impl From<Operator> for Math {
    fn from(operator: Operator) -> Self {
        Math::Operator(operator)
    }
}

impl Operator {
    /// How tightly a row with this sign holds together.
    fn binding(self) -> Binding {
        match self {
            Operator::Plus | Operator::Minus => Binding::Sum,
            Operator::Negative => Binding::Negative,
            Operator::Dot | Operator::Elementwise | Operator::Juxtaposed | Operator::Times => {
                Binding::Product
            }
            Operator::Partial | Operator::Ellipsis | Operator::Transpose => Binding::Closed,
            Operator::Comma
            | Operator::Range
            | Operator::Sum
            | Operator::Less
            | Operator::LessOrEqual
            | Operator::Greater
            | Operator::GreaterOrEqual
            | Operator::Equal
            | Operator::Approximately
            | Operator::NotEqual => Binding::Loosest,
        }
    }
}

impl Number {
    fn binding(&self) -> Binding {
        match self {
            Number::Decimal(Decimal { digits, .. }) if digits.starts_with('-') => Binding::Loosest,
            Number::Infinite { negative: true } => Binding::Loosest,
            Number::Decimal(Decimal { exponent: Some(_), .. }) => Binding::Product,
            Number::Half => Binding::Closed,
            Number::Decimal(Decimal { exponent: None, .. })
            | Number::Infinite { negative: false }
            | Number::Undefined => Binding::Atom,
        }
    }
}

impl Math {
    /// How tightly it holds together.
    pub(crate) fn binding(&self) -> Binding {
        match self {
            Math::Row(items) => items.iter().map(Math::loosens).min().unwrap_or(Binding::Atom),
            Math::Number(number) => number.binding(),
            Math::Name(Name { mark: Some(Mark::Plus | Mark::Sample(_)), .. }) => Binding::Closed,
            Math::Name(_) | Math::Operator(_) | Math::Text(_) | Math::Fenced(..) => Binding::Atom,
            Math::Fraction(..) | Math::Scripts { .. } | Math::Root(_) | Math::Matrix(_) => Binding::Closed,
            Math::Cases { .. } => Binding::Loosest,
            Math::Sized(inside, _) => inside.binding(),
        }
    }

    /// How tightly a row with this in it holds together at most.
    fn loosens(&self) -> Binding {
        match self {
            Math::Operator(operator) => operator.binding(),
            Math::Scripts { .. } if self.is_sum_sign() => Binding::Loosest,
            Math::Row(_)
            | Math::Number(_)
            | Math::Name(_)
            | Math::Text(_)
            | Math::Fraction(..)
            | Math::Scripts { .. }
            | Math::Root(_)
            | Math::Fenced(..)
            | Math::Cases { .. }
            | Math::Matrix(_)
            | Math::Sized(..) => Binding::Closed,
        }
    }

    /// Whether it is the sign of a sum with its index.
    pub(crate) fn is_sum_sign(&self) -> bool {
        matches!(self, Math::Scripts { base, .. } if **base == Math::Operator(Operator::Sum))
    }

    /// Itself, in brackets where it holds together less than is asked.
    pub(crate) fn at_least(&self, binding: Binding) -> Math {
        if self.binding() >= binding { self.clone() } else { self.clone().fenced(Fence::Round) }
    }

    /// A whole number.
    pub(crate) fn whole(number: usize) -> Math {
        Math::Number(Number::Decimal(Decimal { digits: number.to_string(), exponent: None }))
    }

    /// A number with the digits it has.
    pub(crate) fn decimal(number: f64) -> Math {
        Math::Number(Number::Decimal(in_full(number)))
    }

    /// 10 to a power
    pub(crate) fn power_of_ten(power: i32) -> Math {
        Math::whole(10).raised(Math::decimal(f64::from(power)))
    }

    /// In brackets.
    pub(crate) fn fenced(self, fence: Fence) -> Math {
        Math::Fenced(fence, Box::new(self))
    }

    /// One sign between two pieces.
    pub(crate) fn infix(a: Math, operator: Operator, b: Math) -> Math {
        Math::Row(vec![a, Math::Operator(operator), b])
    }

    /// Whether it begins with the number 0 and is a product: then it is 0.
    fn is_zero(&self) -> bool {
        match self {
            Math::Number(Number::Decimal(decimal)) => decimal.digits == "0",
            Math::Row(items) if self.binding() == Binding::Product => {
                items.first().is_some_and(Math::is_zero)
            }
            Math::Row(_)
            | Math::Number(_)
            | Math::Name(_)
            | Math::Operator(_)
            | Math::Text(_)
            | Math::Fraction(..)
            | Math::Scripts { .. }
            | Math::Root(_)
            | Math::Fenced(..)
            | Math::Cases { .. }
            | Math::Matrix(_)
            | Math::Sized(..) => false,
        }
    }

    /// −x; a sum over an index extends to the end, so it needs no brackets. There is no −0.
    pub(crate) fn negated(&self) -> Math {
        if self.is_zero() {
            return self.clone();
        }
        let mut row = vec![Operator::Negative.into()];
        if let Math::Row(items) = self
            && items.first().is_some_and(Math::is_sum_sign)
        {
            row.extend(items.iter().cloned());
        } else {
            row.push(self.at_least(Binding::Product));
        }
        Math::Row(row)
    }

    /// A fraction.
    pub(crate) fn fraction(above: Math, below: Math) -> Math {
        Math::Fraction(Box::new(above), Box::new(below))
    }

    /// Rows as columns: the cells of a matrix change places, other pieces get the sign.
    pub(crate) fn transposed(&self) -> Math {
        match self {
            Math::Matrix(rows) => {
                let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
                let column = |index: usize| rows.iter().filter_map(|row| row.get(index).cloned()).collect();
                Math::Matrix((0..columns).map(column).collect())
            }
            // A long row is printed as a column that is turned.
            Math::Scripts { base, below: None, above: Some(above) }
                if **above == Operator::Transpose.into() && matches!(**base, Math::Matrix(_)) =>
            {
                base.as_ref().clone()
            }
            Math::Sized(inside, size) => Math::Sized(Box::new(inside.transposed()), size.turned()),
            Math::Row(_)
            | Math::Number(_)
            | Math::Name(_)
            | Math::Operator(_)
            | Math::Text(_)
            | Math::Fraction(..)
            | Math::Scripts { .. }
            | Math::Root(_)
            | Math::Fenced(..)
            | Math::Cases { .. } => self.at_least(Binding::Atom).raised(Operator::Transpose.into()),
        }
    }

    /// With a superscript.
    pub(crate) fn raised(self, above: Math) -> Math {
        Math::Scripts { base: Box::new(self), below: None, above: Some(Box::new(above)) }
    }

    /// With a subscript.
    pub(crate) fn lowered(self, below: Math) -> Math {
        Math::Scripts { base: Box::new(self), below: Some(Box::new(below)), above: None }
    }

    /// ∂of/∂by
    pub(crate) fn derivative(of: Name, by: Math) -> Math {
        let partial = |math: Math| Math::Row(vec![Operator::Partial.into(), math]);
        Math::fraction(partial(of.into()), partial(by))
    }

    /// Σ with an index below, before its terms.
    pub(crate) fn sum_over(index: Math, terms: Vec<Math>) -> Vec<Math> {
        let mut row = vec![Math::from(Operator::Sum).lowered(index)];
        row.extend(terms);
        row
    }

    /// A list with commas.
    pub(crate) fn list(items: impl IntoIterator<Item = Math>) -> Math {
        let mut row = Vec::new();
        for item in items {
            if !row.is_empty() {
                row.push(Operator::Comma.into());
            }
            row.push(item);
        }
        match <[Math; 1]>::try_from(row) {
            Ok([only]) => only,
            Err(row) => Math::Row(row),
        }
    }

    /// A function's name and its arguments.
    pub(crate) fn call(function: Math, arguments: impl IntoIterator<Item = Math>) -> Math {
        Math::Row(vec![function, Math::list(arguments).fenced(Fence::Round)])
    }
}
