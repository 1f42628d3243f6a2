//! Which resource an id stands for: its address, and the file that it comes from.

use std::collections::HashMap;

use serde::Deserialize;

use super::super::Desk;
use super::super::bounds::{self, cut};
use crate::model::Text;
use crate::syntax::{Json, OrNothing, Raw, ReadError, text_of};

/// Resources that are remembered. More than a cluster has.
const MAX_RESOURCES: usize = 1_000_000;

/// The resources of a report, by id.
#[derive(Default)]
pub(super) struct Resources {
    known: HashMap<Text, Resource>,
}

/// What a finding needs of a resource.
#[derive(Clone, Default)]
pub(super) struct Resource {
    /// `Deployment/default/web`
    pub(super) address: Option<Text>,
    /// `default/Deployment/web`
    pub(super) target: Option<Text>,
    /// Its file, as far as it comes from one.
    pub(super) file: Option<Text>,
}

#[derive(Deserialize)]
pub(super) struct Element<'a> {
    #[serde(borrow, rename = "resourceID")]
    id: Raw<'a>,
    #[serde(borrow, default)]
    object: OrNothing<Object<'a>>,
    #[serde(borrow, default)]
    source: OrNothing<Source<'a>>,
}

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    kind: Raw<'a>,
    #[serde(borrow, default)]
    metadata: OrNothing<Metadata<'a>>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    namespace: Raw<'a>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow, rename = "relativePath")]
    relative: Raw<'a>,
}

impl Resources {
    /// Reads one element of `resources`. One without an id belongs to nobody.
    pub(super) fn read(
        &mut self,
        json: &mut Json<'_>,
        desk: &mut Desk<'_>,
    ) -> Result<(), ReadError> {
        let element: Element<'_> = json.borrow()?;
        self.add(&element, desk);
        Ok(())
    }

    /// Remembers a resource; what is known of it already stays.
    pub(super) fn add(&mut self, element: &Element<'_>, desk: &mut Desk<'_>) {
        let Some(id) = desk.some(element.id) else {
            return;
        };
        if self.known.len() >= MAX_RESOURCES {
            return;
        }
        let mut resource = Resource::default();
        if let Some(object) = &element.object.0 {
            let metadata = object.metadata.0.as_ref();
            let kind = text_of(object.kind).unwrap_or_default();
            let name = metadata.and_then(|metadata| text_of(metadata.name));
            let namespace = metadata.and_then(|metadata| text_of(metadata.namespace));
            resource.name(
                &kind,
                &namespace.unwrap_or_default(),
                &name.unwrap_or_default(),
                desk,
            );
        }
        let source = element.source.0.as_ref();
        resource.file = source.and_then(|source| desk.some(source.relative));
        self.known.entry(id).or_insert(resource);
    }

    /// The resource with this id: as `resources` says, else as the id itself does.
    pub(super) fn of(&self, id: &Text, desk: &mut Desk<'_>) -> Resource {
        let mut resource = self.known.get(id).cloned().unwrap_or_default();
        if resource.address.is_none() {
            resource.name_of_id(id, desk);
        }
        resource
    }
}

impl Resource {
    fn name(&mut self, kind: &str, namespace: &str, name: &str, desk: &mut Desk<'_>) {
        let joined = |parts: [&str; 3]| {
            let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            cut(&parts.join("/"), bounds::MAX_TITLE).into_owned()
        };
        if name.is_empty() {
            return;
        }
        self.address = desk.texts.share_some(&joined([kind, namespace, name]));
        self.target = desk.texts.share_some(&joined([namespace, kind, name]));
    }

    /// `path=966824446/api=apps/v1/default/Deployment/web`: a hash of the file's path, which is no part of an identity,
    /// and group, version, namespace, kind and name.
    fn name_of_id(&mut self, id: &str, desk: &mut Desk<'_>) {
        let id = match id.split_once("/api=") {
            Some((_, api)) => api,
            None => id,
        };
        let mut parts = id.rsplitn(4, '/');
        let name = parts.next().unwrap_or_default();
        let kind = parts.next().unwrap_or_default();
        let namespace = parts.next().unwrap_or_default();
        self.name(kind, namespace, name, desk);
        if self.address.is_none() {
            self.address = desk.texts.share_some(&cut(id, bounds::MAX_TITLE));
            self.target = self.address.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Secrets;

    #[test]
    fn an_id_names_its_resource() {
        let mut secrets = Secrets::new(None);
        let mut desk = Desk::new("", &mut secrets);
        for (id, address, target) in [
            (
                "path=966824446/api=apps/v1//Deployment/web",
                "Deployment/web",
                "Deployment/web",
            ),
            (
                "path=1/api=apps/v1/shop/Deployment/web",
                "Deployment/shop/web",
                "shop/Deployment/web",
            ),
            ("/v1/shop/Pod/a", "Pod/shop/a", "shop/Pod/a"),
            ("node", "node", "node"),
        ] {
            let resource = Resources::default().of(&Text::from(id), &mut desk);
            assert_eq!(resource.address.as_deref(), Some(address), "{id}");
            assert_eq!(resource.target.as_deref(), Some(target), "{id}");
        }
    }
}
