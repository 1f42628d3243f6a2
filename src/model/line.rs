//! The hash of one line of a file, as identities use it.

use sha2::{Digest, Sha256};

/// Hash of a line with its white space folded: runs become one blank, the ends go. The first 8 bytes of the SHA-256,
/// big-endian.
pub fn folded_line_hash(line: &str) -> u64 {
    let mut hasher = Sha256::new();
    for (index, word) in line.split_whitespace().enumerate() {
        if index > 0 {
            hasher.update(b" ");
        }
        hasher.update(word.as_bytes());
    }
    let digest = hasher.finalize();
    digest
        .iter()
        .take(8)
        .fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_does_not_matter_and_text_does() {
        assert_eq!(folded_line_hash(" a\t b  c "), folded_line_hash("a b c"));
        assert_ne!(folded_line_hash("a b c"), folded_line_hash("ab c"));
        // printf 'a b c' | sha256sum
        assert_eq!(folded_line_hash("a b c"), 0x0e9f_6403_1fcb_2bc7);
    }
}
