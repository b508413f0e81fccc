//! Turns facts about a network into the methods that it lacks: each is declared with a bound of the runtime that never
//! holds, and rustc prints the text of the bound, which says what to call instead.

use super::{Missing, facts::Facts};

pub(super) fn missing(facts: &Facts) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut lacks = |bound, functions, methods| missing.push(Missing { bound, functions, methods });
    let by_value = &facts.by_value;
    if !facts.to_inputs {
        lacks("BackwardInputsInSpecification", &[], INPUT_GRADIENTS);
    } else {
        if !facts.has_loss {
            lacks("LossInSpecification", &[], OF_LOSS);
        } else if !by_value.sample {
            lacks("SmallEnoughElseInputGradientInto", &[], &["input_gradient"]);
        }
        if !by_value.gradients {
            lacks("SmallEnoughElsePullBackInto", &[], &["pull_back"]);
        }
    }
    if !by_value.network {
        let made = if facts.has_heap { "SmallEnoughElseBoxed" } else { "SmallEnoughElseStatic" };
        lacks(made, &["new", "with_seed", "default"], &[]);
    }
    if !by_value.sample {
        lacks("SmallEnoughElseForwardInto", &[], &["forward"]);
        lacks("SmallEnoughElseTraceInto", &[], &["trace"]);
    }
    if !facts.has_loss {
        lacks("LossInSpecification", &[], GRADIENTS);
        lacks("LossInSpecification", &[], STEPS);
        return missing;
    }
    if !by_value.sample {
        lacks("SmallEnoughElseLossOfDifferentiable", &[], &["loss"]);
    }
    if !facts.has_gradients {
        lacks("TrainedParameterInSpecification", &[], &["backward", "backward_into", "backward_batch"]);
        lacks("TrainedParameterInSpecification", &[], STEPS);
        return missing;
    }
    if !by_value.gradients {
        lacks("SmallEnoughElseBackwardInto", &[], &["backward"]);
    }
    if facts.optimizer.is_none() {
        lacks("TrainInSpecification", &[], STEPS);
    } else if !by_value.gradients {
        lacks("SmallEnoughElseTrainInto", &[], &["train", "try_train"]);
    } else if !by_value.train {
        lacks("WithoutStateElseTrainInto", &[], &["train", "try_train"]);
    }
    missing
}

/// The methods that need a loss.
const GRADIENTS: &[&str] = &["loss", "loss_batch", "backward", "backward_into", "backward_batch"];

/// The methods that need a backward pass to the inputs.
const INPUT_GRADIENTS: &[&str] = &[
    "input_gradient",
    "input_gradient_into",
    "input_gradient_batch",
    "backward_with_input_into",
    "backward_with_input_batch",
    "pull_back",
    "pull_back_into",
    "pull_back_batch",
];

/// Those of them that need a loss.
const OF_LOSS: &[&str] = &[
    "input_gradient",
    "input_gradient_into",
    "input_gradient_batch",
    "backward_with_input_into",
    "backward_with_input_batch",
];

/// The methods that need an update rule.
const STEPS: &[&str] =
    &["step", "train", "train_into", "train_batch", "try_train", "try_train_into", "try_train_batch"];
