//! Bytes as text, for the bodies of requests that carry files (RFC 4648, section 4). Pure.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes with padding and without line ends.
pub fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3).saturating_mul(4));
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let word = (byte(0) << 16) | (byte(1) << 8) | byte(2);
        for at in 0..4_usize {
            let six = (word >> (18 - 6 * at)) & 63;
            let letter = usize::try_from(six).ok().and_then(|six| ALPHABET.get(six));
            // One byte fills two letters, two bytes three.
            let used = at <= group.len();
            out.push(
                letter
                    .filter(|_| used)
                    .map_or('=', |letter| char::from(*letter)),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4648, section 10, and the two letters that it does not reach.
    #[test]
    fn known_answers() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg=="),
            (b"fooba", "Zm9vYmE="),
            (b"foobar", "Zm9vYmFy"),
            (&[0xfb, 0xff, 0xff], "+///"),
            (&[0], "AA=="),
        ] {
            assert_eq!(encode(bytes), text);
        }
    }
}
