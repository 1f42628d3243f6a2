//! What a written case says of its reports.

use sarif_gate::model::{Entries, Input, Measure, Measured, Report, Run, Status, Text};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GivenReport {
    tool: String,
    partial: Option<String>,
    unusable: Option<String>,
    #[serde(default)]
    unanalysed: Vec<String>,
    #[serde(default)]
    measures: Vec<GivenMeasure>,
    /// Other names of what was scanned.
    #[serde(default)]
    products: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct GivenMeasure {
    /// `coverage`, `monthly-cost`, `cost-change`, `cost-change-percent`.
    of: String,
    value: Option<String>,
    unit: String,
}

pub(super) fn report(given: &GivenReport) -> Report {
    let status = match (&given.partial, &given.unusable) {
        (None, None) => Status::Complete,
        (Some(why), None) => Status::Partial(why.clone()),
        (None, Some(why)) => Status::Unusable(why.clone()),
        (Some(_), Some(_)) => panic!("a report is partial or unusable"),
    };
    Report {
        input: Input {
            path: format!("{}.json", given.tool),
            ..Input::default()
        },
        format: None,
        runs: vec![Run {
            tool: Text::from(given.tool.as_str()),
            ..Run::default()
        }],
        target: None,
        status,
        understood: true,
        unanalysed: given
            .unanalysed
            .iter()
            .map(|path| Text::from(path.as_str()))
            .collect(),
        entries: Entries::default(),
        findings: Vec::new(),
        reader: None,
        measures: given.measures.iter().map(measure).collect(),
        signatures: Vec::new(),
        products: given
            .products
            .iter()
            .map(|name| Text::from(name.as_str()))
            .collect(),
        repairs: Vec::new(),
    }
}

fn measure(given: &GivenMeasure) -> Measure {
    let of = match given.of.as_str() {
        "coverage" => Measured::Coverage,
        "monthly-cost" => Measured::MonthlyCost,
        "cost-change" => Measured::CostChange,
        "cost-change-percent" => Measured::CostChangePercent,
        other => panic!("{other} is not measured"),
    };
    Measure {
        of,
        value: given.value.as_ref().map(|value| value.parse().unwrap()),
        unit: given.unit.as_str().into(),
        basis: Text::from(""),
    }
}
