//! Values of generated types on the heap, initialised in place: `Box::new(Network::ZERO)` builds a network on the stack
//! first in builds without optimization.
//!
//! Zeroed memory is used as a value of a type. The trait [`Zeroed`] states that this is sound: for numbers and arrays
//! here, for generated structs through [`boxed!`](crate::__mlp_boxed), which lets the compiler check each field. Besides
//! the kernels, this is the only module with `unsafe` code.
#![allow(unsafe_code, reason = "zeroed memory as a value; each use states why it is sound")]
#![deny(clippy::undocumented_unsafe_blocks)]

use alloc::alloc::{Layout, alloc_zeroed, handle_alloc_error};
pub use alloc::boxed::Box;
use core::ptr::NonNull;

/// A type of which zeroed memory is a value.
///
/// # Safety
/// All bits 0 are a value of the type.
#[doc(hidden)]
pub unsafe trait Zeroed: Sized {}

// SAFETY: all bits 0 are 0.0, IEEE 754.
unsafe impl Zeroed for f32 {}
// SAFETY: all bits 0 are 0.0, IEEE 754.
unsafe impl Zeroed for f64 {}
// SAFETY: all bits 0 are 0.
unsafe impl Zeroed for u64 {}
// SAFETY: an array is its elements, contiguous, and zeros are a value of each.
unsafe impl<T: Zeroed, const N: usize> Zeroed for [T; N] {}

/// Compiles only for types that are [`Zeroed`].
#[doc(hidden)]
pub const fn is_zeroed<T: Zeroed>(_: &T) {}

/// A boxed value of zeros, without a copy on the stack.
#[doc(hidden)]
pub fn zeroed<T: Zeroed>() -> Box<T> {
    let layout = Layout::new::<T>();
    let memory = if layout.size() == 0 {
        NonNull::dangling()
    } else {
        // SAFETY: the size of the layout is not 0.
        let memory = unsafe { alloc_zeroed(layout) };
        NonNull::new(memory.cast::<T>()).unwrap_or_else(|| handle_alloc_error(layout))
    };
    // SAFETY: the memory is from the global allocator with the layout of `T`, as a box needs it, or has size 0 and is
    // aligned; it holds zeros, which are a value of `T` (`Zeroed`); there is no other pointer to it.
    unsafe { Box::from_raw(memory.as_ptr()) }
}

/// Defines `boxed()` for a generated type, from the list of all its fields and the values that are not 0.
///
/// The compiler checks that zeros are a value of the struct: the pattern has all its fields, since it has no `..`; each
/// is [`Zeroed`]; enums and unions are refused, since an enum has no fields and those of a union can't be read here.
///
/// ```
/// #[derive(PartialEq, Debug)]
/// struct Good { steps: u64, rate: f32, w: [[f64; 3]; 2] }
/// mlp_runtime::__mlp_boxed!(part Good { steps, rate, w } rate = 0.5);
/// assert_eq!(*Good::boxed(), Good { steps: 0, rate: 0.5, w: [[0.0; 3]; 2] });
/// struct Empty {}
/// mlp_runtime::__mlp_boxed!(part Empty {});
/// let Empty {} = *Empty::boxed();
/// ```
///
/// ```compile_fail,E0277
/// struct Reference { text: &'static str }
/// mlp_runtime::__mlp_boxed!(part Reference { text });
/// ```
///
/// ```compile_fail,E0027
/// struct Hidden { w: f32, text: &'static str }
/// mlp_runtime::__mlp_boxed!(part Hidden { w });
/// ```
///
/// ```compile_fail,E0133
/// union Either { w: f32, text: &'static str }
/// mlp_runtime::__mlp_boxed!(part Either { w });
/// ```
///
/// ```compile_fail,E0574
/// enum Never {}
/// mlp_runtime::__mlp_boxed!(part Never {});
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __mlp_boxed {
    (network $type:ident { $($field:ident),* }) => {
        $crate::__mlp_boxed!(@zeroed $type { $($field),* });
        impl $type {
            /// A network on the heap with the start values of the specification, initialised in place.
            #[must_use]
            pub fn boxed() -> $crate::__private::heap::Box<Self> {
                Self::boxed_with_seed(Self::SEED)
            }

            /// A network on the heap whose random start values are drawn from `seed`, initialised in place.
            #[must_use]
            pub fn boxed_with_seed(seed: u64) -> $crate::__private::heap::Box<Self> {
                let mut network = $crate::__private::heap::zeroed::<Self>();
                $crate::__private::Network::initialize(&mut *network, seed);
                network
            }
        }
        impl $crate::__private::heap::Boxed for $type {
            fn boxed() -> $crate::__private::heap::Box<Self> {
                <$type>::boxed()
            }
        }
        impl $crate::__private::heap::BoxedWithSeed for $type {
            fn boxed_with_seed(seed: u64) -> $crate::__private::heap::Box<Self> {
                <$type>::boxed_with_seed(seed)
            }
        }
    };
    (part $type:ident { $($field:ident),* } $($setting:ident = $value:expr),*) => {
        $crate::__mlp_boxed!(@zeroed $type { $($field),* });
        impl $type {
            /// The value of `new()` on the heap, initialised in place.
            #[must_use]
            pub fn boxed() -> $crate::__private::heap::Box<Self> {
                let mut part = $crate::__private::heap::zeroed::<Self>();
                $(part.$setting = $value;)*
                part
            }
        }
        impl $crate::__private::heap::Boxed for $type {
            fn boxed() -> $crate::__private::heap::Box<Self> {
                <$type>::boxed()
            }
            fn copy_settings(&mut self, _from: &Self) {
                $(self.$setting = _from.$setting;)*
            }
        }
    };
    // After an error in the specification: types without content.
    (network stub $type:ident) => {
        $crate::__mlp_boxed!(part stub $type);
        impl $type {
            #[must_use]
            pub fn boxed_with_seed(seed: u64) -> $crate::__private::heap::Box<Self> { Self::boxed() }
        }
        impl $crate::__private::heap::BoxedWithSeed for $type {
            fn boxed_with_seed(seed: u64) -> $crate::__private::heap::Box<Self> { <$type>::boxed() }
        }
    };
    (part stub $type:ident) => {
        impl $type {
            #[must_use]
            pub fn boxed() -> $crate::__private::heap::Box<Self> { $crate::__private::heap::Box::new(Self::ZERO) }
        }
        impl $crate::__private::heap::Boxed for $type {
            fn boxed() -> $crate::__private::heap::Box<Self> { <$type>::boxed() }
        }
    };
    (@zeroed $type:ident { $($field:ident),* }) => {
        const _: () = {
            const fn fields(of: &$type) {
                let $type { $($field: _),* } = of;
                $($crate::__private::heap::is_zeroed(&of.$field);)*
            }
        };
        // SAFETY: zeros are a value of each field, and the pattern above has all fields of the struct.
        unsafe impl $crate::__private::heap::Zeroed for $type {}
    };
}
