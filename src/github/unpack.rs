//! Archives and packed files, with a bound on everything that an archive claims. Pure.

use std::io::{Cursor, Read, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use memchr::memmem;
use zip::read::ZipReadOptions;
use zip::{CompressionMethod, ZipArchive};

use super::command::safe_log_text;
use super::limits::{ARCHIVE_ENTRIES, ERROR_TEXT_CHARS};

/// Begins every entry of a zip archive's central directory (PKWARE APPNOTE 4.3.12).
const CENTRAL_ENTRY: &[u8] = b"PK\x01\x02";

/// The one file of this name in a zip archive, at whatever depth. What could be read in two ways is refused: two of the
/// name, names that stand twice, headers that disagree.
///
/// # Errors
/// A sentence about the archive when it is broken, too large, encrypted, or does not hold exactly one such file.
pub(super) fn only_file(archive: &[u8], name: &str, most: usize) -> Result<Vec<u8>, String> {
    let broken = |error: &dyn std::fmt::Display| {
        let text = safe_log_text(&error.to_string(), ERROR_TEXT_CHARS);
        format!("it is no zip archive that can be read ({text})")
    };
    // Counted before the directory is read, because reading it costs memory for each entry that it claims.
    if memmem::find_iter(archive, CENTRAL_ENTRY)
        .nth(ARCHIVE_ENTRIES)
        .is_some()
    {
        return Err(format!("it holds more than {ARCHIVE_ENTRIES} files"));
    }
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(|error| broken(&error))?;
    let mut found = None;
    for index in 0..zip.len() {
        let entry = zip
            .name_for_index(index)
            .transpose()
            .map_err(|error| broken(&error))?;
        let Some(entry) = entry.filter(|entry| names(entry, name)) else {
            continue;
        };
        drop(entry);
        if found.replace(index).is_some() {
            return Err(format!("it holds more than one `{name}`"));
        }
    }
    let index = found.ok_or_else(|| format!("it holds no `{name}`"))?;
    let options = ZipReadOptions::new().enforce_header_consistency(true);
    let file = zip
        .by_index_with_options(index, options)
        .map_err(|error| broken(&error))?;
    if !file.is_file() || file.is_symlink() {
        return Err(format!("its `{name}` is no file"));
    }
    if !matches!(
        file.compression(),
        CompressionMethod::Stored | CompressionMethod::Deflated
    ) {
        return Err(format!(
            "its `{name}` is packed by another method than deflate"
        ));
    }
    bounded(file, most).map_err(|problem| format!("its `{name}` {problem}"))
}

/// Whether an entry is a file of this name in a folder of the archive.
fn names(entry: &str, name: &str) -> bool {
    let mut parts: Vec<&str> = entry.split(['/', '\\']).collect();
    parts.pop() == Some(name) && !parts.iter().any(|part| matches!(*part, "" | "." | ".."))
}

/// Unpacks one gzip stream, which must be all there is.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn gunzip(packed: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let mut decoder = GzDecoder::new(packed);
    let bytes = bounded(&mut decoder, most)?;
    if decoder.into_inner().is_empty() {
        Ok(bytes)
    } else {
        Err("has something behind its end".to_owned())
    }
}

/// Packs as gzip; the same input gives the same bytes.
///
/// # Errors
/// None that memory could give.
pub fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Reads to the end, where the packers keep their checksums, or to one byte too many.
fn bounded(from: impl Read, most: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let one_more = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    from.take(one_more)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            let text = safe_log_text(&error.to_string(), ERROR_TEXT_CHARS);
            format!("cannot be unpacked ({text})")
        })?;
    if bytes.len() > most {
        return Err(format!("is larger than {most} bytes when unpacked"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options =
                SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn problem(archive: &[u8], most: usize) -> String {
        only_file(archive, "results.sarif", most).unwrap_err()
    }

    #[test]
    fn the_one_file_is_found_at_any_depth() {
        for name in ["results.sarif", "reports/security/results.sarif"] {
            let zip = archive(&[
                ("summary.md", b"x"),
                (name, b"{}"),
                ("not-results.sarif", b"y"),
            ]);
            assert_eq!(only_file(&zip, "results.sarif", 2).unwrap(), b"{}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        let twice = archive(&[("a/results.sarif", b"{}"), ("b/results.sarif", b"[]")]);
        assert!(problem(&twice, 9).contains("more than one"));
        // The writer refuses a name twice, so one of two equally long names is changed behind its back.
        let mut same = archive(&[("a/results.sarif", b"{}"), ("b/results.sarif", b"[]")]);
        let at: Vec<usize> = memmem::find_iter(&same, b"b/results.sarif").collect();
        assert_eq!(at.len(), 2);
        for at in at {
            same[at] = b'a';
        }
        assert!(
            problem(&same, 9).contains("duplicate"),
            "{}",
            problem(&same, 9)
        );
        // Only the local header says another name.
        let mut cloaked = archive(&[("a/results.sarif", b"{}")]);
        let at = memmem::find(&cloaked, b"a/results.sarif").unwrap();
        cloaked[at] = b'b';
        assert!(problem(&cloaked, 9).contains("no zip archive"));
    }

    #[test]
    fn names_that_leave_the_archive_are_passed_over() {
        for name in [
            "../results.sarif",
            "/results.sarif",
            "a/../results.sarif",
            "..\\results.sarif",
        ] {
            assert!(
                problem(&archive(&[(name, b"{}")]), 9).contains("holds no"),
                "{name}"
            );
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = archive(&[("results.sarif", &[b' '; 1 << 20])]);
        assert!(bomb.len() < 4_096);
        assert!(problem(&bomb, 1_000).contains("larger than 1000 bytes"));
        let packed = gzip(&[0; 1 << 20]).unwrap();
        assert!(gunzip(&packed, 1_000).unwrap_err().contains("larger"));
        // What the directory claims of the size does not count.
        let mut lying = archive(&[("results.sarif", &[b' '; 1 << 20])]);
        let size = (1_u32 << 20).to_le_bytes();
        while let Some(at) = memmem::find(&lying, &size) {
            lying[at..at + 4].copy_from_slice(&3_u32.to_le_bytes());
        }
        assert!(only_file(&lying, "results.sarif", 1_000).is_err());
    }

    #[test]
    fn broken_archives_are_errors() {
        let whole = archive(&[("results.sarif", b"{\"version\":\"2.1.0\"}")]);
        for end in 0..whole.len() {
            assert!(
                only_file(&whole[..end], "results.sarif", 99).is_err(),
                "{end}"
            );
        }
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 0x41;
            if let Ok(bytes) = only_file(&changed, "results.sarif", 99) {
                assert_eq!(bytes, b"{\"version\":\"2.1.0\"}", "{at}");
            }
        }
        let mut many = whole;
        many.extend(CENTRAL_ENTRY.repeat(ARCHIVE_ENTRIES));
        assert!(problem(&many, 99).contains("more than 10000"));
    }

    #[test]
    fn gzip_goes_there_and_back() {
        let packed = gzip(b"{}").unwrap();
        assert_eq!(packed, gzip(b"{}").unwrap());
        assert_eq!(gunzip(&packed, 2).unwrap(), b"{}");
        for end in 0..packed.len() {
            assert!(gunzip(&packed[..end], 9).is_err(), "{end}");
        }
        let mut more = packed;
        more.push(b'x');
        assert!(gunzip(&more, 9).unwrap_err().contains("behind its end"));
    }
}
