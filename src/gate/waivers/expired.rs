//! Waivers whose last day is over, as findings of their own: somebody has to renew or remove them.

use super::Waiver;
use crate::gate::plain;
use crate::model::{Effect, Kind, Observation, Severity, Text};

/// One observation for each waiver that has ended. `today` is `YYYY-MM-DD` in UTC.
pub fn observations(waivers: &[Waiver], today: &str) -> Vec<Observation> {
    let mut over: Vec<&Waiver> = waivers
        .iter()
        .filter(|waiver| waiver.is_over(today))
        .collect();
    over.sort_by(|a, b| super::by_place(a, b));
    over.into_iter().map(observation).collect()
}

fn observation(waiver: &Waiver) -> Observation {
    let ended = waiver.expires.as_deref().unwrap_or("an unknown day");
    let about = waiver.about();
    let mut message = format!("The waiver of {about} ended: its last day was {ended} (UTC).");
    if !waiver.owner.is_empty() {
        message += &format!(" Its owner is {}.", plain::cut(&waiver.owner, 80));
    }
    if let Some(ticket) = &waiver.ticket {
        message += &format!(" Its ticket is {}.", plain::cut(ticket, 80));
    }
    message += " What it covered counts again: fix that, or decide anew and renew the waiver; remove it when neither is \
                needed.";
    Observation {
        rule: "waiver-expired",
        kind: Kind::SupplyChain,
        severity: Severity::Medium,
        effect: Effect::Warn,
        title: Text::from("A security waiver has expired"),
        message: Text::from(message),
        path: waiver.file.clone(),
        line: waiver.line.and_then(|line| u32::try_from(line).ok()),
        subject: Text::from(about),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn only_what_has_ended_is_said_and_lines_do_not_matter() {
        let entry = |rule: &str, expires: &str| {
            format!(
                "  - match: {{ rule: {rule} }}\n    decision: mitigated\n    reason: r\n    owner: team-a\n    \
                 ticket: SEC-1\n    expires: {expires}\n"
            )
        };
        let file = |head: &str| {
            let text = format!(
                "{head}version: 1\nwaivers:\n{}{}{}",
                entry("CVE-1", "2026-04-30"),
                entry("CVE-2", "2026-05-01"),
                entry("CVE-3", "2026-05-02"),
            );
            parse("w.yml", text.as_bytes()).unwrap()
        };
        let all = observations(&file(""), "2026-05-01");
        assert_eq!(all.len(), 1);
        assert_eq!(
            (all[0].rule, all[0].line, &*all[0].path, &*all[0].subject),
            ("waiver-expired", Some(3), "w.yml", "CVE-1")
        );
        assert_eq!(all[0].effect, Effect::Warn);
        assert!(all[0].message.contains("team-a") && all[0].message.contains("SEC-1"));
        let moved = observations(&file("# a\n# b\n"), "2026-05-01");
        assert_eq!(moved[0].line, Some(5));
        assert_eq!(moved[0].subject, all[0].subject);
        assert_eq!(moved[0].message, all[0].message);
        assert!(observations(&file(""), "2026-04-30").is_empty());
        assert_eq!(observations(&file(""), "no day").len(), 3, "fails closed");
    }

    #[test]
    fn ignore_files_of_scanners_have_no_owner() {
        let waivers = parse(".trivyignore", b"CVE-1 exp:2026-05-01\nCVE-2\n").unwrap();
        let all = observations(&waivers, "2026-05-01");
        assert_eq!(all.len(), 1);
        assert!(!all[0].message.contains("owner"));
        assert!(observations(&waivers, "2026-04-30").is_empty());
    }
}
