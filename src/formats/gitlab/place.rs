//! `location`: a file, a package in a lock file or an image, or a page of a running application.

use std::borrow::Cow;

use serde::Deserialize;

use crate::formats::Desk;
use crate::formats::package::ecosystem;
use crate::model::{self, Location, Text};
use crate::syntax::{OrNothing, Raw, line_number, text_of};

/// The members of every sort of location.
#[derive(Deserialize)]
pub(super) struct Place<'a> {
    #[serde(borrow)]
    file: Raw<'a>,
    #[serde(borrow)]
    start_line: Raw<'a>,
    #[serde(borrow)]
    end_line: Raw<'a>,
    #[serde(borrow)]
    image: Raw<'a>,
    #[serde(borrow)]
    operating_system: Raw<'a>,
    #[serde(borrow, default)]
    dependency: OrNothing<RawDependency<'a>>,
    #[serde(borrow, default)]
    kubernetes_resource: OrNothing<Resource<'a>>,
    #[serde(borrow)]
    hostname: Raw<'a>,
    #[serde(borrow)]
    path: Raw<'a>,
    #[serde(borrow)]
    method: Raw<'a>,
    #[serde(borrow)]
    param: Raw<'a>,
}

#[derive(Deserialize)]
struct RawDependency<'a> {
    #[serde(borrow, default)]
    package: OrNothing<Package<'a>>,
    #[serde(borrow)]
    version: Raw<'a>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
}

#[derive(Deserialize)]
struct Resource<'a> {
    #[serde(borrow)]
    namespace: Raw<'a>,
    #[serde(borrow)]
    kind: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
}

/// The package of a vulnerability.
pub(super) struct Dependency<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) version: Cow<'a, str>,
    /// The distribution of the image, which is the ecosystem of its packages.
    pub(super) sort: String,
}

impl Place<'_> {
    pub(super) fn dependency(&self) -> Option<Dependency<'_>> {
        let dependency = self.dependency.0.as_ref()?;
        let name = text_of(dependency.package.0.as_ref()?.name)?;
        let system = text_of(self.operating_system).unwrap_or_default();
        // `alpine 3.10.2`, `debian:10`, and `Unknown` of what belongs to no distribution.
        let distribution = [&*system, system.split(' ').next().unwrap_or_default()];
        let sort = distribution
            .into_iter()
            .find(|word| ecosystem(word).is_some());
        Some(Dependency {
            sort: sort.unwrap_or_default().to_owned(),
            version: text_of(dependency.version).unwrap_or_default(),
            name,
        })
    }

    /// The image, or the lock file of a package.
    pub(super) fn target(&self, desk: &mut Desk<'_>) -> Option<Text> {
        let file = || self.dependency.0.as_ref().and(self.file);
        desk.some(self.image.or_else(file))
    }

    /// `Deployment/default/web` of what runs in a cluster.
    pub(super) fn resource(&self, desk: &mut Desk<'_>) -> Option<Text> {
        let resource = self.kubernetes_resource.0.as_ref()?;
        let parts = [resource.kind, resource.namespace, resource.name];
        let parts: Vec<Cow<'_, str>> = parts.into_iter().filter_map(text_of).collect();
        desk.texts.share_some(&parts.join("/"))
    }

    pub(super) fn locations(&self, desk: &mut Desk<'_>) -> Vec<Location> {
        let image = self.image.is_some();
        let place = match desk.some(self.file) {
            Some(file) => {
                let start = line_number(self.start_line);
                let mut place = Location::new(file, start).to_line(line_number(self.end_line));
                if image {
                    place.place = model::Place::Target;
                }
                Some(place)
            }
            None => self.page().and_then(|page| {
                let page = desk.texts.share_some(&page)?;
                let mut place = Location::new(page, None);
                place.place = model::Place::Target;
                Some(place)
            }),
        };
        place.into_iter().collect()
    }

    /// The address of a page.
    fn page(&self) -> Option<String> {
        let host = text_of(self.hostname).unwrap_or_default();
        let path = text_of(self.path).unwrap_or_default();
        let page = format!("{}{}", host.trim(), path.trim());
        Some(page).filter(|page| !page.is_empty())
    }

    /// `GET, parameter q` of a page; in SAST `method` is a function, which is not said.
    pub(super) fn request(&self) -> Option<String> {
        self.page()?;
        let method = text_of(self.method).filter(|method| !method.trim().is_empty());
        let param = text_of(self.param).filter(|param| !param.trim().is_empty());
        let param = param.map(|param| format!("parameter {}", param.trim()));
        let parts: Vec<String> = method
            .map(|method| method.trim().to_owned())
            .into_iter()
            .chain(param)
            .collect();
        Some(parts.join(", ")).filter(|text| !text.is_empty())
    }
}
