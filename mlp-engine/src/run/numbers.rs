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
                Operation::FusedAdd => isa.multiply_add_in_loop(of(a), of(b), of(o)),
                Operation::FusedSubtract => isa.multiply_add_in_loop(-of(a), of(b), of(o)),
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
                Operation::FusedExp => fused::exp(isa, of(o)),
                Operation::FusedLn => fused::ln(isa, of(o)),
                Operation::FusedTanh => fused::tanh(isa, of(o)),
                Operation::FusedErf => fused::erf(isa, of(o)),
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

/// The functions of `arithmetic fused`.
pub(super) mod fused {
    use mlp_kernels::{
        Scalar,
        isa::{machine::InLoop, traits::Isa},
    };

    macro_rules! functions {
        ($($name:ident: $by:ident),*) => {$(
            #[inline(always)]
            pub(in crate::run) fn $name<S: Scalar, I: Isa>(isa: I, x: S) -> S {
                if const { I::FUSES } { x.$by(InLoop(isa)) } else { isa.$name(x) }
            }
        )*};
    }

    functions!(exp: exp_by, ln: ln_by, tanh: tanh_by, erf: erf_by);
}
