//! ECDSA signatures from the form KMS gives (ASN.1 DER, RFC 3279 s2.2.3) to the form of JWS (RFC 7518 s3.4).

/// Bytes of a number on P-256.
const SIDE: usize = 32;

/// The 64 bytes r‖s of `SEQUENCE { INTEGER r, INTEGER s }`; `None` for anything that is not exactly that.
pub(super) fn jose(der: &[u8]) -> Option<[u8; 2 * SIDE]> {
    let (body, rest) = element(0x30, der)?;
    let (r, body) = element(0x02, body)?;
    let (s, body) = element(0x02, body)?;
    if !rest.is_empty() || !body.is_empty() {
        return None;
    }
    let mut signature = [0; 2 * SIDE];
    let (left, right) = signature.split_at_mut(SIDE);
    place(r, left)?;
    place(s, right)?;
    Some(signature)
}

/// The content of an element with this tag, and what follows it. A signature is shorter than 128 bytes, so a length
/// is one byte.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let [found, length, rest @ ..] = der else {
        return None;
    };
    (*found == tag && *length < 0x80).then(|| rest.split_at_checked(usize::from(*length)))?
}

/// Writes a positive integer at the right end. DER has a zero in front where the first bit would be a sign, and no
/// other; JWS has all 32 bytes.
fn place(integer: &[u8], to: &mut [u8]) -> Option<()> {
    let digits = match integer {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => rest,
        [1..0x80, ..] => integer,
        // Negative, zero or padded.
        _ => return None,
    };
    let start = to.len().checked_sub(digits.len())?;
    to.get_mut(start..)?.copy_from_slice(digits);
    Some(())
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::Signature;
    use proptest::prelude::*;

    use super::*;

    fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
        let integer = |digits: &[u8]| [&[2, u8::try_from(digits.len()).unwrap()], digits].concat();
        let body = [integer(r), integer(s)].concat();
        [&[0x30, u8::try_from(body.len()).unwrap()], &*body].concat()
    }

    #[test]
    fn a_sign_byte_goes_and_missing_zeros_come() {
        let long = [&[0_u8], &[0xff; 32][..]].concat();
        let cases: [(&[u8], [u8; 32]); 4] = [
            (&long, [0xff; 32]),
            (&[0x7f; 32], [0x7f; 32]),
            (&[1], std::array::from_fn(|i| u8::from(i == 31))),
            (
                &[0, 0x80],
                std::array::from_fn(|i| if i == 31 { 0x80 } else { 0 }),
            ),
        ];
        for (r, expected_r) in &cases {
            for (s, expected_s) in &cases {
                let expected = [*expected_r, *expected_s].concat();
                assert_eq!(jose(&der(r, s)).unwrap().as_slice(), expected, "{r:?} {s:?}");
            }
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let good = der(&[1; 32], &[2; 32]);
        assert!(jose(&good).is_some());
        for cut in 0..good.len() {
            assert_eq!(jose(&good[..cut]), None, "cut at {cut}");
        }
        let with = |at: usize, byte: u8| {
            let mut changed = good.clone();
            changed[at] = byte;
            changed
        };
        let bad = [
            [&*good, &[0]].concat(),                                 // something after
            with(0, 0x31),                                           // no sequence
            with(1, 0x81),                                           // a long length
            with(2, 3),                                              // no integer
            with(3, 31),                                             // another length
            der(&[0], &[1]),                                         // zero
            der(&[1], &[]),                                          // nothing
            der(&[0x80], &[1]),                                      // negative
            der(&[0, 1], &[1]),                                      // padded
            der(&[0, 0, 0x80], &[1]),                                // padded twice
            der(&[1; 33], &[1]),                                     // too long
            der(&[&[0][..], &[0xff; 33]].concat(), &[1]),            // too long with its sign byte
            [&[0x30, 6, 2, 1, 1, 2, 1, 1][..], &[2, 1, 1]].concat(), // a third number
            [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1].to_vec(),           // a third number inside
        ];
        for der in bad {
            assert_eq!(jose(&der), None, "{der:?}");
        }
    }

    proptest! {
        /// `p256` writes DER on its own account.
        #[test]
        fn what_p256_writes_comes_back(
            r in prop::array::uniform32(any::<u8>()),
            s in prop::array::uniform32(any::<u8>()),
            zeros in 0_usize..31,
        ) {
            let mut r = r;
            r[..zeros].fill(0);
            if let Ok(signature) = Signature::from_scalars(r, s) {
                let expected = signature.to_bytes().to_vec();
                prop_assert_eq!(jose(signature.to_der().as_bytes()).map(Vec::from), Some(expected));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            if let Some(signature) = jose(&bytes) {
                // What is accepted is the one DER form of these numbers.
                let (r, s) = signature.split_at(32);
                let minimal = |n: &[u8]| {
                    let digits: Vec<u8> = n.iter().copied().skip_while(|b| *b == 0).collect();
                    if digits[0] >= 0x80 { [vec![0], digits].concat() } else { digits }
                };
                prop_assert_eq!(der(&minimal(r), &minimal(s)), bytes);
            }
        }
    }
}
