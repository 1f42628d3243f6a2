//! Secrets end here. A raw value lives in a [`Secret`] until it is hashed; the values seen are kept, out of reach, until
//! every text of every report has been cleaned of them, and are dropped with the [`Redactor`] (in `redact`).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::redact::Redactor;
use crate::model::{SecretMark, Text};

/// A raw secret. No `Display`, no `Debug`, no `Serialize`, and no way to get the text back out of this module.
pub struct Secret(String);

impl Secret {
    /// Takes a value that a scanner printed.
    pub fn new(value: impl Into<String>) -> Secret {
        Secret(value.into())
    }

    /// Whether the scanner masked it itself, so that its hash would say nothing: empty, `REDACTED`, or asterisks or an
    /// ellipsis in place of characters.
    pub fn is_masked(&self) -> bool {
        let value = self.0.trim();
        value.is_empty()
            || value.eq_ignore_ascii_case("redacted")
            || value.contains("***")
            || value.ends_with("...")
    }

    /// What a mask leaves visible (`AKIAFAKE...` is masked, eight characters are not): a secret of its own, which has
    /// to stay out of every text as well.
    pub fn visible_part(&self) -> Secret {
        let value = self.0.trim();
        let visible = value.trim_end_matches('.').trim_end_matches('*');
        let all = !self.is_masked() || value.eq_ignore_ascii_case("redacted");
        Secret(if all {
            String::new()
        } else {
            visible.to_owned()
        })
    }

    /// `text` with every occurrence of the value blanked.
    pub fn blank(&self, text: &str) -> String {
        let value = self.0.trim();
        if value.is_empty() {
            return text.to_owned();
        }
        text.replace(value, BLANK)
    }
}

/// What stands in the place of a secret.
pub(super) const BLANK: &str = "***";

/// Without an `identity-key` the hash is keyed with this, so that it is at least no plain hash of the value.
const PUBLIC_KEY: &[u8] = b"sarif-gate/v1 secret identity";

/// Digits of the hash that are published without an `identity-key`: 12 bits, enough to notice that a secret changed,
/// too few to confirm a guess.
const PUBLIC_DIGITS: usize = 3;

/// Values shorter than this are blanked in their own finding only: blanking "abc" everywhere would ruin every text.
const SHORTEST_REDACTED: usize = 8;

/// Hashes secrets and collects what has to be cleaned out of every text.
pub struct Secrets {
    key: Vec<u8>,
    digits: usize,
    seen: Vec<String>,
}

impl Secrets {
    /// With the `identity-key` where there is one; then whole hashes are published.
    pub fn new(identity_key: Option<&[u8]>) -> Secrets {
        Secrets {
            key: identity_key.unwrap_or(PUBLIC_KEY).to_vec(),
            digits: if identity_key.is_some() {
                64
            } else {
                PUBLIC_DIGITS
            },
            seen: Vec::new(),
        }
    }

    /// Hashes a value and remembers it for the redactor. A masked value gives an empty mark.
    pub fn mark(&mut self, secret: Secret) -> SecretMark {
        if secret.is_masked() {
            return SecretMark {
                digest: None,
                published: None,
            };
        }
        let digest = self.hash(secret.0.trim());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.remember(secret);
        SecretMark {
            digest: Some(digest),
            published: hex.get(..self.digits).map(Text::from),
        }
    }

    /// Remembers a value for the redactor without hashing it: the line that holds a secret, a match.
    pub fn remember(&mut self, secret: Secret) {
        let value = secret.0.trim();
        if !secret.is_masked() && value.len() >= SHORTEST_REDACTED {
            self.seen.push(value.to_owned());
            // A multi-line value shows up line by line in messages and snippets.
            let lines = value.lines().map(str::trim);
            let long = lines.filter(|line| line.len() >= 2 * SHORTEST_REDACTED && *line != value);
            let long: Vec<String> = long.map(str::to_owned).collect();
            self.seen.extend(long);
        }
    }

    fn hash(&self, value: &str) -> [u8; 32] {
        // HMAC takes keys of every length, so the error cannot come; an empty mark would be the safe answer to it.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else {
            return [0; 32];
        };
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Ends the collecting.
    pub fn into_redactor(self) -> Redactor {
        Redactor::new(self.seen)
    }
}
