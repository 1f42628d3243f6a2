use super::*;

/// A source that hands out `step` bytes at a time, so that every boundary is crossed.
struct Drip<'a>(&'a [u8], usize);

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.1.min(self.0.len()).min(out.len());
        out[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

fn walk(text: &[u8], step: usize) -> Result<Vec<String>, ReadError> {
    let mut drip = Drip(text, step);
    let mut json = Json::new(&mut drip);
    let mut seen = Vec::new();
    json.object(|json, key| {
        if key == "list" {
            json.list(|json, _| {
                let value: serde_json::Value = json.parse()?;
                seen.push(value.to_string());
                Ok(())
            })
        } else {
            json.skip()
        }
    })?;
    json.end()?;
    Ok(seen)
}

const GOOD: &str = "{\n \"a\": {\"x\": [1, \"]}\", {\"é\\\"\\\\\": null}]},\n \"list\": [ \"q\\\"uote\", {\"b\":[true,-1.5e3]}, 7 ]\n}\n ";

#[test]
fn the_same_at_every_chunk_size() {
    let expected = walk(GOOD.as_bytes(), 1 << 20);
    assert_eq!(expected.as_ref().map(Vec::len), Ok(3));
    for step in 1..40 {
        assert_eq!(walk(GOOD.as_bytes(), step), expected, "step {step}");
    }
}

#[test]
fn every_truncation_is_an_error() {
    let whole = GOOD.trim_end();
    for cut in 0..whole.len() {
        for step in [1, 7, 4096] {
            assert!(
                walk(&whole.as_bytes()[..cut], step).is_err(),
                "cut at {cut}"
            );
        }
    }
}

#[test]
fn damage_is_an_error_with_its_place() {
    for (text, line, column, words) in [
        ("{\"a\":1,\n \"a\":2}", 2, 5, "twice"),
        ("{\"a\":1}\n{", 2, 1, "after the end"),
        ("{\"a\" 1}", 1, 6, "expected `:`"),
        ("{\"list\":{}}", 1, 9, "expected a list, found an object"),
        ("{\"a\":[1 2]}", 1, 9, "expected `,` or `]`"),
        ("{\"a\":nul}", 1, 8, "broken"),
        ("{\"list\":[1,\n 0x1]}", 2, 3, "trailing"),
        (
            "{\"a\":{\"b\":{\"c\":{\"d\":[1,]}}}}",
            1,
            24,
            "expected value",
        ),
    ] {
        let error = walk(text.as_bytes(), 3).expect_err(text);
        assert!(error.what.contains(words), "{text}: {error}");
        assert_eq!(
            (error.line, error.column),
            (line, column),
            "{text}: {error}"
        );
    }
}

#[test]
fn every_prefix_says_that_it_ends_too_early() {
    let text = "{\"list\": [null, true, -1.5e3, \"é😀\\u00e9\"], \"é\": {\"x\": false}}";
    for cut in 0..text.len() {
        for step in [1, 4096] {
            let error = walk(&text.as_bytes()[..cut], step).expect_err("truncated");
            assert!(error.at_end, "cut at {cut}: {error}");
        }
    }
}

#[test]
fn depth_and_utf8_are_checked_in_what_nobody_reads() {
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
    assert!(walk(deep.as_bytes(), 1 << 16).is_err_and(|e| e.what.contains("deeper")));
    let bad = b"{\"a\":[[[[\"\xff\"]]]]}";
    assert!(walk(bad, 2).is_err_and(|e| e.what.contains("UTF-8")));
}
