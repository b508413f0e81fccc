//! What is computed number by number: the same operations in the same order as the kernels perform them.

use alloc::vec::Vec;

use mlp_dsl::{
    ir::equation::EquationId,
    plan::{Assignment, Operand, Product},
    shape::Shape,
};

use super::{Lowering, formula::Known};
use crate::{error::Error, step::Operation};

impl Lowering<'_> {
    /// A formula for each element.
    pub(super) fn each(&mut self, assignment: &Assignment, reads: &[Operand]) -> Result<(), Error> {
        let result = self.places.of(&assignment.result)?.at;
        let mut leaves: Vec<(u32, usize, bool)> = Vec::with_capacity(reads.len() + 1);
        for read in reads {
            leaves.push((read.value.0, self.cell(read)? as usize, read.shape == Shape::Scalar));
        }
        let scalar = assignment.result.shape == Shape::Scalar;
        leaves.extend(assignment.over.map(|over| (over.0, result, scalar)));
        let fixed = self.fixed(assignment);
        let (taken, mut known) = (self.taken, Known::new());
        let mut kept = taken;
        for element in 0..assignment.result.shape.count() {
            let leaf = |leaf: u32| {
                let found = leaves.iter().find(|(value, ..)| *value == leaf);
                let (_, at, is_number) = found.ok_or(Error::Program)?;
                Ok((if *is_number { *at } else { *at + element }) as u32)
            };
            self.formula_keeping((result + element) as u32, &assignment.formula, &leaf, &mut known)?;
            // What is the same for all elements is not computed again.
            known.iter_mut().zip(&fixed).filter(|(_, fixed)| !**fixed).for_each(|(known, _)| *known = None);
            if element == 0 {
                kept = self.taken;
            }
            self.taken = kept;
        }
        self.taken = taken;
        Ok(())
    }

    /// Which terms depend on numbers alone.
    fn fixed(&self, assignment: &Assignment) -> Vec<bool> {
        let mut fixed: Vec<bool> = Vec::with_capacity(assignment.formula.terms().len());
        for term in assignment.formula.terms() {
            let of_leaf = !matches!(term, mlp_dsl::formula::Term::Leaf(leaf)
                if self.derivation.shape(EquationId(*leaf)) != Shape::Scalar);
            let all = term.operands().iter().all(|id| fixed.get(id.0 as usize) == Some(&true));
            fixed.push(of_leaf && all);
        }
        fixed
    }

    /// Each element of a product of a vector and a matrix.
    pub(super) fn each_product(&mut self, product: &Product) -> Result<(), Error> {
        let [x, w, y] =
            [self.cell(&product.vector)?, self.cell(&product.matrix)?, self.cell(&product.result)?];
        let (inner, outer) = (product.vector.shape.count() as u32, product.result.shape.count() as u32);
        let add = if self.fused() { Operation::FusedAdd } else { Operation::AddProduct };
        for result in 0..outer {
            let factors = |index: u32| match product.by_rows {
                true => [w + result * inner + index, x + index],
                false => [x + index, w + index * outer + result],
            };
            let y = y + result;
            let [a, b] = factors(0);
            self.number(Operation::Multiply, y, &[a, b]);
            for [a, b] in (1..inner).map(factors) {
                self.number(add, y, &[y, a, b]);
            }
        }
        Ok(())
    }

    /// total += a bᵀ
    pub(super) fn each_outer(
        &mut self,
        total: &Operand,
        first: bool,
        [a, b]: [Operand; 2],
    ) -> Result<(), Error> {
        let (rows, columns) = (a.shape.count() as u32, b.shape.count() as u32);
        let [total, a, b] = [self.cell(total)?, self.cell(&a)?, self.cell(&b)?];
        let (add, zero) = (
            if self.fused() { Operation::FusedAdd } else { Operation::AddProduct },
            self.places.constant(0.0),
        );
        for (i, j) in (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j))) {
            let to = total + i * columns + j;
            self.number(add, to, &[if first { zero } else { to }, a + i, b + j]);
        }
        Ok(())
    }

    /// The sum of neighbouring numbers, or of their squares.
    pub(super) fn each_sum(&mut self, to: u32, x: u32, count: u32, squares: bool) {
        if count == 0 {
            let zero = self.places.constant(0.0);
            self.number(Operation::Copy, to, &[zero]);
        } else if squares {
            self.each_dot(to, x, x, count, Operation::AddProduct);
        } else {
            self.number(Operation::Copy, to, &[x]);
            (1..count).for_each(|index| self.number(Operation::Add, to, &[to, x + index]));
        }
    }

    /// a · b; `add` adds a product to the sum.
    pub(super) fn each_dot(&mut self, to: u32, a: u32, b: u32, count: u32, add: Operation) {
        if count == 0 {
            let zero = self.places.constant(0.0);
            return self.number(Operation::Copy, to, &[zero]);
        }
        self.number(Operation::Multiply, to, &[a, b]);
        (1..count).for_each(|index| self.number(add, to, &[to, a + index, b + index]));
    }

    /// total += x, for each element.
    pub(super) fn each_add(&mut self, total: u32, first: bool, x: u32, count: u32) {
        let zero = self.places.constant(0.0);
        for index in 0..count {
            let to = total + index;
            self.number(Operation::Add, to, &[if first { zero } else { to }, x + index]);
        }
    }
}
