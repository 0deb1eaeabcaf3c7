//! Times as an operator reads them.

use symbolon::types::Timestamp;

/// `5 min ago`.
pub(crate) fn ago(now: Timestamp, then: Timestamp) -> String {
    format!("{} ago", span(now.seconds_since(then)))
}

/// `in 5 min`, rounded up.
pub(crate) fn until(now: Timestamp, then: Timestamp) -> String {
    format!("in {}", span(then.seconds_since(now)))
}

fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.div_ceil(60)),
        7_200..172_800 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} d", seconds.div_ceil(86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_said_too_short() {
        let now = Timestamp(1_000_000);
        for (seconds, said) in [
            (0, "0 s"),
            (119, "119 s"),
            (121, "3 min"),
            (7_201, "3 h"),
            (864_000, "10 d"),
        ] {
            assert_eq!(until(now, now + seconds), format!("in {said}"));
            assert_eq!(ago(now, now - seconds), format!("{said} ago"));
        }
    }
}
