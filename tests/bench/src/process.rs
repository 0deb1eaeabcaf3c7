//! What Linux says of a process: `/proc`.

use std::fs;

use crate::failure::{Result, While};

/// The most memory a process has had resident, in KiB (`VmHWM`).
pub(crate) fn peak_rss_kib(pid: u32) -> Result<u64> {
    let path = format!("/proc/{pid}/status");
    peak(&fs::read_to_string(&path).while_(&path)?).while_(format!("VmHWM in {path}"))
}

/// CPU time of all its threads alive, in milliseconds, from the scheduler's own nanoseconds.
pub(crate) fn threads_cpu_ms(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/task");
    let mut nanos = 0;
    for task in fs::read_dir(&path).while_(&path)? {
        // A thread may end between the two reads.
        let text = fs::read_to_string(task?.path().join("schedstat")).unwrap_or_default();
        nanos += on_cpu(&text);
    }
    Ok(ms(nanos))
}

/// CPU time of a process, its ended threads too, in milliseconds (`utime + stime`, in steps of 10).
pub(crate) fn cpu_ms(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = fs::read_to_string(&path).while_(&path)?;
    ticks(&text).map(|ticks| f64::from(ticks) * 10.0).while_(path)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "far below 2^52 nanoseconds, which are 52 days"
)]
fn ms(nanos: u64) -> f64 {
    nanos as f64 / 1e6
}

fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn on_cpu(schedstat: &str) -> u64 {
    schedstat
        .split(' ')
        .next()
        .and_then(|nanos| nanos.parse().ok())
        .unwrap_or(0)
}

/// `utime + stime`. `USER_HZ` is 100 on every architecture we run on. The program's name, in brackets, may hold
/// anything, so what is counted is counted from the last bracket.
fn ticks(stat: &str) -> Option<u32> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u32>().ok();
    Some(next()? + next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peak_is_read_from_its_line() {
        assert_eq!(
            peak("VmPeak:\t  9 kB\nVmHWM:\t    6836 kB\nVmRSS:\t 1 kB\n"),
            Some(6836)
        );
        assert_eq!(peak("VmRSS:\t 1 kB\n"), None);
    }

    #[test]
    fn ticks_are_found_behind_any_name() {
        let stat = "42 (a) b) S 1 42 42 0 -1 4194304 100 0 0 0 17 5 0 0 20 0 9 0 100 1 1";
        assert_eq!(ticks(stat), Some(22));
        assert_eq!(ticks("42 (a) S 1"), None);
    }

    #[test]
    fn this_process_uses_time_and_memory() {
        let pid = std::process::id();
        assert!(peak_rss_kib(pid).unwrap() > 100);
        assert!(threads_cpu_ms(pid).unwrap() > 0.0);
        assert!(cpu_ms(pid).is_ok());
    }
}
