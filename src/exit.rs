//! Exit codes: an interface, and this is its only home. CI reads nothing else.

use crate::model::{Conclusion, Mode};

/// Why a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The run was judged.
    Judged {
        /// The verdict.
        conclusion: Conclusion,
        /// What a failing verdict does.
        mode: Mode,
        /// A destination named in `require-publish` could not be told.
        untold: bool,
    },
    /// A command that judges nothing did its work.
    Done,
    /// A command that judges nothing could not read all that it was given.
    Unreadable,
    /// The settings or the command line are wrong.
    Misused,
    /// A bug or a broken machine.
    Broken,
}

/// The codes, with what they mean: the table of the documentation.
pub const CODES: &[(u8, &str, &str)] = &[
    (
        0,
        "pass or warn",
        "The verdict is `pass` or `warn`, or `mode` is `warn` or `observe`; other commands: done.",
    ),
    (1, "fail", "A finding blocks."),
    (
        2,
        "incomplete",
        "A report is missing or cannot be used, so nobody can tell.",
    ),
    (
        3,
        "configuration or usage error",
        "An input, the config file or the command line is wrong; nothing was judged.",
    ),
    (
        4,
        "not published",
        "The verdict passes, but a destination named in `require-publish` could not be told.",
    ),
    (
        70,
        "internal error",
        "A bug in sarif-gate, or a machine that cannot write files. Never a verdict.",
    ),
];

/// The exit code of a run.
pub fn code(end: End) -> u8 {
    match end {
        End::Done => 0,
        End::Unreadable => 2,
        End::Misused => 3,
        End::Broken => 70,
        End::Judged {
            conclusion,
            mode,
            untold,
        } => match (mode, conclusion) {
            (Mode::Enforce, Conclusion::Fail) => 1,
            (Mode::Enforce, Conclusion::Incomplete) => 2,
            _ if untold => 4,
            _ => 0,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_end_has_its_documented_code() {
        let judged = |conclusion, mode, untold| {
            code(End::Judged {
                conclusion,
                mode,
                untold,
            })
        };
        for (conclusion, enforced) in [
            (Conclusion::Pass, 0),
            (Conclusion::Warn, 0),
            (Conclusion::Fail, 1),
            (Conclusion::Incomplete, 2),
        ] {
            assert_eq!(judged(conclusion, Mode::Enforce, false), enforced);
            assert_eq!(judged(conclusion, Mode::Warn, false), 0);
            assert_eq!(judged(conclusion, Mode::Observe, false), 0);
            assert_eq!(
                judged(conclusion, Mode::Warn, true),
                4,
                "codes 3, 4 and 70 hold in every mode"
            );
            let worse = if enforced == 0 { 4 } else { enforced };
            assert_eq!(judged(conclusion, Mode::Enforce, true), worse);
        }
        for end in [End::Done, End::Unreadable, End::Misused, End::Broken] {
            assert!(CODES.iter().any(|(known, _, _)| *known == code(end)));
        }
    }
}
