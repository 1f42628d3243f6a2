//! Converting and merging: nothing gets lost, nothing is made up, and the order of the reports does not matter.

use super::*;

#[test]
fn converting_loses_nothing() {
    each(|name, path| {
        let (reports, findings) = read(path);
        let first = converted(&reports, &findings);
        let (x_reports, x) = read_again(&first);
        same(
            &essences(&findings),
            &essences(&x),
            &format!("{name}: report and log"),
        );
        assert_eq!(findings.len(), x.len(), "{name}");
        let status = |reports: &[Report]| reports[0].status.word();
        assert_eq!(status(&reports), status(&x_reports), "{name}");
        let second = converted(&x_reports, &x);
        let (_, y) = read_again(&second);
        same(
            &essences(&x),
            &essences(&y),
            &format!("{name}: log and log of the log"),
        );
        let texts = |findings: &[Finding]| -> BTreeSet<String> {
            let text = |f: &Finding| format!("{} {} {}", f.fingerprint, f.title, f.message);
            findings.iter().map(text).collect()
        };
        same(&texts(&x), &texts(&y), &format!("{name}: texts"));
    });
}

#[test]
fn a_log_of_all_reports_says_the_same() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let (reports, findings) = read_all(&paths);
    let (_, again) = read_again(&converted(&reports, &findings));
    let prints = |findings: &[Finding]| -> BTreeSet<String> {
        findings
            .iter()
            .map(|f| {
                let prints: BTreeSet<_> = f.fingerprints().map(|p| p.to_string()).collect();
                format!("{prints:?} {} {}", f.kind.word(), f.severity.word())
            })
            .collect()
    };
    same(&prints(&findings), &prints(&again), "all at once");
}

/// Whoever else reports, every finding keeps the fingerprint that its own report gives it; and nothing is made up.
#[test]
fn adding_a_scanner_changes_no_fingerprint() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let prints = |findings: &[Finding]| -> BTreeSet<String> {
        let all = findings.iter().flat_map(Finding::fingerprints);
        all.map(|print| print.to_string()).collect()
    };
    let alone: BTreeSet<String> = paths
        .iter()
        .flat_map(|path| prints(&read(path).1))
        .collect();
    let (_, together) = read_all(&paths);
    same(&alone, &prints(&together), "alone and together");
}

/// All reports at once: what several tools say of one thing is one finding that names them, and says the same thing.
#[test]
fn findings_of_several_tools_name_them_all() {
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let (reports, findings) = read_all(&paths);
    let mut pairs: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &findings {
        let tools: BTreeSet<&str> = finding.sources.iter().map(|source| &*source.tool).collect();
        for source in &finding.sources {
            let report = &reports[source.input as usize];
            let run = &report.runs[source.run as usize];
            assert_eq!(run.tool, source.tool, "{}", report.input.path);
        }
        if tools.len() < 2 {
            continue;
        }
        let tools: Vec<&str> = tools.into_iter().collect();
        *pairs.entry(tools.join(" + ")).or_default() += 1;
        // Whatever name a source has for it, the finding has it too.
        for source in finding
            .sources
            .iter()
            .filter(|_| finding.kind == Kind::Vulnerability)
        {
            let mut ids = std::iter::once(&finding.rule).chain(&finding.aliases);
            assert!(
                ids.any(|id| *id == source.rule),
                "{} {}",
                finding.rule,
                source.rule
            );
        }
    }
    for pair in ["gitleaks + trivy", "grype + trivy"] {
        assert!(pairs.contains_key(pair), "{pair}: {pairs:?}");
    }
}

#[test]
fn the_order_of_reports_does_not_matter() {
    let mut paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let said = |findings: &[Finding]| -> BTreeSet<String> {
        findings
            .iter()
            .map(|f| {
                let prints: BTreeSet<_> = f.fingerprints().map(|p| p.to_string()).collect();
                let sources = f.sources.len();
                format!(
                    "{} {prints:?} {} {} {sources} {:?}",
                    f.fingerprint,
                    f.kind.word(),
                    f.severity.word(),
                    f.locations.len()
                )
            })
            .collect()
    };
    let (_, there) = read_all(&paths);
    paths.reverse();
    let (_, back) = read_all(&paths);
    same(&said(&there), &said(&back), "reversed");
}

/// Whether a merged finding carries what an entry says.
fn carries(merged: &Finding, entry: &Finding) -> bool {
    let rule = merged.rule == entry.rule
        || merged.aliases.contains(&entry.rule)
        || merged
            .sources
            .iter()
            .any(|source| source.rule == entry.rule);
    let line = |at: &Location| (at.start_line, last_part(&at.path));
    let place = entry
        .locations
        .iter()
        .all(|at| merged.locations.iter().any(|known| line(known) == line(at)));
    let version = |finding: &Finding| finding.package.as_ref().and_then(|p| p.version.clone());
    let package = version(entry).is_none_or(|wanted| {
        let instances = merged.instances.iter().map(|instance| &instance.version);
        version(merged).as_ref() == Some(&wanted)
            || instances.flatten().any(|known| *known == wanted)
    });
    merged.kind == entry.kind && rule && place && package
}

/// The name of the file at the end of a path or URI, without what merging changes in it.
fn last_part(path: &str) -> String {
    let decoded = sarif_gate::sarif::uri::to_path(path);
    let plain = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let decoded = decoded.rsplit(['/', '\\']).next().unwrap_or_default();
    if decoded.is_empty() { plain } else { decoded }.to_owned()
}

/// Every entry of every report is in a finding: after merging a file alone, and after merging all.
#[test]
fn no_entry_is_lost() {
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, path) in READABLE.iter() {
        let bytes = std::fs::read(path).expect("a file");
        let mut secrets = sarif_gate::formats::Secrets::new(None);
        let mut report = sarif_gate::formats::read(&mut &*bytes, Default::default(), &mut secrets);
        secrets.into_redactor().clean_report(&mut report);
        let entries = &report.entries;
        assert_eq!(
            (entries.findings + entries.suppressed) as usize,
            report.findings.len(),
            "{name}"
        );
        let (_, merged) = read(path);
        for entry in &report.findings {
            let found = merged.iter().any(|merged| carries(merged, entry));
            assert!(found, "{name}: lost {entry:#?}");
        }
        let prints = merged.iter().flat_map(Finding::fingerprints);
        wanted.insert(
            name.clone(),
            prints.map(|print| print.to_string()).collect(),
        );
    }
    let paths: Vec<&Path> = READABLE.iter().map(|(_, path)| path.as_path()).collect();
    let (_, all) = read_all(&paths);
    let kept: BTreeSet<String> = all
        .iter()
        .flat_map(Finding::fingerprints)
        .map(|print| print.to_string())
        .collect();
    for (name, prints) in wanted {
        let lost: Vec<_> = prints.difference(&kept).take(3).collect();
        assert!(lost.is_empty(), "{name}: {lost:?} after merging all");
    }
}
