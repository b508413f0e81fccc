//! Loops over the elements of arrays, in parts: an instruction runs over all numbers of a part in registers of the
//! processor, and parts stay in a fast cache.

use mlp_dsl::formula::operator::Comparison;
use mlp_kernels::{
    Scalar,
    isa::traits::{Isa, WithIsa},
};

use super::{PART, numbers::holds};
use crate::{
    memory::{Rest, split},
    step::{At, Instruction, Lanes, Operation, Rows, Source},
};

/// A loop that runs.
pub(super) struct Running<'l, S> {
    pub(super) lanes: &'l Lanes,
    pub(super) memory: &'l mut [S],
    pub(super) inputs: &'l [S],
    pub(super) targets: &'l [S],
    pub(super) registers_at: usize,
    /// The sample, or all samples of a block.
    pub(super) sample: usize,
    pub(super) samples: usize,
}

/// Numbers of an operand.
#[derive(Clone, Copy)]
enum Operand<'o, S> {
    Slice(&'o [S]),
    One(S),
    /// The numbers that the result overwrites.
    Same,
}

/// A part of the loop.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    count: usize,
}

impl<S: Scalar> WithIsa for Running<'_, S> {
    /// Nothing if the loop is not one that a plan gives.
    type Output = Option<()>;

    #[inline(always)]
    fn with_isa<I: Isa>(mut self, isa: I) -> Option<()> {
        let lanes = self.lanes;
        let all = if lanes.block { lanes.count * self.samples } else { lanes.count };
        for (cell, register) in &lanes.filled {
            let value = *self.memory.get(*cell as usize)?;
            let at = self.registers_at + *register as usize * PART;
            self.memory.get_mut(at..)?.get_mut(..all.min(PART))?.fill(value);
        }
        for start in (0..all).step_by(PART) {
            let part = Part { start, count: PART.min(all - start) };
            for instruction in &lanes.instructions {
                self.run(isa, instruction, part)?;
            }
        }
        Some(())
    }
}

impl<S: Scalar> Running<'_, S> {
    /// Where a place of memory is.
    #[inline(always)]
    fn at(&self, source: Source, part: Part) -> Option<usize> {
        match source {
            Source::Cell(_) => None,
            Source::Register(register) => Some(self.registers_at + register as usize * PART),
            Source::Array(array) => match *self.lanes.arrays.get(array as usize)? {
                Rows::Memory(At { at, row }) => {
                    let first = if self.lanes.block { at } else { at + row * self.sample };
                    Some(first + part.start)
                }
                Rows::Inputs | Rows::Targets => None,
            },
        }
    }

    #[inline(always)]
    fn run<I: Isa>(
        &mut self,
        isa: I,
        Instruction { operation, to, operands }: &Instruction<Source>,
        part: Part,
    ) -> Option<()> {
        let at = self.at(*to, part)?;
        let [o, a, b, c] = operands.map(|operand| (operand, self.at(operand, part)));
        let (inputs, targets, arrays) = (self.inputs, self.targets, &self.lanes.arrays);
        let (to, rest) = split(self.memory, at, part.count)?;
        let of = |(source, own): (Source, Option<usize>)| -> Option<Operand<'_, S>> {
            match (source, own) {
                (Source::Cell(cell), _) => Some(Operand::One(*one(&rest, cell)?)),
                (_, Some(own)) if own == at => Some(Operand::Same),
                (_, Some(own)) => Some(Operand::Slice(rest.get(own, part.count)?)),
                (Source::Array(array), None) => {
                    let rows = match arrays.get(array as usize)? {
                        Rows::Inputs => inputs,
                        Rows::Targets => targets,
                        Rows::Memory(_) => return None,
                    };
                    Some(Operand::Slice(rows.get(part.start..part.start + part.count)?))
                }
                (Source::Register(_), None) => None,
            }
        };
        match operation {
            Operation::Copy => copy(to, of(o)?),
            Operation::Negate => unary(to, of(o)?, |x| -x),
            Operation::Exp => function(to, of(o)?, S::exp),
            Operation::Ln => function(to, of(o)?, S::ln),
            Operation::Sqrt => function(to, of(o)?, |x| isa.sqrt(x)),
            Operation::Tanh => function(to, of(o)?, S::tanh),
            Operation::Erf => function(to, of(o)?, S::erf),
            Operation::Floor => function(to, of(o)?, S::floor),
            Operation::FusedExp => function(to, of(o)?, |x| isa.exp(x)),
            Operation::FusedLn => function(to, of(o)?, |x| isa.ln(x)),
            Operation::FusedTanh => function(to, of(o)?, |x| isa.tanh(x)),
            Operation::FusedErf => function(to, of(o)?, |x| isa.erf(x)),
            Operation::Add => binary(to, of(o)?, of(a)?, |o, a| o + a),
            Operation::Subtract => binary(to, of(o)?, of(a)?, |o, a| o - a),
            Operation::Multiply => binary(to, of(o)?, of(a)?, |o, a| o * a),
            Operation::Divide => binary(to, of(o)?, of(a)?, |o, a| o / a),
            Operation::Power => binary(to, of(o)?, of(a)?, S::powf),
            Operation::AddProduct => ternary(to, of(o)?, of(a)?, of(b)?, |o, a, b| o + a * b),
            Operation::SubtractProduct => ternary(to, of(o)?, of(a)?, of(b)?, |o, a, b| o - a * b),
            Operation::FusedAdd => ternary(to, of(o)?, of(a)?, of(b)?, |o, a, b| isa.multiply_add(a, b, o)),
            Operation::FusedSubtract => {
                ternary(to, of(o)?, of(a)?, of(b)?, |o, a, b| isa.multiply_add(-a, b, o))
            }
            Operation::Select(comparison) => {
                let (Operand::Slice(o), Operand::Slice(a), Operand::Slice(b), Operand::Slice(c)) =
                    (of(o)?, of(a)?, of(b)?, of(c)?)
                else {
                    return None;
                };
                select(to, *comparison, [o, a, b, c]);
                Some(())
            }
        }
    }
}

/// A number that is not written.
#[inline(always)]
fn one<'m, S>(rest: &Rest<'m, S>, cell: u32) -> Option<&'m S> {
    rest.get(cell as usize, 1)?.first()
}

#[inline(always)]
fn copy<S: Scalar>(to: &mut [S], o: Operand<'_, S>) -> Option<()> {
    match o {
        Operand::Slice(o) => to.copy_from_slice(o),
        Operand::One(o) => to.fill(o),
        Operand::Same => {}
    }
    Some(())
}

#[inline(always)]
fn unary<S: Scalar>(to: &mut [S], o: Operand<'_, S>, f: impl Fn(S) -> S) -> Option<()> {
    let Operand::Slice(o) = o else { return None };
    to.iter_mut().zip(o).for_each(|(to, &o)| *to = f(o));
    Some(())
}

/// A costly function, in blocks of one length, since a loop over the rest is not vectorized.
#[inline(always)]
fn function<S: Scalar>(to: &mut [S], o: Operand<'_, S>, f: impl Fn(S) -> S) -> Option<()> {
    let Operand::Slice(o) = o else { return None };
    super::kernels::map(o, to, f);
    Some(())
}

#[inline(always)]
fn binary<S: Scalar>(
    to: &mut [S],
    o: Operand<'_, S>,
    a: Operand<'_, S>,
    f: impl Fn(S, S) -> S,
) -> Option<()> {
    match (o, a) {
        (Operand::Slice(o), Operand::Slice(a)) => {
            to.iter_mut().zip(o).zip(a).for_each(|((to, &o), &a)| *to = f(o, a));
        }
        (Operand::Slice(o), Operand::One(a)) => to.iter_mut().zip(o).for_each(|(to, &o)| *to = f(o, a)),
        (Operand::One(o), Operand::Slice(a)) => to.iter_mut().zip(a).for_each(|(to, &a)| *to = f(o, a)),
        (Operand::Same, Operand::Slice(a)) => to.iter_mut().zip(a).for_each(|(to, &a)| *to = f(*to, a)),
        (Operand::Same, Operand::One(a)) => to.iter_mut().for_each(|to| *to = f(*to, a)),
        (Operand::One(_), Operand::One(_)) | (_, Operand::Same) => return None,
    }
    Some(())
}

#[inline(always)]
fn ternary<S: Scalar>(
    to: &mut [S],
    o: Operand<'_, S>,
    a: Operand<'_, S>,
    b: Operand<'_, S>,
    f: impl Fn(S, S, S) -> S,
) -> Option<()> {
    let Operand::Slice(b) = b else { return None };
    match (o, a) {
        (Operand::Slice(o), Operand::Slice(a)) => {
            let all = to.iter_mut().zip(o).zip(a).zip(b);
            all.for_each(|(((to, &o), &a), &b)| *to = f(o, a, b));
        }
        (Operand::Slice(o), Operand::One(a)) => {
            to.iter_mut().zip(o).zip(b).for_each(|((to, &o), &b)| *to = f(o, a, b));
        }
        (Operand::Same, Operand::Slice(a)) => {
            to.iter_mut().zip(a).zip(b).for_each(|((to, &a), &b)| *to = f(*to, a, b));
        }
        (Operand::Same, Operand::One(a)) => {
            to.iter_mut().zip(b).for_each(|(to, &b)| *to = f(*to, a, b));
        }
        (Operand::One(_), _) | (_, Operand::Same) => return None,
    }
    Some(())
}

#[inline(always)]
fn select<S: Scalar>(to: &mut [S], comparison: Comparison, [o, a, b, c]: [&[S]; 4]) {
    let all = to.iter_mut().zip(o).zip(a).zip(b).zip(c);
    macro_rules! each {
        ($comparison:expr) => {
            all.for_each(|((((to, &o), &a), &b), &c)| *to = if holds($comparison, o, a) { b } else { c })
        };
    }
    match comparison {
        Comparison::Less => each!(Comparison::Less),
        Comparison::LessOrEqual => each!(Comparison::LessOrEqual),
        Comparison::Greater => each!(Comparison::Greater),
        Comparison::GreaterOrEqual => each!(Comparison::GreaterOrEqual),
        Comparison::Equal => each!(Comparison::Equal),
        Comparison::NotEqual => each!(Comparison::NotEqual),
    }
}
