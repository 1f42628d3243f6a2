//! Which environment is in force: the one that somebody names, or that of the branch that the change is going to.

use serde_json::json;

use super::resolver::Resolver;
use super::{Layers, resolve_in};
use crate::model::Context;
use crate::settings::inputs::Inputs;
use crate::settings::origin::{Origin, Problem, quoted};
use crate::settings::{read_judge, strictness};
use crate::syntax::words::did_you_mean;

/// The environment in force.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    /// Its name, where there is one.
    pub(super) name: Option<String>,
    /// Who chose it, in words.
    pub(super) origin: String,
}

impl Chosen {
    /// One that was named.
    pub(super) fn named(name: &str, origin: Origin) -> Chosen {
        Chosen {
            name: Some(name.to_string()),
            origin: origin.word().to_string(),
        }
    }
}

/// The names of the environments that the config file has, in its order.
pub(super) fn names(layers: &Layers) -> Vec<&str> {
    let sections = layers
        .config
        .as_ref()
        .and_then(|file| file.inputs.environments.as_ref());
    sections.map_or_else(Vec::new, |sections| sections.names().collect())
}

/// What the config file says for an environment.
pub(super) fn section<'a>(layers: &'a Layers, name: &str) -> Option<(&'a str, &'a Inputs)> {
    let file = layers.config.as_ref()?;
    let mut sections = file.inputs.environments.iter().flat_map(|all| &all.0);
    sections.find_map(|(known, inputs)| (known == name).then_some((known.as_str(), inputs)))
}

/// Chooses the environment, and says what is wrong with its choice.
pub(super) fn choose(layers: &Layers, context: &Context) -> (Chosen, Vec<Problem>) {
    let mut r = Resolver::new(layers);
    let (text, origin) = match r.pick(|i| &i.environment) {
        Some((text, origin)) => (text.0.trim(), origin),
        None => ("auto", Origin::BuiltIn),
    };
    let known = names(layers);
    if !text.eq_ignore_ascii_case("auto") {
        let name = if known.is_empty() || known.contains(&text) {
            read_judge::name(text)
        } else {
            Err(format!(
                "there is no environment {}; the config file has {}{}",
                quoted(text),
                known.join(", "),
                did_you_mean(text, known.iter().copied())
            ))
        };
        if r.take("environment", origin, name).is_some() {
            return (Chosen::named(text, origin), r.problems);
        }
        let nobody = Chosen {
            name: None,
            origin: origin.word().to_string(),
        };
        return (nobody, r.problems);
    }
    let target = Target::of(context);
    let (named, problems) = by_globs(layers, target.as_ref());
    r.problems.extend(problems);
    let name = named.or_else(|| {
        let usual = usual(target.as_ref()?, context)?;
        (known.is_empty() || known.contains(&usual)).then_some(usual)
    });
    let place = target.as_ref().map_or("", |target| target.shown());
    let chosen = match name {
        Some(name) => Chosen {
            name: Some(name.to_string()),
            origin: match place {
                "" => "auto".to_string(),
                place => format!("auto ({place})"),
            },
        },
        None if known.is_empty() => Chosen {
            name: None,
            origin: origin.word().to_string(),
        },
        None => {
            let (name, problems) = strictest(layers, context, &known);
            r.problems.extend(problems);
            Chosen {
                name: Some(name),
                origin: "auto (the strictest)".to_string(),
            }
        }
    };
    (chosen, r.problems)
}

/// What the change is going to.
enum Target {
    /// A branch, without `refs/heads/`.
    Branch(String),
    /// Any other ref, in full.
    Ref(String),
}

impl Target {
    /// The base of a pull request or merge group, else what was pushed.
    fn of(context: &Context) -> Option<Target> {
        if let Some(branch) = &context.base_ref {
            return Some(Target::Branch(branch.clone()));
        }
        // The ref of a pull request names no branch that it is going to.
        let full = context
            .git_ref
            .as_deref()
            .filter(|_| !context.is_proposal())?;
        Some(match full.strip_prefix("refs/heads/") {
            Some(branch) => Target::Branch(branch.to_string()),
            None => Target::Ref(full.to_string()),
        })
    }

    fn full(&self) -> String {
        match self {
            Target::Branch(branch) => format!("refs/heads/{branch}"),
            Target::Ref(full) => full.clone(),
        }
    }

    /// For readers; empty where the name holds something that git does not allow in one.
    fn shown(&self) -> &str {
        let (Target::Branch(name) | Target::Ref(name)) = self;
        let legal = |c: char| c.is_ascii_alphanumeric() || "-_./#+@".contains(c);
        if name.chars().all(legal) && name.len() <= 100 {
            name
        } else {
            ""
        }
    }

    fn fits(&self, glob: &str) -> Result<bool, String> {
        let matcher = read_judge::branches(glob)?;
        Ok(match self {
            _ if glob.starts_with("refs/") => matcher.is_match(self.full()),
            Target::Branch(branch) => matcher.is_match(branch),
            Target::Ref(_) => false,
        })
    }
}

/// The first environment with a glob that fits. Globs are checked even where there is nothing to hold them against.
fn by_globs<'a>(layers: &'a Layers, target: Option<&Target>) -> (Option<&'a str>, Vec<Problem>) {
    let mut first = None;
    let mut problems = Vec::new();
    let Some(file) = &layers.config else {
        return (None, problems);
    };
    let nowhere = Target::Ref(String::new());
    for (name, section) in file.inputs.environments.iter().flat_map(|all| &all.0) {
        for glob in section.branches.iter().flat_map(|globs| &globs.0) {
            match target.unwrap_or(&nowhere).fits(glob) {
                Ok(true) => first = first.or(Some(name.as_str())),
                Ok(false) => {}
                Err(text) => {
                    problems.push(file.problem(&format!("environments.{name}.branches"), text));
                }
            }
        }
    }
    (first, problems)
}

/// What branches are usually called.
fn usual(target: &Target, context: &Context) -> Option<&'static str> {
    let deployment = matches!(context.event.as_str(), "deployment" | "deployment_status");
    match target {
        _ if deployment => Some("production"),
        Target::Branch(branch) if context.default_branch.as_ref() == Some(branch) => {
            Some("production")
        }
        Target::Branch(branch) => match branch.as_str() {
            "main" | "master" => Some("production"),
            branch if branch.starts_with("release/") => Some("production"),
            "develop" | "staging" => Some("staging"),
            _ => None,
        },
        Target::Ref(full) if full.starts_with("refs/tags/") => Some("production"),
        Target::Ref(_) => None,
    }
}

/// The strictest of the environments, by what each comes to.
fn strictest(layers: &Layers, context: &Context, known: &[&str]) -> (String, Vec<Problem>) {
    let mut problems: Vec<Problem> = Vec::new();
    let mut candidates = Vec::new();
    for name in known {
        let chosen = Chosen::named(name, Origin::Config);
        match resolve_in(layers, context.clone(), chosen, Vec::new()) {
            Ok(settings) => candidates.push((*name, settings)),
            Err(error) => problems.extend(error.problems),
        }
    }
    let name = strictness::strictest(&candidates).or(known.first().copied());
    (name.unwrap_or_default().to_string(), problems)
}

impl Resolver<'_> {
    /// Which environments the config file has.
    pub(super) fn environments(&mut self) {
        let Some(file) = &self.layers.config else {
            self.show("environments", json!(null), Origin::BuiltIn);
            return;
        };
        let names: Vec<&str> = names(self.layers);
        for name in &names {
            let wrong = if name.eq_ignore_ascii_case("auto") {
                Err("an environment cannot be called auto: that word chooses one".to_string())
            } else {
                read_judge::name(name)
            };
            if let Err(text) = wrong {
                self.problems
                    .push(file.problem(&format!("environments.{name}"), text));
            }
        }
        match names.as_slice() {
            [] => self.show("environments", json!(null), Origin::BuiltIn),
            names => self.show("environments", json!(names), Origin::Config),
        }
    }
}
