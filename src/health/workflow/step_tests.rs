use super::tests::{SOUND, rules, seen, with};
use super::*;
use crate::model::Effect;

#[test]
fn scripts_that_drop_the_verdict() {
    for (script, head, drops) in [
        ("sarif-gate run || true", "", true),
        (
            "sarif-gate run \\\n            --mode enforce || :",
            "",
            true,
        ),
        ("sarif-gate || exit 0", "", true),
        ("./target/release/sarif-gate run || echo failed", "", true),
        (
            "docker run --rm ghcr.io/example/sarif-gate:1 || true",
            "",
            true,
        ),
        ("sarif-gate run\n            exit 0", "", true),
        ("sarif-gate run; exit 0", "", true),
        ("! sarif-gate run", "", true),
        ("sarif-gate run &\n            wait", "", true),
        ("sarif-gate run | tee log", "", true),
        ("sarif-gate run | tee log", "        shell: bash\n", false),
        (
            "set -o pipefail\n            sarif-gate run | tee log",
            "",
            false,
        ),
        (
            "set +e\n            sarif-gate run\n            echo done",
            "",
            true,
        ),
        (
            "set +e\n            sarif-gate run\n            code=$?\n            exit \"$code\"",
            "",
            false,
        ),
        ("sarif-gate run", "", false),
        ("sarif-gate run || exit 1", "", false),
        ("trivy fs . || true\n            sarif-gate run", "", false),
        (
            "cd sarif-gate || true\n            sarif-gate run",
            "",
            false,
        ),
        (
            "sarif-gate check-config || true\n            sarif-gate run",
            "",
            false,
        ),
        (
            "# sarif-gate run || true\n            sarif-gate run",
            "",
            false,
        ),
    ] {
        let step = format!("      - if: always()\n{head}        run: |\n            {script}\n");
        let at = SOUND.find("      - uses: example").expect("the gate");
        let text = format!("{}{step}", SOUND.get(..at).expect("a start"));
        let found: Vec<&str> = rules(&text).into_iter().map(|found| found.0).collect();
        let expected: &[&str] = if drops { &[VERDICT_DROPPED] } else { &[] };
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn required_tools_need_a_step() {
    let required = |text: &str, tools: &[&str]| -> Vec<(String, Effect)> {
        let tools: Vec<String> = tools.iter().map(|tool| (*tool).to_owned()).collect();
        let facts = WorkflowFacts {
            required_tools: &tools,
            ..WorkflowFacts::default()
        };
        let seen = seen(text, &facts).into_iter();
        let missing = seen.filter(|one| one.rule == MISSING_SCANNER);
        missing
            .map(|one| (one.subject.to_string(), one.effect))
            .collect()
    };
    assert_eq!(required(SOUND, &["trivy"]), []);
    let warned = |tool: &str| vec![(tool.to_owned(), Effect::Warn)];
    assert_eq!(
        required(SOUND, &["trivy", "gitleaks", ""]),
        warned("gitleaks")
    );
    // Installing is not running, and the gate's own words are nobody's scanner.
    let installs = with("trivy fs", "apt-get install trivy && cat");
    assert_eq!(required(&installs, &["trivy"]), warned("trivy"));
    let names = with("trivy fs", "sarif-gate run --require-reports trivy");
    assert_eq!(required(&names, &["trivy"]), warned("trivy"));
    let other = with("actions/checkout@v5", "someone/mytool-action@v1");
    assert_eq!(required(&other, &["mytool"]), []);
    let uploads = with(
        "actions/checkout@v5",
        "github/codeql-action/upload-sarif@v4",
    );
    assert_eq!(required(&uploads, &["codeql"]), warned("codeql"));
    // What the file does not show may hold it.
    for hides in [
        with("run: trivy fs", "run: make scan"),
        with("run: trivy fs", "run: ./scan.sh"),
        with("actions/checkout@v5", "actions/download-artifact@v5").replace("trivy fs", "cp"),
        with(
            "jobs:\n",
            "jobs:\n  other:\n    uses: ./.github/workflows/scan.yml\n",
        )
        .replace("trivy fs", "cp"),
    ] {
        assert_eq!(
            required(&hides, &["trivy"]),
            [("trivy".to_owned(), Effect::Note)],
            "{hides}"
        );
    }
}
