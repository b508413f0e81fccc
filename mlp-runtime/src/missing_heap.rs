//! The bounds of [`missing`](super::missing) for programs with the crate, which may have a heap.
#![allow(missing_docs, reason = "the texts are the documentation")]

#[diagnostic::on_unimplemented(
    message = "this network is too large to be returned by value",
    label = "call `boxed()`, with the feature `alloc` of the crate `mlp`",
    note = "without a heap: a `static` with `Mutex::new(Network::ZERO)`, then `initialize(seed)`"
)]
#[rustfmt::skip]
pub trait SmallEnoughElseBoxed<'a> {} // Call `boxed()`, with the feature `alloc` of the crate `mlp`.

#[diagnostic::on_unimplemented(
    message = "`boxed()` needs the feature `alloc` of the crate `mlp`",
    label = "the feature is not enabled",
    note = "enable it with `cargo add mlp --features alloc`"
)]
#[rustfmt::skip]
pub trait FeatureAlloc<'a> {} // Enable the feature: `cargo add mlp --features alloc`.
