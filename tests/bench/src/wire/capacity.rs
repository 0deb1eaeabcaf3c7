//! What DynamoDB bills on demand for one call.

/// A write unit is up to 1 KB, a read unit up to 4 KB.
const WRITE: u64 = 1_024;
const READ: u64 = 4_096;

/// How a read was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consistency {
    Eventual,
    Strong,
    Transaction,
}

/// Units of a read of so many bytes. A miss costs what the smallest item costs.
pub(super) fn read_units(bytes: u64, consistency: Consistency) -> f64 {
    units(bytes, READ)
        * match consistency {
            Consistency::Eventual => 0.5,
            Consistency::Strong => 1.0,
            Consistency::Transaction => 2.0,
        }
}

/// Units of a write, by the larger of the item before and after. A condition that fails costs the same.
pub(super) fn write_units(larger: u64, transaction: bool) -> f64 {
    units(larger, WRITE) * if transaction { 2.0 } else { 1.0 }
}

#[expect(clippy::cast_precision_loss, reason = "an item has at most 400 KB")]
fn units(bytes: u64, each: u64) -> f64 {
    bytes.div_ceil(each).max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_by_four_kilobytes() {
        let strong = |bytes| read_units(bytes, Consistency::Strong);
        assert_eq!(
            [0, 1, 4_096, 4_097, 12_288].map(strong),
            [1.0, 1.0, 1.0, 2.0, 3.0]
        );
        assert_eq!(read_units(4_097, Consistency::Eventual), 1.0);
        assert_eq!(read_units(0, Consistency::Eventual), 0.5);
        assert_eq!(read_units(4_097, Consistency::Transaction), 4.0);
    }

    #[test]
    fn writes_are_by_one_kilobyte() {
        assert_eq!(
            [0, 1_024, 1_025].map(|bytes| write_units(bytes, false)),
            [1.0, 1.0, 2.0]
        );
        assert_eq!(write_units(1_025, true), 4.0);
    }
}
