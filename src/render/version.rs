//! Which version clears a group of findings. Only good enough to advise: ecosystems order versions in their own ways,
//! and the text beside the advice names the findings.
//!
//! Must not know: findings or places.

use std::cmp::Ordering;

/// Compares as most ecosystems do: runs of digits by value, the rest by its text; `~` sorts before the end (Debian), a
/// letter after a number makes a pre-release where a separator `-` stands before it (SemVer).
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    let (mut a, mut b) = (Parts(clean(a)), Parts(clean(b)));
    loop {
        let (left, right) = (a.next(), b.next());
        if left.is_none() && right.is_none() {
            return Ordering::Equal;
        }
        // The end of a version stands where a zero would: 1.2 equals 1.2.0.
        let order = left
            .unwrap_or(Part::End)
            .rank()
            .cmp(&right.unwrap_or(Part::End).rank());
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Go and tags write a `v` in front; build metadata after `+` does not order in SemVer, but Debian's revisions do, so
/// it stays.
fn clean(version: &str) -> &str {
    version.trim().trim_start_matches(['v', 'V', '='])
}

/// The number that tells release lines apart: the first one.
fn line(version: &str) -> Option<&str> {
    let version = clean(version);
    let end = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version.get(..end).filter(|digits| !digits.is_empty())
}

enum Part<'a> {
    Number(&'a str),
    Word(&'a str),
    End,
}

impl<'a> Part<'a> {
    /// Pre-release words sort before the end, the end as zero, other words after it.
    fn rank(&self) -> (u8, usize, &'a str) {
        match self {
            Part::Word(word) if word.starts_with('~') => (0, 0, word),
            Part::Word(word) if prerelease(word) => (1, 0, word),
            Part::End => (2, 0, ""),
            Part::Number(digits) => {
                let digits = digits.trim_start_matches('0');
                (2, digits.len(), digits)
            }
            Part::Word(word) => (3, 0, word),
        }
    }
}

fn prerelease(word: &str) -> bool {
    [
        "a", "b", "alpha", "beta", "rc", "pre", "dev", "snapshot", "m", "next", "canary",
    ]
    .iter()
    .any(|known| word.eq_ignore_ascii_case(known))
}

struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let rest = self
            .0
            .trim_start_matches(|c: char| !c.is_alphanumeric() && c != '~');
        let first = rest.chars().next()?;
        let digits = first.is_ascii_digit();
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_digit() != digits || !c.is_alphanumeric())
            .map_or(rest.len(), |(at, _)| at);
        let (part, rest) = rest.split_at(end);
        self.0 = rest;
        Some(if digits {
            Part::Number(part)
        } else {
            Part::Word(part)
        })
    }
}

/// One vulnerability of a package: the installed version and those that fix it.
pub(super) struct Need<'a> {
    pub(super) installed: Option<&'a str>,
    pub(super) fixed: Vec<&'a str>,
}

/// Real packages name a few fixed versions. Beyond this many different ones the newest is the advice, so that a hostile
/// report cannot make the search quadratic.
const MOST_VERSIONS: usize = 200;
/// As above, for the vulnerabilities of one package.
const MOST_NEEDS: usize = 2000;

/// The version to upgrade to, so that every need is met; `None` without any fixed version.
///
/// Each need asks for its lowest fixed version above the installed one (the lowest of all where no version is known);
/// the highest of these is the answer. A fix may also be listed for the answer's own release line: 4.17.21 and 5.0.3
/// both fix something, so 5.0.1 does not. Then the answer rises to that line's fix, until it no longer has to.
pub(super) fn upgrade<'a>(needs: &[Need<'a>]) -> Option<&'a str> {
    let mut target = needs
        .iter()
        .filter_map(|need| {
            let above = need
                .fixed
                .iter()
                .filter(|fixed| {
                    need.installed
                        .is_none_or(|installed| compare(fixed, installed) == Ordering::Greater)
                })
                .min_by(|a, b| compare(a, b));
            above.or_else(|| need.fixed.iter().max_by(|a, b| compare(a, b)))
        })
        .copied()
        .max_by(|a, b| compare(a, b))?;
    let mut all: Vec<&str> = needs.iter().flat_map(|need| &need.fixed).copied().collect();
    // The vulnerabilities of a package name the same few versions, and comparing bytes is quick.
    all.sort_unstable();
    all.dedup();
    all.sort_by(|a, b| compare(a, b));
    if all.len() > MOST_VERSIONS || needs.len() > MOST_NEEDS {
        return all.last().copied();
    }
    // Rising through the sorted list once is enough: the line stays, and the target only grows.
    for fixed in all {
        let same_line = line(fixed).is_some() && line(fixed) == line(target);
        if same_line && compare(fixed, target) == Ordering::Greater && !met(needs, target) {
            target = fixed;
        }
    }
    Some(target)
}

/// Whether `target` meets every need: one of its fixes lies at or below, and none of the same line above.
fn met(needs: &[Need<'_>], target: &str) -> bool {
    needs.iter().all(|need| {
        need.fixed.is_empty()
            || (need
                .fixed
                .iter()
                .any(|fixed| compare(fixed, target) != Ordering::Greater)
                && !need.fixed.iter().any(|fixed| {
                    line(fixed).is_some()
                        && line(fixed) == line(target)
                        && compare(fixed, target) == Ordering::Greater
                }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        for (low, high) in [
            ("1.2.3", "1.2.10"),
            ("1.2", "1.2.1"),
            ("v1.9.0", "1.10.0"),
            ("2.0.0-rc1", "2.0.0"),
            ("2.0.0-rc1", "2.0.0-rc2"),
            ("1.0.0-alpha", "1.0.0-beta"),
            ("1.0~beta1", "1.0"),
            ("2.36-9+deb12u7", "2.36-9+deb12u10"),
            ("1:1.2.3-4", "1:1.2.3-4+deb12u1"),
            ("0.0.0-20200101", "0.0.0-20210101"),
            ("1.1.1k", "1.1.1l"),
            ("9", "99999999999999999999999999"),
        ] {
            assert_eq!(compare(low, high), Ordering::Less, "{low} {high}");
            assert_eq!(compare(high, low), Ordering::Greater, "{low} {high}");
        }
        assert_eq!(compare("1.2", "1.2.0"), Ordering::Equal);
        assert_eq!(compare("v1.2", "1.2"), Ordering::Equal);
        assert_eq!(compare("", "-"), Ordering::Equal);
    }

    #[test]
    fn upgrades() {
        type Case<'a> = (&'a [(&'a str, &'a [&'a str])], Option<&'a str>);
        let cases: &[Case<'_>] = &[
            (
                &[("4.17.0", &["4.17.21"]), ("4.17.0", &["4.17.12"])],
                Some("4.17.21"),
            ),
            // The lowest that helps, not the newest line.
            (&[("2.1.0", &["2.1.5", "3.0.2"])], Some("2.1.5")),
            // One need forces line 3; the other is fixed there only later.
            (
                &[("2.1.0", &["2.1.5", "3.0.2"]), ("2.1.0", &["3.0.1"])],
                Some("3.0.2"),
            ),
            // Installed on a line that has its own fix.
            (&[("3.0.0", &["2.1.5", "3.0.2"])], Some("3.0.2")),
            (&[("", &["1.0", "2.0"])], Some("1.0")),
            // Nothing above: the newest that the source names.
            (&[("9.0", &["1.0", "2.0"])], Some("2.0")),
            (&[("1.0", &[])], None),
            (&[], None),
        ];
        for (needs, expected) in cases {
            let needs: Vec<Need<'_>> = needs
                .iter()
                .map(|(installed, fixed)| Need {
                    installed: Some(*installed).filter(|version| !version.is_empty()),
                    fixed: fixed.to_vec(),
                })
                .collect();
            assert_eq!(upgrade(&needs), *expected);
        }
    }
}
