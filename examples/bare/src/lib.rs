//! What a program needs that has neither std nor libc: where it starts and ends, what it does on a
//! panic, and the five functions that the compiler calls to copy and compare bytes.
//!
//! x86-64 and Linux only; on a microcontroller its runtime crate does all this.
#![no_std]

use core::arch::asm;
use core::panic::PanicInfo;

/// Ends the program.
pub fn exit(status: i32) -> ! {
    // SAFETY: 231 is `exit_group`; it doesn't return and touches no memory.
    unsafe { asm!("syscall", in("rax") 231, in("rdi") status, options(noreturn, nostack)) }
}

/// Makes `fn() -> bool` the program; it succeeds where that is true.
#[macro_export]
macro_rules! program {
    ($run:path) => {
        /// Where Linux jumps to: the stack is aligned for a function that was jumped to, not called.
        #[unsafe(no_mangle)]
        #[unsafe(naked)]
        unsafe extern "C" fn _start() -> ! {
            core::arch::naked_asm!("xor ebp, ebp", "call {main}", "ud2", main = sym main)
        }

        extern "C" fn main() -> ! {
            $crate::exit(if $run() { 0 } else { 1 })
        }
    };
}

/// Nothing defines the function, so a program in which a panic can be reached is not linked.
#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    #[cfg(no_panic)]
    {
        unsafe extern "C" {
            safe fn mlp_panic_is_reachable() -> !;
        }
        mlp_panic_is_reachable()
    }
    #[cfg(not(no_panic))]
    exit(101)
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    // SAFETY: the caller vouches for both places. A loop would be compiled to a call of this function.
    unsafe {
        asm!("rep movsb", inout("rcx") count => _, inout("rdi") to => _, inout("rsi") from => _,
            options(nostack, preserves_flags));
    }
    to
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    if (to as usize).wrapping_sub(from as usize) >= count {
        // SAFETY: as for the caller; bytes are read before they are written over.
        return unsafe { memcpy(to, from, count) };
    }
    // SAFETY: as for the caller; count isn't 0 here, and the copy runs from the last byte down.
    unsafe {
        asm!("std", "rep movsb", "cld", inout("rcx") count => _, inout("rdi") to.add(count - 1) => _,
            inout("rsi") from.add(count - 1) => _, options(nostack));
    }
    to
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memset(to: *mut u8, byte: i32, count: usize) -> *mut u8 {
    // SAFETY: the caller vouches for the place.
    unsafe {
        asm!("rep stosb", inout("rcx") count => _, inout("rdi") to => _, in("al") byte as u8,
            options(nostack, preserves_flags));
    }
    to
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    for i in 0..count {
        // SAFETY: the caller vouches for both places.
        let (a, b) = unsafe { (one.add(i).read_volatile(), other.add(i).read_volatile()) };
        if a != b {
            return i32::from(a) - i32::from(b);
        }
    }
    0
}

/// # Safety
/// As in C.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn bcmp(one: *const u8, other: *const u8, count: usize) -> i32 {
    // SAFETY: as for the caller.
    unsafe { memcmp(one, other, count) }
}
