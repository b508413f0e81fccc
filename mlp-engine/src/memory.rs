//! One memory for everything: parameters, gradients, states, values, constants. A step borrows what it writes and, from
//! the rest, what it reads.

use alloc::vec::Vec;
use core::ops::Range;

use crate::error::Error;

/// Bytes of a cache line.
const LINE: usize = 64;

/// Numbers that begin at a cache line.
pub(crate) struct Memory<S> {
    numbers: Vec<S>,
    skipped: usize,
    size: usize,
}

impl<S: Copy + Default> Memory<S> {
    /// Zeros.
    pub(crate) fn new(size: usize) -> Result<Self, Error> {
        let numbers = Self::room(size)?;
        Ok(Self::aligned(numbers, size, |numbers, length| numbers.resize(length, S::default())))
    }

    fn room(size: usize) -> Result<Vec<S>, Error> {
        let mut numbers = Vec::new();
        let bytes = size.saturating_mul(size_of::<S>());
        let length = size.checked_add(LINE / size_of::<S>()).ok_or(Error::Memory { bytes })?;
        numbers.try_reserve_exact(length).map_err(|_| Error::Memory { bytes })?;
        Ok(numbers)
    }

    fn aligned(mut numbers: Vec<S>, size: usize, fill: impl FnOnce(&mut Vec<S>, usize)) -> Self {
        let line = LINE / size_of::<S>();
        let skipped = numbers.as_ptr().align_offset(LINE).min(line);
        fill(&mut numbers, skipped + size);
        Memory { numbers, skipped, size }
    }

    /// A copy.
    pub(crate) fn copied(&self) -> Result<Self, Error> {
        let room = Self::room(self.size)?;
        Ok(Self::aligned(room, self.size, |numbers, length| {
            numbers.resize(length - self.size, S::default());
            numbers.extend_from_slice(self.all());
        }))
    }

    pub(crate) fn all(&self) -> &[S] {
        self.numbers.get(self.skipped..).unwrap_or(&[])
    }

    pub(crate) fn all_mut(&mut self) -> &mut [S] {
        self.numbers.get_mut(self.skipped..).unwrap_or(&mut [])
    }
}

/// Memory without what is written.
pub(crate) struct Rest<'m, S> {
    before: &'m [S],
    between: (usize, &'m [S]),
    after: (usize, &'m [S]),
}

impl<'m, S> Rest<'m, S> {
    /// Numbers that are not written.
    #[inline(always)]
    pub(crate) fn get(&self, at: usize, count: usize) -> Option<&'m [S]> {
        let end = at.checked_add(count)?;
        if end <= self.before.len() {
            return self.before.get(at..end);
        }
        let (start, part) = if at >= self.after.0 { self.after } else { self.between };
        part.get(at.checked_sub(start)?..end.checked_sub(start)?)
    }
}

/// One place that is written, and the rest.
#[inline(always)]
pub(crate) fn split<S>(memory: &mut [S], at: usize, count: usize) -> Option<(&mut [S], Rest<'_, S>)> {
    let (before, written) = memory.split_at_mut_checked(at)?;
    let (written, after) = written.split_at_mut_checked(count)?;
    let end = at + count;
    Some((written, Rest { before, between: (end, &[]), after: (end, after) }))
}

/// Two places that are written, and the rest.
pub(crate) fn split_two<S>(
    memory: &mut [S],
    a: Range<usize>,
    b: Range<usize>,
) -> Option<(&mut [S], &mut [S], Rest<'_, S>)> {
    let exchanged = b.start < a.start;
    let (low, high) = if exchanged { (b, a) } else { (a, b) };
    let (before, rest) = memory.split_at_mut_checked(low.start)?;
    let (first, rest) = rest.split_at_mut_checked(low.end.checked_sub(low.start)?)?;
    let (between, rest) = rest.split_at_mut_checked(high.start.checked_sub(low.end)?)?;
    let (second, after) = rest.split_at_mut_checked(high.end.checked_sub(high.start)?)?;
    let rest = Rest { before, between: (low.end, between), after: (high.end, after) };
    Some(if exchanged { (second, first, rest) } else { (first, second, rest) })
}
