//! One result: a project, an image with the applications in it, an infrastructure file.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::held::Held;
use super::super::package::ecosystem;
use super::super::{Desk, Sink};
use super::iac::Check;
use super::issue::{Issue, Listed};
use crate::model::{Finding, Location, Place, Text};
use crate::syntax::{Json, OrNothing, Peek, Raw, ReadError};

/// Levels of `applications` that are followed: Snyk writes one.
const MAX_LEVELS: usize = 4;

/// How Snyk names the project of an image: `docker-image|alpine`.
const IMAGE_PROJECT: &str = "docker-image|";

/// A walk over results.
pub(super) struct Walk<'w, 'd, 's> {
    desk: &'w mut Desk<'d>,
    sink: &'w mut Sink<'s>,
    /// Results, those of nested applications included.
    pub(super) results: usize,
    /// Results that failed: what was to be tested, and why it was not.
    pub(super) failed: Vec<(Text, Text)>,
    /// What was tested, where there is one outermost result; several have nothing in common.
    pub(super) target: Option<Text>,
    tops: usize,
}

/// What a result says besides its findings.
#[derive(Default)]
struct Head {
    ok: Option<bool>,
    error: Option<Text>,
    path: Option<Text>,
    project: Option<Text>,
    manager: Option<Text>,
    target_file: Option<Text>,
    display_target_file: Option<Text>,
    is_image: bool,
    /// One of the lists is there.
    lists: bool,
}

/// A result that was read, with the results inside it.
struct Part {
    head: Head,
    found: Vec<Finding>,
    inner: Vec<Part>,
}

/// Programs that an image holds without a package manager.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Docker<'a> {
    #[serde(borrow)]
    binaries_vulns: Option<Binaries<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Binaries<'a> {
    #[serde(borrow)]
    issues_data: Option<BTreeMap<String, Issue<'a>>>,
    #[serde(borrow, default)]
    affected_pkgs: OrNothing<BTreeMap<String, Affected<'a>>>,
}

#[derive(Deserialize)]
struct Affected<'a> {
    #[serde(borrow, default)]
    pkg: OrNothing<Named<'a>>,
    #[serde(borrow, default)]
    issues: OrNothing<BTreeMap<String, Raw<'a>>>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
}

impl<'w, 'd, 's> Walk<'w, 'd, 's> {
    pub(super) fn new(desk: &'w mut Desk<'d>, sink: &'w mut Sink<'s>) -> Self {
        Walk {
            desk,
            sink,
            results: 0,
            failed: Vec::new(),
            target: None,
            tops: 0,
        }
    }

    /// Reads one outermost result and gives out its findings.
    pub(super) fn top(&mut self, json: &mut Json<'_>) -> Result<(), ReadError> {
        let part = self.result(json, 0)?;
        self.tops = self.tops.saturating_add(1);
        let written = || part.image().or_else(|| part.head.path.clone());
        self.target = if self.tops == 1 { written() } else { None };
        let image = part.image();
        self.settle(part, image.as_ref())
    }

    fn result(&mut self, json: &mut Json<'_>, level: usize) -> Result<Part, ReadError> {
        if level > MAX_LEVELS {
            return Err(json.error(format!(
                "applications nested deeper than {MAX_LEVELS} levels"
            )));
        }
        let mut head = Head::default();
        let mut held = Held::new();
        let mut inner = Vec::new();
        json.object(|json, key| {
            match key {
                "ok" => head.ok = self.word(json)?.map(|word| &*word == "true"),
                "error" => head.error = self.word(json)?,
                "path" => head.path = self.word(json)?,
                "projectName" => head.project = self.word(json)?,
                "packageManager" => head.manager = self.word(json)?,
                "targetFile" => head.target_file = self.word(json)?,
                "displayTargetFile" => head.display_target_file = self.word(json)?,
                "vulnerabilities" => {
                    head.lists |= self.issues(json, &mut held, Listed::Open)?;
                }
                "infrastructureAsCodeIssues" => {
                    head.lists |= json.list_or_null(|json, _| {
                        let made = json.borrow::<Check<'_>>()?.finding(self.desk);
                        let finding = made.map_err(|missing| incomplete(json, missing))?;
                        held.push(json, finding)
                    })?;
                }
                "filtered" if json.peek()? != Peek::Null => json.object(|json, key| {
                    match key {
                        "ignore" => self.issues(json, &mut held, Listed::Ignored)?,
                        "patch" => self.issues(json, &mut held, Listed::Patched)?,
                        _ => {
                            json.skip()?;
                            false
                        }
                    };
                    Ok(())
                })?,
                "docker" if json.peek()? != Peek::Null => {
                    head.is_image = true;
                    self.binaries(json, &mut held)?;
                }
                "applications" => {
                    json.list_or_null(|json, _| {
                        inner.push(self.result(json, level.saturating_add(1))?);
                        Ok(())
                    })?;
                }
                _ => json.skip()?,
            }
            Ok(())
        })?;
        self.results = self.results.saturating_add(1);
        if head.error.is_none() {
            if head.ok.is_none() {
                return Err(incomplete(json, "ok"));
            }
            if !head.lists {
                return Err(incomplete(
                    json,
                    "vulnerabilities, no infrastructureAsCodeIssues and no error",
                ));
            }
            if head.ok == Some(false) && held.len() == 0 && inner.iter().all(Part::is_empty) {
                head.error = Some("it says that there are issues and lists none".into());
            }
        }
        Ok(Part {
            head,
            found: held.into_items(),
            inner,
        })
    }

    fn word(&mut self, json: &mut Json<'_>) -> Result<Option<Text>, ReadError> {
        let raw: Raw<'_> = json.borrow()?;
        Ok(self.desk.word(raw))
    }

    /// Reads a list of vulnerabilities and licence issues; says whether there was one.
    fn issues(
        &mut self,
        json: &mut Json<'_>,
        held: &mut Held<Finding>,
        listed: Listed,
    ) -> Result<bool, ReadError> {
        json.list_or_null(|json, _| {
            let made = json.borrow::<Issue<'_>>()?.finding(self.desk, listed);
            let finding = made.map_err(|missing| incomplete(json, missing))?;
            held.push(json, finding)
        })
    }

    fn binaries(&mut self, json: &mut Json<'_>, held: &mut Held<Finding>) -> Result<(), ReadError> {
        let made: Result<Vec<Finding>, &str> = {
            let docker: Docker<'_> = json.borrow()?;
            let binaries = docker.binaries_vulns;
            let affected = binaries
                .as_ref()
                .and_then(|all| all.affected_pkgs.0.as_ref());
            let issues = binaries.as_ref().and_then(|all| all.issues_data.as_ref());
            let found = issues.into_iter().flatten().map(|(id, issue)| {
                let of = |affected: &&Affected<'_>| {
                    let issues = affected.issues.0.as_ref();
                    issues.is_some_and(|issues| issues.contains_key(id))
                };
                let mut packages = affected.into_iter().flat_map(BTreeMap::values);
                let package = packages.find(of).and_then(|found| found.pkg.0.as_ref());
                let mut issue = issue.clone();
                if let Some(package) = package {
                    (issue.name, issue.package_name) = (package.name, package.name);
                    issue.version = package.version;
                }
                issue.finding(self.desk, Listed::Open)
            });
            found.collect()
        };
        let made = made.map_err(|missing| incomplete(json, missing))?;
        made.into_iter()
            .try_for_each(|finding| held.push(json, finding))
    }

    /// Gives out the findings of a result, now that everything around it is known.
    fn settle(&mut self, part: Part, image: Option<&Text>) -> Result<(), ReadError> {
        let file = part.head.file();
        if let Some(error) = part.head.error {
            let of = [&file, &part.head.path, &part.head.project];
            let of = of.into_iter().flatten().next();
            let of = of
                .cloned()
                .unwrap_or_else(|| "a project without a name".into());
            self.failed.push((of, error));
        }
        for mut finding in part.found {
            if let Some(package) = &mut finding.package
                && package.ecosystem.is_none()
            {
                let manager = part.head.manager.as_deref().unwrap_or_default();
                package.ecosystem = ecosystem(manager).map(|word| self.desk.texts.share(word));
            }
            let own_place = finding.locations.pop();
            match (&file, image) {
                // In an image the path starts at its root, as other scanners of images leave it out.
                (Some(file), Some(_)) => {
                    let inside = self.desk.texts.share(file.trim_start_matches('/'));
                    let mut location = Location::new(inside, None);
                    location.place = Place::Target;
                    finding.locations.push(location);
                }
                (Some(file), None) => {
                    let line = own_place.and_then(|place| place.start_line);
                    finding.locations.push(Location::new(file.clone(), line));
                }
                (None, _) => {}
            }
            let of_files = || file.clone().or_else(|| part.head.project.clone());
            finding.target = image.cloned().or_else(of_files);
            (self.sink)(finding)?;
        }
        for inner in part.inner {
            self.settle(inner, image)?;
        }
        Ok(())
    }
}

impl Part {
    fn is_empty(&self) -> bool {
        self.found.is_empty() && self.inner.iter().all(Part::is_empty)
    }

    /// The image as it was written, where one was tested. An image's path has the name of a project behind it at times
    /// (`shop/web:1.2/web`).
    fn image(&self) -> Option<Text> {
        let head = &self.head;
        let project = head.project.as_deref().unwrap_or_default();
        let name = project.strip_prefix(IMAGE_PROJECT);
        if !head.is_image && name.is_none() {
            return None;
        }
        let path = head.path.as_deref().map(str::trim).unwrap_or_default();
        let cut = name.and_then(|name| {
            let rest = path.strip_prefix(name)?;
            let tag = rest.split('/').next().unwrap_or_default();
            path.get(..name.len().saturating_add(tag.len()))
        });
        let written = match cut.unwrap_or(path) {
            "" => name.unwrap_or(project),
            written => written,
        };
        (!written.is_empty()).then(|| written.into())
    }
}

impl Head {
    /// The manifest, lock file or infrastructure file.
    fn file(&self) -> Option<Text> {
        let file = self.display_target_file.as_ref();
        file.or(self.target_file.as_ref()).cloned()
    }
}

fn incomplete(json: &Json<'_>, missing: &str) -> ReadError {
    json.error(format!(
        "this entry has no {missing}, which Snyk always writes: the report is damaged or not Snyk's"
    ))
}
