//! One core, and its time.

use std::io;
use std::time::Duration;

/// Holds the thread, and what it will start, to the core that it is on.
pub fn pin() -> io::Result<usize> {
    // SAFETY: asks for a number.
    let core = usize::try_from(unsafe { libc::sched_getcpu() }).map_err(|_| io::Error::last_os_error())?;
    hold(&[core])?;
    Ok(core)
}

/// Holds the thread, and what it will start, to these cores.
pub fn hold(cores: &[usize]) -> io::Result<()> {
    // SAFETY: the set is plain data, and outlives the call.
    let result = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        cores.iter().for_each(|&core| libc::CPU_SET(core, &mut set));
        libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &set)
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Those that the thread may run on.
#[cfg(feature = "rayon")]
pub fn cores() -> io::Result<Vec<usize>> {
    // SAFETY: the set is plain data, and outlives the call.
    let (result, set) = unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        (libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set), set)
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the numbers are those that a set has room for.
    Ok((0..libc::CPU_SETSIZE as usize).filter(|&core| unsafe { libc::CPU_ISSET(core, &set) }).collect())
}

/// Of the process, all threads together: neither waiting for others nor a hidden thread distorts it.
pub fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` outlives the call; the clock is there on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
