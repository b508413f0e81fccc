//! Loops over the elements of arrays, in parts: an instruction runs over all numbers of a part in registers of the
//! processor, and parts stay in a fast cache.

use mlp_dsl::formula::operator::Comparison;
use mlp_kernels::{
    Scalar,
    isa::traits::{Isa, WithIsa},
    kernels::{padded, put_first},
};

use super::{
    PART,
    numbers::{fused, holds},
};
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

/// Two registers of 64-bit numbers where registers are widest.
const BLOCK: usize = 16;

macro_rules! unary {
    ($to:expr, $o:expr, |$x:ident| $value:expr) => {{
        let Operand::Slice(o) = $o else { return None };
        for (to, &$x) in $to.iter_mut().zip(o) {
            *to = $value;
        }
    }};
}

/// A costly function, in blocks of one length, since a loop over the rest is not vectorized.
macro_rules! function {
    ($to:expr, $o:expr, |$x:ident| $value:expr) => {{
        let Operand::Slice(mut left) = $o else { return None };
        let mut places = $to;
        while !left.is_empty() {
            let (block, rest) = match left.split_first_chunk::<BLOCK>() {
                Some((block, rest)) => (*block, rest),
                None => (padded(left), &[][..]),
            };
            let mut values = [S::ZERO; BLOCK];
            for (value, &$x) in values.iter_mut().zip(&block) {
                *value = $value;
            }
            left = rest;
            places = if places.len() < BLOCK {
                put_first(&values, places);
                &mut []
            } else {
                let (place, rest) = places.split_first_chunk_mut::<BLOCK>()?;
                *place = values;
                rest
            };
        }
    }};
}

macro_rules! binary {
    ($to:expr, $o:expr, $a:expr, |$x:ident, $y:ident| $value:expr) => {
        match ($o, $a) {
            (Operand::Slice(o), Operand::Slice(a)) => {
                for ((to, &$x), &$y) in $to.iter_mut().zip(o).zip(a) {
                    *to = $value;
                }
            }
            (Operand::Slice(o), Operand::One($y)) => {
                for (to, &$x) in $to.iter_mut().zip(o) {
                    *to = $value;
                }
            }
            (Operand::One($x), Operand::Slice(a)) => {
                for (to, &$y) in $to.iter_mut().zip(a) {
                    *to = $value;
                }
            }
            (Operand::Same, Operand::Slice(a)) => {
                for (to, &$y) in $to.iter_mut().zip(a) {
                    let $x = *to;
                    *to = $value;
                }
            }
            (Operand::Same, Operand::One($y)) => {
                for to in $to.iter_mut() {
                    let $x = *to;
                    *to = $value;
                }
            }
            (Operand::One(_), Operand::One(_)) | (_, Operand::Same) => return None,
        }
    };
}

macro_rules! ternary {
    ($to:expr, $o:expr, $a:expr, $b:expr, |$x:ident, $y:ident, $z:ident| $value:expr) => {{
        let Operand::Slice(b) = $b else { return None };
        match ($o, $a) {
            (Operand::Slice(o), Operand::Slice(a)) => {
                for (((to, &$x), &$y), &$z) in $to.iter_mut().zip(o).zip(a).zip(b) {
                    *to = $value;
                }
            }
            (Operand::Slice(o), Operand::One($y)) => {
                for ((to, &$x), &$z) in $to.iter_mut().zip(o).zip(b) {
                    *to = $value;
                }
            }
            (Operand::Same, Operand::Slice(a)) => {
                for ((to, &$y), &$z) in $to.iter_mut().zip(a).zip(b) {
                    let $x = *to;
                    *to = $value;
                }
            }
            (Operand::Same, Operand::One($y)) => {
                for (to, &$z) in $to.iter_mut().zip(b) {
                    let $x = *to;
                    *to = $value;
                }
            }
            (Operand::One(_), _) | (_, Operand::Same) => return None,
        }
    }};
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

/// Where the arrays of a loop are.
struct Arrays<'l, S> {
    lanes: &'l Lanes,
    inputs: &'l [S],
    targets: &'l [S],
    registers_at: usize,
    sample: usize,
}

impl<'l, S: Scalar> Arrays<'l, S> {
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

    /// The numbers of an operand, where the result is at `to`.
    #[inline(always)]
    fn of<'m>(&self, source: Source, part: Part, to: usize, rest: &Rest<'m, S>) -> Option<Operand<'m, S>>
    where
        'l: 'm,
    {
        if let Source::Cell(cell) = source {
            return Some(Operand::One(*rest.get(cell as usize, 1)?.first()?));
        }
        if let Some(at) = self.at(source, part) {
            let same = at == to;
            return Some(if same { Operand::Same } else { Operand::Slice(rest.get(at, part.count)?) });
        }
        let Source::Array(array) = source else { return None };
        let rows = match self.lanes.arrays.get(array as usize)? {
            Rows::Inputs => self.inputs,
            Rows::Targets => self.targets,
            Rows::Memory(_) => return None,
        };
        Some(Operand::Slice(rows.get(part.start..part.start + part.count)?))
    }
}

impl<S: Scalar> Running<'_, S> {
    #[inline(always)]
    fn run<I: Isa>(
        &mut self,
        isa: I,
        Instruction { operation, to, operands }: &Instruction<Source>,
        part: Part,
    ) -> Option<()> {
        let Running { lanes, inputs, targets, registers_at, sample, .. } = *self;
        let arrays = Arrays { lanes, inputs, targets, registers_at, sample };
        let at = arrays.at(*to, part)?;
        let (to, rest) = split(self.memory, at, part.count)?;
        let [o, a, b, c] = *operands;
        let of = |source: Source| arrays.of(source, part, at, &rest);
        // Macros, since a closure would be a function that is not compiled for the instruction set.
        match operation {
            Operation::Copy => return copy(to, of(o)?),
            Operation::Negate => unary!(to, of(o)?, |x| -x),
            Operation::Exp => function!(to, of(o)?, |x| S::exp(x)),
            Operation::Ln => function!(to, of(o)?, |x| S::ln(x)),
            Operation::Sqrt => function!(to, of(o)?, |x| isa.sqrt(x)),
            Operation::Tanh => function!(to, of(o)?, |x| S::tanh(x)),
            Operation::Erf => function!(to, of(o)?, |x| S::erf(x)),
            Operation::Floor => function!(to, of(o)?, |x| S::floor(x)),
            Operation::FusedExp => function!(to, of(o)?, |x| fused::exp(isa, x)),
            Operation::FusedLn => function!(to, of(o)?, |x| fused::ln(isa, x)),
            Operation::FusedTanh => function!(to, of(o)?, |x| fused::tanh(isa, x)),
            Operation::FusedErf => function!(to, of(o)?, |x| fused::erf(isa, x)),
            Operation::Add => binary!(to, of(o)?, of(a)?, |o, a| o + a),
            Operation::Subtract => binary!(to, of(o)?, of(a)?, |o, a| o - a),
            Operation::Multiply => binary!(to, of(o)?, of(a)?, |o, a| o * a),
            Operation::Divide => binary!(to, of(o)?, of(a)?, |o, a| o / a),
            Operation::Power => binary!(to, of(o)?, of(a)?, |o, a| S::powf(o, a)),
            Operation::AddProduct => ternary!(to, of(o)?, of(a)?, of(b)?, |o, a, b| o + a * b),
            Operation::SubtractProduct => ternary!(to, of(o)?, of(a)?, of(b)?, |o, a, b| o - a * b),
            Operation::FusedAdd => {
                ternary!(to, of(o)?, of(a)?, of(b)?, |o, a, b| isa.multiply_add_in_loop(a, b, o));
            }
            Operation::FusedSubtract => {
                ternary!(to, of(o)?, of(a)?, of(b)?, |o, a, b| isa.multiply_add_in_loop(-a, b, o));
            }
            Operation::Select(comparison) => {
                let (Operand::Slice(o), Operand::Slice(a), Operand::Slice(b), Operand::Slice(c)) =
                    (of(o)?, of(a)?, of(b)?, of(c)?)
                else {
                    return None;
                };
                select(to, *comparison, [o, a, b, c]);
            }
        }
        Some(())
    }
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
fn select<S: Scalar>(to: &mut [S], comparison: Comparison, [o, a, b, c]: [&[S]; 4]) {
    macro_rules! each {
        ($comparison:expr) => {
            for ((((to, &o), &a), &b), &c) in to.iter_mut().zip(o).zip(a).zip(b).zip(c) {
                *to = if holds($comparison, o, a) { b } else { c };
            }
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
