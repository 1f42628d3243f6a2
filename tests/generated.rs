//! What is generated stands in step with the code. `UPDATE=1 cargo test generated` rewrites it.

use std::fs;
use std::path::{Path, PathBuf};

use sarif_gate::commands::{self, Format};
use sarif_gate::destinations;
use sarif_gate::destinations::action_outputs::OUTPUTS;
use sarif_gate::exit::CODES;
use sarif_gate::model::{Scale, Severity, scale};
use sarif_gate::settings::inputs::{self, COLLECT, CONFIG_ONLY, InputInfo, JUDGE, PUBLISH};
use sarif_gate::settings::{DESTINATIONS, built_in, config_schema, default_of};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn update() -> bool {
    std::env::var_os("UPDATE").is_some_and(|value| value == "1")
}

/// The file holds exactly this text.
fn file_is(name: &str, expected: &str) {
    let now = fs::read_to_string(path(name)).unwrap_or_default();
    if now == expected {
        return;
    }
    assert!(
        update(),
        "{name} is not what the code says; UPDATE=1 cargo test generated rewrites it.\n{}",
        first_difference(&now, expected)
    );
    fs::write(path(name), expected).unwrap();
}

/// The file holds exactly this text between two marker lines.
fn block_is(name: &str, open: &str, close: &str, expected: &str) {
    let now = fs::read_to_string(path(name)).unwrap_or_else(|error| {
        panic!("{name} cannot be read ({error}); its block {open} is generated")
    });
    let find = |from: usize, marker: &str| {
        let line = format!("{marker}\n");
        now.get(from..)
            .and_then(|rest| rest.find(&line))
            .map(|at| from + at)
            .unwrap_or_else(|| {
                panic!("{name} has no line {marker}; put it where the generated text belongs")
            })
    };
    let start = find(0, open) + open.len() + 1;
    let end = find(start, close);
    if now[start..end] == *expected {
        return;
    }
    assert!(
        update(),
        "{name}: the block {open} is not what the code says; UPDATE=1 cargo test generated rewrites it.\n{}",
        first_difference(&now[start..end], expected)
    );
    // Read again: the blocks of one file are rewritten one after the other.
    let whole = format!("{}{expected}{}", &now[..start], &now[end..]);
    fs::write(path(name), whole).unwrap();
}

fn first_difference(now: &str, expected: &str) -> String {
    let mut expected_lines = expected.lines();
    for (index, line) in now.lines().enumerate() {
        let wanted = expected_lines.next();
        if wanted != Some(line) {
            return format!(
                "line {}:\n  is     {line}\n  should {}",
                index + 1,
                wanted.unwrap_or("(nothing)")
            );
        }
    }
    format!(
        "it ends too early; next: {}",
        expected_lines.next().unwrap_or("(a line end)")
    )
}

fn default_sentence(input: &InputInfo) -> String {
    match default_of(&input.name, &built_in()) {
        Some(default) => format!(" Default: {}.", default.text),
        None => String::new(),
    }
}

/// A text as YAML: JSON's quoting is YAML's.
fn yaml(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// The `inputs:` of action.yml. No defaults but the token's: the runner would hand them on as if they had been typed,
/// and they would beat the config file.
fn action_inputs() -> String {
    let mut out = String::from("inputs:\n");
    for input in inputs::all() {
        let description = format!("{}{}", input.help, default_sentence(&input));
        out += &format!(
            "  {}:\n    description: {}\n",
            input.name,
            yaml(&description)
        );
        if input.name == "token" {
            out += "    default: ${{ github.token }}\n";
        }
    }
    out
}

fn action_outputs() -> String {
    let mut out = String::from("outputs:\n");
    for (name, meaning) in OUTPUTS {
        out += &format!("  {name}:\n    description: {}\n", yaml(meaning));
    }
    out
}

/// The README's tables of inputs, group by group, and of the keys that only the config file has.
fn inputs_tables() -> String {
    let mut out = String::new();
    let known = inputs::all();
    for (group, what) in [
        (COLLECT, "what is read"),
        (JUDGE, "how it is judged"),
        (PUBLISH, "who is told"),
    ] {
        out += &format!("\n**{group}**: {what}\n\n| input | meaning | default |\n|---|---|---|\n");
        for input in known.iter().filter(|input| input.group == group) {
            let default = match default_of(&input.name, &built_in()) {
                Some(default) if default.literal => format!("`{}`", default.text),
                Some(default) => default.text,
                None if input.name == "token" => "the job's token".to_string(),
                None => String::new(),
            };
            let secret = if input.secret {
                " Secret: no flag and no config key."
            } else {
                ""
            };
            out += &format!(
                "| `{}` | {}{secret} | {default} |\n",
                input.name, input.help
            );
        }
    }
    out += "\n**Config file only**\n\n| key | meaning |\n|---|---|\n";
    let schema = config_schema();
    for key in CONFIG_ONLY {
        let meaning = schema["properties"][key]["description"].as_str().unwrap();
        out += &format!("| `{key}` | {} |\n", meaning.replace('\n', " "));
    }
    out + "\n"
}

fn outputs_table() -> String {
    let mut out = String::from("\n| output | meaning |\n|---|---|\n");
    for (name, meaning) in OUTPUTS {
        out += &format!("| `{name}` | {meaning} |\n");
    }
    out + "\n"
}

fn destinations_table() -> String {
    let mut out = String::from("\n| destination | what a reader finds |\n|---|---|\n");
    for destination in destinations::ALL {
        out += &format!("| `{}` | {} |\n", destination.id, destination.what);
    }
    out + "\n"
}

/// docs/exit-codes.md.
fn exit_codes(codes: &[(u8, &str, &str)]) -> String {
    let mut out = String::from(
        "# Exit codes\n\nGenerated from `src/exit.rs`. They are an interface: a code keeps its meaning.\n\n\
         On GitHub every code but 0 fails the step, so the output `verdict` tells them apart. Codes 3, 4 and 70 hold in \
         every `mode`.\n\n| code | name | meaning |\n|---|---|---|\n",
    );
    for (code, name, meaning) in codes {
        out += &format!("| {code} | {name} | {meaning} |\n");
    }
    out
}

/// docs/severities.md.
fn severities() -> String {
    let mut out = String::from(
        "# Severities\n\nGenerated from `src/model/scale.rs`: every tool's own words and what they are here. Words are \
         compared without regard to case. A word that is not in a tool's row but that everybody knows (`moderate`, \
         `important` …) is taken for what everybody takes it for; any other one is `unknown`, which counts as the input \
         `unknown-severity` says, and is listed among the repairs. `severity-map` in the config file moves severities per \
         tool and rule.\n\n| tool | kinds | words | without a word | besides |\n|---|---|---|---|---|\n",
    );
    for scale in scale::ALL {
        let mut words: Vec<String> = Vec::new();
        for severity in Severity::WORST_FIRST {
            let own = scale.words.iter().filter(|(_, meant)| *meant == severity);
            let own: Vec<String> = own.map(|(word, _)| format!("`{word}`")).collect();
            if !own.is_empty() {
                words.push(format!("{} → {}", own.join(" "), severity.word()));
            }
        }
        let kinds: Vec<&str> = scale.kinds.iter().map(|kind| kind.word()).collect();
        let mut besides: Vec<String> = Vec::new();
        if let Some(levels) = scale.sarif {
            let levels: Vec<String> = levels
                .iter()
                .map(|(level, meant)| format!("`{level}` → {}", meant.word()))
                .collect();
            besides.push(format!("in SARIF {}", levels.join(", ")));
        }
        if !scale.note.is_empty() {
            besides.push(scale.note.to_owned());
        }
        out += &format!(
            "| `{}` | {} | {} | {} | {} |\n",
            scale.tool,
            kinds.join(", "),
            words.join("<br>"),
            scale.silent.word(),
            besides.join("; "),
        );
    }
    out
}

#[test]
fn severities_md() {
    file_is("docs/severities.md", &severities());
}

/// Formats and scales name each other: a tool without a scale would be judged by nobody's.
#[test]
fn every_format_has_its_scale() {
    for format in sarif_gate::formats::ALL {
        let common = format.scale.tool == scale::COMMON.tool;
        let own = format.scale.tool == format.id && Scale::of_tool(format.id).is_some();
        assert!(common || own, "{}", format.id);
    }
}

#[test]
fn action_yml() {
    for (block, text) in [("inputs", action_inputs()), ("outputs", action_outputs())] {
        block_is(
            "action.yml",
            &format!("# generated:{block}"),
            &format!("# /generated:{block}"),
            &text,
        );
    }
}

#[test]
fn readme() {
    let formats = commands::formats::output(Format::Markdown).unwrap();
    for (block, text) in [
        ("formats", format!("\n{formats}\n")),
        ("inputs", inputs_tables()),
        ("outputs", outputs_table()),
        ("destinations", destinations_table()),
    ] {
        block_is(
            "README.md",
            &format!("<!-- generated:{block} -->"),
            &format!("<!-- /generated:{block} -->"),
            &text,
        );
    }
}

/// The guide is written by hand; its first table has every destination, in the order in which they are told.
#[test]
fn publishing_md() {
    let guide = fs::read_to_string(path("docs/publishing.md")).unwrap();
    let table = guide.split("\n## ").nth(1).unwrap_or_default();
    let rows = table.lines().filter_map(|line| line.strip_prefix("| `"));
    let named: Vec<&str> = rows.filter_map(|row| row.split('`').next()).collect();
    let told: Vec<&str> = destinations::ALL.iter().map(|one| one.id).collect();
    assert_eq!(named, told, "docs/publishing.md, the table of destinations");
}

#[test]
fn config_schema_json() {
    file_is("docs/config.schema.json", &commands::schema::config());
}

#[test]
fn exit_codes_md() {
    file_is("docs/exit-codes.md", &exit_codes(CODES));
}

/// Every word that an input takes is in its help text, and every input says something.
#[test]
fn help_names_every_word() {
    let schema = config_schema();
    let publish = inputs::all()
        .into_iter()
        .find(|input| input.name == "require-publish");
    let publish = publish.unwrap().help;
    for id in DESTINATIONS {
        assert!(publish.contains(id), "require-publish: {id}");
    }
    let mut known = DESTINATIONS.to_vec();
    let mut told: Vec<&str> = destinations::ALL
        .iter()
        .map(|destination| destination.id)
        .collect();
    known.sort_unstable();
    told.sort_unstable();
    assert_eq!(known, told, "settings name the destinations that there are");
    for input in inputs::all() {
        assert!(input.help.len() > 10, "{}", input.name);
        assert!(
            [COLLECT, JUDGE, PUBLISH].contains(&input.group.as_str()),
            "{}",
            input.name
        );
        let words = schema["properties"][&input.name]["enum"].as_array();
        for word in words.into_iter().flatten() {
            let word = word.as_str().map_or(word.to_string(), str::to_string);
            assert!(input.help.contains(&word), "{}: {word}", input.name);
        }
    }
}
