use super::*;

fn parsed(words: &[&str]) -> Result<Cli, clap::Error> {
    parse(
        std::iter::once("sarif-gate")
            .chain(words.iter().copied())
            .map(OsString::from),
    )
}

#[test]
fn definition_is_sound() {
    definition().debug_assert();
}

#[test]
fn arguments_become_the_input_reports() {
    let Ok(Some(Command::Run(run))) =
        parsed(&["run", "a,b.json", "-", "--fail-on", "high"]).map(|cli| cli.command)
    else {
        panic!("a run");
    };
    let inputs = run.flags();
    assert_eq!(
        inputs.reports,
        Some(List(vec!["a,b.json".into(), "-".into()]))
    );
    assert_eq!(inputs.fail_on.map(|terms| terms.0), Some("high".into()));
}

#[test]
fn refusals() {
    for (words, part) in [
        (
            &["run", "--sbom", "x"][..],
            "--sbom is not supported by this version yet",
        ),
        (
            &["run", "--token", "hunter2hunter2"],
            "set the environment variable INPUT_TOKEN",
        ),
        (
            &["run", "--identity-key=hunter2"],
            "set the environment variable INPUT_IDENTITY-KEY",
        ),
        (&["run", "--fail-onn", "x"], "--fail-on"),
        (
            &["run", "a.json", "--reports", "b.json"],
            "cannot be used with",
        ),
        (&["convert"], "required"),
        (&["diff", "a"], "<NEW>"),
        (&["baseline"], "rebase"),
        (&["baseline", "rebase", "a", "b"], "--output"),
        (&["run", "--format", "xml"], "sarif"),
    ] {
        let error = parsed(words).expect_err("refused").to_string();
        assert!(error.contains(part), "{words:?}: {error}");
        assert!(!error.contains("hunter2"), "{words:?}: {error}");
    }
}

#[test]
fn no_command_is_a_run_in_actions_only() {
    let cli = parsed(&[]).expect("no command");
    assert!(matches!(cli.command_or_run(true), Ok(Command::Run(_))));
    assert!(cli.command_or_run(false).is_err());
}

#[test]
fn help_names_defaults_and_no_secrets() {
    let help = parsed(&["run", "--help"]).expect_err("help").to_string();
    assert!(help.contains("[default: enforce]"), "{help}");
    assert!(!help.contains("--token"), "{help}");
}

#[test]
fn colours() {
    let none = BTreeMap::new();
    let refused = BTreeMap::from([("NO_COLOR".to_string(), "1".to_string())]);
    let empty = BTreeMap::from([("NO_COLOR".to_string(), String::new())]);
    for (color, environment, terminal, expected) in [
        (Color::Auto, &none, true, true),
        (Color::Auto, &none, false, false),
        (Color::Auto, &refused, true, false),
        (Color::Auto, &empty, true, true),
        (Color::Always, &refused, false, true),
        (Color::Never, &none, true, false),
    ] {
        assert_eq!(color.enabled(environment, terminal), expected);
    }
}
