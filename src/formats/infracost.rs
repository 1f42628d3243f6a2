//! Infracost's JSON (`--format json`): costs per month and by how much a change raises them.
//!
//! Amounts are texts of decimals and stay exact. Where a project could not be priced, its costs count as 0 in the sum,
//! which then says too little: there is no number to compare with a limit.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::bounds::{cut, quoted};
use super::{Desk, Document, Format, Read, ReportEnd, Sink, bounds};
use crate::model::{Measure, Measured, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Peek, Raw, ReadError, Shape, text_of};

pub(super) const FORMAT: Format = Format {
    id: "infracost",
    tool: "Infracost",
    link: "https://github.com/infracost/infracost",
    scale: &scale::INFRACOST,
    documents: &[Document::new(
        "infracost-json",
        &[
            Mark::Starts("version", "0."),
            Mark::Has("projects", Shape::List),
            Mark::Keys("", &["currency", "totalMonthlyCost"]),
        ],
    )],
    identity: "none: numbers, no findings",
    clean_empties: &[],
    read: Read::Json(read),
};

/// An amount, or why there is none.
type Amount = Result<Decimal, String>;

/// By how much sums of rounded amounts may differ.
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    _sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut currency: Option<Text> = None;
    let mut projects: Option<u64> = None;
    let mut failed: Vec<Text> = Vec::new();
    let absent = |name: &str| Err(format!("the report gives no {name}"));
    let mut total: Amount = absent("totalMonthlyCost");
    let mut past: Amount = absent("pastTotalMonthlyCost");
    let mut change: Amount = absent("diffTotalMonthlyCost");
    json.object(|json, key| match key {
        "currency" => {
            let raw: OrNothing<String> = json.parse()?;
            currency = raw
                .0
                .and_then(|word| desk.texts.share_some(&cut(word.trim(), bounds::MAX_TITLE)));
            Ok(())
        }
        "projects" => {
            let mut count = 0u64;
            json.list(|json, index| {
                count = count.saturating_add(1);
                if let Some(name) = project(json, index, desk)? {
                    failed.push(name);
                }
                Ok(())
            })?;
            projects = Some(count);
            Ok(())
        }
        "totalMonthlyCost" => take(json, key, &mut total),
        "pastTotalMonthlyCost" => take(json, key, &mut past),
        "diffTotalMonthlyCost" => take(json, key, &mut change),
        _ => json.skip(),
    })?;
    let count = match projects {
        None => return Err(json.error("projects is missing, which Infracost always writes".into())),
        Some(count) => count,
    };
    let whole = if count == 0 {
        Err("the report lists no project".to_owned())
    } else if currency.is_none() {
        Err("the report names no currency".to_owned())
    } else if failed.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{} of {count} projects could not be priced, so the sum is too low",
            failed.len()
        ))
    };
    let total = total.and_then(|total| match total.is_sign_negative() && !total.is_zero() {
        true => Err(format!("the report says costs of {total} a month")),
        false => Ok(total),
    });
    let change = change.and_then(|change| agreed(change, &total, &past));
    let percent = change
        .clone()
        .and_then(|change| share(change, past.clone()?));

    let mut end = ReportEnd::of(&FORMAT, None);
    let unit = currency.unwrap_or_else(|| desk.texts.share(""));
    let share_of = desk.texts.share("%");
    for (of, amount, unit, basis) in [
        (
            Measured::MonthlyCost,
            total,
            unit.clone(),
            format!("totalMonthlyCost of {}", projects_of(count)),
        ),
        (
            Measured::CostChange,
            change,
            unit,
            format!("diffTotalMonthlyCost of {}", projects_of(count)),
        ),
        (
            Measured::CostChangePercent,
            percent,
            share_of,
            "diffTotalMonthlyCost of pastTotalMonthlyCost".to_owned(),
        ),
    ] {
        let (value, basis) = match (whole.clone(), amount) {
            (Ok(()), Ok(value)) => (Some(value.normalize()), basis),
            (Err(why), Ok(value)) => (None, format!("{why} (it says {value})")),
            (_, Err(why)) => (None, why),
        };
        end.measures.push(Measure {
            of,
            value,
            unit,
            basis: desk.title(&basis),
        });
    }
    // The total is the one entry that the file lists.
    end.not_findings = 1;
    if !failed.is_empty() {
        let what = format!(
            "{} of {count} projects could not be priced: their errors say why",
            failed.len()
        );
        end.leave_out(failed, what);
    }
    Ok(end)
}

fn projects_of(count: u64) -> String {
    match count {
        1 => "1 project".to_owned(),
        _ => format!("{count} projects"),
    }
}

/// An amount. Nothing is rounded: what a decimal cannot hold exactly is no number.
fn take(json: &mut Json<'_>, name: &str, into: &mut Amount) -> Result<(), ReadError> {
    let raw: Raw<'_> = json.borrow()?;
    let Some(raw) = raw else {
        *into = Err(format!("{name} is null: Infracost could not say it"));
        return Ok(());
    };
    let text = text_of(Some(raw)).unwrap_or_else(|| raw.get().into());
    let text = text.trim();
    let digits = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
    *into = Some(text)
        .filter(|text| text.chars().all(digits))
        .and_then(|text| Decimal::from_str_exact(text).ok())
        .ok_or_else(|| format!("{name} is {}, which is no amount", quoted(text)));
    Ok(())
}

/// The change, unless it is not what the two sums make it.
fn agreed(change: Decimal, total: &Amount, past: &Amount) -> Amount {
    let (Ok(total), Ok(past)) = (total, past) else {
        return Ok(change);
    };
    let made = total.checked_sub(*past);
    let off = made.and_then(|made| made.checked_sub(change));
    match (made, off) {
        (_, Some(off)) if off.abs() <= CENT => Ok(change),
        (Some(made), _) => Err(format!(
            "diffTotalMonthlyCost is {change}, but totalMonthlyCost less pastTotalMonthlyCost is {made}"
        )),
        (None, _) => Err("the amounts are too large to compare".to_owned()),
    }
}

/// The change in percent of the costs before it.
fn share(change: Decimal, past: Decimal) -> Amount {
    if change.is_zero() {
        return Ok(Decimal::ZERO);
    }
    if past.is_zero() || past.is_sign_negative() {
        return Err("there were no costs before, of which the change could be a share".to_owned());
    }
    change
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|change| change.checked_div(past))
        .ok_or_else(|| "the amounts are too large for a share".to_owned())
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    errors: Raw<'a>,
}

/// Walks a project. Its name if Infracost could not price it.
fn project(
    json: &mut Json<'_>,
    index: usize,
    desk: &mut Desk<'_>,
) -> Result<Option<Text>, ReadError> {
    let mut name: Option<Text> = None;
    let mut path: Option<Text> = None;
    let mut failed = false;
    let mut described = false;
    json.object(|json, key| match key {
        "name" => {
            let raw: Raw<'_> = json.borrow()?;
            name = desk.word(raw);
            Ok(())
        }
        "metadata" if json.peek()? == Peek::Object => {
            let metadata: Metadata<'_> = json.borrow()?;
            path = desk.word(metadata.path);
            failed = metadata.errors.is_some_and(|errors| {
                // Only an empty list says that there are none.
                serde_json::from_str::<Vec<serde::de::IgnoredAny>>(errors.get())
                    .map_or(true, |errors| !errors.is_empty())
            });
            described = true;
            Ok(())
        }
        _ => json.skip(),
    })?;
    if !described {
        return Err(json.error(
            "this project has no metadata, which Infracost always writes: the report is damaged"
                .into(),
        ));
    }
    Ok(failed.then(|| {
        path.or(name)
            .unwrap_or_else(|| desk.texts.share(&format!("project {index}")))
    }))
}

#[cfg(test)]
mod tests {
    use crate::formats::{Hint, Secrets, read};
    use crate::model::{Measured, Report, Status};

    fn report(projects: &str, amounts: &str) -> Report {
        let text = format!(
            r#"{{"version":"0.2","currency":"EUR","projects":[{projects}],{amounts},"summary":{{}}}}"#
        );
        read(
            &mut text.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        )
    }

    const GOOD: &str =
        r#"{"name":"a","metadata":{"path":"infra/a"},"breakdown":{"totalMonthlyCost":"1"}}"#;
    const FAILED: &str = r#"{"name":"b","metadata":{"path":"infra/b","errors":[{"code":101,"message":"No files"}]},"breakdown":null}"#;

    fn values(report: &Report) -> Vec<Option<String>> {
        let kinds: Vec<Measured> = report.measures.iter().map(|measure| measure.of).collect();
        assert_eq!(
            kinds,
            [
                Measured::MonthlyCost,
                Measured::CostChange,
                Measured::CostChangePercent
            ]
        );
        let units: Vec<&str> = report
            .measures
            .iter()
            .map(|measure| &*measure.unit)
            .collect();
        assert_eq!(units, ["EUR", "EUR", "%"]);
        report
            .measures
            .iter()
            .map(|measure| {
                assert!(!measure.basis.is_empty());
                measure.value.map(|value| value.to_string())
            })
            .collect()
    }

    #[test]
    fn amounts_are_exact_or_nothing() {
        for (total, past, change, expected) in [
            (
                r#""110.5""#,
                r#""100""#,
                r#""10.5""#,
                [Some("110.5"), Some("10.5"), Some("10.5")],
            ),
            (
                r#""1303.28""#,
                r#""2045.92""#,
                r#""-742.64""#,
                [
                    Some("1303.28"),
                    Some("-742.64"),
                    Some("-36.298584499882693360444201142"),
                ],
            ),
            (
                r#""7.36980479452054793334316749""#,
                r#""0""#,
                r#""7.36980479452054793334316749""#,
                [
                    Some("7.36980479452054793334316749"),
                    Some("7.36980479452054793334316749"),
                    None,
                ],
            ),
            (
                r#""0""#,
                r#""0""#,
                r#""0""#,
                [Some("0"), Some("0"), Some("0")],
            ),
            (r#""-0""#, "null", "null", [Some("0"), None, None]),
            (r#""5""#, "null", r#""1""#, [Some("5"), Some("1"), None]),
            ("12.5", "10", "2.5", [Some("12.5"), Some("2.5"), Some("25")]),
            // Not what it says it is.
            (r#""1e999""#, r#""1""#, r#""NaN""#, [None, None, None]),
            (r#""1e3""#, r#""1""#, "{}", [None, None, None]),
            (r#""1_000""#, "[]", r#""""#, [None, None, None]),
            (
                r#""0.12345678901234567890123456789""#,
                r#""0""#,
                r#""0""#,
                [None, Some("0"), Some("0")],
            ),
            (
                r#""-3""#,
                r#""1""#,
                r#""-4""#,
                [None, Some("-4"), Some("-400")],
            ),
            (r#""100""#, r#""10""#, r#""1""#, [Some("100"), None, None]),
            (
                r#""79228162514264337593543950335""#,
                r#""1""#,
                r#""79228162514264337593543950334""#,
                [
                    Some("79228162514264337593543950335"),
                    Some("79228162514264337593543950334"),
                    None,
                ],
            ),
        ] {
            let report = report(
                GOOD,
                &format!(
                    r#""totalMonthlyCost":{total},"pastTotalMonthlyCost":{past},"diffTotalMonthlyCost":{change}"#
                ),
            );
            assert_eq!(report.status, Status::Complete, "{:?}", report.status);
            assert_eq!(report.entries.not_findings, 1);
            let found = values(&report);
            let found: Vec<Option<&str>> = found.iter().map(Option::as_deref).collect();
            assert_eq!(found, expected, "{total} {past} {change}");
        }
    }

    #[test]
    fn an_incomplete_sum_is_no_number() {
        let amounts =
            r#""totalMonthlyCost":"1","pastTotalMonthlyCost":"1","diffTotalMonthlyCost":"0""#;
        let report = report(&format!("{GOOD},{FAILED}"), amounts);
        assert_eq!(report.status.word(), "partial");
        assert_eq!(
            report
                .unanalysed
                .iter()
                .map(|part| &**part)
                .collect::<Vec<_>>(),
            ["infra/b"]
        );
        assert_eq!(values(&report), [None, None, None]);
        let none = self::report("", amounts);
        assert_eq!(values(&none), [None, None, None]);
        let empty = GOOD.replace(r#""path":"infra/a""#, r#""path":"infra/a","errors":[]"#);
        assert_eq!(self::report(&empty, amounts).status, Status::Complete);
        let no_currency =
            format!(r#"{{"version":"0.2","currency":"","projects":[{GOOD}],{amounts}}}"#);
        let report = read(
            &mut no_currency.as_bytes(),
            Hint::default(),
            &mut Secrets::new(None),
        );
        assert!(
            report
                .measures
                .iter()
                .all(|measure| measure.value.is_none())
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let amounts = r#""totalMonthlyCost":"1""#;
        for bad in ["{}", r#"{"metadata":null}"#, r#"{"metadata":7}"#] {
            let report = report(&format!("{GOOD},{bad}"), amounts);
            let problem = report.status.problem().unwrap_or_default();
            assert!(
                problem.contains("/projects/1") && problem.contains("metadata"),
                "{bad}: {problem}"
            );
        }
    }
}
