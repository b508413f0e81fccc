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

#[diagnostic::on_unimplemented(
    message = "this trait of serde needs the feature `serde` of the crate `mlp`",
    label = "the feature is not enabled",
    note = "enable it with `cargo add mlp --features serde`; the types of all networks implement `Serialize` and `Deserialize` then"
)]
#[rustfmt::skip]
pub trait FeatureSerde<'a> {} // Enable the feature: `cargo add mlp --features serde`.

#[cfg(feature = "serde")]
impl<T: ?Sized> FeatureSerde<'_> for T {}

/// Compiles with the feature `serde` only.
pub fn needs_serde<T: for<'a> FeatureSerde<'a>>() {}
