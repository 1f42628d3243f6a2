//! The arrows of `docs/architecture.md` and the words that modules may not use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Modules that put the parts together and may name everything.
const STORY: [&str; 8] = [
    "main", "lib", "run", "reading", "facts", "cli", "commands", "progress",
];

/// Modules that may not reach outside.
const PURE: [&str; 13] = [
    "model", "syntax", "sarif", "formats", "merge", "baseline", "bundle", "causes", "feeds",
    "health", "observe", "gate", "render",
];

/// Word, and the only places that may use it (module or file); the pure modules are checked for the impure words.
const OWNED: [(&str, &[&str]); 12] = [
    ("reqwest", &["http", "github/connection.rs"]),
    ("tokio", &["http"]),
    ("rustls", &["http"]),
    ("webpki_root", &["http"]),
    ("octocrab", &["github"]),
    ("serde_sarif", &["sarif"]),
    ("\"::error", &["github/command.rs"]),
    ("\"::warning", &["github/command.rs"]),
    ("\"::notice", &["github/command.rs"]),
    ("\"::add-mask", &["github/command.rs"]),
    ("\"::{", &["github/command.rs"]),
    ("process::exit", &[]),
];

const IMPURE: [&str; 8] = [
    "tokio",
    "reqwest",
    "octocrab",
    "std::fs",
    "std::env",
    "SystemTime",
    "Instant",
    "Utc::now",
];

fn sources() -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let src = root().join("src");
    for entry in walkdir::WalkDir::new(&src).sort_by_file_name() {
        let entry = entry.unwrap();
        let path = entry.path();
        if path.extension().is_none_or(|ext| ext != "rs") {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        if name.ends_with("tests.rs") {
            continue;
        }
        let relative = path
            .strip_prefix(&src)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let module = relative
            .split('/')
            .next()
            .unwrap()
            .trim_end_matches(".rs")
            .to_owned();
        found.push((module, relative, code_of(path)));
    }
    assert!(
        found.len() > 30,
        "the sources are not where this test looks"
    );
    found
}

/// A file without its comments and without its unit tests.
fn code_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| line.split(" // ").next().unwrap())
        .collect::<Vec<_>>()
        .join("\n")
}

fn arrows() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let block = text
        .split("```arrows\n")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    block
        .lines()
        .map(|line| {
            let (from, to) = line.split_once("->").unwrap();
            (
                from.trim().to_owned(),
                to.split_whitespace().map(str::to_owned).collect(),
            )
        })
        .collect()
}

#[test]
fn modules_name_only_what_the_map_allows() {
    let arrows = arrows();
    let mut wrong = Vec::new();
    for (module, file, code) in sources() {
        if STORY.contains(&module.as_str()) {
            continue;
        }
        let allowed = arrows
            .get(&module)
            .unwrap_or_else(|| panic!("docs/architecture.md does not know {module}"));
        for rest in code.split("crate::").skip(1) {
            let named: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if named != module && arrows.contains_key(&named) && !allowed.contains(&named) {
                wrong.push(format!("{file} names {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The readers: the modules of `formats` that define a format.
fn readers() -> Vec<String> {
    let all = sources().into_iter();
    let readers =
        all.filter(|(module, _, code)| module == "formats" && code.contains("const FORMAT: "));
    readers
        .map(|(_, file, _)| {
            let name = file.trim_start_matches("formats/");
            let name = name.split('/').next().unwrap();
            name.trim_end_matches(".rs").to_owned()
        })
        .collect()
}

#[test]
fn formats_do_not_know_each_other() {
    let readers = readers();
    assert!(readers.len() > 30, "{readers:?}");
    let mut wrong = Vec::new();
    for (module, file, code) in sources() {
        let own = readers.iter().find(|reader| {
            file == format!("formats/{reader}.rs")
                || file.starts_with(&format!("formats/{reader}/"))
        });
        let Some(own) = own.filter(|_| module == "formats") else {
            continue;
        };
        for other in readers.iter().filter(|other| *other != own) {
            // `crate::sarif` is the shared module, not the reader.
            let names = [format!("formats::{other}::"), format!("super::{other}::")];
            if names.iter().any(|name| code.contains(name)) {
                wrong.push(format!("{file} names {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What CONTRIBUTING.md says of a new format holds for every one that is there: a file or a folder, two lines, fixtures, and
/// an independent count.
#[test]
fn every_format_is_one_file_one_entry_and_fixtures() {
    let list = std::fs::read_to_string(root().join("src/formats/mod.rs")).unwrap();
    let numbers = ["coverage-py", "cobertura", "jacoco", "lcov", "infracost"];
    for reader in readers() {
        let id = reader.replace('_', "-");
        assert!(list.contains(&format!("\nmod {reader};\n")), "{reader}");
        assert!(
            list.contains(&format!("    &{reader}::FORMAT,\n")),
            "{reader}"
        );
        assert!(sarif_gate::formats::by_id(&id).is_some(), "{id}");
        let tests = root().join("tests");
        assert!(
            tests.join("formats").join(&id).is_dir(),
            "no fixtures of {id}"
        );
        let counted = ["jq", "py"]
            .iter()
            .any(|ending| tests.join(format!("count/{id}.{ending}")).is_file());
        assert!(
            counted || numbers.contains(&id.as_str()),
            "nobody else counts {id}"
        );
    }
}

#[test]
fn every_module_is_on_the_map() {
    let modules: Vec<String> = sources().into_iter().map(|(module, _, _)| module).collect();
    for known in arrows().keys() {
        assert!(
            modules.contains(known),
            "docs/architecture.md draws {known}, which does not exist"
        );
    }
}

#[test]
fn words_stay_where_they_belong() {
    let mut wrong = Vec::new();
    for (module, file, code) in sources() {
        for (word, owners) in OWNED {
            if code.contains(word)
                && !owners
                    .iter()
                    .any(|owner| module == *owner || file == *owner)
            {
                wrong.push(format!("{file} says {word}"));
            }
        }
        if PURE.contains(&module.as_str()) {
            wrong.extend(
                IMPURE
                    .iter()
                    .filter(|word| code.contains(**word))
                    .map(|word| format!("{file} says {word}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pure_modules_deny_impure_calls() {
    for module in PURE {
        let folder = root().join(format!("src/{module}/mod.rs"));
        let file = root().join(format!("src/{module}.rs"));
        let head = std::fs::read_to_string(folder).or_else(|_| std::fs::read_to_string(file));
        assert!(
            head.unwrap()
                .contains("#![deny(clippy::disallowed_methods)]"),
            "{module}"
        );
    }
}

/// What the sources include from outside of `src` has to be in the image's build as well, which copies by name.
#[test]
fn the_image_is_built_from_everything_that_the_sources_include() {
    let dockerfile = std::fs::read_to_string(root().join("Dockerfile")).unwrap();
    assert!(dockerfile.contains("COPY docs/*.schema.json ./docs/"));
    let mut seen = 0;
    for (_, file, code) in sources() {
        for rest in code.split("include_str!(\"").skip(1) {
            let name = rest.split('"').next().unwrap();
            let schema = name.contains("/docs/") && name.ends_with(".schema.json");
            assert!(
                schema,
                "{file} includes {name}, which the Dockerfile does not copy"
            );
            seen += 1;
        }
    }
    assert!(seen > 0, "nothing is included");
}
