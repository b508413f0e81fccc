//! Bounds that never hold: a method that a network can't have is declared with one of them, so that rustc says what to
//! call instead. Without it rustc offers the most similar name.
//!
//! The lifetime delays the check of a bound to the call. Where a method is called through a reference, rustc prints no
//! text of ours but the name of the bound and its line here, so each line ends with the advice.
#![allow(missing_docs, reason = "the texts are the documentation")]

#[diagnostic::on_unimplemented(
    message = "this network is too large to be returned by value",
    label = "start with `ZERO` in a `static`, then call `initialize(seed)`",
    note = "for example `static NETWORK: Mutex<Network> = Mutex::new(Network::ZERO);`"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseStatic<'a> {} // Start with `ZERO` in a `static`, then call `initialize(seed)`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `forward`, which has its workspace on the stack",
    label = "call `forward_into(&input, &mut workspace, &mut output)`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseForwardInto<'a> {} // Call `forward_into(&input, &mut workspace, &mut output)`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `trace`, which has its workspace on the stack",
    label = "call `trace_into(&input, &mut workspace, &mut trace)`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseTraceInto<'a> {} // Call `trace_into(&input, &mut workspace, &mut trace)`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `loss` without a workspace",
    label = "call `loss(&input, &target, &mut workspace)` of the trait `Differentiable`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseLossOfDifferentiable<'a> {} // Call `loss(&input, &target, &mut workspace)` of `Differentiable`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `backward`, which returns the gradients",
    label = "call `backward_into(&input, &target, &mut workspace, &mut gradients)`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseBackwardInto<'a> {} // Call `backward_into(&input, &target, &mut workspace, &mut gradients)`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `train`, which has its gradients on the stack",
    label = "call `train_into(&input, &target, &mut optimizer, &mut workspace, &mut gradients)`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseTrainInto<'a> {} // Call `train_into(&input, &target, &mut optimizer, &mut workspace, &mut gradients)`.

#[diagnostic::on_unimplemented(
    message = "`train` would forget what the update rule keeps from step to step",
    label = "call `train_into(&input, &target, &mut optimizer, &mut workspace, &mut gradients)`",
    note = "the optimizer, whose type is called after the network, keeps states and the number of the step: make it once, with `new()`"
)]
#[rustfmt::skip]
pub trait WithoutStateElseTrainInto<'a> {} // Call `train_into(&input, &target, &mut optimizer, &mut workspace, &mut gradients)`.

#[diagnostic::on_unimplemented(
    message = "the specification of this network has no `loss`",
    label = "this needs a loss",
    note = "add `target …` and `loss …` to the specification for gradients, and `train …` for steps"
)]
#[rustfmt::skip]
pub trait LossInSpecification<'a> {} // Add `target …` and `loss …` to the specification, and `train …` for steps.

#[diagnostic::on_unimplemented(
    message = "the specification of this network has no trained parameter",
    label = "this needs gradients",
    note = "remove `frozen` from a parameter of the specification, or declare one that is trained"
)]
#[rustfmt::skip]
pub trait TrainedParameterInSpecification<'a> {} // Remove `frozen` from a parameter, or declare one that is trained.

#[diagnostic::on_unimplemented(
    message = "the specification of this network has no `train`",
    label = "this needs an update rule",
    note = "add a rule to the specification, for example `train sgd(rate = 0.1);`"
)]
#[rustfmt::skip]
pub trait TrainInSpecification<'a> {} // Add a rule to the specification, for example `train sgd(rate = 0.1);`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `input_gradient`, which has its workspace on the stack",
    label = "call `input_gradient_into(&input, &target, &mut workspace, &mut input_gradient)`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseInputGradientInto<'a> {} // Call `input_gradient_into(&input, &target, &mut workspace, &mut input_gradient)`.

#[diagnostic::on_unimplemented(
    message = "this network is too large for `pull_back`, which returns the gradients",
    label = "call `pull_back_into(&input, &output_gradient, &mut workspace, &mut gradients, &mut input_gradient)`",
    note = "large values are made in place: with `ZERO` in a `static`, or by `boxed()` where a type has it"
)]
#[rustfmt::skip]
pub trait SmallEnoughElsePullBackInto<'a> {} // Call `pull_back_into(&input, &output_gradient, &mut workspace, &mut gradients, &mut input_gradient)`.

#[diagnostic::on_unimplemented(
    message = "the specification of this network does not ask for gradients with respect to its inputs",
    label = "this needs `backward inputs;`",
    note = "add `backward inputs;` to the specification, and a loss where the gradient is not given"
)]
#[rustfmt::skip]
pub trait BackwardInputsInSpecification<'a> {} // Add `backward inputs;` to the specification.
