//! The bytes of a feed as text: gunzipped where they are gzip, within a bound.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

use crate::syntax::Utf8;

/// Largest feed in bytes once it is inflated. EPSS of 300,000 CVEs has 10 MB.
const INFLATED_MOST: u64 = 256 << 20;

/// RFC 1952, section 2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Opens the bytes of a feed.
pub(super) fn open(bytes: &[u8]) -> BufReader<Utf8<Box<dyn Read + '_>>> {
    let inflated: Box<dyn Read + '_> = if bytes.starts_with(&GZIP) {
        Box::new(Bounded::new(MultiGzDecoder::new(bytes), INFLATED_MOST))
    } else {
        Box::new(Bounded::new(bytes, INFLATED_MOST))
    };
    BufReader::with_capacity(128 << 10, Utf8::new(inflated))
}

/// A reader that fails after so many bytes, where [`Read::take`] would end as if that were all.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R> Bounded<R> {
    fn new(inner: R, left: u64) -> Bounded<R> {
        Bounded { inner, left }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        let read = u64::try_from(n).unwrap_or(u64::MAX);
        let Some(left) = self.left.checked_sub(read) else {
            return Err(io::Error::other(format!(
                "it has more than {} MiB, which no such file has",
                INFLATED_MOST >> 20
            )));
        };
        self.left = left;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_an_error_and_no_end() {
        let mut out = Vec::new();
        assert!(Bounded::new(&b"12345"[..], 5).read_to_end(&mut out).is_ok());
        assert_eq!(out, b"12345");
        let error = Bounded::new(&b"123456"[..], 5).read_to_end(&mut out);
        assert!(error.is_err_and(|error| error.to_string().contains("MiB")));
    }
}
