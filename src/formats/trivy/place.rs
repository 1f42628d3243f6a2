//! Where a finding of Trivy is: what its `Target` means depends on what was scanned.

use super::super::package::ecosystem;
use crate::model::{Finding, Location, Place, Text, Texts};

/// Targets that stand for many files; the true one is in `PkgPath` or `FilePath` (Trivy `pkg/scan/langpkg/scan.go`,
/// `PkgTargets`, and the licence scanner's headings).
const HEADINGS: &[&str] = &[
    "Java",
    "Node.js",
    "Python",
    "Ruby",
    "Conda",
    "Kubernetes",
    "OS Packages",
    "Loose File License(s)",
];

/// The three documents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shaped {
    Report,
    BareList,
    Cluster,
}

/// What holds for every result of a report, or of one resource of a cluster. A member is `None` until it was read.
pub(super) struct Scope {
    shape: Shaped,
    pub(super) artifact: Option<Text>,
    pub(super) artifact_type: Option<Text>,
    pub(super) resource: Resource,
}

/// The names of a resource. The outer `None` says "not read yet".
#[derive(Default)]
pub(super) struct Resource {
    pub(super) namespace: Option<Option<Text>>,
    pub(super) kind: Option<Option<Text>>,
    pub(super) name: Option<Option<Text>>,
}

impl Resource {
    /// `Deployment/default/web`; `Node/one` for what has no namespace.
    pub(super) fn address(&self) -> String {
        self.joined([&self.kind, &self.namespace, &self.name])
    }

    /// `default/Deployment/web`.
    fn target(&self) -> String {
        self.joined([&self.namespace, &self.kind, &self.name])
    }

    fn joined(&self, parts: [&Option<Option<Text>>; 3]) -> String {
        let parts: Vec<&str> = parts
            .into_iter()
            .filter_map(|part| part.as_ref()?.as_deref())
            .filter(|part| !part.is_empty())
            .collect();
        parts.join("/")
    }
}

impl Scope {
    pub(super) fn new(shape: Shaped) -> Scope {
        Scope {
            shape,
            artifact: None,
            artifact_type: None,
            resource: Resource::default(),
        }
    }

    /// Whether nothing more can come that a finding needs.
    pub(super) fn is_known(&self) -> bool {
        match self.shape {
            Shaped::BareList => true,
            Shaped::Report => self.artifact.is_some() && self.artifact_type.is_some(),
            Shaped::Cluster => {
                let resource = &self.resource;
                resource.namespace.is_some() && resource.kind.is_some() && resource.name.is_some()
            }
        }
    }

    /// Files of these are files of a checkout; everything else is inside an image, a machine or an inventory of one.
    /// The bare list does not say what was scanned: `merge` looks whether the file is there.
    fn scans_files(&self) -> bool {
        match self.shape {
            Shaped::Cluster => false,
            Shaped::BareList => true,
            Shaped::Report => matches!(
                self.artifact_type.as_deref(),
                Some("filesystem" | "repository" | "") | None
            ),
        }
    }
}

/// The header of one result.
#[derive(Clone, Default)]
pub(super) struct Head {
    pub(super) target: Option<Text>,
    pub(super) class: Option<Text>,
    pub(super) kind: Option<Text>,
}

impl Head {
    pub(super) fn is_known(&self) -> bool {
        self.target.is_some() && self.class.is_some() && self.kind.is_some()
    }

    /// Whether it is known to be about the packages of an operating system.
    pub(super) fn is_of_system(&self) -> bool {
        self.class.as_deref() == Some("os-pkgs")
    }
}

/// A finding that lacks only what the headers say.
pub(super) struct Item {
    pub(super) finding: Finding,
    /// The file that the entry itself names, where it does.
    pub(super) path: Option<Text>,
    pub(super) start: Option<u32>,
    pub(super) end: Option<u32>,
    /// Further places in the code that led here (the callers of a Terraform module).
    pub(super) callers: Vec<Location>,
}

impl Item {
    pub(super) fn new(finding: Finding) -> Item {
        Item {
            finding,
            path: None,
            start: None,
            end: None,
            callers: Vec::new(),
        }
    }

    /// The finding with what the headers say of it.
    pub(super) fn settle(self, head: &Head, scope: &Scope, texts: &mut Texts) -> Finding {
        let mut finding = self.finding;
        let written = head.target.as_deref().unwrap_or_default();
        let files = scope.scans_files();
        let of_target = || {
            head.target
                .clone()
                .filter(|_| is_path(written, head, scope))
        };
        let path = self.path.or_else(of_target);

        finding.target = match scope.shape {
            Shaped::Cluster => texts.share_some(&scope.resource.target()),
            _ if files && path.is_some() => path.clone(),
            Shaped::BareList => texts.share_some(without_distribution(written)),
            Shaped::Report => scope.artifact.clone().filter(|name| !name.is_empty()),
        };
        if scope.shape == Shaped::Cluster && finding.resource.is_none() {
            finding.resource = texts.share_some(&scope.resource.address());
        }
        if let Some(path) = path {
            let mut location = Location::new(path, self.start).to_line(self.end);
            if !files {
                location.place = Place::Target;
            }
            // One is the rule; a list that is pushed to makes room for four.
            finding.locations.reserve_exact(1);
            finding.locations.push(location);
        }
        finding.locations.extend(self.callers);
        finding.vendor_severity &= head.class.as_deref() == Some("os-pkgs");
        if let Some(package) = &mut finding.package
            && package.ecosystem.is_none()
        {
            let kind = head.kind.as_deref().unwrap_or_default();
            package.ecosystem = ecosystem(kind).map(|word| texts.share(word));
        }
        finding
    }
}

/// Whether a `Target` names a file: no heading, no image, no URL, not the folder itself.
fn is_path(target: &str, head: &Head, scope: &Scope) -> bool {
    let name = without_distribution(target);
    let of_artifact = !scope.scans_files() && scope.artifact.as_deref() == Some(name);
    let image = match head.class.as_deref().unwrap_or_default() {
        "os-pkgs" => true,
        // Without a class, `name (distribution version)` is an image; with one it may be a file named so.
        "" => name != target || of_artifact,
        _ => of_artifact,
    };
    let url = target.contains("://") || target.starts_with("git::");
    let nothing = matches!(target.trim(), "" | ".");
    !nothing && !image && !url && !HEADINGS.contains(&target)
}

/// `alpine:3.10 (alpine 3.10.2)` without what stands in brackets.
fn without_distribution(target: &str) -> &str {
    match target.rsplit_once(" (") {
        Some((name, rest)) if rest.ends_with(')') => name,
        _ => target,
    }
}
