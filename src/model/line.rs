//! What a line of code is reduced to for identity.

use sha2::{Digest, Sha256};

/// Hash of a line: white space runs folded to one blank, ends trimmed; the first 8 bytes of SHA-256, big-endian.
pub fn folded_line_hash(text: &str) -> u64 {
    let mut hash = Sha256::new();
    for (index, word) in text.split_whitespace().enumerate() {
        if index > 0 {
            hash.update(b" ");
        }
        hash.update(word.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    digest
        .iter()
        .take(8)
        .fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}
