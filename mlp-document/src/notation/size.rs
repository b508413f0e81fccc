//! How much there is to read: what is too long to print, and where a line is broken, depends on it.

use super::{
    decimal::Decimal,
    math::{Mark, Math, Name, Number},
};

impl Math {
    /// How many signs there are: letters, digits, operators, brackets and fraction bars.
    pub fn size(&self) -> usize {
        let sum = |pieces: &[Math]| pieces.iter().map(Math::size).sum::<usize>();
        match self {
            Math::Row(items) => sum(items),
            Math::Number(number) => number.size(),
            Math::Name(name) => name.size(),
            Math::Operator(_) => 1,
            Math::Text(text) => text.chars().count(),
            Math::Fraction(above, below) => above.size() + 1 + below.size(),
            Math::Scripts { base, below, above } => {
                let scripts = [below, above].into_iter().flatten().map(|script| script.size());
                base.size() + scripts.sum::<usize>()
            }
            Math::Root(inside) => 1 + inside.size(),
            Math::Fenced(_, inside) => 2 + inside.size(),
            Math::Cases { then, condition, otherwise } => {
                then.size() + condition.size() + otherwise.size() + "{ if otherwise ".len()
            }
            Math::Matrix(rows) => 2 + rows.iter().flatten().map(|cell| cell.size() + 2).sum::<usize>(),
        }
    }
}

impl Number {
    fn size(&self) -> usize {
        match self {
            Number::Decimal(Decimal { digits, exponent: None }) => digits.len(),
            Number::Decimal(Decimal { digits, exponent: Some(e) }) => {
                digits.len() + "·10".chars().count() + e.to_string().len()
            }
            Number::Half => "1/2".len(),
            Number::Infinite { negative } => 1 + usize::from(*negative),
            Number::Undefined => "undefined".len(),
        }
    }
}

impl Name {
    fn size(&self) -> usize {
        let mark = match self.mark {
            None => 0,
            Some(Mark::Bar | Mark::Hat | Mark::Plus | Mark::Prime) => 1,
            Some(Mark::Norm) => 2,
            Some(Mark::Sample(number)) => 2 + Mark::sample(number).len(),
        };
        self.letters.chars().count() + mark + self.subscripts.iter().map(Name::size).sum::<usize>()
    }
}
