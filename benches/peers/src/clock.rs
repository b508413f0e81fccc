//! One core, and its time.

use std::io;
use std::time::Duration;

/// Holds the thread, and what it will start, to the core that it is on.
pub fn pin() -> io::Result<usize> {
    // SAFETY: the set is plain data, and outlives the call.
    unsafe {
        let core = usize::try_from(libc::sched_getcpu()).map_err(|_| io::Error::last_os_error())?;
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        libc::CPU_SET(core, &mut set);
        match libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set) {
            0 => Ok(core),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

/// Of the process, all threads together: neither waiting for others nor a hidden thread distorts it.
pub fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` outlives the call; the clock is there on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
