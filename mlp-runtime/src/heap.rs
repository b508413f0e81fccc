//! Values of generated types on the heap, made where they stay: `Box::new(Network::ZERO)` builds a network on the
//! stack first where the compiler does not optimise.
//!
//! Beside the vector kernels this is the only module with `unsafe` in it. What it relies on is that memory of zeros is a value of a type:
//! [`Zeroed`] says so, for numbers and arrays here, for generated structs through [`boxed!`](crate::__mlp_boxed),
//! which has the compiler check that each field is one of those.
#![allow(unsafe_code, reason = "memory of zeros as a value; each use says why it is sound")]
#![deny(clippy::undocumented_unsafe_blocks)]

use alloc::alloc::{Layout, alloc_zeroed, handle_alloc_error};
pub use alloc::boxed::Box;
use core::ptr::NonNull;

/// A type of which memory of zeros is a value.
///
/// # Safety
/// All bits 0 must be a value of the type.
#[doc(hidden)]
pub unsafe trait Zeroed: Sized {}

// SAFETY: all bits 0 are 0.0, IEEE 754.
unsafe impl Zeroed for f32 {}
// SAFETY: all bits 0 are 0.0, IEEE 754.
unsafe impl Zeroed for f64 {}
// SAFETY: all bits 0 are 0.
unsafe impl Zeroed for u64 {}
// SAFETY: an array is its elements side by side, and zeros are a value of each.
unsafe impl<T: Zeroed, const N: usize> Zeroed for [T; N] {}

/// Takes part of a value if memory of zeros is one, too: for the compiler's eyes.
#[doc(hidden)]
pub const fn is_zeroed<T: Zeroed>(_: &T) {}

/// Memory of zeros as a value, without a copy of it on the stack.
#[doc(hidden)]
pub fn zeroed<T: Zeroed>() -> Box<T> {
    let layout = Layout::new::<T>();
    let place = if layout.size() == 0 {
        NonNull::dangling()
    } else {
        // SAFETY: the layout has a size above 0, which is all that is asked.
        let place = unsafe { alloc_zeroed(layout) };
        NonNull::new(place.cast::<T>()).unwrap_or_else(|| handle_alloc_error(layout))
    };
    // SAFETY: the place comes from the global allocator with the layout of `T`, as a box's must, or is aligned and of
    // size 0; it holds zeros, which are a value of `T` (`Zeroed`); nobody else knows of it.
    unsafe { Box::from_raw(place.as_ptr()) }
}

/// `boxed()` for a generated type: all its fields, then what is not 0 in it.
///
/// That zeros are a value of the struct is not believed but checked: the pattern must have all its fields (it has no
/// `..`), each must be [`Zeroed`], and neither an enum nor a union passes: the one has no fields, those of the other can't be
/// read here.
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
            /// A network on the heap with the specification's start values, made in place.
            pub fn boxed() -> $crate::__private::heap::Box<Self> {
                Self::boxed_with_seed(Self::SEED)
            }

            /// A network on the heap whose drawn start values come from another seed, made in place.
            pub fn boxed_with_seed(seed: u64) -> $crate::__private::heap::Box<Self> {
                let mut network = $crate::__private::heap::zeroed::<Self>();
                $crate::__private::Network::initialize(&mut *network, seed);
                network
            }
        }
    };
    (part $type:ident { $($field:ident),* } $($setting:ident = $value:expr),*) => {
        $crate::__mlp_boxed!(@zeroed $type { $($field),* });
        impl $type {
            /// The same as `new()` on the heap, made in place.
            pub fn boxed() -> $crate::__private::heap::Box<Self> {
                let mut part = $crate::__private::heap::zeroed::<Self>();
                $(part.$setting = $value;)*
                part
            }
        }
    };
    // After a mistake in the specification: types without content.
    (network stub $type:ident) => {
        $crate::__mlp_boxed!(part stub $type);
        impl $type {
            pub fn boxed_with_seed(seed: u64) -> $crate::__private::heap::Box<Self> { Self::boxed() }
        }
    };
    (part stub $type:ident) => {
        impl $type {
            pub fn boxed() -> $crate::__private::heap::Box<Self> { $crate::__private::heap::Box::new(Self::ZERO) }
        }
    };
    (@zeroed $type:ident { $($field:ident),* }) => {
        const _: () = {
            const fn fields(of: &$type) {
                let $type { $($field: _),* } = of;
                $($crate::__private::heap::is_zeroed(&of.$field);)*
            }
        };
        // SAFETY: a struct whose fields, all of them as the pattern above shows, are values where they are zeros.
        unsafe impl $crate::__private::heap::Zeroed for $type {}
    };
}
