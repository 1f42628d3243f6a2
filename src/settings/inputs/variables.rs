//! The inputs out of `INPUT_*` variables.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::value::MapDeserializer;

use super::{CONFIG_ONLY, InputInfo, Inputs, all};
use crate::model::Hidden;
use crate::settings::names::{is_later, not_yet};
use crate::settings::origin::{Problem, plain};
use crate::settings::values::Word;
use crate::syntax::words::unknown;

/// Variables that the runner itself may set beside the inputs (`with: args` and `with: entrypoint`).
const OF_THE_RUNNER: &[&str] = &["INPUT_ARGS", "INPUT_ENTRYPOINT"];

/// The inputs that `INPUT_*` variables give.
///
/// The runner sets a variable for each declared input, empty when nobody gave a value, so a blank one is unset. It only
/// warns of a misspelt input, but passes it on; here that is a problem. Problems come beside what could be read, so that
/// all of them can be told at once.
pub fn from_environment(environment: &BTreeMap<String, String>) -> (Inputs, Vec<Problem>) {
    let known = all();
    let mut problems = Vec::new();
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in environment {
        if !name.starts_with("INPUT_") || OF_THE_RUNNER.contains(&name.as_str()) {
            continue;
        }
        match known.iter().find(|input| input.variable() == *name) {
            Some(_) if value.trim().is_empty() => {}
            Some(input) => {
                given.insert(&input.name, value);
            }
            None => problems.push(unknown_variable(name, &known)),
        }
    }
    let words = given.iter().map(|(name, value)| (*name, Word(value)));
    let inputs = Inputs::deserialize(MapDeserializer::new(words)).unwrap_or_else(
        // No field refuses a text. Were one to, the run must not go on without it.
        |error: serde::de::value::Error| {
            problems.push(Problem::input("", error.to_string()));
            Inputs::default()
        },
    );
    (inputs, problems)
}

/// What is said of an `INPUT_*` variable that no input has.
fn unknown_variable(variable: &str, known: &[InputInfo]) -> Problem {
    let name = variable
        .strip_prefix("INPUT_")
        .unwrap_or(variable)
        .to_lowercase();
    let hyphens = name.replace('_', "-");
    let text = if is_later(&hyphens) {
        not_yet(&format!("the input {hyphens}"))
    } else if CONFIG_ONLY.contains(&hyphens.as_str()) {
        format!("{hyphens} is a key of the config file, not an input")
    } else if let Some(right) = known.iter().find(|input| input.name == hyphens) {
        format!(
            "the variable {} is not read: the runner keeps hyphens, so its name is {}",
            plain(variable),
            right.variable()
        )
    } else {
        unknown(
            "input",
            &name,
            known.iter().map(|input| input.name.as_str()),
        )
    };
    Problem::input(&plain(&name), text)
}

/// The values that must be masked before anything is written, even where the settings turn out to be wrong.
pub fn secrets(environment: &BTreeMap<String, String>) -> Vec<Hidden> {
    all()
        .iter()
        .filter(|input| input.secret)
        .filter_map(|input| environment.get(&input.variable()))
        .filter(|value| !value.trim().is_empty())
        .map(|value| Hidden::new(value.trim_end_matches(['\r', '\n'])))
        .collect()
}
