//! Measures a log while it is written: what counts for GitHub is its size when packed.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A writer that stops where more is written than fits.
pub(super) struct Meter<'w> {
    out: &'w mut dyn Write,
    size: Size,
    most: u64,
    over: bool,
}

/// How the size is told.
enum Size {
    /// Without packing: what is small as it is, is small when packed.
    Plain(u64),
    Packed(Box<GzEncoder<Count>>),
}

/// Counts what is thrown away.
struct Count(u64);

impl Write for Count {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> Meter<'w> {
    /// Takes what has at most `most` bytes, so packed or, without packing, surely below it when packed.
    pub(super) fn new(out: &'w mut dyn Write, most: u64, packed: bool) -> Meter<'w> {
        // What cannot be packed grows by five bytes a block, and the file has a head and a foot.
        let spare = most.checked_div(1_000).unwrap_or(0).saturating_add(100);
        let (size, most) = match packed {
            // The quickest way to pack is also the one that packs least, so whoever packs otherwise stays below.
            true => {
                let encoder = GzEncoder::new(Count(0), Compression::fast());
                (Size::Packed(Box::new(encoder)), most)
            }
            false => (Size::Plain(0), most.saturating_sub(spare)),
        };
        Meter {
            out,
            size,
            most,
            over: false,
        }
    }

    /// Whether everything fitted, once all was written.
    pub(super) fn fits(mut self) -> io::Result<bool> {
        if let Size::Packed(encoder) = &mut self.size {
            encoder.try_finish()?;
            self.over |= encoder.get_ref().0 > self.most;
        }
        Ok(!self.over)
    }

    /// Whether writing stopped because more did not fit.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }
}

impl Write for Meter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = match &mut self.size {
            Size::Plain(size) => {
                *size = size.saturating_add(bytes.len() as u64);
                *size
            }
            Size::Packed(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_ref().0
            }
        };
        if size > self.most {
            self.over = true;
            return Err(io::Error::other("larger than what code scanning takes"));
        }
        self.out.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_exactly() {
        // Nothing that can be packed: a simple generator.
        let mut seed = 1_u64;
        let noise: Vec<u8> = (0..9_000)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (seed >> 56) as u8
            })
            .collect();
        let mut exact = GzEncoder::new(Vec::new(), Compression::fast());
        exact.write_all(&noise).unwrap();
        let exact = exact.finish().unwrap().len() as u64;
        let fits = |most: u64, packed: bool| {
            let mut out = Vec::new();
            let mut meter = Meter::new(&mut out, most, packed);
            match meter.write_all(&noise) {
                Ok(()) => meter.fits().unwrap(),
                Err(_) => {
                    assert!(meter.is_over());
                    false
                }
            }
        };
        assert!(fits(exact, true));
        assert!(!fits(exact - 1, true));
        // Without packing what passes is surely below.
        let plain = (9_000..10_000).find(|most| fits(*most, false)).unwrap();
        assert!(plain >= exact, "{plain} {exact}");
    }
}
