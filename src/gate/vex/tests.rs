use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn read(document: &Value) -> Result<Vec<Statement>, String> {
    parse("vex.json", document.to_string().as_bytes(), false)
}

fn openvex(statement: Value) -> Value {
    json!({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "timestamp": "2026-01-01T00:00:00Z",
           "statements": [statement]})
}

fn one(document: &Value) -> Statement {
    let mut found = read(document).expect("readable");
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn texts(list: &[Text]) -> Vec<&str> {
    list.iter().map(|text| &**text).collect()
}

#[test]
fn openvex_is_read_whole() {
    let statement = one(&openvex(json!({
        "vulnerability": {"@id": "https://example.com/v", "name": "CVE-2026-1", "aliases": ["GHSA-1"]},
        "products": [{"@id": "pkg:oci/a", "identifiers": {"purl": "pkg:oci/b", "cpe23": "cpe:2.3:a"},
                      "hashes": {"sha-256": "00"}, "subcomponents": [{"@id": "pkg:npm/c"}, {}]}, "d"],
        "status": "affected", "action_statement": "update", "timestamp": "2026-02-01T00:00:00Z",
    })));
    assert_eq!(
        texts(&statement.ids),
        ["CVE-2026-1", "GHSA-1", "https://example.com/v"]
    );
    let product = &statement.products[0];
    assert_eq!(
        texts(&product.ids),
        ["pkg:oci/a", "cpe:2.3:a", "pkg:oci/b", "sha256:00"]
    );
    assert_eq!(product.parts, [vec![Text::from("pkg:npm/c")], vec![]]);
    assert_eq!(texts(&statement.products[1].ids), ["d"]);
    assert_eq!(statement.status, Status::Affected);
    assert_eq!(&*statement.detail, "update");
    assert_eq!(statement.timestamp.as_deref(), Some("2026-02-01T00:00:00Z"));
    assert_eq!(statement.document.as_deref(), Some("x"));
    assert_eq!((statement.number, statement.refused), (1, None));
}

#[test]
fn statements_that_say_too_little_are_refused() {
    let base = || {
        json!({"vulnerability": "CVE-1", "products": ["a"], "status": "not_affected",
                         "justification": "component_not_present"})
    };
    for (member, value, why) in [
        (
            "justification",
            json!(null),
            Some("without a justification"),
        ),
        ("justification", json!(" "), Some("without a justification")),
        (
            "justification",
            json!("COMPONENT_NOT_PRESENT"),
            Some("is no justification"),
        ),
        ("status", json!(null), Some("has no status")),
        ("status", json!("Not_Affected"), Some("is no status")),
        ("vulnerability", json!(null), Some("names no vulnerability")),
        ("vulnerability", json!(""), Some("names no vulnerability")),
        ("vulnerability", json!({}), Some("names no vulnerability")),
        ("vulnerability", json!("*"), Some("no single vulnerability")),
        ("timestamp", json!("yesterday"), Some("is no date")),
        ("timestamp", json!("2026-01-01"), Some("is no date")),
        ("status", json!("fixed"), None),
        ("products", json!([]), None),
    ] {
        let mut written = base();
        written[member] = value.clone();
        let refused = one(&openvex(written)).refused;
        match why {
            None => assert_eq!(refused, None, "{member} {value}"),
            Some(why) => assert!(
                refused.as_deref().unwrap_or_default().contains(why),
                "{member} {value}: {refused:?}"
            ),
        }
    }
}

#[test]
fn the_cves_of_an_erratum_are_no_aliases() {
    let with = |status: &str| {
        let vulnerability = json!({"name": "DSA-1", "aliases": ["CVE-1", "cve-2"]});
        one(&openvex(
            json!({"vulnerability": vulnerability, "products": ["a"], "status": status}),
        ))
        .ids
    };
    assert_eq!(texts(&with("fixed")), ["DSA-1"]);
    // What takes an excuse back is taken at its word.
    assert_eq!(with("affected").len(), 3);
}

#[test]
fn broken_documents_are_errors_in_words() {
    let head = r#"{"@context":"https://openvex.dev/ns/v0.2.0""#;
    for (text, words) in [
        (String::new(), "vex.json is no VEX document: EOF"),
        ("{".into(), "is no VEX document"),
        ("null".into(), "is no VEX document"),
        ("[]".into(), "is no VEX document"),
        ("{}".into(), "expected OpenVEX"),
        (
            r#"{"@context":"https://spdx.org"}"#.into(),
            "expected OpenVEX",
        ),
        (format!("{head}}}"), "without a list `statements`"),
        (
            format!(r#"{head},"statements":{{}}}}"#),
            "is no OpenVEX document",
        ),
        (
            format!(r#"{head},"statements":[],"statements":[]}}"#),
            "duplicate field",
        ),
        (
            format!(r#"{head},"statements":[{{"status":"fixed","status":"affected"}}]}}"#),
            "statement 1: duplicate field",
        ),
        (
            format!(r#"{head},"statements":[{{}},{{"products":"a"}}]}}"#),
            "statement 2: invalid type",
        ),
        (
            format!(r#"{head},"statements":[{{"products":[1]}}]}}"#),
            "statement 1: ",
        ),
        (format!(r#"{head},"statements":[7]}}"#), "statement 1: "),
        (
            format!(r#"{head},"statements":[]"#),
            "is no VEX document: EOF",
        ),
        (format!(r#"{head},"bomFormat":"CycloneDX"}}"#), "two sorts"),
        (
            r#"{"bomFormat":"CycloneDX","components":[]}"#.into(),
            "belongs to `sbom`",
        ),
        (
            r#"{"bomFormat":"CycloneDX","vulnerabilities":[{"analysis":1}]}"#.into(),
            "vulnerability 1: ",
        ),
        (
            r#"{"document":{"csaf_version":"2.0"}}"#.into(),
            "without a list `vulnerabilities`",
        ),
        (
            r#"{"document":{"csaf_version":"2.0"},"vulnerabilities":[{"cve":1}]}"#.into(),
            "vulnerability 1: ",
        ),
        ("<bom/>".into(), "is no VEX document"),
        (
            format!(
                r#"{{"bomFormat":"CycloneDX","components":[{}{}]}}"#,
                r#"{"components":["#.repeat(5_000),
                "]}".repeat(5_000)
            ),
            "recursion limit",
        ),
        (
            format!(
                r#"{head},"statements":[{{"vulnerability":"{}"}}]}}"#,
                "x".repeat(ID_MOST + 1)
            ),
            "statement 1 has an id of 2001 bytes",
        ),
        (
            format!(
                r#"{head},"statements":[{}{{}}]}}"#,
                "{},".repeat(STATEMENTS_MOST)
            ),
            "100001 statements",
        ),
        (
            format!(
                r#"{head},"statements":[{{"products":[{}"a"]}}]}}"#,
                r#""a","#.repeat(IDS_MOST)
            ),
            "more than 100000 ids",
        ),
    ] {
        let error = parse("vex.json", text.as_bytes(), true).expect_err(words);
        assert!(
            error.starts_with("vex.json") && error.contains(words),
            "{words}: {error}"
        );
    }
    let error = parse("a\nb", b"\xff{}", false).expect_err("no UTF-8");
    assert!(error.starts_with("a b is not UTF-8"), "{error}");
    let large = vec![b' '; BYTES_MOST + 1];
    assert!(
        parse("a", &large, false)
            .expect_err("large")
            .contains("split it")
    );
}

#[test]
fn an_inventory_without_analyses_says_nothing() {
    let found = read(&json!({"bomFormat": "CycloneDX", "vulnerabilities": [
        {"id": "CVE-1", "affects": [{"ref": "a"}]}, {"id": "CVE-2", "analysis": {}, "affects": [{"ref": "a"}]}]}));
    let found = found.expect("readable");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].number, 2);
    assert_eq!(found[0].refused.as_deref(), Some("it has no status"));
}

#[test]
fn references_of_cyclonedx_name_one_component() {
    let ids = |components: Value, reference: &str| {
        let document = json!({"bomFormat": "CycloneDX", "serialNumber": "urn:uuid:1", "components": components,
            "vulnerabilities": [{"id": "CVE-1", "analysis": {"state": "resolved"}, "affects": [{"ref": reference}]}]});
        let products = one(&document).products;
        products
            .iter()
            .flat_map(|product| product.ids.clone())
            .map(|id| id.to_string())
            .collect::<Vec<_>>()
    };
    let nested = json!([{"bom-ref": "o", "components": [{"bom-ref": "a", "purl": "pkg:npm/a@1"}]}]);
    assert_eq!(ids(nested.clone(), "a"), ["pkg:npm/a@1"]);
    assert_eq!(ids(nested.clone(), "urn:cdx:1/1#a"), ["pkg:npm/a@1"]);
    assert!(ids(nested.clone(), "urn:cdx:2/1#a").is_empty());
    assert_eq!(
        ids(nested.clone(), "urn:cdx:2/1#pkg:npm/b@2"),
        ["pkg:npm/b@2"]
    );
    assert!(ids(nested, "o").is_empty());
    let twice =
        json!([{"bom-ref": "a", "purl": "pkg:npm/a"}, {"bom-ref": "a", "purl": "pkg:npm/b"}]);
    assert!(ids(twice, "a").is_empty());
    let image = json!([{"bom-ref": "a", "type": "container", "name": "r/a", "version": "1"}]);
    assert_eq!(ids(image, "a"), ["r/a:1"]);
}

/// Documents of every sort, to be broken.
fn samples() -> Vec<Value> {
    vec![
        openvex(
            json!({"vulnerability": {"name": "CVE-1"}, "status": "not_affected", "justification": "component_not_present",
            "products": [{"@id": "pkg:npm/a@1", "subcomponents": [{"@id": "pkg:npm/b"}]}]}),
        ),
        json!({"bomFormat": "CycloneDX", "metadata": {"component": {"type": "container", "bom-ref": "r", "name": "r/a"}},
            "components": [{"bom-ref": "a", "purl": "pkg:npm/a@1"}],
            "vulnerabilities": [{"id": "CVE-1", "analysis": {"state": "not_affected", "justification": "code_not_present"},
                "affects": [{"ref": "a", "versions": [{"version": "1", "status": "unaffected"}]}]}]}),
        json!({"document": {"csaf_version": "2.0", "tracking": {"id": "x"}},
            "product_tree": {"branches": [{"branches": [{"product": {"product_id": "p",
                "product_identification_helper": {"purl": "pkg:npm/a@1"}}}]}]},
            "vulnerabilities": [{"cve": "CVE-1", "product_status": {"fixed": ["p"]}}]}),
    ]
}

proptest! {
    #[test]
    fn nothing_breaks_the_reader(which in 0..3_usize, at in 0..600_usize, byte: u8, length in 0..4_usize) {
        let mut bytes = samples()[which].to_string().into_bytes();
        let at = at.min(bytes.len());
        let end = at.saturating_add(length).min(bytes.len());
        bytes.splice(at..end, [byte]);
        if let Ok(found) = parse("x", &bytes, false) {
            for statement in found {
                prop_assert!(statement.products.iter().all(|product| product.ids.len() < 3));
            }
        }
    }
}
