//! VEX documents that are broken on purpose, and reports that say the names of what they scanned.

use sarif_gate::formats::{Hint, Secrets, read};
use sarif_gate::gate::vex::matching::Statements;
use sarif_gate::gate::vex::parse;
use sarif_gate::model::{Finding, Fix, Kind, Package, Severity, Text};

use crate::formats::shared;

fn left_pad(rule: &str) -> Finding {
    let mut finding = Finding::new(
        Kind::Vulnerability,
        rule.into(),
        Severity::Critical,
        "t".into(),
    );
    finding.target = Some("package-lock.json".into());
    finding.package = Some(Box::new(Package {
        development: false,
        purl: Some("pkg:npm/left-pad@1.0.0".into()),
        ecosystem: Some("npm".into()),
        name: "left-pad".into(),
        version: Some("1.0.0".into()),
        fixed: Vec::new(),
        fix: Fix::Unknown,
    }));
    finding
}

#[test]
fn hostile_documents_excuse_nothing() {
    let Some(folder) = shared() else { return };
    let mut read = 0;
    for entry in walkdir::WalkDir::new(folder.join("hostile")).sort_by_file_name() {
        let entry = entry.unwrap();
        if !entry.file_type().is_file() {
            continue;
        }
        let name = entry.file_name().to_string_lossy().into_owned();
        let bytes = std::fs::read(entry.path()).unwrap();
        for accepted in [false, true] {
            let Ok(statements) = parse(&name, &bytes, accepted) else {
                continue;
            };
            read += 1;
            let ready = Statements::new(&statements, &[]);
            for rule in ["CVE-2099-0001", "CVE-2099-0002", "CVE-2026-1"] {
                let answer = ready.answer(&left_pad(rule));
                assert!(!answer.excused, "{name}: {answer:?}");
            }
        }
    }
    assert_eq!(read, 4, "b43 and b44 are readable, and nothing else is");
}

#[test]
fn reports_say_the_names_of_images() {
    for (case, expected) in [
        (
            "trivy/image",
            &[
                "shop.tar",
                "example.com/shop:1.4.0",
                "sha256:4627b6e6731bc6ba2541779af69ac2d1b25738d81c1e03a059b877d7f27c9435",
                "pkg:oci/shop.tar?arch=amd64",
            ][..],
        ),
        (
            "grype/image",
            &[
                "shop.tar",
                "sha256:4627b6e6731bc6ba2541779af69ac2d1b25738d81c1e03a059b877d7f27c9435",
                "sha256:8eddd5b48d328770fd97a8fb1a70927b1ddace1641f61cefd69bf647bf3dfba7",
                "example.com/shop:1.4.0",
                "pkg:oci/shop.tar?arch=amd64",
            ],
        ),
        ("grype/directory", &[]),
        ("trivy/fs-all", &[]),
    ] {
        let path = format!(
            "{}/tests/formats/{case}/report.json",
            env!("CARGO_MANIFEST_DIR")
        );
        let bytes = std::fs::read(&path).unwrap();
        let report = read(&mut &bytes[..], Hint::default(), &mut Secrets::new(None));
        let expected: Vec<Text> = expected.iter().map(|name| Text::from(*name)).collect();
        assert_eq!(report.products, expected, "{case}");
    }
}
