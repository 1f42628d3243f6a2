//! Whether a term matches a finding. Budgets are the business of whoever sees all findings.

use super::{Answer, Conditions, Doubt, Key, Lack, Lacks, Moment, Pattern, Qualifier, Term};
use crate::model::{Cause, Finding, Package, Place, Severity, State, purl};

impl Conditions {
    /// The first term that matches, budgets aside.
    pub fn first_match(
        &self,
        finding: &Finding,
        severity: Severity,
        moment: Moment,
        doubt: Doubt,
    ) -> Option<&Term> {
        self.terms
            .iter()
            .find(|term| term.answer(finding, severity, moment, doubt).matches())
    }
}

impl Term {
    /// Whether the term matches `finding`, whose severity counts as `severity` (see `unknown-severity`). The budget is
    /// left out of account.
    pub fn answer(
        &self,
        finding: &Finding,
        severity: Severity,
        moment: Moment,
        doubt: Doubt,
    ) -> Answer {
        let fits = self.kind.is_none_or(|kind| kind == finding.kind)
            && self.level.is_none_or(|level| severity >= level);
        if !fits {
            return Answer::No;
        }
        // What does not hold decides before what is not known: nobody misses a score where the path is another one.
        let (mut granted, mut refused) = (Lacks::default(), Lacks::default());
        for qualifier in &self.qualifiers {
            match qualifier.holds(finding, moment) {
                Truth::Yes => {}
                Truth::No => return Answer::No,
                Truth::Unknown(lack) if lack.holds(doubt) => granted.add(lack),
                Truth::Unknown(lack) => refused.add(lack),
            }
        }
        match (granted.is_empty(), refused.is_empty()) {
            (_, false) => Answer::NoData(refused),
            (false, true) => Answer::InDoubt(granted),
            (true, true) => Answer::Yes,
        }
    }

    /// Whether the term says which rule it is about. A term about a folder or a package was written before anybody knew
    /// that malware would turn up there; one that names the rule was written with it in mind.
    pub fn names_rule(&self) -> bool {
        self.qualifiers.iter().any(|qualifier| {
            matches!(
                qualifier,
                Qualifier::Field {
                    key: Key::Rule,
                    negated: false,
                    ..
                }
            )
        })
    }

    /// Whether the term asks for something that `lack` stands for.
    pub fn needs(&self, lack: Lack) -> bool {
        let mut lacks = self.qualifiers.iter().filter_map(Qualifier::needs);
        lacks.any(|needed| needed == lack)
    }
}

/// Whether one qualifier holds.
enum Truth {
    Yes,
    No,
    Unknown(Lack),
}

impl Truth {
    fn of(holds: Option<bool>, lack: Lack) -> Truth {
        holds.map_or(Truth::Unknown(lack), Truth::from)
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Truth {
        if holds { Truth::Yes } else { Truth::No }
    }
}

impl Qualifier {
    /// What it cannot do without, where there is such a thing.
    fn needs(&self) -> Option<Lack> {
        match self {
            Qualifier::New | Qualifier::Introduced | Qualifier::Disclosed => Some(Lack::Baseline),
            Qualifier::Changed => Some(Lack::Changes),
            Qualifier::Kev => Some(Lack::Kev),
            Qualifier::Epss(_) => Some(Lack::Epss),
            Qualifier::Cvss(_) => Some(Lack::Cvss),
            Qualifier::Age(_) => Some(Lack::Age),
            Qualifier::Grace(_) => Some(Lack::Grace),
            Qualifier::Fixable
            | Qualifier::Unfixable
            | Qualifier::Runtime
            | Qualifier::Dev
            | Qualifier::Field { .. } => None,
        }
    }

    fn holds(&self, finding: &Finding, moment: Moment) -> Truth {
        let known = &finding.known;
        let new = || {
            let new = known.state.map(|state| state == State::New);
            Truth::of(new, Lack::Baseline)
        };
        let old = |days: u32| moment.age(finding).map(|age| age >= u64::from(days));
        match self {
            Qualifier::New => new(),
            // What cannot be decided counts as introduced, so the cause itself is never in doubt.
            Qualifier::Introduced if known.cause == Cause::Introduced => new(),
            Qualifier::Disclosed if known.cause == Cause::Disclosed => new(),
            Qualifier::Introduced | Qualifier::Disclosed => Truth::No,
            Qualifier::Changed => Truth::of(known.changed, Lack::Changes),
            Qualifier::Fixable => Truth::from(finding.fixable()),
            Qualifier::Unfixable => Truth::from(!finding.fixable()),
            Qualifier::Kev => Truth::of(known.kev, Lack::Kev),
            Qualifier::Epss(least) => {
                Truth::of(known.epss.map(|score| score >= *least), Lack::Epss)
            }
            Qualifier::Cvss(least) => {
                Truth::of(finding.cvss.map(|score| score >= *least), Lack::Cvss)
            }
            Qualifier::Age(days) => Truth::of(old(*days), Lack::Age),
            Qualifier::Grace(days) => Truth::of(old(*days), Lack::Grace),
            Qualifier::Runtime => Truth::from(!development(finding)),
            Qualifier::Dev => Truth::from(development(finding)),
            Qualifier::Field {
                key,
                negated,
                value,
            } => Truth::from(key.finds(finding, value) != *negated),
        }
    }
}

/// Only where the source says so: what has no package, and what nobody speaks of, runs.
fn development(finding: &Finding) -> bool {
    finding
        .package
        .as_deref()
        .is_some_and(|package| package.development)
}

impl Key {
    /// Whether one of the finding's values under this key is like `value`. A finding without any has none that is.
    fn finds(self, finding: &Finding, value: &Pattern) -> bool {
        match self {
            Key::Tool => finding
                .sources
                .iter()
                .any(|source| value.is_match(&source.tool)),
            Key::Rule => {
                value.is_match(&finding.rule)
                    || finding.aliases.iter().any(|alias| value.is_match(alias))
            }
            Key::Path => paths(finding).any(|path| value.is_match(path)),
            Key::Package => finding
                .package
                .as_deref()
                .is_some_and(|package| package_is(package, value)),
            Key::Target => finding
                .target
                .as_deref()
                .is_some_and(|target| value.is_match(target)),
            Key::Component => finding
                .known
                .component
                .as_deref()
                .is_some_and(|component| value.is_match(component)),
        }
    }
}

/// The paths in the repository; where there are none, those inside or outside of what was scanned.
fn paths(finding: &Finding) -> impl Iterator<Item = &str> {
    let inside = finding.workspace_location().is_some();
    finding
        .locations
        .iter()
        .filter(move |location| !inside || location.place == Place::Workspace)
        .map(|location| &*location.path)
}

fn package_is(package: &Package, value: &Pattern) -> bool {
    value.is_match(&package.name)
        || package.purl.as_deref().is_some_and(|purl| {
            // What cannot be told from its version is compared as it stands.
            let bare = purl::without_version(purl).unwrap_or(purl);
            value.is_match(bare) || value.is_match(&purl::readable(bare))
        })
}
