//! govulncheck `-json`: a stream of messages, each an object with one member, pretty-printed one after another.
//!
//! A vulnerability has a message as soon as its module is seen, another when its package is, and more for every call: of
//! all that is said of one advisory and one module the strongest makes one finding, the other messages are counted as no
//! findings. Entries of the database (`osv`) are texts: they come for every version of a module, vulnerable or not.
//!
//! A run that breaks off just stops writing. That it came as far as checking is the least that the stream has to show.

mod gathered;
#[cfg(test)]
mod tests;

use serde::Deserialize;

use super::door::MAX_FINDINGS;
use super::{Desk, Document, Format, Read, ReportEnd, Sink};
use crate::model::{Status, Text, scale};
use crate::syntax::{Json, Mark, OrNothing, Raw, ReadError, Shape, text_of};

use gathered::{Gathered, Message};

pub(super) const FORMAT: Format = Format {
    id: "govulncheck",
    tool: "govulncheck",
    link: "https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck",
    scale: &scale::GOVULNCHECK,
    documents: &[Document::lines(
        "govulncheck-json",
        &[Mark::Has("config.protocol_version", Shape::Text)],
    )],
    identity: "advisory, module and go.mod",
    clean_empties: &[],
    read: Read::Json(read),
};

/// Versions of the protocol that are known, by their start.
const PROTOCOL: &str = "v1.";

#[derive(Deserialize)]
struct Config<'a> {
    #[serde(borrow)]
    protocol_version: Raw<'a>,
    #[serde(borrow)]
    scanner_version: Raw<'a>,
    #[serde(borrow)]
    scan_level: Raw<'a>,
    #[serde(borrow)]
    scan_mode: Raw<'a>,
}

#[derive(Deserialize)]
struct Progress<'a> {
    #[serde(borrow)]
    message: Raw<'a>,
}

/// How deep a scan can see. Without a word it is taken for the shallowest, at which everything counts as called: as its
/// own SARIF does.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
enum Depth {
    #[default]
    Module,
    Package,
    Symbol,
}

/// How far a run has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// Nothing but the configuration.
    Begun,
    /// It asked for the database and said nothing since.
    Asked,
    /// It checks.
    Checking,
}

/// One run; a file may hold several.
struct Walk {
    version: Option<Text>,
    depth: Depth,
    /// Paths of calls are those of a checkout; a binary has none.
    source: bool,
    stage: Option<Stage>,
    problem: Option<String>,
}

fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut walk = Walk {
        version: None,
        depth: Depth::default(),
        source: true,
        stage: None,
        problem: None,
    };
    let mut gathered = Gathered::default();
    json.values(|json, _| json.object(|json, key| walk.message(json, key, desk, &mut gathered)))?;
    walk.end_of_run();
    let mut end = ReportEnd::of(&FORMAT, walk.version);
    if let Some(problem) = walk.problem {
        end.status = Status::Unusable(problem);
    }
    end.not_findings = gathered.merged();
    gathered.give(desk, sink)?;
    Ok(end)
}

impl Walk {
    fn message(
        &mut self,
        json: &mut Json<'_>,
        key: &str,
        desk: &mut Desk<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), ReadError> {
        match key {
            "config" => {
                self.end_of_run();
                self.config(json, desk)
            }
            "progress" => {
                let progress: OrNothing<Progress<'_>> = json.borrow()?;
                let said = progress.0.and_then(|progress| text_of(progress.message));
                let asks = said.is_some_and(|said| said.starts_with("Fetching "));
                // Some versions say that they scan before they ask.
                self.stage = Some(if asks { Stage::Asked } else { Stage::Checking });
                Ok(())
            }
            "osv" => {
                self.stage = Some(Stage::Checking);
                let made = gathered.entry(json.borrow()?, desk);
                made.map_err(|missing| incomplete(json, "entry", missing))
            }
            "finding" => {
                self.stage = Some(Stage::Checking);
                let message: Message<'_> = json.borrow()?;
                let made = gathered.add(&message, self.depth, self.source, desk);
                made.map_err(|missing| incomplete(json, "finding", missing))?;
                if gathered.len() > MAX_FINDINGS {
                    return Err(json.error(format!(
                        "more than {MAX_FINDINGS} findings in one report; split it"
                    )));
                }
                Ok(())
            }
            _ => json.skip(),
        }
    }

    fn config(&mut self, json: &mut Json<'_>, desk: &mut Desk<'_>) -> Result<(), ReadError> {
        let wrong = {
            let config: Config<'_> = json.borrow()?;
            self.version = desk.word(config.scanner_version);
            self.depth = match text_of(config.scan_level).as_deref() {
                Some("symbol") => Depth::Symbol,
                Some("package") => Depth::Package,
                _ => Depth::Module,
            };
            let mode = text_of(config.scan_mode);
            self.source = !matches!(mode.as_deref(), Some("binary"));
            if matches!(mode.as_deref(), Some("query" | "extract")) {
                self.problem.get_or_insert_with(|| {
                    "govulncheck only looked up its database (`-mode query` or `extract`), it scanned nothing; run it in the mode `source` or `binary`".into()
                });
            }
            let version = text_of(config.protocol_version).unwrap_or_default();
            (!version.starts_with(PROTOCOL)).then(|| super::bounds::quoted(&version))
        };
        self.stage = Some(Stage::Begun);
        match wrong {
            None => Ok(()),
            Some(version) => Err(json.error(format!(
                "the protocol {version} of govulncheck is not supported, only {PROTOCOL}x is; update sarif-gate"
            ))),
        }
    }

    fn end_of_run(&mut self) {
        let what = match self.stage {
            None | Some(Stage::Checking) => return,
            Some(Stage::Begun) => "before it loaded anything",
            Some(Stage::Asked) => "when it had asked for its database",
        };
        self.problem.get_or_insert_with(|| {
            format!("govulncheck broke off {what}; its reason went to standard error")
        });
    }
}

fn incomplete(json: &Json<'_>, what: &str, missing: &str) -> ReadError {
    json.error(format!(
        "this {what} has no {missing}, which govulncheck always writes: the report is damaged or not its own"
    ))
}
