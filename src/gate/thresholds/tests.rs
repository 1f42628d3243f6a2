use super::*;
use crate::model::Effect;

fn measure(of: Measured, value: Option<&str>, unit: &str) -> Measure {
    Measure {
        of,
        value: value.map(|text| text.parse().expect("a number")),
        unit: unit.into(),
        basis: "a basis".into(),
    }
}

fn parse(text: &str) -> Thresholds {
    let subject = match text.contains('<') {
        true => Subject::Coverage,
        false => Subject::Cost,
    };
    Thresholds::parse(subject, text).expect(text)
}

#[test]
fn thresholds_are_read_and_written_back() {
    for (written, canonical) in [
        ("fail<75, warn<90", "fail<75, warn<90"),
        (" Fail < 75.50 %\nnote<99", "fail<75.5, note<99"),
        ("fail>5000 usd, warn>+10%", "fail>5000 USD, warn>+10%"),
        ("warn > + 500 EUR", "warn>+500 EUR"),
        ("fail>+0", "fail>+0"),
    ] {
        let read = parse(written);
        assert_eq!(read.to_string(), canonical, "{written}");
        assert_eq!(parse(canonical), read);
    }
    assert!(
        Thresholds::parse(Subject::Cost, " NONE ")
            .expect("none")
            .is_empty()
    );
    for (subject, text, what) in [
        (Subject::Coverage, "fail>75", "with `<`"),
        (Subject::Coverage, "75", "with `<`"),
        (Subject::Coverage, "fail<101", "at most 100"),
        (Subject::Coverage, "fail<x", "no number"),
        (Subject::Coverage, "fail<75 lines", "percent"),
        (Subject::Coverage, "block<75", "fail, warn or note"),
        (Subject::Coverage, " , ", "there is none"),
        (Subject::Coverage, "fail<-1", "no number"),
        (Subject::Cost, "fail>10%", "needs a `+`"),
        (Subject::Cost, "fail>10 dollars", "three letters"),
        (Subject::Cost, "fail>1e9999", "three letters"),
    ] {
        let error = Thresholds::parse(subject, text)
            .expect_err(text)
            .to_string();
        assert!(error.contains(what), "{text}: {error}");
    }
}

#[test]
fn the_strongest_missed_threshold_decides() {
    for (thresholds, of, value, unit, missed) in [
        (
            "fail<75, warn<90",
            Measured::Coverage,
            Some("74.999"),
            "%",
            Some("fail<75"),
        ),
        (
            "fail<75, warn<90",
            Measured::Coverage,
            Some("75"),
            "%",
            Some("warn<90"),
        ),
        (
            "warn<90, fail<75",
            Measured::Coverage,
            Some("10"),
            "%",
            Some("fail<75"),
        ),
        (
            "fail<75, warn<90",
            Measured::Coverage,
            Some("90"),
            "%",
            None,
        ),
        ("warn<90", Measured::Coverage, None, "%", Some("warn<90")),
        (
            "fail>100 USD",
            Measured::MonthlyCost,
            Some("100"),
            "USD",
            None,
        ),
        (
            "fail>100 USD",
            Measured::MonthlyCost,
            Some("100.000000000000000000000001"),
            "USD",
            Some("fail>100 USD"),
        ),
        (
            "fail>100 USD",
            Measured::MonthlyCost,
            Some("1"),
            "EUR",
            Some("fail>100 USD"),
        ),
        ("fail>100", Measured::MonthlyCost, Some("1"), "EUR", None),
        (
            "fail>+10%",
            Measured::MonthlyCost,
            Some("1000"),
            "USD",
            None,
        ),
        (
            "fail>+10%",
            Measured::CostChangePercent,
            Some("10.1"),
            "%",
            Some("fail>+10%"),
        ),
        ("fail>+0", Measured::CostChange, Some("-5"), "USD", None),
        (
            "fail>+0",
            Measured::CostChange,
            None,
            "USD",
            Some("fail>+0"),
        ),
    ] {
        let found = parse(thresholds).finding_of(&measure(of, value, unit));
        let term = found
            .as_ref()
            .and_then(|finding| finding.demand.as_ref())
            .map(|demand| demand.term.to_string());
        assert_eq!(term.as_deref(), missed, "{thresholds} {value:?}");
    }
}

#[test]
fn a_finding_says_the_number_and_keeps_its_identity() {
    let low = parse("fail<75")
        .finding_of(&measure(Measured::Coverage, Some("68.756"), "%"))
        .expect("missed");
    assert_eq!(&*low.title, "coverage is 68.75%, below 75%");
    assert_eq!(&*low.message, "coverage is 68.75%, below 75% (a basis).");
    assert_eq!(
        low.demand.as_ref().map(|demand| demand.effect),
        Some(Effect::Block)
    );
    let lower = parse("fail<75")
        .finding_of(&measure(Measured::Coverage, Some("2"), "%"))
        .expect("missed");
    assert_eq!((low.line, &low.target), (lower.line, &lower.target));
}

impl Thresholds {
    fn finding_of(&self, measure: &Measure) -> Option<Finding> {
        self.finding(
            measure,
            &super::super::tests::report("coverage-py", Status::Complete),
        )
    }
}
