//! Instructions over single numbers.

use mlp_dsl::formula::operator::Comparison;
use mlp_kernels::{
    Scalar,
    isa::traits::{Isa, WithIsa},
};

use crate::step::{Instruction, Operation};

/// Instructions that run in order.
pub(super) struct Numbers<'n, S> {
    pub(super) instructions: &'n [Instruction<u32>],
    pub(super) memory: &'n mut [S],
}

impl<S: Scalar> WithIsa for Numbers<'_, S> {
    type Output = ();

    #[inline(always)]
    fn with_isa<I: Isa>(self, isa: I) {
        let Numbers { instructions, memory } = self;
        for Instruction { operation, to, operands: [o, a, b, c] } in instructions {
            let of = |cell: &u32| memory.get(*cell as usize).copied().unwrap_or(S::ZERO);
            let value = match operation {
                Operation::Copy => of(o),
                Operation::Negate => -of(o),
                Operation::Add => of(o) + of(a),
                Operation::Subtract => of(o) - of(a),
                Operation::Multiply => of(o) * of(a),
                Operation::Divide => of(o) / of(a),
                Operation::AddProduct => of(o) + of(a) * of(b),
                Operation::SubtractProduct => of(o) - of(a) * of(b),
                Operation::FusedAdd => isa.multiply_add(of(a), of(b), of(o)),
                Operation::FusedSubtract => isa.multiply_add(-of(a), of(b), of(o)),
                Operation::Select(comparison) => {
                    if holds(*comparison, of(o), of(a)) {
                        of(b)
                    } else {
                        of(c)
                    }
                }
                Operation::Exp => of(o).exp(),
                Operation::Ln => of(o).ln(),
                Operation::Sqrt => isa.sqrt(of(o)),
                Operation::Tanh => of(o).tanh(),
                Operation::Erf => of(o).erf(),
                Operation::Floor => of(o).floor(),
                Operation::FusedExp => isa.exp(of(o)),
                Operation::FusedLn => isa.ln(of(o)),
                Operation::FusedTanh => isa.tanh(of(o)),
                Operation::FusedErf => isa.erf(of(o)),
                Operation::Power => of(o).powf(of(a)),
            };
            if let Some(place) = memory.get_mut(*to as usize) {
                *place = value;
            }
        }
    }
}

/// Whether a comparison holds.
#[inline(always)]
pub(super) fn holds<S: Scalar>(comparison: Comparison, a: S, b: S) -> bool {
    match comparison {
        Comparison::Less => a < b,
        Comparison::LessOrEqual => a <= b,
        Comparison::Greater => a > b,
        Comparison::GreaterOrEqual => a >= b,
        Comparison::Equal => a == b,
        Comparison::NotEqual => a != b,
    }
}
