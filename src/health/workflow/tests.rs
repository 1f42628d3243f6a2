use proptest::prelude::*;

use super::*;
use crate::model::{Effect, Severity};

/// A workflow whose gate is in order.
pub(super) const SOUND: &str = r#"name: Gate
on:
  pull_request:
  merge_group:
jobs:
  gate:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v5
      - name: Scan
        run: trivy fs --format json --output trivy.json .
      - uses: example/sarif-gate@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v1
        if: always()
"#;

pub(super) fn seen(text: &str, facts: &WorkflowFacts<'_>) -> Vec<Observation> {
    let seen = check(".github/workflows/gate.yml", text, facts);
    for one in &seen {
        assert!(
            !one.title.contains('\n') && !one.message.contains('\n'),
            "{one:?}"
        );
        assert_eq!(&*one.path, ".github/workflows/gate.yml");
    }
    assert_eq!(seen, check(".github/workflows/gate.yml", text, facts));
    seen
}

pub(super) fn rules(text: &str) -> Vec<(&'static str, Option<u32>, Effect)> {
    let facts = WorkflowFacts {
        job: Some("gate"),
        ..WorkflowFacts::default()
    };
    let seen = seen(text, &facts);
    seen.iter()
        .map(|one| (one.rule, one.line, one.effect))
        .collect()
}

/// [`SOUND`] with one text replaced.
pub(super) fn with(from: &str, to: &str) -> String {
    assert!(SOUND.contains(from), "{from}");
    SOUND.replacen(from, to, 1)
}

#[test]
fn a_sound_workflow_has_nothing() {
    assert_eq!(rules(SOUND), []);
    let ours = include_str!("../../../.github/workflows/gate.yml");
    let tools = ["zizmor".to_owned(), "gitleaks".to_owned()];
    let facts = WorkflowFacts {
        job: Some("gate"),
        required_tools: &tools,
        merge_queue: true,
    };
    assert_eq!(seen(ours, &facts), []);
}

#[test]
fn each_way_to_disarm_the_gate_is_seen_where_it_stands() {
    let gate = "        if: always()\n";
    for (text, rule, line) in [
        (
            with(
                gate,
                "        if: always()\n        continue-on-error: true\n",
            ),
            CONTINUE_ON_ERROR,
            14,
        ),
        (
            with(
                gate,
                "        if: always()\n        continue-on-error: ${{ github.actor == 'x' }}\n",
            ),
            CONTINUE_ON_ERROR,
            14,
        ),
        (
            with("    runs-on", "    continue-on-error: true\n    runs-on"),
            CONTINUE_ON_ERROR,
            7,
        ),
        (with(gate, ""), GATE_SKIPPABLE, 12),
        (
            with(gate, "        if: github.ref != 'x'\n"),
            GATE_SKIPPABLE,
            13,
        ),
        (with(gate, "        if: failure()\n"), GATE_SKIPPABLE, 13),
        (with(gate, "        if: false\n"), GATE_SKIPPABLE, 13),
        (
            with("    runs-on", "    needs: [scan]\n    runs-on"),
            GATE_SKIPPABLE,
            7,
        ),
        (
            with("    runs-on", "    if: false\n    runs-on"),
            GATE_SKIPPABLE,
            7,
        ),
        (
            with(
                "  pull_request:\n",
                "  pull_request:\n    paths: ['src/**']\n",
            ),
            PATH_FILTER,
            4,
        ),
        (
            with(
                "  pull_request:\n",
                "  pull_request:\n    paths-ignore: ['docs/**']\n",
            ),
            PATH_FILTER,
            4,
        ),
        (
            with(
                "  pull_request:\n",
                "  pull_request:\n    types: [labeled]\n",
            ),
            PATH_FILTER,
            4,
        ),
        (
            with("@8e8c483db84b4bee98b60c0593521ed34d9990e8", "@v1"),
            UNPINNED_ACTION,
            12,
        ),
        (
            with("actions/checkout@v5", "aquasecurity/trivy-action@0.33.1"),
            UNPINNED_ACTION,
            9,
        ),
    ] {
        let found = rules(&text);
        assert_eq!(found, [(rule, Some(line), Effect::Warn)], "{text}");
    }
}

#[test]
fn what_may_be_meant_is_noted() {
    for (text, rule, line) in [
        (with("  merge_group:\n", ""), NO_MERGE_GROUP, 2),
        (
            with(
                "on:\n  pull_request:\n  merge_group:\n",
                "on: [pull_request]\n",
            ),
            NO_MERGE_GROUP,
            2,
        ),
        (
            with(
                "on:\n  pull_request:\n  merge_group:\n",
                "on: pull_request\n",
            ),
            NO_MERGE_GROUP,
            2,
        ),
        (
            with(
                "  pull_request:\n",
                "  pull_request:\n    branches: [main]\n",
            ),
            PATH_FILTER,
            4,
        ),
        (
            with("if: always()", "if: always() && github.ref == 'x'"),
            GATE_SKIPPABLE,
            13,
        ),
        (
            with("    runs-on", "    if: github.ref == 'x'\n    runs-on"),
            GATE_SKIPPABLE,
            7,
        ),
    ] {
        assert_eq!(rules(&text), [(rule, Some(line), Effect::Note)], "{text}");
    }
    let facts = WorkflowFacts {
        merge_queue: true,
        ..WorkflowFacts::default()
    };
    let queue = seen(&with("  merge_group:\n", ""), &facts);
    let said: Vec<_> = queue
        .iter()
        .map(|one| (one.rule, one.severity, one.effect))
        .collect();
    assert_eq!(said, [(NO_MERGE_GROUP, Severity::Medium, Effect::Warn)]);
    assert_eq!(
        rules(&with(
            "on:\n  pull_request:\n  merge_group:\n",
            "on: push\n"
        )),
        []
    );
}

#[test]
fn what_keeps_the_gate_running_is_enough() {
    for text in [
        with("always()", "${{ !cancelled() }}"),
        with("always()", "success() || failure()"),
        // A scanner that may fail does not stop the gate.
        with("        if: always()\n", "").replace(
            "      - name: Scan\n",
            "      - name: Scan\n        continue-on-error: true\n",
        ),
        // Nothing before it scans.
        with("        if: always()\n", "").replace("run: trivy fs", "run: cp x"),
        with(
            "    runs-on",
            "    needs: x\n    if: ${{ !cancelled() }}\n    runs-on",
        ),
        with(
            "        if: always()\n",
            "        if: always()\n        continue-on-error: false\n",
        ),
    ] {
        assert_eq!(rules(&text), [], "{text}");
    }
}

#[test]
fn without_the_job_the_gate_is_found_by_its_name() {
    let facts = WorkflowFacts {
        job: Some("elsewhere"),
        ..WorkflowFacts::default()
    };
    let text = with(
        "        if: always()\n",
        "        continue-on-error: true\n",
    );
    let found: Vec<&str> = seen(&text, &facts).iter().map(|one| one.rule).collect();
    assert_eq!(found, [CONTINUE_ON_ERROR, GATE_SKIPPABLE]);
    let none =
        "on: pull_request\njobs:\n  a:\n    continue-on-error: true\n    steps: [{run: ls}]\n";
    let found: Vec<&str> = seen(none, &facts).iter().map(|one| one.rule).collect();
    assert_eq!(found, [NO_MERGE_GROUP]);
}

#[test]
fn what_is_no_workflow_is_said_once() {
    for text in [
        "",
        "jobs: [",
        "a: 1",
        "jobs: 7",
        "jobs:\n  a: !x y",
        "on: push\non: push",
        "- a",
    ] {
        let found = rules(text);
        assert_eq!(found.len(), 1, "{text}");
        assert!(
            found
                .iter()
                .all(|found| found.0 == UNREADABLE && found.2 == Effect::Warn)
        );
    }
    let broken = rules("jobs:\n  gate: {\n");
    assert!(broken.iter().all(|found| found.1.is_some()), "{broken:?}");
}

#[test]
fn odd_shapes_are_passed_over() {
    for text in [
        "jobs: {}",
        "jobs: {gate: null}",
        "jobs: {gate: {steps: 7, uses: [], if: {}, needs: null}}",
        "jobs: {gate: {steps: [7, null, [x], {uses: 1}, {run: [a]}, {? [a] : b}]}}",
        "on: 7\njobs: {1: {steps: {a: b}}}",
        "on: {pull_request: 7, merge_group: x}\njobs: {gate: {}}",
    ] {
        let found = rules(text);
        assert!(
            found.iter().all(|found| found.0 == GATE_SKIPPABLE),
            "{text}: {found:?}"
        );
    }
}

#[test]
fn identities_do_not_move_with_lines() {
    let text = with(
        "        if: always()\n",
        "        continue-on-error: true\n",
    );
    let facts = WorkflowFacts::default();
    let subjects = |text: &str| -> Vec<String> {
        seen(text, &facts)
            .iter()
            .map(|one| one.subject.to_string())
            .collect()
    };
    let moved = text
        .replace("jobs:\n", "# a\n\njobs:\n")
        .replace("    steps:\n", "    steps:\n      - run: ls\n");
    assert_eq!(subjects(&text), subjects(&moved));
    assert_eq!(subjects(&text).len(), 2);
}

#[test]
fn a_flood_is_bounded() {
    let step = "      - uses: snyk/actions/node@master\n";
    let text = format!("on: push\njobs:\n  gate:\n    steps:\n{}", step.repeat(500));
    let found = rules(&text);
    assert_eq!(
        (found.len(), found.last().map(|found| found.0)),
        (201, Some(LEFT_OUT))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_panics(text in ".{0,200}", at in 0..SOUND.len(), with in "[\\[\\]{}:\\-|>&*!'\"# \na-z0-9$()]{0,8}") {
        let facts = WorkflowFacts { job: Some("gate"), ..WorkflowFacts::default() };
        seen(&text, &facts);
        let mut torn = SOUND.to_owned();
        torn.insert_str(at, &with);
        seen(&torn, &facts);
        torn.truncate(at);
        seen(&torn, &facts);
        seen(&format!("on: push\njobs:\n  gate:\n    steps:\n      - run: |\n          sarif-gate {with}{}", text.replace('\n', " ")), &facts);
    }
}
