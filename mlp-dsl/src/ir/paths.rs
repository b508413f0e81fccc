//! Which values the loss is computed from. A loss that is computed from net inputs does not read their probabilities,
//! so the derivative with respect to a probability is not among the equations.

use super::{Derivation, array::Op, equation::EquationId};

use crate::formula::Formula;

/// For each equation up to the loss, whether the gradient with respect to it has all uses of the value.
pub(super) fn complete(derivation: &Derivation, root: EquationId) -> Vec<bool> {
    let count = root.index() + 1;
    let mut read = vec![false; count];
    let mark = |marks: &mut Vec<bool>, id: EquationId| {
        if let Some(mark) = marks.get_mut(id.index()) {
            *mark = true;
        }
    };
    mark(&mut read, root);
    let of_logarithms = ["log_sigmoid", "log_loss_from_logit"].map(|name| derivation.prelude_function(name));
    let takes_logarithms =
        |formula: &Formula| of_logarithms.iter().flatten().any(|function| formula.calls(*function));
    let mut net_inputs = vec![false; count];
    let equations: Vec<_> = derivation.numbered().take(count).collect();
    for (id, equation) in equations.iter().rev() {
        if read.get(id.index()) != Some(&true) {
            continue;
        }
        equation.op.operands().into_iter().for_each(|operand| mark(&mut read, operand));
        if let Op::SoftmaxCrossEntropy(z, _) | Op::LogSoftmax(z) = &equation.op {
            mark(&mut net_inputs, *z);
        } else if equation.formula().is_some_and(takes_logarithms) {
            equation.op.operands().into_iter().for_each(|operand| mark(&mut net_inputs, operand));
        }
    }
    let is = |marks: &[bool], id: EquationId| marks.get(id.index()) == Some(&true);
    let sigmoid = derivation.prelude_function("sigmoid");
    let mut skipped = vec![false; count];
    for (id, equation) in equations {
        let skips = if let Op::Softmax(z) = &equation.op {
            is(&net_inputs, *z)
        } else if let Op::Stack(parts) | Op::Concat(parts) = &equation.op {
            parts.iter().any(|part| is(&skipped, *part))
        } else if let Op::Slice(x, _) | Op::Index(x, _) = &equation.op {
            is(&skipped, *x)
        } else {
            equation.formula().zip(sigmoid).is_some_and(|(formula, sigmoid)| formula.calls(sigmoid))
                && equation.op.operands().into_iter().any(|operand| is(&net_inputs, operand))
        };
        if skips {
            mark(&mut skipped, id);
        }
    }
    read.into_iter().zip(skipped).map(|(read, skipped)| read && !skipped).collect()
}
