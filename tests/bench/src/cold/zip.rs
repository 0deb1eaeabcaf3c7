/// Headers of a zip with one file: 30 and 46 bytes beside its name, and 22 at the end.
const AROUND: u64 = 30 + 46 + 22;

/// Size of the zip that holds one file, at the strongest compression that is usual (`zip -9`).
pub(super) fn size(name: &str, content: &[u8]) -> u64 {
    let deflated = miniz_oxide::deflate::compress_to_vec(content, 9);
    AROUND + 2 * name.len() as u64 + deflated.len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_costs_nothing_and_the_frame_is_counted() {
        let empty = size("bootstrap", b"");
        assert!((116..125).contains(&empty), "{empty}");
        assert!(size("bootstrap", &vec![7; 100_000]) < empty + 300);
    }
}
