use super::*;
use crate::model::{Finding, Input, Kind, Location, Place, Severity, Source, Status};

/// Text that hardly packs.
fn noise(length: usize, seed: u64) -> String {
    let mut state = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut text = String::new();
    while text.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("{:08x}", state >> 32));
    }
    text
}

fn report(tool: &str) -> Report {
    Report {
        input: Input::default(),
        format: None,
        reader: None,
        runs: vec![Run {
            tool: tool.into(),
            name: tool.into(),
            ..Run::default()
        }],
        target: None,
        status: Status::Complete,
        understood: true,
        unanalysed: Vec::new(),
        entries: Default::default(),
        findings: Vec::new(),
        measures: Vec::new(),
        signatures: Vec::new(),
        products: Vec::new(),
        repairs: Vec::new(),
    }
}

fn finding(input: u32, number: u64, severity: Severity, bytes: usize) -> Finding {
    let mut finding = Finding::new(Kind::Code, "R".into(), severity, "t".into());
    finding.message = noise(bytes, number).as_str().into();
    finding
        .locations
        .push(Location::new("src/größe.rs".into(), Some(3)));
    finding.locations[0].place = Place::Workspace;
    finding.sources.push(Source {
        tool: "t".into(),
        input,
        run: 0,
        rule: "R".into(),
        severity,
        fingerprint: finding.fingerprint,
        suppression: None,
        recipe: None,
    });
    finding
}

/// The parts, packed sizes checked, with what was cut and where results stand.
fn parts<'a>(log: Log<'a>, most: u64) -> (Vec<String>, Upload<'a>) {
    parts_by(log, &RULES, most)
}

const RULES: UploadRules<'static> = UploadRules {
    root: None,
    pull_request: false,
    held: &|_, _| false,
    own: false,
    placed: true,
};

fn parts_by<'a>(log: Log<'a>, rules: &UploadRules<'_>, most: u64) -> (Vec<String>, Upload<'a>) {
    let mut upload = Upload::within(log, rules, most);
    let mut parts = Vec::new();
    for tries in 0.. {
        assert!(tries < 100, "it never fits");
        let mut out = Vec::new();
        let wrote = upload.part(&mut out).unwrap();
        if wrote == Wrote::Again {
            continue;
        }
        let mut meter = io::sink();
        let mut meter = Meter::new(&mut meter, most, true);
        meter.write_all(&out).unwrap();
        assert!(meter.fits().unwrap());
        parts.push(String::from_utf8(out).unwrap());
        if wrote == Wrote::Last {
            break;
        }
    }
    (parts, upload)
}

#[test]
fn runs_that_do_not_fit_together_go_into_several_files() {
    let tools = ["a", "b", "c", "d", "e"];
    let reports: Vec<Report> = tools.map(report).into();
    let findings: Vec<Finding> = (0..50)
        .map(|n| finding((n % 5) as u32, n, Severity::High, 2_000))
        .collect();
    let log = Log {
        findings: &findings,
        reports: &reports,
        verdict: None,
        tool_version: "0",
    };
    // Each run has about 11,000 bytes when packed.
    for (most, files) in [(1_000_000, 1), (60_000, 1), (30_000, 3), (15_000, 5)] {
        let (parts, upload) = parts(log, most);
        assert_eq!(parts.len(), files, "{most}");
        assert!(upload.cut.is_empty(), "{:?}", upload.cut);
        let runs = upload.parts.iter().flat_map(|part| &part.runs);
        let runs: Vec<&str> = runs.map(|run| run.tool.as_str()).collect();
        assert_eq!(runs, tools);
        assert_eq!(upload.placed.len(), 50);
        for placed in &upload.placed {
            let (path, line) = (placed.path.as_str(), placed.line);
            assert_eq!((path, line, placed.rule.as_str()), ("src/größe.rs", 3, "R"));
            let run = &upload.parts[placed.part].runs[placed.run];
            assert_eq!(run.tool, tools[placed.finding % 5]);
        }
    }
}

#[test]
fn a_run_that_is_too_large_keeps_the_worst() {
    let reports = [report("small"), report("large")];
    let mut findings: Vec<Finding> = (0..300)
        .map(|n| finding(1, n, Severity::Low, 1_000))
        .collect();
    findings[299].severity = Severity::Critical;
    findings.push(finding(0, 999, Severity::Info, 10));
    let log = Log {
        findings: &findings,
        reports: &reports,
        verdict: None,
        tool_version: "0",
    };
    let (parts, upload) = parts(log, 60_000);
    assert_eq!(parts.len(), 2);
    let [cut] = upload.cut.runs.as_slice() else {
        panic!("{:?}", upload.cut);
    };
    assert_eq!((cut.tool.as_str(), cut.of), ("large", 300));
    // More than half of what could be there.
    assert!((50..150).contains(&cut.kept), "{cut:?}");
    assert!(parts[1].contains(&noise(1_000, 299)), "the worst is gone");
    assert_eq!(upload.parts[1].results(), cut.kept);
    let said = upload.cut.sentences().join("\n");
    assert!(
        said.contains(&format!("worst {} of the 300", cut.kept)),
        "{said}"
    );
}

#[test]
fn what_cannot_fit_at_all_is_left_out_whole_and_said() {
    let reports = [report("large"), report("small")];
    let findings = [
        finding(0, 1, Severity::Low, 15_000),
        finding(1, 2, Severity::Low, 10),
    ];
    let log = Log {
        findings: &findings,
        reports: &reports,
        verdict: None,
        tool_version: "0",
    };
    // An analysis without results would close every alert.
    let (parts, upload) = parts(log, 3_000);
    assert_eq!((parts.len(), upload.parts[0].runs.len()), (1, 1));
    assert_eq!(upload.parts[0].runs[0].tool, "small");
    assert_eq!(upload.cut.runs[0].kept, 0);
    assert!(upload.cut.sentences()[0].contains("1 whole runs with 1 results (large)"));
}

/// How many runs each part has, and which of them are of the gate itself.
fn own_runs(reports: &[Report], rules: &UploadRules<'_>, most: u64) -> (Vec<usize>, Vec<String>) {
    let findings: Vec<Finding> = (0..40)
        .map(|n| finding(0, n, Severity::Low, 1_000))
        .collect();
    let log = Log {
        findings: if reports.is_empty() { &[] } else { &findings },
        reports,
        verdict: None,
        tool_version: "0",
    };
    let (_, upload) = parts_by(log, rules, most);
    let sizes = upload.parts.iter().map(|part| part.runs.len()).collect();
    let runs = upload.parts.iter().flat_map(|part| &part.runs);
    let own = runs.filter(|run| run.tool == OWN);
    let own = own.map(|run| format!("{} {}", run.category, run.results));
    (sizes, own.collect())
}

#[test]
fn a_run_of_the_gate_itself_is_among_the_others() {
    let most = limits::PACKED;
    let rules = UploadRules { own: true, ..RULES };
    let reports = |count: usize| -> Vec<Report> {
        (0..count).map(|n| report(&format!("tool-{n}"))).collect()
    };
    let empty = "sarif-gate/sarif-gate 0".to_owned();
    for (count, sizes) in [(1, vec![2]), (19, vec![20]), (20, vec![20, 1])] {
        let (got, own) = own_runs(&reports(count), &rules, most);
        assert_eq!((got, own), (sizes, vec![empty.clone()]), "{count}");
        assert!(own_runs(&reports(count), &RULES, most).1.is_empty());
    }
    // Among as many as all files take it is counted too.
    let (sizes, own) = own_runs(&reports(250), &rules, most);
    assert_eq!((sizes, own.len()), (vec![20; 10], 1));
    // The first file is not left to it.
    let (sizes, own) = own_runs(&reports(1), &rules, 10_000);
    assert_eq!((sizes, own.len()), (vec![1, 1], 1));
    let named = UploadRules {
        root: Some("backend/"),
        ..rules
    };
    let (_, own) = own_runs(&reports(1), &named, most);
    assert_eq!(own, ["backend/sarif-gate 0"]);
    // Where it saw something, that is its run.
    let (sizes, own) = own_runs(&[report(OWN)], &rules, most);
    assert_eq!(
        (sizes, own),
        (vec![1], vec!["sarif-gate/sarif-gate 40".into()])
    );
    // Nothing else is uploaded, or its own is held back.
    let held = UploadRules {
        held: &|_, _| true,
        ..rules
    };
    for reports in [&[][..], &[report("trivy")]] {
        assert_eq!(own_runs(reports, &held, most), (vec![0], vec![]));
    }
    let own_held = UploadRules {
        held: &|_, run| *run.tool == *OWN,
        ..rules
    };
    let (sizes, own) = own_runs(&[report(OWN), report("trivy")], &own_held, most);
    assert_eq!((sizes, own), (vec![1], vec![]));
}
