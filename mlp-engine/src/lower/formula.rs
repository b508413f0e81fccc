//! Formulas as lists of instructions: over single numbers where a term has no array, else over many.

use alloc::{vec, vec::Vec};

use mlp_dsl::{
    formula::{
        Formula, FusedSum, Term, TermId,
        scalar::{Binary, Unary},
    },
    number::Arithmetic,
};

use super::Lowering;
use crate::{
    error::Error,
    step::{Instruction, Operation, Source},
};

/// Instructions over many numbers; the result of each is a register of its number.
pub(super) type Many = Vec<Instruction<Source>>;

/// Terms that are the same for all elements: what has been computed of them.
pub(super) type Known = Vec<Option<Source>>;

impl Lowering<'_> {
    /// Appends the instructions of a formula; gives where its value is.
    pub(super) fn formula(
        &mut self,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> Result<Source, Error>,
        many: &mut Many,
    ) -> Result<Source, Error> {
        self.formula_with(formula, leaf, many, &mut Known::new())
    }

    /// The same, where some terms are known already. `known` is empty or has an entry for each term, and gets those
    /// that depend on numbers alone; the caller says which of them hold for the next element, too.
    pub(super) fn formula_with(
        &mut self,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> Result<Source, Error>,
        many: &mut Many,
        known: &mut Known,
    ) -> Result<Source, Error> {
        let arithmetic = self.derivation.header.arithmetic;
        let uses = formula.uses(arithmetic);
        let absorbed = absorbed(formula, &uses, arithmetic);
        let mut values: Vec<Option<Source>> = vec![None; formula.terms().len()];
        known.resize(formula.terms().len(), None);
        for (index, term) in formula.terms().iter().enumerate() {
            let is = |list: &[bool]| list.get(index) == Some(&true);
            if uses.get(index) == Some(&0) || is(&absorbed) {
                continue;
            }
            let value = match known.get(index).copied().flatten() {
                Some(value) => value,
                None => self.term(formula, term, &values, leaf, many)?,
            };
            if let Some(place) = values.get_mut(index) {
                *place = Some(value);
            }
        }
        let last = values.last().copied().flatten().ok_or(Error::Program);
        *known = values;
        last
    }

    fn term(
        &mut self,
        formula: &Formula,
        term: &Term,
        values: &[Option<Source>],
        leaf: &dyn Fn(u32) -> Result<Source, Error>,
        many: &mut Many,
    ) -> Result<Source, Error> {
        let of = |id: &TermId| values.get(id.0 as usize).copied().flatten().ok_or(Error::Program);
        if let Some(FusedSum { sum, negative, factors: [a, b] }) = formula.fused(term) {
            let operation = match (self.fused(), negative) {
                (true, false) => Some(Operation::FusedAdd),
                (true, true) => Some(Operation::FusedSubtract),
                (false, false) => Some(Operation::AddProduct),
                (false, true) => Some(Operation::SubtractProduct),
            };
            // Where others read the product, it has been computed.
            let apart = !self.fused() && product(term).is_some_and(|product| of(&product).is_ok());
            if let Some(operation) = operation.filter(|_| !apart) {
                let [sum, a, b] = [of(&sum)?, of(&a)?, of(&b)?];
                let hoisted = !self.fused() && [a, b].map(cell).iter().all(Option::is_some);
                if hoisted && cell(sum).is_none() {
                    let product = self.emit(Operation::Multiply, &[a, b], many);
                    let operation = if negative { Operation::Subtract } else { Operation::Add };
                    return Ok(self.emit(operation, &[sum, product], many));
                }
                return Ok(self.emit(operation, &[sum, a, b], many));
            }
        }
        match term {
            Term::Number(number) | Term::Constant(_, number) => {
                Ok(Source::Cell(self.places.constant(*number)))
            }
            Term::Leaf(index) => leaf(*index),
            Term::Unary(unary, x) => {
                let operation = self.unary(*unary);
                Ok(self.emit(operation, &[of(x)?], many))
            }
            Term::Binary(Binary::Power, a, b) => match formula.whole_exponent(*b) {
                Some(exponent) => {
                    let base = of(a)?;
                    let times = |power, this: &mut Self, many: &mut Many| {
                        this.emit(Operation::Multiply, &[power, base], many)
                    };
                    Ok((1..exponent).fold(base, |power, _| times(power, self, many)))
                }
                None => Ok(self.emit(Operation::Power, &[of(a)?, of(b)?], many)),
            },
            Term::Binary(binary, a, b) => {
                let operation = match binary {
                    Binary::Add => Operation::Add,
                    Binary::Subtract => Operation::Subtract,
                    Binary::Multiply | Binary::Power => Operation::Multiply,
                    Binary::Divide => Operation::Divide,
                };
                Ok(self.emit(operation, &[of(a)?, of(b)?], many))
            }
            Term::Select(s) => {
                let operands = [of(&s.left)?, of(&s.right)?, of(&s.then)?, of(&s.otherwise)?];
                Ok(self.emit(Operation::Select(s.comparison), &operands, many))
            }
            Term::Apply(id, arguments) => {
                let derivation = self.derivation;
                let function = derivation.header.functions.get(id.0 as usize).ok_or(Error::Program)?;
                let arguments: Vec<Source> = arguments.iter().map(of).collect::<Result<_, _>>()?;
                let leaf = |index: u32| arguments.get(index as usize).copied().ok_or(Error::Program);
                self.formula(&function.body, &leaf, many)
            }
        }
    }

    fn unary(&self, unary: Unary) -> Operation {
        match (unary, self.fused()) {
            (Unary::Negate, _) => Operation::Negate,
            (Unary::Sqrt, _) => Operation::Sqrt,
            (Unary::Floor, _) => Operation::Floor,
            (Unary::Exp, false) => Operation::Exp,
            (Unary::Ln, false) => Operation::Ln,
            (Unary::Tanh, false) => Operation::Tanh,
            (Unary::Erf, false) => Operation::Erf,
            (Unary::Exp, true) => Operation::FusedExp,
            (Unary::Ln, true) => Operation::FusedLn,
            (Unary::Tanh, true) => Operation::FusedTanh,
            (Unary::Erf, true) => Operation::FusedErf,
        }
    }

    /// Appends one instruction.
    fn emit(&mut self, operation: Operation, operands: &[Source], many: &mut Many) -> Source {
        let cells: Vec<u32> = operands.iter().filter_map(|operand| cell(*operand)).collect();
        if cells.len() == operands.len() {
            let to = self.temporary();
            self.number(operation, to, &cells);
            return Source::Cell(to);
        }
        let to = Source::Register(many.len() as u32);
        let mut all = [Source::Cell(0); 4];
        all.iter_mut().zip(operands).for_each(|(place, operand)| *place = *operand);
        many.push(Instruction { operation, to, operands: all });
        to
    }

    /// Appends the instructions of a formula whose value goes to one place of memory.
    pub(super) fn formula_to(
        &mut self,
        to: u32,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> Result<u32, Error>,
    ) -> Result<(), Error> {
        let taken = self.taken;
        self.formula_keeping(to, formula, leaf, &mut Known::new())?;
        self.taken = taken;
        Ok(())
    }

    /// The same; temporaries remain taken, and terms that are known are not computed again.
    pub(super) fn formula_keeping(
        &mut self,
        to: u32,
        formula: &Formula,
        leaf: &dyn Fn(u32) -> Result<u32, Error>,
        known: &mut Known,
    ) -> Result<(), Error> {
        let (mut many, before) = (Many::new(), self.instructions.len());
        let leaf = |index: u32| leaf(index).map(Source::Cell);
        let value = self.formula_with(formula, &leaf, &mut many, known)?;
        let value = cell(value).filter(|_| many.is_empty()).ok_or(Error::Program)?;
        let own = self.instructions.len() > before && self.temporaries.contains(&value);
        match self.instructions.last_mut() {
            // The last instruction writes the value at once.
            Some(last) if own && last.to == value => {
                last.to = to;
                known.iter_mut().filter(|known| **known == Some(Source::Cell(value))).for_each(|k| *k = None);
            }
            _ => self.number(Operation::Copy, to, &[value]),
        }
        Ok(())
    }
}

/// The place of a number.
pub(super) fn cell(source: Source) -> Option<u32> {
    match source {
        Source::Cell(cell) => Some(cell),
        Source::Array(_) | Source::Register(_) => None,
    }
}

/// The product that a sum or a difference ends with.
fn product(term: &Term) -> Option<TermId> {
    if let Term::Binary(Binary::Add | Binary::Subtract, _, product) = term { Some(*product) } else { None }
}

/// Products that only the sum reads that they are added to: one instruction computes both, with two roundings.
fn absorbed(formula: &Formula, uses: &[u32], arithmetic: Arithmetic) -> Vec<bool> {
    let mut absorbed = vec![false; formula.terms().len()];
    if arithmetic == Arithmetic::Fused {
        return absorbed;
    }
    for (index, term) in formula.terms().iter().enumerate() {
        let is_read = uses.get(index).is_some_and(|uses| *uses > 0);
        if is_read
            && formula.fused(term).is_some()
            && let Some(TermId(product)) = product(term)
            && uses.get(product as usize) == Some(&1)
            && let Some(place) = absorbed.get_mut(product as usize)
        {
            *place = true;
        }
    }
    absorbed
}
