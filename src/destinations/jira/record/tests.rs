use super::*;

fn context(repository: &str) -> Context {
    Context {
        repository: Some(repository.to_owned()),
        ..Context::default()
    }
}

fn record(scopes: usize) -> Record {
    let cause = Cause {
        id: "0123456789abcdef".to_owned(),
        kind: crate::model::Kind::Code,
        severity: Severity::High,
        what: crate::causes::What::Rule {
            tool: "semgrep",
            rule: "x",
        },
        findings: Vec::new(),
        places: Vec::new(),
        scopes: BTreeSet::new(),
    };
    let scopes: BTreeSet<Pair> = (0..scopes)
        .map(|number| ("trivy".into(), Some(format!("größe{number}").into())))
        .collect();
    let job = Job::of(&context("o/r"), None).unwrap();
    Record::new(&job, &cause, &scopes, "hash")
}

#[test]
fn labels_are_one_word_and_tell_jobs_apart() {
    let job = |repository: &str, category| Job::of(&context(repository), category).unwrap();
    let labels: BTreeSet<String> = [
        job("octo/repo", None).cause_label("c"),
        job("octo/repo", Some("a b")).cause_label("c"),
        job("octo/repo", Some("a")).cause_label("b c"),
        job("octo/other", None).cause_label("c"),
        job("octo/repo", None).cause_label("d"),
    ]
    .into();
    assert_eq!(labels.len(), 5);
    assert!(
        labels
            .iter()
            .all(|label| label.len() == 27 && !label.contains(' '))
    );
    assert_eq!(job("Octo/Repo", None), job("octo/repo", None));
    assert_eq!(
        job("octo/repo", Some("a b")).label(),
        "sarif-gate:octo/repo"
    );
    assert!(Job::of(&Context::default(), None).is_none());
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let record = record(3);
    assert_eq!(Record::read(&record.value()), Some(record.clone()));
    let closing = Record::read(&record.closing().value()).unwrap();
    assert!(closing.closed_by_us && closing.scopes().len() == 3);
    let with = |name: &str, value: Value| {
        let mut changed = record.value();
        changed[name] = value;
        Record::read(&changed)
    };
    for broken in [
        with("cause", "0123".into()),
        with("cause", "0123456789abcde/".into()),
        with("scopes", "x".into()),
        with("scopes", serde_json::json!([[1, 2]])),
        with("findings", (-1).into()),
        with("closed_by_us", "yes".into()),
        Record::read(&Value::Null),
    ] {
        assert_eq!(broken, None);
    }
}

#[test]
fn scopes_that_do_not_fit_are_none_at_all() {
    let size = |scopes: usize| record(scopes).value().to_string().len();
    let most = (1..5_000)
        .take_while(|many| size(*many) > size(0))
        .last()
        .unwrap();
    assert!(
        size(most) <= PROPERTY_BYTES && PROPERTY_BYTES - size(most) < 30,
        "{most}"
    );
    assert!(record(most + 1).scopes().is_empty());
}
