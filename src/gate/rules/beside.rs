//! The rows `issue-on` and `notify-on`: which findings ask for an issue or a notification. They go beside whatever the table
//! says, and change nothing of it. What is excused or set aside asks for nothing.

use super::rows::{Sheet, judge};
use super::{Judge, Phase, Rule, Said, Standing};
use crate::gate::Policy;
use crate::gate::policy::Beside;

pub(super) const RULE: Rule = Rule {
    id: "beside",
    what: "Asks for an issue or a notification of a finding, whatever the table says of it",
    phase: Phase::Weigh,
    configure,
};

fn configure(policy: &Policy) -> Judge {
    let sheets: Vec<[Sheet; 1]> = Beside::ALL
        .into_iter()
        .filter_map(|row| {
            let terms = policy.beside(row)?.clone();
            Some([Sheet {
                by: row.word(),
                effect: row.effect(),
                of: None,
                others: Vec::new(),
                terms,
            }])
        })
        .collect();
    Box::new(move |docket| {
        let mut said = Said::default();
        for sheet in &sheets {
            let [Sheet { by, .. }] = sheet;
            let one = judge(sheet, docket, by);
            said.remarks.extend(one.remarks);
            let open = one
                .rulings
                .into_iter()
                .filter(|(index, _)| docket.standing.get(*index) == Some(&Standing::Open));
            said.rulings.extend(open);
        }
        said
    })
}
