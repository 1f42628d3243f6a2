//! Secret scans: incidents in files, in commits that nest in ranges, in the layers of an image.
//!
//! An incident is one secret in one file; a secret may have several parts (host, user, password) and places. Values are
//! masked unless ggshield ran with `--show-secrets`. `ignore_sha` is a plain hash of the value and so as good as the value
//! for whoever wants to confirm a guess: it is hashed again with our key and what is published of that is the identity,
//! the same with masked and with clear values. The value's own hash, where it is known, only serves to join scanners.

use serde::Deserialize;

use super::super::bounds::title;
use super::super::held::Held;
use super::super::{Desk, ReportEnd, Secret, Sink};
use super::{FORMAT, incomplete};
use crate::model::{
    Finding, Kind, Location, Place, SecretMark, Severity, Status, Suppression, Text,
};
use crate::syntax::{Json, OrNothing, Raw, ReadError, line_number, text_of};

/// Levels of `scans`: a range of ranges of commits has three.
const MAX_LEVELS: usize = 8;

/// Parts of a secret that are no secret themselves.
const OPEN_PARTS: &[&str] = &["host", "port", "username", "database", "scheme"];

#[derive(Deserialize)]
struct Incident<'a> {
    #[serde(borrow, rename = "type")]
    detector: Raw<'a>,
    #[serde(borrow)]
    detector_documentation: Raw<'a>,
    #[serde(borrow)]
    validity: Raw<'a>,
    #[serde(borrow)]
    ignore_sha: Raw<'a>,
    #[serde(borrow)]
    incident_url: Raw<'a>,
    #[serde(borrow)]
    ignore_reason: Raw<'a>,
    #[serde(borrow)]
    occurrences: Option<Vec<Match<'a>>>,
}

#[derive(Deserialize)]
struct Match<'a> {
    #[serde(borrow, rename = "match")]
    value: Raw<'a>,
    #[serde(borrow, rename = "type")]
    part: Raw<'a>,
    #[serde(borrow)]
    line_start: Raw<'a>,
    #[serde(borrow)]
    line_end: Raw<'a>,
    #[serde(borrow)]
    pre_line_start: Raw<'a>,
    #[serde(borrow)]
    post_line_start: Raw<'a>,
    #[serde(borrow)]
    post_line_end: Raw<'a>,
}

#[derive(Deserialize)]
struct Reason<'a> {
    #[serde(borrow)]
    kind: Raw<'a>,
    #[serde(borrow)]
    detail: Raw<'a>,
}

#[derive(Deserialize)]
struct Failure<'a> {
    #[serde(borrow)]
    description: Raw<'a>,
    #[serde(borrow, default)]
    files: OrNothing<Vec<OrNothing<File<'a>>>>,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    filename: Raw<'a>,
}

/// What the outermost scan says.
#[derive(Default)]
struct Top {
    id: Option<Text>,
    sort: Option<Text>,
    total: Option<u64>,
    version: Option<Text>,
}

struct Walk<'w, 'd> {
    desk: &'w mut Desk<'d>,
    held: Held<Finding>,
    top: Top,
    /// Files that were not scanned, and what the first error says.
    unscanned: Vec<Text>,
    errors: u64,
    why: Option<Text>,
}

pub(super) fn read(
    json: &mut Json<'_>,
    desk: &mut Desk<'_>,
    sink: &mut Sink<'_>,
) -> Result<ReportEnd, ReadError> {
    let mut walk = Walk {
        desk,
        held: Held::new(),
        top: Top::default(),
        unscanned: Vec::new(),
        errors: 0,
        why: None,
    };
    walk.scan(json, 0)?;
    let Walk {
        held,
        top,
        unscanned,
        errors,
        why,
        ..
    } = walk;
    let mut end = ReportEnd::of(&FORMAT, None);
    if errors > 0 {
        let why = why.unwrap_or_default();
        end.leave_out(
            unscanned,
            format!(
                "ggshield reports {errors} error(s) while scanning; the first: {}",
                title(&why)
            ),
        );
    }
    let listed = u64::try_from(held.len()).unwrap_or(u64::MAX);
    if let Some(total) = top.total.filter(|total| *total > listed) {
        end.status = Status::Unusable(format!(
            "ggshield counts {total} incidents and lists {listed}: the report is damaged"
        ));
    }
    let sort = top.sort.as_deref().unwrap_or_default();
    let image = sort.contains("docker");
    // The id of a range of commits is random, that of an image's archive a temporary file.
    end.target = top.id.filter(|_| !image && !sort.starts_with("commit"));
    for mut finding in held.into_items() {
        if image {
            let texts = &mut desk.texts;
            finding.locations.iter_mut().for_each(|location| {
                location.path = texts.share(in_image(&location.path));
                location.place = Place::Target;
            });
        }
        sink(finding)?;
    }
    // The version is that of the engine behind the API.
    if let (Some(version), Some(run)) = (top.version, end.runs.first_mut()) {
        run.version = Some(version);
    }
    Ok(end)
}

impl Walk<'_, '_> {
    fn scan(&mut self, json: &mut Json<'_>, level: usize) -> Result<(), ReadError> {
        if level > MAX_LEVELS {
            return Err(json.error(format!("scans nested deeper than {MAX_LEVELS} levels")));
        }
        json.object(|json, key| {
            match key {
                "id" if level == 0 => self.top.id = self.word(json)?,
                "type" if level == 0 => self.top.sort = self.word(json)?,
                "total_incidents" if level == 0 => {
                    let said = self.word(json)?;
                    self.top.total = said.and_then(|number| number.parse().ok());
                }
                "secrets_engine_version" if level == 0 => self.top.version = self.word(json)?,
                "scans" => json.list(|json, _| self.scan(json, level.saturating_add(1)))?,
                "entities_with_incidents" => json.list(|json, _| self.entity(json))?,
                "errors" => json.list(|json, _| self.error(json))?,
                _ => json.skip()?,
            }
            Ok(())
        })
    }

    fn word(&mut self, json: &mut Json<'_>) -> Result<Option<Text>, ReadError> {
        let raw: Raw<'_> = json.borrow()?;
        Ok(self.desk.word(raw))
    }

    /// One file. Its name may stand behind its incidents.
    fn entity(&mut self, json: &mut Json<'_>) -> Result<(), ReadError> {
        let mut found = Held::new();
        let mut has_list = false;
        let mut filename = None;
        json.object(|json, key| match key {
            "filename" => {
                let raw: Raw<'_> = json.borrow()?;
                filename = text_of(raw).map(|name| name.into_owned());
                Ok(())
            }
            "incidents" => {
                has_list = true;
                json.list(|json, _| {
                    let made = json.borrow::<Incident<'_>>()?.finding(self.desk);
                    let made = made.map_err(|missing| incomplete(json, missing))?;
                    found.push(json, made)
                })
            }
            _ => json.skip(),
        })?;
        let filename = filename.ok_or_else(|| incomplete(json, "filename"))?;
        if !has_list {
            return Err(incomplete(json, "incidents"));
        }
        for (mut finding, place, values) in found.into_items() {
            let mut path = filename.clone();
            for value in values {
                path = value.blank(&path);
                self.desk.secrets.remember(value);
            }
            if let Some(path) = self.desk.texts.share_some(&path) {
                let (start, end) = place;
                finding
                    .locations
                    .push(Location::new(path, start).to_line(end));
            }
            self.held.push(json, finding)?;
        }
        Ok(())
    }

    fn error(&mut self, json: &mut Json<'_>) -> Result<(), ReadError> {
        let failure: Failure<'_> = json.borrow()?;
        self.errors = self.errors.saturating_add(1);
        let why = self.desk.message(failure.description);
        self.why.get_or_insert(why);
        let files = failure.files.0.iter().flatten();
        for file in files.filter_map(|file| file.0.as_ref()) {
            self.unscanned.extend(self.desk.some(file.filename));
        }
        Ok(())
    }
}

/// An incident without its file: the finding, its lines, and the values that must not show in the file's name.
type Made = (Finding, (Option<u32>, Option<u32>), Vec<Secret>);

impl Incident<'_> {
    fn finding(&self, desk: &mut Desk<'_>) -> Result<Made, &'static str> {
        let detector = text_of(self.detector).ok_or("type")?;
        let sha = text_of(self.ignore_sha).ok_or("ignore_sha")?;
        let matches = self.occurrences.as_ref().ok_or("occurrences")?;
        let values: Vec<Secret> = matches
            .iter()
            .filter(|part| part.is_secret())
            .filter_map(|part| Some(Secret::new(text_of(part.value)?)))
            .collect();
        let blank = |text: &str| {
            let blanked = values
                .iter()
                .fold(text.to_owned(), |text, value| value.blank(&text));
            Secret::new(&*sha).blank(&blanked)
        };
        let rule = desk.texts.share_some(&title(&blank(&detector)));
        let rule = rule.ok_or("type")?;
        let validity = text_of(self.validity).unwrap_or_default();
        // An invalid one stays what it is: the check may have asked the wrong host.
        let severity = match validity.trim() {
            "valid" => Severity::Critical,
            _ => FORMAT.scale.silent,
        };
        let mut finding = Finding::new(Kind::Secret, rule.clone(), severity, rule);
        let mut message = Vec::new();
        if !validity.trim().is_empty() {
            message.push(format!("validity: {}", validity.trim()));
        }
        let known = text_of(self.incident_url).unwrap_or_default();
        if !known.trim().is_empty() {
            message.push(format!("known to GitGuardian: {}", known.trim()));
        }
        finding.message = desk.title(&blank(&message.join("; ")));
        finding.link = desk.link(self.detector_documentation);
        finding.suppression = self.suppression(desk);

        // The first part that is a secret; a leaked host without its password still has a place.
        let telling = matches.iter().find(|part| part.is_secret());
        let place = telling.or(matches.first()).map(Match::lines);
        let value = telling.and_then(Match::clear_value);
        let of_value = value.map(|value| desk.secrets.mark(value));
        let of_sha = desk.secrets.mark(Secret::new(&*sha));
        finding.secret = Some(SecretMark {
            digest: of_value.and_then(|mark| mark.digest),
            published: of_sha.published,
        });
        Ok((finding, place.unwrap_or_default(), values))
    }

    fn suppression(&self, desk: &mut Desk<'_>) -> Option<Box<Suppression>> {
        let raw = self.ignore_reason?;
        let reason: Option<Reason<'_>> = serde_json::from_str(raw.get()).ok();
        // Some version may write a plain word. What names no reason sets nothing aside.
        let word = raw.get().starts_with('"').then_some(raw);
        let kind = reason.as_ref().map_or(word, |reason| reason.kind);
        let status = desk.word(kind)?;
        Some(Box::new(Suppression {
            kind: "external",
            status,
            reason: desk.message(reason.and_then(|reason| reason.detail)),
            by: "".into(),
        }))
    }
}

impl Match<'_> {
    fn is_secret(&self) -> bool {
        let part = text_of(self.part).unwrap_or_default();
        !OPEN_PARTS.contains(&&*part)
    }

    /// The value, unless a single asterisk says that it may be masked: short values lose only a few characters.
    fn clear_value(&self) -> Option<Secret> {
        let value = text_of(self.value)?;
        (!value.contains('*')).then(|| Secret::new(value))
    }

    /// First and last line. In commits those of the file after the commit; what a commit took away has none there.
    fn lines(&self) -> (Option<u32>, Option<u32>) {
        match (self.post_line_start, self.pre_line_start) {
            (Some(start), _) => (line_number(Some(start)), line_number(self.post_line_end)),
            (None, Some(_)) => (None, None),
            (None, None) => (line_number(self.line_start), line_number(self.line_end)),
        }
    }
}

/// The path within an image, without the layer before it (`sha256:…:/app/key`) and the root.
fn in_image(path: &str) -> &str {
    let inside = path.rsplit_once(":/").map_or(path, |(_, inside)| inside);
    inside.trim_start_matches('/')
}
