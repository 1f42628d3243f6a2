//! `check-config`: whether a config file would be taken.

use serde_json::json;

use super::{Format, FormatError, json as pretty};
use crate::model::Context;
use crate::settings::{Layers, SettingsError, check_environments, parse_config, plain, resolve};

/// Checks a config file by itself, without flags and inputs: its top level, and each of its environments. Gives how many keys
/// its top level has.
pub fn check(path: &str, bytes: &[u8]) -> Result<usize, SettingsError> {
    let config = parse_config(path, bytes).map_err(|problems| SettingsError { problems })?;
    let keys = config.keys();
    let layers = Layers {
        config: Some(config),
        ..Layers::default()
    };
    let context = Context::default();
    let whole = resolve(&layers, context.clone());
    let mut problems = whole.err().map_or_else(Vec::new, |error| error.problems);
    if let Err(error) = check_environments(&layers, &context) {
        problems.extend(error.problems);
    }
    SettingsError::unless_empty(problems).map(|()| keys)
}

/// What `sarif-gate check-config` prints; a result with problems is also a configuration error.
pub fn output(
    path: &str,
    result: &Result<usize, SettingsError>,
    format: Format,
) -> Result<String, FormatError> {
    match (format, result) {
        (Format::Text, Ok(keys)) => {
            let noun = if *keys == 1 { "key" } else { "keys" };
            Ok(format!("{}: good, {keys} {noun}\n", plain(path)))
        }
        (Format::Text, Err(error)) => Ok(format!("{error}\n")),
        (Format::Json, result) => {
            let problems: Vec<_> = result
                .as_ref()
                .err()
                .map(|error| error.problems.as_slice())
                .unwrap_or_default()
                .iter()
                .map(|problem| json!({ "place": problem.place, "problem": problem.text }))
                .collect();
            Ok(pretty(&json!({
                "path": path,
                "good": problems.is_empty(),
                "problems": problems,
            })))
        }
        _ => Err(FormatError::new("check-config", "text and json", format)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_and_bad_files() {
        for (text, expected) in [
            ("", "c.yml: good, 0 keys\n"),
            ("mode: warn\npreset: ratchet\n", "c.yml: good, 2 keys\n"),
            ("mode: warn\n", "c.yml: good, 1 key\n"),
            (
                "\nmode: warm\npreset: ratched\n",
                "c.yml:3: preset: \"ratched\" is not one of basic, standard, strict, ratchet; did you mean \
                 ratchet?\nc.yml:2: mode: \"warm\" is not one of enforce, warn, observe; did you mean warn?\n",
            ),
        ] {
            let result = check("c.yml", text.as_bytes());
            assert_eq!(
                output("c.yml", &result, Format::Text).as_deref(),
                Ok(expected)
            );
        }
    }

    #[test]
    fn programs_get_each_problem() {
        let result = check("c.yml", b"modes: warn\n");
        let text = output("c.yml", &result, Format::Json).expect("json");
        assert!(text.contains("\"place\": \"c.yml:1\""), "{text}");
        assert!(output("c.yml", &result, Format::Sarif).is_err());
    }
}
