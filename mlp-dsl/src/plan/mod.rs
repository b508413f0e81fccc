//! From a derivation to its plan: for each entry point the instructions that compute its equations, in order, each
//! with its operands and where they are stored.
//!
//! A plan leaves out equations that an entry point does not need, and lets one kernel compute two equations; it
//! invents none. All decisions about the generated code are data in it: a back end prints or runs the instructions
//! and decides nothing.

mod blocks;
mod descents;
mod errors;
mod facts;
mod instruction;
mod isa;
mod layout;
mod lower;
mod routine;
mod routines;
mod schedule;
#[cfg(test)]
mod tests;
mod text;
pub mod thresholds;
mod verify;

use crate::{diagnostic::Diagnostic, ir::Derivation, limits, never};

pub use instruction::{
    Accumulate, Assignment, Call, Concat, Contribution, Descend, Draw, Form, Index, Instruction, Kernel,
    Loop, LoopForm, Operand, Output, Product, Scalar, Slice, Stack, Storage,
};
pub use layout::{Field, Layout, Sums};
pub use routine::{Entry, Plan, Routine};
pub use text::Text;
pub use verify::{Broken, Rule, verify};

/// Makes the plan of a derivation, and verifies it.
pub fn plan(derivation: &Derivation) -> Plan {
    let inference = derivation.inference();
    let plan = routines::plan(&facts::Both {
        training: facts::Facts::new(derivation),
        inference: inference.as_ref().map(facts::Facts::new),
    });
    if let Err(broken) = verify(derivation, &plan) {
        never!("{broken}");
    }
    plan
}

/// Refuses a workspace beyond the limit. As many sums as there are parameters are allowed beside it.
pub(crate) fn fits(derivation: &Derivation, plan: &Plan) -> Result<(), Diagnostic> {
    let sums = plan.layout.sums.map_or(0, |sums| sums.workspace_bytes());
    let (bytes, header) = (plan.layout.batch_workspace_bytes - sums, &derivation.header);
    if bytes > limits::WORKSPACE_BYTES {
        return Err(errors::workspace_too_large(bytes, header.name_span));
    }
    Ok(())
}
