//! Memory at starts of lines of the cache, for every contender alike: where an array begins by chance, a
//! product of one vector takes half as long again or not.

use std::alloc::{GlobalAlloc, Layout, System};

pub struct Aligned;

const LINE: usize = 64;

fn in_lines(layout: Layout) -> Layout {
    layout.align_to(LINE).unwrap_or(layout)
}

// SAFETY: all is done by the system's allocator, with a layout that asks for more.
unsafe impl GlobalAlloc for Aligned {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for the caller.
        unsafe { System.alloc(in_lines(layout)) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for the caller.
        unsafe { System.alloc_zeroed(in_lines(layout)) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: as for the caller; the layout is the one it was had with.
        unsafe { System.dealloc(place, in_lines(layout)) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as for the caller; the layout is the one it was had with.
        unsafe { System.realloc(place, in_lines(layout), size) }
    }
}
