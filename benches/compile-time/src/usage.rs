//! What a child process used, with all that it waited for.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus};
use std::time::Duration;

pub struct Usage {
    /// Of all processors together, in the program and in the system for it.
    pub processor: Duration,
    /// The most memory that one of the processes held at once.
    pub kibibytes: i64,
}

pub fn run(command: &mut Command) -> io::Result<(ExitStatus, Usage)> {
    let child = command.spawn()?;
    let mut status = 0;
    // SAFETY: plain data, and both outlive the call; nobody else waits for the child.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::wait4(child.id() as libc::pid_t, &mut status, 0, &mut usage) < 0 {
            return Err(io::Error::last_os_error());
        }
        usage
    };
    let time = |t: libc::timeval| Duration::new(t.tv_sec as u64, t.tv_usec as u32 * 1000);
    let processor = time(usage.ru_utime) + time(usage.ru_stime);
    Ok((ExitStatus::from_raw(status), Usage { processor, kibibytes: usage.ru_maxrss }))
}
