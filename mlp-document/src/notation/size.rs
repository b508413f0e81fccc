//! How much there is to read: what is too long to print, and where a line is broken, depends on it.

use super::{
    decimal::Decimal,
    math::{Binding, Mark, Math, Name, Number, Operator},
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
            Math::Sized(inside, _) => inside.size(),
        }
    }

    /// Whether there is a matrix in it.
    pub(crate) fn has_matrix(&self) -> bool {
        let any = |pieces: &[Option<&Math>]| pieces.iter().flatten().any(|piece| piece.has_matrix());
        match self {
            Math::Matrix(_) => true,
            Math::Row(items) => items.iter().any(Math::has_matrix),
            Math::Fraction(above, below) => any(&[Some(above), Some(below)]),
            Math::Scripts { base, below, above } => any(&[Some(base), below.as_deref(), above.as_deref()]),
            Math::Root(inside) | Math::Fenced(_, inside) | Math::Sized(inside, _) => inside.has_matrix(),
            Math::Cases { then, condition, otherwise } => {
                any(&[Some(then), Some(condition), Some(otherwise)])
            }
            Math::Number(_) | Math::Name(_) | Math::Operator(_) | Math::Text(_) => false,
        }
    }

    /// Whether there is a matrix with several rows in it.
    pub(crate) fn is_tall(&self) -> bool {
        match self {
            Math::Matrix(rows) => rows.len() > 1,
            Math::Row(items) => items.iter().any(Math::is_tall),
            Math::Fraction(above, below) => above.is_tall() || below.is_tall(),
            Math::Scripts { base: inside, .. }
            | Math::Root(inside)
            | Math::Fenced(_, inside)
            | Math::Sized(inside, _) => inside.is_tall(),
            Math::Number(_) | Math::Name(_) | Math::Operator(_) | Math::Text(_) | Math::Cases { .. } => false,
        }
    }

    /// The terms of the outermost sum, each with the sign before it.
    pub(crate) fn terms(&self) -> Vec<(Option<Operator>, Math)> {
        let Math::Row(items) = self else { return vec![(None, self.clone())] };
        let mut terms: Vec<(Option<Operator>, Vec<Math>)> = vec![(None, Vec::new())];
        for item in items {
            // A sum inside the row has no brackets: as the first operand.
            let is_sum = matches!(item, Math::Row(_)) && item.binding() == Binding::Sum;
            if let Math::Operator(sign @ (Operator::Plus | Operator::Minus)) = item {
                terms.push((Some(*sign), Vec::new()));
            } else if is_sum && terms.last().is_some_and(|(_, t)| t.is_empty()) {
                let sign = terms.pop().and_then(|(sign, _)| sign);
                let inner = item.terms().into_iter().enumerate();
                terms.extend(
                    inner.map(|(index, (own, term))| (if index == 0 { sign } else { own }, vec![term])),
                );
            } else if let Some((_, term)) = terms.last_mut() {
                term.push(item.clone());
            }
        }
        terms.into_iter().map(|(sign, term)| (sign, Math::Row(term))).collect()
    }

    /// How many signs are side by side: of what is one above the other, the wider counts.
    pub(crate) fn width(&self) -> usize {
        let sum = |pieces: &[Math]| pieces.iter().map(Math::width).sum::<usize>();
        match self {
            Math::Row(items) => sum(items),
            Math::Fraction(above, below) => above.width().max(below.width()),
            Math::Scripts { base, below, above } => {
                let scripts = [below, above].into_iter().flatten().map(|script| script.width());
                base.width() + scripts.max().unwrap_or(0)
            }
            Math::Root(inside) => 1 + inside.width(),
            Math::Fenced(_, inside) => 2 + inside.width(),
            Math::Matrix(rows) => {
                let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
                let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
                let widest = |column: usize| cells(column).map(Math::width).max().unwrap_or(0);
                2 + (0..columns).map(|column| widest(column) + 2).sum::<usize>()
            }
            Math::Sized(inside, size) => inside.width().max(size.math().size()),
            Math::Number(_) | Math::Name(_) | Math::Operator(_) | Math::Text(_) | Math::Cases { .. } => {
                self.size()
            }
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
