//! Products of vectors and matrices.

use mlp_kernels::{
    Scalar,
    isa::machine::{Lengths, Rounding, Sum},
};

use super::{Frame, Runner};
use crate::{
    batch::Targets,
    error::Error,
    memory::{Rest, split, split_two},
    step::{Outer, Product, Rows},
};

/// What the caller holds, of the samples of the block.
#[derive(Clone, Copy)]
pub(super) struct Data<'d, S> {
    pub(super) inputs: &'d [S],
    pub(super) targets: &'d [S],
}

impl<'d, S: Scalar> Data<'d, S> {
    pub(super) fn of(inputs: &'d [S], targets: Targets<'d, S>) -> Self {
        let targets = match targets {
            Targets::Numbers(numbers) => numbers,
            Targets::Classes(_) => &[],
        };
        Data { inputs, targets }
    }
}

impl<S: Scalar> Runner<'_, S> {
    fn rounding(&self) -> Rounding {
        if self.fused { Rounding::Fused } else { Rounding::Separate }
    }

    pub(super) fn product(
        &self,
        product: &Product,
        sample: usize,
        frame: &mut Frame<'_, S>,
    ) -> Result<(), Error> {
        let (samples, sample) = if product.block { (frame.samples, 0) } else { (1, sample) };
        let ([inner, outer], data) = (product.sizes, Data::of(frame.inputs, frame.targets));
        let lengths = Lengths { samples, inner, outer };
        let at = product.result.of(sample);
        let mut run = || {
            let (y, rest) = split(frame.memory, at, samples.checked_mul(outer)?)?;
            let x = rows(&rest, data, product.vector, sample, samples.checked_mul(inner)?)?;
            let w = rest.get(product.matrix.of(sample), inner.checked_mul(outer)?)?;
            let bias = match product.bias {
                Some(bias) => Some(rest.get(bias.of(sample), outer)?),
                None => None,
            };
            if product.by_rows {
                self.machine.matrix_vectors(self.rounding(), lengths, w, x, bias, y)
            } else {
                self.machine.vectors_matrix(self.rounding(), lengths, x, w, bias, y)
            }
        };
        run().ok_or(Error::Program)
    }

    pub(super) fn outer(&self, outer: &Outer, sample: usize, frame: &mut Frame<'_, S>) -> Result<(), Error> {
        let (samples, sample) = if outer.block { (frame.samples, 0) } else { (1, sample) };
        let data = Data::of(frame.inputs, frame.targets);
        let [n, m] = outer.sizes;
        let lengths = Lengths { samples, inner: n, outer: m };
        let count = frame.count.filter(|_| outer.block);
        let first = outer.first;
        let mut run = || {
            let [all_a, all_b] = [samples.checked_mul(n)?, samples.checked_mul(m)?];
            let size = n.checked_mul(m)?;
            let total = outer.total.of(sample);
            let (total, descent, rest) = match outer.descent {
                Some((w, rate)) => {
                    let rate = frame.memory.get(rate as usize).copied()?;
                    let (total, w, rest) = split_two(
                        frame.memory,
                        total..total.checked_add(size)?,
                        w.at..w.at.checked_add(size)?,
                    )?;
                    (total, Some((w, rate)), rest)
                }
                None => {
                    let (total, rest) = split(frame.memory, total, size)?;
                    (total, None, rest)
                }
            };
            let a = rows(&rest, data, outer.factors[0], sample, all_a)?;
            let b = rows(&rest, data, outer.factors[1], sample, all_b)?;
            let sum = Sum { first, count, total, descent };
            self.machine.add_outers(self.rounding(), lengths, sum, a, b)
        };
        run().ok_or(Error::Program)
    }
}

/// This many numbers of rows, from those of a sample on.
fn rows<'m, S: Scalar>(
    rest: &Rest<'m, S>,
    data: Data<'m, S>,
    rows: Rows,
    sample: usize,
    count: usize,
) -> Option<&'m [S]> {
    match rows {
        Rows::Inputs => data.inputs.get(..count),
        Rows::Targets => data.targets.get(..count),
        Rows::Memory(at) => rest.get(at.of(sample), count),
    }
}
