//! Settings from the outside: four layers, and what is refused and how.

use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;

use sarif_gate::cli;
use sarif_gate::commands;
use sarif_gate::gate::Preset;
use sarif_gate::model::{Mode, Severity};
use sarif_gate::settings::{
    Base, Door, ReadFile, Settings, Switch, config_schema, inputs, load, secrets,
};
use serde_json::{Value, json};

mod environments;
mod tighten;
mod trusted;

const CONFIG: &str = "/w/.github/sarif-gate.yml";

/// A place to load settings from: flags, variables, files.
#[derive(Clone, Default)]
struct Case {
    flags: Vec<String>,
    environment: BTreeMap<String, String>,
    files: BTreeMap<String, String>,
    /// Files at the tip of the base branch; `None` where it cannot be reached.
    base: Option<BTreeMap<String, String>>,
    /// Files of other repositories, as `owner/repo/path@ref`.
    central: BTreeMap<String, String>,
}

/// Nothing but the checkout can be reached.
fn offline<'a>(environment: &'a BTreeMap<String, String>, read: ReadFile<'a>) -> Door<'a> {
    Door {
        environment,
        working_directory: "/w",
        read,
        head: &|_, _| Err(io::Error::from(io::ErrorKind::NotFound)),
        base: &|_, _, _| Err("GET /repos/octo/repo: not found".to_owned()),
        central: &|_, _, _, _, _, _| Err("GET /repos/octo/policies: not found".to_owned()),
    }
}

impl Case {
    fn flag(mut self, words: &[&str]) -> Case {
        self.flags.extend(words.iter().map(|word| word.to_string()));
        self
    }

    fn env(mut self, name: &str, value: &str) -> Case {
        self.environment.insert(name.into(), value.into());
        self
    }

    fn file(mut self, path: &str, text: &str) -> Case {
        self.files.insert(path.into(), text.into());
        self
    }

    fn config(self, text: &str) -> Case {
        self.file(CONFIG, text)
    }

    /// A pull request to main, whose tip can be read.
    fn pull_request(self) -> Case {
        self.pull_request_to("main")
    }

    fn pull_request_to(mut self, branch: &str) -> Case {
        self.base.get_or_insert_default();
        self.env("GITHUB_ACTIONS", "true")
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_REPOSITORY", "octo/repo")
            .env("GITHUB_REF", "refs/pull/7/merge")
            .env("GITHUB_BASE_REF", branch)
            .env("GITHUB_WORKSPACE", "/w")
    }

    /// A file at the tip of the base branch.
    fn at_base(mut self, path: &str, text: &str) -> Case {
        let files = self.base.get_or_insert_default();
        files.insert(path.into(), text.into());
        self
    }

    /// The config file, at the tip of the base branch and in the checkout alike.
    fn trusted(self, text: &str) -> Case {
        self.config(text).at_base(".github/sarif-gate.yml", text)
    }

    fn load(&self) -> Result<Settings, String> {
        let words = ["sarif-gate", "run"].map(String::from);
        let words = words.into_iter().chain(self.flags.clone());
        let cli = cli::parse(words.map(Into::into)).map_err(|error| error.to_string())?;
        let Some(cli::Command::Run(run)) = cli.command else {
            panic!("the command is run");
        };
        let read = |path: &str| match self.files.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let files = self.base.clone();
        let central = self.central.clone();
        let door = Door {
            head: &|_, path| read(&format!("/w/{path}")),
            base: &|context, _, _| {
                let files = files.clone().ok_or("GET /repos/octo/repo: not found")?;
                Ok(Base {
                    sha: "0123456789abcdef0123456789abcdef01234567".to_owned(),
                    branch: context.base_ref.clone().unwrap_or_default(),
                    read: Rc::new(move |path| Ok(files.get(path).map(|text| text.clone().into()))),
                })
            },
            central: &|_, repository, path, reference, token, _| {
                let name = format!("{repository}/{path}@{reference}");
                let text = central.get(&name).ok_or("not found")?.clone();
                let token = token.map_or("", |token| token.reveal());
                Ok((text.replace("TOKEN", token).into(), "abcdef".repeat(6)))
            },
            ..offline(&self.environment, &read)
        };
        load(run.flags(), &door).map_err(|error| error.to_string())
    }

    fn shown(&self, name: &str) -> (Value, String) {
        let settings = self.load().unwrap();
        let shown = settings.shown.into_iter().find(|s| s.name == name);
        let shown = shown.unwrap_or_else(|| panic!("{name} is shown"));
        (shown.value, shown.origin)
    }

    #[track_caller]
    fn refused(&self, parts: &[&str]) {
        let error = self.load().expect_err("refused");
        for part in parts {
            assert!(error.contains(part), "{part:?} is not in:\n{error}");
        }
    }
}

fn case() -> Case {
    Case::default()
}

#[test]
fn built_in_values() {
    let settings = case().load().unwrap();
    assert!(settings.reports_built_in);
    assert_eq!(settings.policy.preset, Preset::Standard);
    assert_eq!(settings.policy.unknown_severity, Severity::Medium);
    assert_eq!(settings.mode, Mode::Enforce);
    assert_eq!(settings.check_run, Switch::Auto);
    assert_eq!(settings.annotations, 50);
    assert!(settings.summary);
    assert_eq!(settings.check_name, "sarif-gate");
    assert_eq!(settings.evidence_dir, "reports/security");
    assert!(settings.token.is_none() && !settings.allow_tracked_reports);
    let known: Vec<String> = inputs::all().into_iter().map(|input| input.name).collect();
    let shown: Vec<String> = settings.shown.into_iter().map(|s| s.name).collect();
    let expected: Vec<String> = known
        .into_iter()
        .chain(inputs::CONFIG_ONLY.iter().map(|key| key.to_string()))
        .collect();
    assert_eq!(
        shown, expected,
        "every input is shown, in the order of the struct"
    );
}

/// The stronger layer wins whole: lists and rows are not joined.
#[test]
fn precedence() {
    for (name, values, shown, nobody) in [
        (
            "mode",
            ["warn", "observe", "enforce"],
            [json!("warn"), json!("observe"), json!("enforce")],
            (json!("enforce"), "built-in"),
        ),
        (
            "require-reports",
            ["trivy", "gitleaks, codeql", "[semgrep]"],
            [
                json!(["trivy"]),
                json!(["gitleaks", "codeql"]),
                json!(["semgrep"]),
            ],
            (json!([]), "built-in"),
        ),
        (
            "fail-on",
            ["high", "medium", "[secret, low]"],
            [json!("high"), json!("medium"), json!("secret, low")],
            (json!("secret, critical"), "preset"),
        ),
        (
            "annotations",
            ["1", "2", "3"],
            [json!(1), json!(2), json!(3)],
            (json!(50), "built-in"),
        ),
    ] {
        let [flag, input, config] = values;
        let variable = format!("INPUT_{}", name.to_uppercase());
        let mut case = case();
        assert_eq!(case.shown(name), (nobody.0, nobody.1.to_string()), "{name}");
        case = case.config(&format!("{name}: {config}\n"));
        assert_eq!(
            case.shown(name),
            (shown[2].clone(), "config".into()),
            "{name}"
        );
        case = case.env(&variable, " \n");
        assert_eq!(
            case.shown(name),
            (shown[2].clone(), "config".into()),
            "{name}: blank"
        );
        case = case.env(&variable, input);
        assert_eq!(
            case.shown(name),
            (shown[1].clone(), "input".into()),
            "{name}"
        );
        case = case.flag(&[&format!("--{name}"), flag]);
        assert_eq!(
            case.shown(name),
            (shown[0].clone(), "flag".into()),
            "{name}"
        );
    }
}

/// As the runner starts the action: every declared input is there, empty where nobody said anything.
#[test]
fn empty_inputs_are_unset() {
    let all = inputs::all()
        .iter()
        .fold(case(), |case, input| case.env(&input.variable(), ""));
    let all = all.env("INPUT_ARGS", "x").env("INPUT_ENTRYPOINT", "y");
    let shown = |case: &Case| commands::settings::as_json(&case.load().unwrap().shown);
    assert_eq!(shown(&all), shown(&case()));
}

#[test]
fn lists_and_rows_in_yaml() {
    let settings = case()
        .config(
            "reports:\n  - trivy-{fs,image}.json\n  - gitleaks=a, b.json\nfail-on: |\n  secret\n  high\nexclude: []\n\
             require-reports: none\nsummary: false\nannotations: 0\nmax-report-age: 2d\npath-prefix: ./api/\n\
             severity-map:\n  - tool: trivy\n    severity: low\n  - rule: CVE-*\n    severity: high\n\
             allow-tracked-reports: true\nallow-incomplete:\n  - tool: Trivy\n    until: 2026-12-31\n",
        )
        .load()
        .unwrap();
    assert_eq!(
        settings.reports,
        ["trivy-{fs,image}.json", "gitleaks=a, b.json"]
    );
    assert!(!settings.reports_built_in && !settings.summary);
    assert_eq!(settings.policy.exclude.terms.len(), 0);
    assert_eq!(settings.policy.fail_on.terms.len(), 2);
    assert_eq!(
        (settings.annotations, settings.max_report_age),
        (0, Some(172_800))
    );
    assert_eq!(settings.path_prefix.as_deref(), Some("api"));
    assert_eq!(
        settings.severity_map,
        [
            ("trivy".into(), "*".into(), Severity::Low),
            ("*".into(), "CVE-*".into(), Severity::High)
        ]
    );
    assert!(settings.allow_tracked_reports);
    assert_eq!(
        settings.policy.allow_incomplete,
        [("trivy".into(), "2026-12-31".into())]
    );
}

#[test]
fn empty_files_are_fine() {
    for text in ["", "\n", "# nothing\n", "---\n", "\u{feff}mode: warn\n"] {
        assert!(case().config(text).load().is_ok(), "{text:?}");
    }
}

#[test]
fn refused_config_files() {
    let at = |place: &str| format!(".github/sarif-gate.yml{place}");
    for (text, place, part) in [
        (
            "mode: warn\nfail-onn: high\n",
            ":2",
            "there is no key fail-onn; did you mean fail-on?",
        ),
        (
            "sbom: x\n",
            ":1",
            "the key sbom is not supported by this version yet",
        ),
        ("\npolicies: x\n", ":2", "the key policies is not supported"),
        (
            "token: hunter2\n",
            ":1",
            "token is a secret and no config key",
        ),
        ("identity-key: hunter2\n", ":1", "INPUT_IDENTITY-KEY"),
        ("jira-token: hunter2\n", ":1", "INPUT_JIRA-TOKEN"),
        (
            "config: x.yml\n",
            ":1",
            "a config file cannot name another one",
        ),
        ("mode:\n", ":1", "mode has no value"),
        (
            "mode: warn\nmode: warn\n",
            ":2",
            "the key mode stands twice",
        ),
        (
            "mode: [warn]\n",
            ":1: mode",
            "a single value is expected here",
        ),
        (
            "reports:\n  a: b\n",
            ":2: reports",
            "a text, or a list of texts",
        ),
        ("fail-on: [a, [b]]\n", ":1: fail-on", "a single value"),
        (
            "fail-on: []\n",
            ":1: fail-on",
            "write none to empty the row",
        ),
        ("reports: []\n", ":1: reports", "no report is named"),
        ("reports: ['!a']\n", ":1: reports", "no report is named"),
        (
            "reports: [a, '']\n",
            ":1: reports",
            "an entry of the list is empty",
        ),
        (
            "evidence-dir: ''\n",
            ":1: evidence-dir",
            "the value is empty",
        ),
        (
            "allow-tracked-reports: maybe\n",
            ":1: allow-tracked-reports",
            "neither true nor false",
        ),
        (
            "allow-incomplete:\n  - tool: trivy\n    until: tomorrow\n",
            ":3: allow-incomplete",
            "\"tomorrow\" is not a day",
        ),
        (
            "allow-incomplete:\n  - tool: trivy\n    until: 2026-02-30\n",
            ":3: allow-incomplete",
            "is not a day",
        ),
        (
            "allow-incomplete:\n  - tool: trivy\n    untli: 2026-02-03\n",
            ":3: allow-incomplete",
            "did you mean until?",
        ),
        (
            "allow-incomplete:\n  - tool: trivy\n",
            ":2: allow-incomplete",
            "the entry has no until",
        ),
        (
            "severity-map:\n  - severity: low\n",
            ":1: severity-map",
            "names neither a tool nor a rule",
        ),
        (
            "severity-map:\n  - tool: a\n    severity: nasty\n",
            ":3: severity-map",
            "not one of critical",
        ),
        (
            "severity-map:\n  - tool: '['\n    severity: low\n",
            ":2: severity-map",
            "is not a glob",
        ),
        ("<<: {mode: warn}\n", ":1", "merge keys"),
        ("a: 1\n---\nb: 2\n", ":2", "more than one document"),
        ("- mode\n", "", "keys with values"),
        ("mode: 'warn\n", ":2", "quoted"),
        ("mode: *x\n", ":1", "anchor"),
        ("\"mo\\u202ede\": x\n", ":1", "\"mo\\u{202e}de\""),
    ] {
        let case = case().config(text);
        case.refused(&[&at(place), part]);
        let error = case.load().unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[test]
fn hostile_yaml_ends_soon() {
    let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
    for (before, name) in "abcdefgh".chars().zip("bcdefghi".chars()) {
        bomb += &format!(
            "{name}: &{name} [{}*{before}]\n",
            format!("*{before},").repeat(8)
        );
    }
    let deep = format!("reports: {}{}\n", "[".repeat(5000), "]".repeat(5000));
    let wide = format!("reports: [{}]\n", "a,".repeat(200_000));
    let long = format!("check-name: {}\n", "x".repeat(2_000_000));
    for (text, part) in [
        (bomb, "aliases"),
        (deep, "limit"),
        (wide, "larger or nested deeper"),
        (long, "more than the 1048576 that are read"),
    ] {
        case().config(&text).refused(&[part]);
        assert!(case().config(&text).load().unwrap_err().len() < 2000);
    }
    let read = |_: &str| Ok(vec![0xff, 0xfe, 0x00]);
    let environment = BTreeMap::new();
    let door = offline(&environment, &read);
    let error = load(Default::default(), &door).unwrap_err().to_string();
    assert!(error.contains("not UTF-8"), "{error}");
}

#[test]
fn refused_values_name_their_place() {
    for (case, place, part) in [
        (
            case().flag(&["--mode", "enforced"]),
            "--mode",
            "did you mean enforce?",
        ),
        (
            case().env("INPUT_MODE", "off"),
            "input mode",
            "\"off\" is not one of enforce, warn, observe",
        ),
        (
            case().config("\nmode: off\n"),
            ".github/sarif-gate.yml:2: mode",
            "\"off\" is not one of",
        ),
        (
            case().env("INPUT_PRESET", "Ratched"),
            "input preset",
            "did you mean ratchet?",
        ),
        (
            case().env("INPUT_PRESET", "lax"),
            "input preset",
            "basic, standard, strict, ratchet",
        ),
        (
            case().env("INPUT_UNKNOWN-SEVERITY", "unknown"),
            "input unknown-severity",
            "critical, high",
        ),
        (
            case().env("INPUT_SCANNER-SUPPRESSIONS", "honor"),
            "input scanner-suppressions",
            "did you mean honour?",
        ),
        (
            case().env("INPUT_CHECK-RUN", "maybe"),
            "input check-run",
            "auto, true, false",
        ),
        (
            case().env("INPUT_SUMMARY", "1"),
            "input summary",
            "true, false",
        ),
        (
            case().env("INPUT_ANNOTATIONS", "-1"),
            "input annotations",
            "from 0 to 1000",
        ),
        (
            case().env("INPUT_MAX-REPORT-AGE", "12"),
            "input max-report-age",
            "12h",
        ),
        (
            case().env("INPUT_PATH-PREFIX", "../x"),
            "input path-prefix",
            "inside the repository",
        ),
        (
            case().env("INPUT_EVIDENCE-DIR", "."),
            "input evidence-dir",
            "no folder of its own",
        ),
        (
            case().flag(&["--evidence-dir", ""]),
            "--evidence-dir",
            "the value is empty",
        ),
        (
            case().env("INPUT_CHECK-NAME", "a\nb"),
            "input check-name",
            "one line",
        ),
        (
            case().env("INPUT_REQUIRE-REPORTS", "trivy, none"),
            "input require-reports",
            "none stands alone",
        ),
        (
            case().env("INPUT_REQUIRE-PUBLISH", "teams"),
            "input require-publish",
            "check-run, annotations",
        ),
        (
            case().env("INPUT_CONFIG", "o/r/gate.yml@main"),
            "o/r/gate.yml@main",
            "the config file cannot be fetched: not found",
        ),
        (
            case().env("INPUT_CONFIG", "gone.yml"),
            "gone.yml",
            "cannot be read",
        ),
        (
            case().flag(&["--fail-on", "nonsense"]),
            "--fail-on",
            "nonsense",
        ),
        (
            case().env("INPUT_WARN-ON", "nonsense"),
            "input warn-on",
            "^",
        ),
        (
            case().env("INPUT_FAIL_ON", "high"),
            "input fail_on",
            "its name is INPUT_FAIL-ON",
        ),
        (
            case().env("INPUT_FAILON", "high"),
            "input failon",
            "did you mean fail-on?",
        ),
        (
            case().env("INPUT_ZZZ", ""),
            "input zzz",
            "there is no input zzz",
        ),
        (
            case().env("INPUT_SBOM", ""),
            "input sbom",
            "not supported by this version yet",
        ),
        (
            case().env("INPUT_SEVERITY-MAP", "x"),
            "input severity-map",
            "a key of the config file",
        ),
        (
            case().env("INPUT_fail-on", "x"),
            "input fail-on",
            "its name is INPUT_FAIL-ON",
        ),
    ] {
        case.refused(&[&format!("{place}: "), part]);
    }
}

#[test]
fn all_problems_come_at_once() {
    case()
        .env("INPUT_MODE", "x")
        .env("INPUT_FOO", "x")
        .config("preset: y\n")
        .refused(&["input mode", "input foo", "sarif-gate.yml:1: preset"]);
}

#[test]
fn a_named_config_is_read_and_the_flag_names_it_first() {
    let case = case()
        .file("/w/a.yml", "mode: warn\n")
        .file("/etc/b@1.yml", "mode: observe\n")
        .env("INPUT_CONFIG", "a.yml");
    assert_eq!(case.shown("mode"), (json!("warn"), "config".into()));
    assert_eq!(case.shown("config"), (json!("a.yml"), "input".into()));
    let case = case.flag(&["--config", "/etc/b@1.yml"]);
    assert_eq!(case.shown("mode"), (json!("observe"), "config".into()));
}

#[test]
fn secrets_are_never_shown() {
    let secret = "hunter2-hunter2";
    let case = case()
        .env("INPUT_TOKEN", &format!("{secret}\n"))
        .env("INPUT_IDENTITY-KEY", secret)
        .env("GITHUB_TOKEN", "not this one");
    let settings = case.load().unwrap();
    assert_eq!(settings.token.as_ref().map(|t| t.reveal()), Some(secret));
    assert_eq!(case.shown("token"), (json!("set"), "input".into()));
    for format in [commands::Format::Text, commands::Format::Json] {
        let text = commands::settings::output(&settings, format).unwrap();
        assert!(
            !text.contains("hunter2") && text.contains("identity-key"),
            "{text}"
        );
    }
    assert!(!format!("{settings:?}").contains("hunter2"));
    let masks = secrets(&case.environment);
    assert_eq!(
        masks.iter().map(|s| s.reveal()).collect::<Vec<_>>(),
        [secret, secret]
    );
    let case = case.env("INPUT_MODE", "x");
    assert!(!case.load().unwrap_err().contains("hunter2"));
    let alone = Case::default().env("GITHUB_TOKEN", secret);
    assert_eq!(alone.shown("token"), (json!("unset"), "built-in".into()));
}

/// Example files: what the schema says of them and what the program says agree.
#[test]
fn schema_and_program_agree() {
    let validator = jsonschema::validator_for(&config_schema()).unwrap();
    let full = "reports: [a.json, gitleaks=b.json]\nrequire-reports: trivy, gitleaks\npath-prefix: api\n\
                max-report-age: 12h\nunknown-severity: high\nscanner-suppressions: ignore\npreset: strict\n\
                fail-on: [secret, high]\nwarn-on: medium\nnote-on: none\nexclude: low\ncoverage: fail<75, warn<90\ncost: [fail>5000 USD, warn>+10%]\nmode: warn\ncheck-run: true\n\
                check-name: Gate\nannotations: 10\nsummary: false\nrequire-publish: [check-run]\nevidence-dir: out\n\
                ca-bundle: ca.pem\nseverity-map:\n  - {tool: trivy, rule: 'CVE-*', severity: low}\n\
                allow-tracked-reports: false\nallow-incomplete:\n  - {tool: trivy, until: 2026-12-31}\n\
                environment: auto\nwaivers: [w.yml, .trivyignore]\nvex: none\nbaseline: 'artifact:evidence'\n\
                epss: epss.csv\nkev: kev.json\nbypass-label: security-bypass\ninputs: override\n\
                max-data-age: 3d\naccept-impact-statements: true\nbypass: {allow-incomplete: true, lasts: 12h}\n\
                sla: {critical: 1d, high: 2w}\n\
                waiver-limits:\n  require: [ticket, approved-by]\n  longest: {critical: 30d}\n  allow-kev: true\n  \
                warn-before: 7d\n  broad: 5\n\
                components:\n  services/api: {paths: 'services/api/', owner: '@octo/api', fail-on: high, exclude: none}\n\
                issue-on: high\nnotify-on: critical, secret\ncomment: always\nupload-sarif: true\ncategory: backend\n\
                dismiss-excused: false\njira-url: 'https://jira.example.com'\njira-user: gate\njira-project: SEC\n\
                publish: later\npublic-details: true\n\
                environments:\n  production: {branches: [main, 'release/**'], mode: enforce, sla: {low: 90d}}\n  \
                staging: {}\n";
    for (text, good) in [
        (full, true),
        ("{}\n", true),
        ("check-run: auto\n", true),
        ("mode: off\n", false),
        ("modes: warn\n", false),
        ("config: a.yml\n", false),
        ("token: x\n", false),
        ("sbom: x\n", false),
        ("annotations: 5000\n", false),
        ("comment: sometimes\n", false),
        ("publish: never\n", false),
        ("slack-webhook-url: https://hooks.slack.com/x\n", false),
        ("mode:\n", false),
        ("reports: {a: b}\n", false),
        ("max-report-age: soon\n", false),
        ("severity-map: [{tool: a}]\n", false),
        (
            "allow-incomplete: [{tool: a, until: 2026-12-31, x: y}]\n",
            false,
        ),
        ("allow-tracked-reports: [true]\n", false),
        ("inputs: maybe\n", false),
        ("max-data-age: 36h\n", false),
        ("sla: {worst: 1d}\n", false),
        ("sla: {high: 1h}\n", false),
        ("bypass: {lasts: soon}\n", false),
        ("waiver-limits: {broad: 0}\n", false),
        ("waiver-limits: {requires: [ticket]}\n", false),
        ("components: {api: {owner: '@a'}}\n", false),
        ("components: {'a b': {paths: a}}\n", false),
        ("components: [api]\n", false),
        ("environments: {production: {modes: warn}}\n", false),
        ("environments: {production: {inputs: override}}\n", false),
        ("environments: {production: {mode: off}}\n", false),
        ("environments: {auto: {}}\n", false),
        ("environments: {production: }\n", false),
        ("branches: main\n", false),
    ] {
        let value: Value = serde_saphyr::from_str(text).unwrap();
        assert_eq!(validator.is_valid(&value), good, "schema: {text}");
        let checked = commands::check_config::check("c.yml", text.as_bytes());
        assert_eq!(checked.is_ok(), good, "program: {text}: {checked:?}");
    }
    let value: Value = serde_saphyr::from_str(full).unwrap();
    let all = config_schema()["properties"].as_object().unwrap().len();
    assert_eq!(
        value.as_object().unwrap().len(),
        all,
        "the example has every key"
    );
}
