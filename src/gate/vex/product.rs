//! Products: what a statement names, what a report scanned, and whether the one is the other.

use std::collections::BTreeSet;

use crate::gate::plain::cut;
use crate::model::purl::{Apart, Purl};
use crate::model::{Finding, ImageName, Report, Text, image_repository};

/// An id of a product or of a part, read once.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Id {
    /// A package.
    Package(Purl),
    /// An image.
    Image(Image),
    /// A bare digest with its algorithm.
    Digest(String),
    /// It says nothing.
    Empty,
}

/// An image that a statement names.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Image {
    /// The repository, or the name alone where nobody says where it lies (`pkg:oci/shop`).
    repository: Repository,
    tag: Option<String>,
    digest: Option<String>,
    /// Further qualifiers of a package URL (`arch`).
    qualifiers: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Repository {
    Whole(String),
    Last(String),
}

impl Id {
    /// Reads an id. Anything that is neither a package URL nor a digest is taken for the name of an image or of whatever was
    /// scanned, and compared as such.
    pub(super) fn read(text: &str) -> Id {
        let text = text.trim();
        match Purl::parse(text) {
            Some(purl) if matches!(purl.kind.as_str(), "oci" | "docker") => {
                Id::Image(Image::of_purl(purl))
            }
            Some(purl) => Id::Package(purl),
            // A package URL that cannot be read names nothing.
            None if text.is_empty()
                || text
                    .get(..4)
                    .is_some_and(|head| head.eq_ignore_ascii_case("pkg:")) =>
            {
                Id::Empty
            }
            None => match digest(text) {
                Some(digest) => Id::Digest(digest),
                None => Id::Image(Image::named(text)),
            },
        }
    }
}

impl Image {
    fn named(text: &str) -> Image {
        let name = ImageName::of(text);
        Image {
            repository: Repository::Whole(name.repository.to_owned()),
            tag: name.tag.map(str::to_owned),
            digest: name.digest.map(str::to_ascii_lowercase),
            qualifiers: Vec::new(),
        }
    }

    /// `pkg:oci/shop@sha256:…?repository_url=example.com/team/shop&tag=1.4`; some write the repository without the name.
    /// `pkg:docker/team/shop@1.4?repository_url=example.com`.
    fn of_purl(purl: Purl) -> Image {
        let mut qualifiers = purl.qualifiers.clone();
        let place = qualifiers.remove("repository_url");
        let place = place.as_deref().map(|place| {
            let place = place.trim_start_matches("https://");
            place.trim_end_matches('/').to_owned()
        });
        let whole = match (purl.kind.as_str(), place) {
            ("docker", None) => Some(purl.path.clone()),
            ("docker", Some(host)) => Some(format!("{host}/{}", purl.path)),
            (_, None) => None,
            (_, Some(place)) if place.rsplit('/').next() == Some(purl.name()) => Some(place),
            (_, Some(place)) => Some(format!("{place}/{}", purl.name())),
        };
        let repository = match whole {
            Some(whole) => Repository::Whole(image_repository(&whole).to_owned()),
            None => Repository::Last(purl.name().to_owned()),
        };
        let (version, digest) = match purl.version {
            Some(version) => match digest(&version) {
                Some(digest) => (None, Some(digest)),
                None => (Some(version), None),
            },
            None => (None, None),
        };
        let written = qualifiers.remove("tag");
        // A version and another tag beside it cannot both be right: then the tag is one that nothing has.
        let tag = match (version, written) {
            (Some(version), Some(tag)) if version != tag => Some(format!("{version} {tag}")),
            (version, tag) => version.or(tag),
        };
        Image {
            repository,
            tag,
            digest,
            qualifiers: qualifiers.into_iter().collect(),
        }
    }
}

/// `sha256:…` in lower case; `None` for what is no digest.
fn digest(text: &str) -> Option<String> {
    let (kind, value) = text.split_once(':')?;
    let kind = kind.to_ascii_lowercase();
    let hex = !value.is_empty() && value.bytes().all(|b| b.is_ascii_hexdigit());
    (matches!(kind.as_str(), "sha256" | "sha384" | "sha512") && hex)
        .then(|| format!("{kind}:{}", value.to_ascii_lowercase()))
}

/// What one report scanned.
#[derive(Clone, Debug, Default)]
pub(super) struct Scanned {
    /// Repositories of images, and whatever else it has for a name.
    names: BTreeSet<String>,
    /// Repository and tag.
    tags: BTreeSet<(String, String)>,
    digests: BTreeSet<String>,
    packages: Vec<Purl>,
}

impl Scanned {
    pub(super) fn of(report: &Report) -> Scanned {
        let mut scanned = Scanned::default();
        for product in &report.products {
            scanned.add(product);
        }
        scanned
    }

    fn add(&mut self, product: &str) {
        let product = product.trim();
        if let Some(purl) = Purl::parse(product) {
            self.packages.push(purl);
        } else if let Some(digest) = digest(product) {
            self.digests.insert(digest);
        } else if !product.is_empty() {
            let name = ImageName::of(product);
            self.names.insert(name.repository.to_owned());
            if let Some(tag) = name.tag {
                self.tags
                    .insert((name.repository.to_owned(), tag.to_owned()));
            }
            self.digests.extend(name.digest.and_then(digest));
        }
    }
}

/// What a finding is about: one thing that was scanned, and one package in it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) finding: &'a Finding,
    pub(super) scanned: &'a Scanned,
    pub(super) package: Option<&'a Purl>,
}

/// Why a product is not the one that a finding is about; further down is nearer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Miss {
    NoProduct,
    Product,
    Digest,
    Tag(String),
    About(String),
    Part,
    NoPackage,
    Subpath,
    Version(String, Option<String>),
    Qualifier(String),
}

impl std::fmt::Display for Miss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let short = |text: &str| cut(text, 60);
        match self {
            Miss::NoProduct => f.write_str("it names no product that can be compared"),
            Miss::Product => f.write_str("it is about another product"),
            Miss::Digest => f.write_str("it is about an image with another digest than what was scanned"),
            Miss::Tag(tag) => write!(f, "it is about the tag {}, and no report says that it scanned that", short(tag)),
            Miss::About(key) => write!(f, "it is about an image with {}, and no report says that it scanned that", short(key)),
            Miss::NoPackage => f.write_str("it is about parts of the product, and the report does not say which package it means"),
            Miss::Part => f.write_str("it is about other parts of the product"),
            Miss::Subpath => f.write_str("it is about another path within the package"),
            Miss::Version(wanted, Some(has)) => write!(f, "it is about version {}, not {}", short(wanted), short(has)),
            Miss::Version(wanted, None) => write!(f, "it is about version {}, and the report says none", short(wanted)),
            Miss::Qualifier(key) => write!(f, "its qualifier {} is not that of the package", short(key)),
        }
    }
}

impl Subject<'_> {
    /// Whether an id of a statement names the package.
    pub(super) fn package(&self, id: &Id) -> Result<(), Miss> {
        let Id::Package(wanted) = id else {
            return Err(Miss::Part);
        };
        let package = self.package.ok_or(Miss::NoPackage)?;
        wanted.covers(package).map_err(|apart| match apart {
            Apart::Package => Miss::Part,
            Apart::Subpath => Miss::Subpath,
            Apart::Version => Miss::Version(
                wanted.version.clone().unwrap_or_default(),
                package.version.clone(),
            ),
            Apart::Qualifier(key) => Miss::Qualifier(key),
        })
    }

    /// Whether an id of a statement names what was scanned.
    pub(super) fn product(&self, id: &Id) -> Result<(), Miss> {
        match id {
            Id::Empty => Err(Miss::NoProduct),
            Id::Digest(digest) if self.scanned.digests.contains(digest) => Ok(()),
            Id::Digest(_) => Err(Miss::Digest),
            Id::Image(image) => self.image(image),
            Id::Package(wanted) => {
                let mut known = self.scanned.packages.iter();
                let hit = known.any(|package| wanted.covers(package).is_ok());
                hit.then_some(()).ok_or(Miss::Product)
            }
        }
    }

    fn image(&self, image: &Image) -> Result<(), Miss> {
        let target = self
            .finding
            .target
            .as_deref()
            .filter(|target| !target.is_empty());
        let fits = |name: &str| match &image.repository {
            Repository::Whole(whole) => name == whole,
            Repository::Last(last) => {
                let name = name.rsplit('/').next().unwrap_or(name);
                name.eq_ignore_ascii_case(last)
            }
        };
        let names = self.scanned.names.iter().map(String::as_str);
        if !names.chain(target).any(fits) {
            return Err(Miss::Product);
        }
        match (&image.digest, &image.tag) {
            // A digest says all: a tag beside it is a name of yesterday.
            (Some(digest), _) if !self.scanned.digests.contains(digest) => {
                return Err(Miss::Digest);
            }
            (None, Some(tag)) => {
                let known = |(name, known): &(String, String)| fits(name) && known == tag;
                if !self.scanned.tags.iter().any(known) {
                    return Err(Miss::Tag(tag.clone()));
                }
            }
            _ => {}
        }
        for (key, value) in &image.qualifiers {
            let mut images = self
                .scanned
                .packages
                .iter()
                .filter(|purl| purl.kind == "oci");
            if !images.any(|purl| purl.qualifiers.get(key) == Some(value)) {
                return Err(Miss::About(format!("{key}={value}")));
            }
        }
        Ok(())
    }
}

/// A product of a statement, read once.
pub(super) struct Ready {
    ids: Vec<Id>,
    parts: Vec<Vec<Id>>,
}

impl Ready {
    pub(super) fn of(product: &super::Product) -> Ready {
        let read = |ids: &Vec<Text>| ids.iter().map(|id| Id::read(id)).collect();
        Ready {
            ids: read(&product.ids),
            parts: product.parts.iter().map(read).collect(),
        }
    }

    /// Whether it is what a finding is about: what was scanned, or the package itself; and one of its parts, where it has
    /// any, is the package.
    pub(super) fn fits(&self, subject: &Subject<'_>) -> Result<(), Miss> {
        let whole = self.ids.iter().map(|id| {
            subject
                .product(id)
                .or_else(|scanned| match subject.package(id) {
                    Err(Miss::Part | Miss::NoPackage) => Err(scanned),
                    other => other,
                })
        });
        nearest(whole, Miss::NoProduct)?;
        if self.parts.is_empty() {
            return Ok(());
        }
        let parts = self.parts.iter().flatten().map(|id| subject.package(id));
        nearest(parts, Miss::Part)
    }
}

/// `Ok` where one is, else the nearest miss.
pub(super) fn nearest(
    all: impl Iterator<Item = Result<(), Miss>>,
    without: Miss,
) -> Result<(), Miss> {
    let mut miss = without;
    for one in all {
        match one {
            Ok(()) => return Ok(()),
            Err(other) => miss = miss.max(other),
        }
    }
    Err(miss)
}
