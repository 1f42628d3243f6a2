//! Where a finding of Grype is: what the path of a package means depends on what was scanned.

use serde::Deserialize;

use crate::model::{Finding, Place, Text, Texts};
use crate::syntax::{Loose, Raw, each, text_of};

/// What was scanned (Grype `presenter/models/source.go`). Old versions and unknown sources say nothing.
#[derive(Default, Deserialize)]
#[serde(from = "Source<'_>")]
pub(super) struct Scanned {
    sort: Sort,
    name: Option<String>,
    /// Every name of an image, and digests of it.
    pub(super) names: Vec<String>,
    pub(super) architecture: Option<String>,
}

/// What paths of packages are paths of.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    /// A folder of the checkout.
    Folder,
    /// A file of the checkout.
    File,
    /// An image, an inventory, or something that Grype does not name.
    #[default]
    Other,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow, rename = "type")]
    sort: Raw<'a>,
    #[serde(borrow)]
    target: Raw<'a>,
}

/// An image as Syft describes it. Folders and files are a plain text in the same place.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image<'a> {
    #[serde(borrow)]
    user_input: Raw<'a>,
    #[serde(borrow, rename = "imageID")]
    id: Raw<'a>,
    #[serde(borrow)]
    manifest_digest: Raw<'a>,
    #[serde(borrow, default)]
    tags: Loose<Raw<'a>>,
    #[serde(borrow, default)]
    repo_digests: Loose<Raw<'a>>,
    #[serde(borrow)]
    architecture: Raw<'a>,
}

impl Image<'_> {
    fn names(&self) -> Vec<String> {
        let own = [self.user_input, self.id, self.manifest_digest];
        let others = each(&self.tags).chain(each(&self.repo_digests)).copied();
        let names = own.into_iter().chain(others).filter_map(text_of);
        names.map(|name| name.into_owned()).collect()
    }
}

impl From<Source<'_>> for Scanned {
    fn from(source: Source<'_>) -> Scanned {
        let sort = match text_of(source.sort).as_deref() {
            Some("directory") => Sort::Folder,
            Some("file") => Sort::File,
            _ => Sort::Other,
        };
        let image: Option<Image<'_>> = source
            .target
            .and_then(|target| serde_json::from_str(target.get()).ok());
        let names = image.as_ref().map(Image::names).unwrap_or_default();
        let named = || {
            let image = image.as_ref()?;
            text_of(image.user_input)
                .filter(|name| !name.trim().is_empty())
                .or_else(|| text_of(image.id))
                .map(|name| name.into_owned())
        };
        let name = text_of(source.target).map(|name| name.into_owned());
        let name = name.or_else(named).map(|name| name.trim().to_owned());
        let architecture = image.as_ref().and_then(|image| text_of(image.architecture));
        Scanned {
            sort,
            name: name.filter(|name| !matches!(name.as_str(), "" | "unknown")),
            names,
            architecture: architecture.map(|word| word.into_owned()),
        }
    }
}

/// Packages of an operating system: their path is that of its database, which is no manifest of anybody's.
const OF_SYSTEMS: &[&str] = &["deb", "rpm", "apk", "alpm", "portage"];

impl Scanned {
    /// The image, the folder, the file.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Sets target and place of a finding whose only location is the path of its package as Grype wrote it.
    pub(super) fn settle(&self, finding: &mut Finding, texts: &mut Texts) {
        let package = finding.package.as_ref();
        let ecosystem = package.and_then(|package| package.ecosystem.as_deref());
        let of_system = ecosystem.is_some_and(|word| OF_SYSTEMS.contains(&word));
        let name = self.name().and_then(|name| texts.share_some(name));
        finding.vendor_severity &= of_system;
        let sort = if of_system { Sort::Other } else { self.sort };
        let written = finding.locations.first().map(|place| place.path.clone());
        let path = match (sort, &name) {
            (Sort::File, Some(file)) => Some(file.clone()),
            _ => written.and_then(|path| texts.share_some(self.below(&path))),
        };
        let place = match sort {
            Sort::Other => Place::Target,
            Sort::Folder | Sort::File => Place::Unresolved,
        };
        finding.target = match (sort, &path) {
            (Sort::Folder | Sort::File, Some(path)) => Some(path.clone()),
            _ => name,
        };
        match (finding.locations.first_mut(), path) {
            (Some(location), Some(path)) => {
                location.path = path;
                location.place = place;
            }
            _ => finding.locations.clear(),
        }
    }

    /// A path as seen from what was scanned: Grype writes a slash in front that means its root, and some versions the
    /// whole path of the folder.
    fn below<'p>(&self, path: &'p str) -> &'p str {
        let folder = self.name().filter(|_| self.sort == Sort::Folder);
        let folder = folder.map(|folder| folder.trim_end_matches('/'));
        let inside = folder
            .filter(|folder| folder.starts_with('/'))
            .and_then(|folder| path.strip_prefix(folder))
            .filter(|rest| rest.starts_with('/'));
        inside.unwrap_or(path).trim_start_matches('/')
    }
}

/// The text of a path before it is settled.
pub(super) fn unsettled(path: Text) -> crate::model::Location {
    let mut location = crate::model::Location::new(path, None);
    location.place = Place::Target;
    location
}
