//! What the tests of the language share: a finding, and terms and findings by chance.

use proptest::prelude::*;

use super::Conditions;
use crate::model::{
    Cause, Finding, Fingerprint, Fix, Kind, Known, Location, Package, Place, Severity, Source,
    State, Text,
};

pub(super) fn parse(text: &str) -> Conditions {
    Conditions::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A vulnerability with everything that a term can ask for.
pub(super) fn sample() -> Finding {
    let mut finding = Finding::new(
        Kind::Vulnerability,
        Text::from("CVE-2021-23337"),
        Severity::High,
        Text::from("title"),
    );
    finding.aliases = vec![Text::from("GHSA-35jh-r3h4-6jhm")];
    finding.cvss = Some(7.0);
    finding.target = Some(Text::from("ghcr.io/acme/web"));
    finding.package = Some(Box::new(Package {
        development: false,
        purl: Some(Text::from("pkg:npm/%40scope/lodash@4.17.20")),
        ecosystem: None,
        name: Text::from("@scope/lodash"),
        version: None,
        fixed: Vec::new(),
        fix: Fix::Unknown,
    }));
    let mut inside = Location::new(Text::from("web/package-lock.json"), Some(3));
    inside.place = Place::Workspace;
    let mut outside = Location::new(Text::from("/usr/lib/x"), None);
    outside.place = Place::Outside;
    finding.locations = vec![outside, inside];
    finding.sources = ["trivy", "grype"]
        .map(|tool| Source {
            tool: Text::from(tool),
            input: 0,
            run: 0,
            rule: finding.rule.clone(),
            severity: Severity::High,
            fingerprint: Fingerprint::default(),
            suppression: None,
            recipe: None,
        })
        .to_vec();
    finding
}

fn value() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9@:./*?+, >=!é_-]{1,20}".prop_filter("blank", |text| !text.trim().is_empty())
}

/// Qualifiers, but for those that would clash: of each pair only one.
fn qualifier(one: bool) -> impl Strategy<Value = String> {
    let flags = match one {
        true => ["new", "introduced", "changed", "fixable", "KEV", "runtime"],
        false => ["New", "disclosed", "changed", "unfixable", "kev", "dev"],
    };
    prop_oneof![
        prop::sample::select(flags.to_vec()).prop_map(str::to_owned),
        (0u32..=100).prop_map(|tenths| format!("cvss>={}.{}", tenths / 10, tenths % 10)),
        (0u32..=1000).prop_map(|parts| format!("epss >= {}", f64::from(parts) / 1000.0)),
        (1u32..=3650).prop_map(|days| format!("age>={days}d")),
        (1u32..=3650).prop_map(|days| format!("grace={days}D")),
        ("(tool)(=|!=)[a-z0-9]{1,4}(-[a-z0-9]{1,4}){0,2}"),
        ("(rule|path|package|target|component)(=|!=)", value())
            .prop_map(|(key, value)| format!("{key}\"{value}\"")),
    ]
}

/// One term as people might write it.
pub(super) fn term() -> impl Strategy<Value = String> {
    let head = "(vulnerability|secrets|code|License)(:(critical|high|medium|low|info|any))?|critical|HIGH|any";
    (
        head,
        any::<bool>().prop_flat_map(|one| prop::collection::vec(qualifier(one), 0..6)),
        prop::option::of(any::<u32>()),
    )
        .prop_map(|(head, qualifiers, budget)| joined(head, &qualifiers, budget))
}

fn joined(head: String, qualifiers: &[String], budget: Option<u32>) -> String {
    let mut text = head;
    for qualifier in qualifiers {
        text.push('+');
        text.push_str(qualifier);
    }
    if let Some(budget) = budget {
        text.push_str(&format!(" > {budget}"));
    }
    text
}

/// One of each sort, numbers with a weaker and a stronger one.
pub(super) const QUALIFIERS: [&str; 18] = [
    "new",
    "introduced",
    "disclosed",
    "changed",
    "kev",
    "fixable",
    "runtime",
    "epss>=0.1",
    "epss>=0.5",
    "cvss>=5",
    "cvss>=7",
    "age>=7d",
    "age>=30d",
    "grace=7d",
    "grace=30d",
    "component=web",
    "component!=web",
    "tool=trivy",
];

/// A term out of few words, so that two of them often speak of the same findings.
pub(super) fn near_term() -> impl Strategy<Value = String> {
    let head = "(vulnerability|code)(:(critical|medium|info))?|critical|medium|any";
    (
        head,
        prop::sample::subsequence(QUALIFIERS.to_vec(), 0..3)
            .prop_filter("a clash", |two| *two != ["introduced", "disclosed"]),
        prop::option::weighted(0.3, 0u32..4),
    )
        .prop_map(|(head, qualifiers, budget)| {
            let qualifiers: Vec<String> = qualifiers.into_iter().map(str::to_owned).collect();
            joined(head, &qualifiers, budget)
        })
}

/// What may be known of a finding, often nothing.
pub(in super::super) fn some_known() -> impl Strategy<Value = Known> {
    let state = prop::option::of(prop::sample::select(vec![
        State::New,
        State::Unchanged,
        State::Updated,
    ]));
    let seen = prop::option::of(prop::sample::select(vec![
        "2026-11-22T10:00:00Z",
        "2026-11-15T10:00:00Z",
        "2026-10-23",
        "2025-01-01",
        "2027-01-01",
    ]));
    let cause = prop::sample::select(vec![Cause::Introduced, Cause::Disclosed]);
    let component = prop::option::of(prop::sample::select(vec!["web", "api"]));
    let epss = prop::option::of(prop::sample::select(vec![0.0_f32, 0.1, 0.3, 0.5, 1.0]));
    let flags = (any::<Option<bool>>(), any::<Option<bool>>());
    (state, seen, cause, component, epss, flags).prop_map(
        |(state, seen, cause, component, epss, (changed, kev))| Known {
            state,
            first_seen: seen.map(Text::from),
            cause,
            changed,
            kev,
            epss,
            component: component.map(Text::from),
            suppressed_at_base: None,
        },
    )
}

/// A finding out of few words, on 2026-11-22.
pub(super) fn near_finding() -> impl Strategy<Value = Finding> {
    let kind = prop::sample::select(vec![Kind::Vulnerability, Kind::Code]);
    let severity = prop::sample::select(Severity::WORST_FIRST.to_vec());
    let cvss = prop::option::of(prop::sample::select(vec![4.9_f32, 5.0, 7.0, 9.8]));
    let fix = prop::sample::select(vec![Fix::Unknown, Fix::None]);
    let package = prop::option::of((fix, any::<bool>()));
    (kind, severity, cvss, package, any::<bool>(), some_known()).prop_map(
        |(kind, severity, cvss, package, trivy, known)| {
            let mut finding = sample();
            finding.kind = kind;
            finding.severity = severity;
            finding.cvss = cvss;
            finding.known = known;
            if !trivy {
                finding.sources.remove(0);
            }
            let own = finding.package.take();
            finding.package = own.zip(package).map(|(mut own, (fix, development))| {
                (own.fix, own.development) = (fix, development);
                own
            });
            finding
        },
    )
}
