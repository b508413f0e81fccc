//! Memory on the stack whose contents are ignored: methods by value have a workspace in it, and write nothing to it first.
//! Zeros in a workspace of 17-64-64-6 take a fifth of the time of its forward pass.
//!
//! The verifier of plans proves that each value is written before it is read, and rustc does not know it. So the memory is
//! made a value first: numbers, each of which may have any bits. An assembly block without instructions has the address,
//! and rustc must assume that it has written there. Where there is no such block, and under Miri, the memory is zeros.
#![allow(unsafe_code, reason = "memory as a value; each use states why it is sound")]
#![deny(clippy::undocumented_unsafe_blocks)]

use core::mem::MaybeUninit;

/// A type of which memory with any contents is a value.
///
/// # Safety
/// All bits are a value of the type. It may have padding.
#[doc(hidden)]
pub unsafe trait AnyBits: Sized {}

// SAFETY: all bits are a number or a NaN, IEEE 754.
unsafe impl AnyBits for f32 {}
// SAFETY: all bits are a number or a NaN, IEEE 754.
unsafe impl AnyBits for f64 {}
// SAFETY: all bits are a number.
unsafe impl AnyBits for u64 {}
// SAFETY: an array is its elements, contiguous, and any bits are a value of each.
unsafe impl<T: AnyBits, const N: usize> AnyBits for [T; N] {}

/// Compiles only for types that are [`AnyBits`].
#[doc(hidden)]
pub const fn is_any_bits<T: AnyBits>(_: &T) {}

/// Calls `run` with memory on the stack that has any contents.
#[doc(hidden)]
#[inline(always)]
pub fn scratch<T: AnyBits, R>(run: impl FnOnce(&mut T) -> R) -> R {
    let mut memory = MaybeUninit::uninit();
    run(with_contents(&mut memory))
}

#[cfg(all(
    any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64", target_arch = "arm"),
    not(miri)
))]
#[inline(always)]
fn with_contents<T: AnyBits>(memory: &mut MaybeUninit<T>) -> &mut T {
    // SAFETY: the block has no instruction. What it may do for all that rustc knows is to write bytes to the memory, and the
    // bytes that are there are a possible choice. So the memory is initialised afterwards.
    unsafe {
        core::arch::asm!("/* {0} */", in(reg) memory.as_mut_ptr(), options(nostack, preserves_flags));
    }
    // SAFETY: it is initialised, and any bits are a value of `T` (`AnyBits`).
    unsafe { memory.assume_init_mut() }
}

#[cfg(not(all(
    any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64", target_arch = "arm"),
    not(miri)
)))]
#[inline(always)]
fn with_contents<T: AnyBits>(memory: &mut MaybeUninit<T>) -> &mut T {
    *memory = MaybeUninit::zeroed();
    // SAFETY: it is zeros, and any bits are a value of `T` (`AnyBits`).
    unsafe { memory.assume_init_mut() }
}

/// Says of generated types, from the list of all their fields, that memory with any contents is a value of them.
///
/// The compiler checks it: the pattern has all fields, since it has no `..`; each is [`AnyBits`]; enums and unions are
/// refused, since an enum has no fields and those of a union can't be read here.
///
/// ```
/// struct Good { x: f32, w: [[f64; 3]; 2] }
/// struct Empty {}
/// mlp_runtime::__mlp_scratch!(Good { x, w } Empty {});
/// let sum = mlp_runtime::__private::scratch(|good: &mut Good| {
///     (good.x, good.w) = (1.0, [[2.0; 3]; 2]);
///     f64::from(good.x) + good.w[1][2]
/// });
/// assert_eq!(sum, 3.0);
/// ```
///
/// ```compile_fail,E0277
/// struct Flag { is: bool }
/// mlp_runtime::__mlp_scratch!(Flag { is });
/// ```
///
/// ```compile_fail,E0027
/// struct Hidden { w: f32, is: bool }
/// mlp_runtime::__mlp_scratch!(Hidden { w });
/// ```
///
/// ```compile_fail,E0133
/// union Either { w: f32, is: bool }
/// mlp_runtime::__mlp_scratch!(Either { w });
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __mlp_scratch {
    ($($type:ident { $($field:ident),* })*) => { $(
        const _: () = {
            const fn fields(of: &$type) {
                let $type { $($field: _),* } = of;
                $($crate::__private::is_any_bits(&of.$field);)*
            }
        };
        // SAFETY: any bits are a value of each field, and the pattern above has all fields of the struct.
        unsafe impl $crate::__private::AnyBits for $type {}
    )* };
}
