//! The table of scalar operations: for each its notation, derivative, value and cost.

use super::{builder::Builder, evaluate::Real};

use crate::formula::{
    Formula, Select, Term, TermId,
    operator::{Comparison, Operator},
};

/// Declares an enum together with the list of its values.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($(#[$row:meta])* $row_name:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$row])* $row_name,)* }

        impl $name {
            /// Every operation of the table.
            pub const ALL: &[$name] = &[$($name::$row_name),*];
        }
    };
}

table! {
    /// An operation on one number.
    Unary {
        /// `-x`
        Negate,
        /// eˣ
        Exp,
        /// The natural logarithm.
        Ln,
        /// The square root.
        Sqrt,
        /// The hyperbolic tangent.
        Tanh,
        /// The error function, 2/√π ∫₀ˣ exp(−t²) dt.
        Erf,
        /// The largest whole number that is not above.
        Floor,
    }
}

table! {
    /// An operation on two numbers.
    Binary {
        /// `a + b`
        Add,
        /// `a - b`
        Subtract,
        /// `a * b`
        Multiply,
        /// `a / b`
        Divide,
        /// `a ^ b`; a whole constant exponent from 1 to 16 is repeated multiplication from the left,
        /// see [`Formula::whole_exponent`].
        Power,
    }
}

impl Unary {
    /// The function's name in the language, if it is written as a call.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Unary::Negate => None,
            Unary::Exp => Some("exp"),
            Unary::Ln => Some("ln"),
            Unary::Sqrt => Some("sqrt"),
            Unary::Tanh => Some("tanh"),
            Unary::Erf => Some("erf"),
            Unary::Floor => Some("floor"),
        }
    }

    /// Whether it takes many times longer than a sum or a product.
    pub fn is_costly(self) -> bool {
        match self {
            Unary::Exp | Unary::Ln | Unary::Sqrt | Unary::Tanh | Unary::Erf => true,
            Unary::Negate | Unary::Floor => false,
        }
    }

    /// dy/dx, given x and y.
    pub fn derivative(self, b: &mut Builder, x: TermId, y: TermId) -> TermId {
        let one = b.number(1.0);
        match self {
            Unary::Negate => b.number(-1.0),
            Unary::Exp => y,
            Unary::Ln => b.divide(one, x),
            Unary::Tanh => {
                let two = b.number(2.0);
                let square = b.power(y, two);
                b.subtract(one, square)
            }
            Unary::Sqrt => {
                let two = b.number(2.0);
                let twice = b.multiply(two, y);
                b.divide(one, twice)
            }
            // 2/√π exp(−x²)
            Unary::Erf => {
                let two = b.number(2.0);
                let square = b.power(x, two);
                let negative = b.negate(square);
                let exponential = b.written(Term::Unary(Unary::Exp, negative));
                let factor = b.number(std::f64::consts::FRAC_2_SQRT_PI);
                b.multiply(factor, exponential)
            }
            // 0 wherever it has one.
            Unary::Floor => b.number(0.0),
        }
    }

    /// The value, naively.
    pub fn evaluate<R: Real>(self, x: R) -> R {
        match self {
            Unary::Negate => -x,
            Unary::Exp => x.exp(),
            Unary::Ln => x.ln(),
            Unary::Sqrt => x.sqrt(),
            Unary::Tanh => x.tanh(),
            Unary::Erf => x.erf(),
            Unary::Floor => x.floor(),
        }
    }
}

impl Binary {
    /// The operation that an operator writes; `@` is none of these.
    pub fn of(operator: Operator) -> Option<Binary> {
        match operator {
            Operator::Add => Some(Binary::Add),
            Operator::Subtract => Some(Binary::Subtract),
            Operator::Multiply => Some(Binary::Multiply),
            Operator::Divide => Some(Binary::Divide),
            Operator::Product => None,
        }
    }

    /// How tightly it binds; the grammar's order.
    pub fn precedence(self) -> u8 {
        match self {
            Binary::Add | Binary::Subtract => 1,
            Binary::Multiply | Binary::Divide => 2,
            Binary::Power => 4,
        }
    }

    /// Whether it takes many times longer than a sum or a product.
    pub fn is_costly(self) -> bool {
        match self {
            Binary::Divide | Binary::Power => true,
            Binary::Add | Binary::Subtract | Binary::Multiply => false,
        }
    }

    /// ∂y/∂a and ∂y/∂b, given a, b and y.
    pub fn derivative(self, b: &mut Builder, [left, right]: [TermId; 2], y: TermId) -> [TermId; 2] {
        let one = b.number(1.0);
        match self {
            Binary::Add => [one, one],
            Binary::Subtract => [one, b.number(-1.0)],
            Binary::Multiply => [right, left],
            Binary::Divide => {
                let quotient = b.divide(y, right);
                [b.divide(one, right), b.negate(quotient)]
            }
            Binary::Power => [by_base(b, left, right), by_exponent(b, left, y)],
        }
    }

    /// The value, naively.
    pub fn evaluate<R: Real>(self, a: R, b: R) -> R {
        match self {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Power => a.pow(b),
        }
    }
}

/// ∂(aᵇ)/∂a = b aᵇ⁻¹. Where b is 0 the power is 1 for each a: 0, though a⁻¹ may be infinite.
fn by_base(b: &mut Builder, base: TermId, exponent: TermId) -> TermId {
    let lower = b.subtract_one(exponent);
    let power = b.power(base, lower);
    let product = b.multiply(exponent, power);
    if b.is_other_than_zero(exponent) {
        return product;
    }
    let zero = b.number(0.0);
    b.where_zero(exponent, zero, product)
}

/// ∂(aᵇ)/∂b = aᵇ ln a. Where a is 0 it is 0: for positive b this is the limit, and 0 · ln 0 would be NaN.
fn by_exponent(b: &mut Builder, base: TermId, y: TermId) -> TermId {
    let logarithm = b.written(Term::Unary(Unary::Ln, base));
    let product = b.multiply(y, logarithm);
    if b.is_other_than_zero(base) {
        return product;
    }
    let zero = b.number(0.0);
    b.where_zero(base, zero, product)
}

impl Builder {
    /// Whether a term is a literal or a declared constant other than 0.
    fn is_other_than_zero(&self, id: TermId) -> bool {
        let size = match self.term(id) {
            Some(Term::Unary(Unary::Negate, x)) => *x,
            Some(_) | None => id,
        };
        matches!(self.term(size), Some(Term::Number(n) | Term::Constant(_, n)) if *n != 0.0)
    }

    /// One term where `left` is 0, another elsewhere.
    fn where_zero(&mut self, left: TermId, then: TermId, otherwise: TermId) -> TermId {
        let right = self.number(0.0);
        self.select(Select { comparison: Comparison::Equal, left, right, then, otherwise })
    }

    fn subtract_one(&mut self, exponent: TermId) -> TermId {
        let one = self.number(1.0);
        match self.as_number(exponent) {
            Some(n) => self.number(n - 1.0),
            None => self.subtract(exponent, one),
        }
    }
}

/// A function of one formula: from the prelude, or the user's.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub docs: Vec<String>,
    /// The names of its parameters; leaf k of its formulas is parameter k.
    pub parameters: Vec<String>,
    /// Its formula.
    pub body: Formula,
    /// The formula of the books, where one is stated: equal to the body but for rounding.
    pub textbook: Option<Formula>,
    /// The stated derivative: forms equal to one another. The leaf after the last parameter is
    /// the function's value.
    pub stated: Vec<Formula>,
    /// Its partial derivatives, over the parameters and the value.
    pub partials: Vec<Formula>,
    /// Scalar operations of one evaluation, those of functions it calls included.
    pub operations: u64,
    /// Whether the prelude declares it.
    pub prelude: bool,
}
