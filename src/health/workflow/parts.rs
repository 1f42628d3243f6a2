//! The parts of a workflow that matter here. What has another shape than GitHub documents is passed over.

use super::super::tree::Node;
use super::scanners::ROOT_ACTION;
use super::shell::{Command, Then, commands, name};
use crate::model::folded_line_hash;
use crate::syntax::words::plain;

/// Name of the gate's action, image and program.
pub(super) const GATE: &str = "sarif-gate";

/// Commands of the program that give no verdict.
const NO_VERDICT: [&str; 7] = [
    "formats",
    "schema",
    "settings",
    "check-config",
    "convert",
    "--version",
    "--help",
];

/// A job.
pub(super) struct Job<'a> {
    /// Its key.
    pub(super) id: &'a str,
    pub(super) node: &'a Node,
    pub(super) steps: Vec<Step<'a>>,
}

/// A step.
pub(super) struct Step<'a> {
    pub(super) line: u32,
    pub(super) node: &'a Node,
    /// The action and the line that names it.
    pub(super) uses: Option<(u32, &'a str)>,
    /// The commands of its script.
    pub(super) commands: Vec<Command>,
}

/// The jobs of a workflow, in the order of the file.
pub(super) fn jobs(root: &Node) -> Vec<Job<'_>> {
    let jobs = root.get("jobs").into_iter().flat_map(Node::members);
    jobs.map(|(id, _, node)| Job {
        id,
        node,
        steps: node
            .get("steps")
            .map_or(&[][..], Node::list)
            .iter()
            .map(Step::of)
            .collect(),
    })
    .collect()
}

impl<'a> Job<'a> {
    /// The action or workflow that the job calls in the place of steps.
    pub(super) fn uses(&self) -> Option<(u32, &'a str)> {
        let (line, node) = self.node.entry("uses")?;
        Some((line, node.text()?.trim()))
    }

    /// Where its gate stands among its steps. `./` is one where the job is known to run the gate and has no other.
    pub(super) fn gates(&self, surely: bool) -> Vec<usize> {
        let at = |is: &dyn Fn(&Step<'_>) -> bool| -> Vec<usize> {
            let steps = self.steps.iter().enumerate();
            steps
                .filter(|(_, step)| is(step))
                .map(|(at, _)| at)
                .collect()
        };
        let named = at(&|step| step.is_gate());
        if named.is_empty() && surely {
            return at(&|step| step.uses.is_some_and(|(_, uses)| uses == ROOT_ACTION));
        }
        named
    }
}

impl<'a> Step<'a> {
    fn of(node: &'a Node) -> Step<'a> {
        let uses = node
            .entry("uses")
            .and_then(|(line, value)| Some((line, value.text()?.trim())));
        let script = node.get("run").and_then(Node::text).unwrap_or_default();
        Step {
            line: node.line,
            node,
            uses,
            commands: commands(script),
        }
    }

    /// Whether it runs the gate.
    pub(super) fn is_gate(&self) -> bool {
        let by_action = self.uses.is_some_and(|(_, uses)| is_gate_action(uses));
        by_action || self.commands.iter().any(gives_verdict)
    }

    /// What it is called in identities: its id, its name, its action without version, else a part of the hash of its
    /// script. Never its number, which moves.
    pub(super) fn subject(&self) -> String {
        let text = |key| self.node.get(key).and_then(Node::text);
        if let Some(named) = text("id").or_else(|| text("name")) {
            return named.trim().to_owned();
        }
        match self.uses {
            Some((_, uses)) => uses.split('@').next().unwrap_or_default().to_owned(),
            // Four digits tell steps of a file apart and give nothing away of a script that may hold a secret.
            None => format!(
                "run {:04x}",
                folded_line_hash(text("run").unwrap_or_default()) >> 48
            ),
        }
    }

    /// What it is called in messages.
    pub(super) fn shown(&self) -> String {
        let text = |key| self.node.get(key).and_then(Node::text);
        match text("name").or_else(|| text("id")) {
            Some(named) => format!("the step {}", plain(named)),
            None => match self.uses {
                Some((_, uses)) => format!("the step that uses {}", plain(uses)),
                None => format!("the step at line {}", self.line),
            },
        }
    }
}

/// Whether `uses` names the gate: its action or its image.
pub(super) fn is_gate_action(uses: &str) -> bool {
    name(uses.split('@').next().unwrap_or_default()).ends_with(GATE)
}

/// Whether a command runs the gate for a verdict.
pub(super) fn gives_verdict(command: &Command) -> bool {
    let Some(at) = command.calls(GATE) else {
        return false;
    };
    let mut after = command.words.iter().skip(at.saturating_add(1));
    !command.only_fetches() && !after.any(|word| NO_VERDICT.contains(&word.as_str()))
}

/// How the exit code of the gate is lost in a script, if it is. `pipefail` says whether the shell fails with any part of
/// a pipe.
pub(super) fn dropped(commands: &[Command], pipefail: bool) -> Option<&'static str> {
    let mut lenient = false;
    let mut pipefail = pipefail;
    for (at, command) in commands.iter().enumerate() {
        if command.calls("set").is_some_and(|at| at == 0) {
            let has = |option: &str| command.words.iter().any(|word| word == option);
            lenient = (lenient || has("+e")) && !has("-e") && !has("-eu") && !has("-euo");
            pipefail |= has("pipefail");
        }
        if !gives_verdict(command) {
            continue;
        }
        let next = commands.get(at.saturating_add(1));
        let after = next.map(|next| next.words.join(" ")).unwrap_or_default();
        let harmless = ["true", ":", "exit 0", "/bin/true", "return 0"].contains(&after.as_str())
            || after.starts_with("echo ")
            || after.starts_with("printf ");
        match command.then {
            Then::Or if harmless => return Some("its exit code is thrown away behind `||`"),
            Then::Next if after == "exit 0" => return Some("`exit 0` stands right behind it"),
            Then::Pipe if !pipefail => {
                return Some("its exit code is lost in a pipe, since this shell has no `pipefail`");
            }
            Then::Background => return Some("`&` lets nobody wait for its exit code"),
            _ if command.words.first().is_some_and(|word| word == "!") => {
                return Some("`!` turns its exit code around");
            }
            Then::Next
                if lenient
                    && !keeps_code(commands.get(at.saturating_add(1)..).unwrap_or_default()) =>
            {
                return Some("`set +e` stands before it and nobody looks at its exit code");
            }
            _ => {}
        }
    }
    None
}

/// Whether a later command looks at an exit code, or the gate is the last command.
fn keeps_code(rest: &[Command]) -> bool {
    let mut words = rest.iter().flat_map(|command| &command.words);
    rest.is_empty() || words.any(|word| word.contains("$?"))
}
