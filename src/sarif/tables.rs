//! What a run keeps in lists of its own and refers to by index. Content that is carried into another log takes the
//! thing itself along instead.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Steps of a chain of base ids that are followed; real chains have one or two, hostile ones loop.
const BASE_STEPS: usize = 8;

/// The base id that stands for the checkout wherever nobody defines it (GitHub's tools never do).
const SOURCE_ROOT: &str = "%SRCROOT%";

/// A file as `artifactLocation` says it.
#[derive(Clone, Debug, Default)]
pub struct FileRef {
    /// `uri`, as written.
    pub uri: Option<Box<str>>,
    /// `uriBaseId`.
    pub base: Option<Box<str>>,
}

/// The lists of one run.
#[derive(Debug, Default)]
pub struct Tables {
    /// `originalUriBaseIds`.
    pub bases: BTreeMap<String, FileRef>,
    /// Locations of `artifacts`.
    pub artifacts: Vec<FileRef>,
    /// `logicalLocations`.
    pub logical: Vec<Value>,
    /// `threadFlowLocations`.
    pub thread_flow: Vec<Value>,
    /// `webRequests`.
    pub requests: Vec<Value>,
    /// `webResponses`.
    pub responses: Vec<Value>,
    /// `addresses`.
    pub addresses: Vec<Value>,
    /// `graphs`.
    pub graphs: Vec<Value>,
    /// Names of `tool.extensions`, and of `taxonomies`, in their order.
    pub extensions: Vec<Component>,
    /// As `extensions`.
    pub taxonomies: Vec<Component>,
}

/// A tool component, as far as references to it need it.
#[derive(Clone, Debug, Default)]
pub struct Component {
    /// `name`.
    pub name: String,
    /// `guid`.
    pub guid: Option<String>,
    /// Ids of its `taxa`, in their order.
    pub taxa: Vec<String>,
}

impl Tables {
    /// A file's URI reference: `uri` resolved through the chain of base ids, else what `index` names. A base that is
    /// not defined, or that has no URI of its own, is the checkout, and so is the bare `file:///` that Trivy writes for
    /// images: the relative URI stays.
    pub fn resolve(&self, file: &FileRef, index: Option<i64>) -> Option<String> {
        self.resolved(file.uri.as_deref(), file.base.as_deref(), index)
            .map(Cow::into_owned)
    }

    /// As [`Tables::resolve`], for a file in parts.
    pub(super) fn resolved<'t>(
        &'t self,
        uri: Option<&'t str>,
        base: Option<&'t str>,
        index: Option<i64>,
    ) -> Option<Cow<'t, str>> {
        let (uri, mut base) = match index.and_then(|index| usize::try_from(index).ok()) {
            Some(index) if uri.is_none() => {
                let file = self.artifacts.get(index)?;
                (file.uri.as_deref(), file.base.as_deref())
            }
            _ => (uri, base),
        };
        let bare = uri?;
        let mut uri = Cow::Borrowed(bare);
        for step in 0.. {
            let Some(next) = base.and_then(|id| self.bases.get(id)) else {
                break;
            };
            if step >= BASE_STEPS {
                // The chain runs in a circle: the bases mean nothing, the relative reference may.
                return Some(Cow::Borrowed(bare));
            }
            if is_absolute(&uri) {
                break;
            }
            if let Some(prefix) = next
                .uri
                .as_deref()
                .filter(|p| !p.is_empty() && *p != "file:///")
            {
                let slash = if prefix.ends_with('/') { "" } else { "/" };
                uri = Cow::Owned(format!("{prefix}{slash}{uri}"));
            }
            base = next.base.as_deref();
        }
        Some(uri)
    }

    /// Whether a base id needs no definition that may still come: it has one, or it is the checkout by convention.
    pub fn knows_base(&self, id: &str) -> bool {
        id == SOURCE_ROOT || self.bases.contains_key(id)
    }

    /// Whether every base that the files name has been defined.
    pub fn bases_known(&self) -> bool {
        let mut bases = self
            .artifacts
            .iter()
            .filter_map(|file| file.base.as_deref());
        // The lists of real logs name one base throughout.
        bases.next().is_none_or(|first| {
            self.knows_base(first) && bases.all(|id| id == first || self.knows_base(id))
        })
    }

    /// Takes the thing that `object` names by `index` from the list for `shape`: members that the object does not have
    /// itself are filled in.
    pub(super) fn fill_in(&self, shape: &str, object: &mut Map<String, Value>, budget: &mut usize) {
        let list = match shape {
            "logicalLocation" => &self.logical,
            "threadFlowLocation" => &self.thread_flow,
            "webRequest" => &self.requests,
            "webResponse" => &self.responses,
            "address" => &self.addresses,
            _ => return,
        };
        let index = object.remove("index").as_ref().and_then(Value::as_u64);
        let parent = object.remove("parentIndex");
        drop(parent);
        let found = index.and_then(|index| list.get(usize::try_from(index).ok()?));
        let Some(Value::Object(found)) = found else {
            return;
        };
        let size = found.len().saturating_add(size_of_values(found.values()));
        if *budget < size {
            return;
        }
        *budget = budget.saturating_sub(size);
        for (key, value) in found {
            if key != "index" && key != "parentIndex" && !object.contains_key(key) {
                object.insert(key.clone(), value.clone());
            }
        }
    }

    /// Makes a reference to a taxon or rule stand without its log: names in the place of indexes.
    pub(super) fn name_reference(&self, object: &mut Map<String, Value>) {
        let index = object.remove("index").as_ref().and_then(Value::as_u64);
        let Some(Value::Object(component)) = object.get_mut("toolComponent") else {
            return;
        };
        let at = component.remove("index").as_ref().and_then(Value::as_u64);
        let at = at.and_then(|at| usize::try_from(at).ok());
        let name = component
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let guid = component.get("guid").and_then(Value::as_str);
        let all = || self.taxonomies.iter().chain(&self.extensions);
        let found = all()
            .find(|c| {
                (!name.is_empty() && c.name == name)
                    || (guid.is_some() && c.guid.as_deref() == guid)
            })
            .or_else(|| {
                at.and_then(|at| self.taxonomies.get(at).or_else(|| self.extensions.get(at)))
            });
        let Some(found) = found else {
            if component.is_empty() {
                object.remove("toolComponent");
            }
            return;
        };
        if name.is_empty() && !found.name.is_empty() {
            component.insert("name".into(), found.name.clone().into());
        }
        let taxon = index.and_then(|index| found.taxa.get(usize::try_from(index).ok()?));
        if let (Some(taxon), false) = (taxon, object.contains_key("id")) {
            object.insert("id".into(), taxon.clone().into());
        }
    }
}

/// Whether a URI reference has a scheme, or is an absolute path.
fn is_absolute(uri: &str) -> bool {
    if uri.starts_with('/') {
        return true;
    }
    let scheme = uri.split_once(':').map_or("", |(scheme, _)| scheme);
    // One letter is a drive.
    !scheme.is_empty()
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
}

/// A measure of how much memory values take.
pub(super) fn size_of_values<'a>(values: impl Iterator<Item = &'a Value>) -> usize {
    values.fold(0, |sum, value| {
        sum.saturating_add(match value {
            Value::String(text) => text.len().saturating_add(32),
            Value::Array(list) => size_of_values(list.iter()).saturating_add(32),
            Value::Object(members) => size_of_values(members.values()).saturating_add(64),
            _ => 32,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(uri: Option<&str>, base: Option<&str>) -> FileRef {
        FileRef {
            uri: uri.map(Into::into),
            base: base.map(Into::into),
        }
    }

    #[test]
    fn bases_are_followed_and_loops_end() {
        let mut tables = Tables::default();
        for (id, uri, base) in [
            ("ROOT", Some("file:///ws/"), None),
            ("SRC", Some("src"), Some("ROOT")),
            ("EMPTY", None, None),
            ("IMAGE", Some("file:///"), None),
            ("LOOP", Some("x/"), Some("LOOP")),
        ] {
            tables.bases.insert(id.into(), file(uri, base));
        }
        tables
            .artifacts
            .push(file(Some("by-index.py"), Some("SRC")));
        for (uri, base, index, found) in [
            (Some("a.py"), Some("SRC"), None, Some("file:///ws/src/a.py")),
            (Some("a.py"), Some("EMPTY"), None, Some("a.py")),
            (Some("a.py"), Some("IMAGE"), None, Some("a.py")),
            (Some("a.py"), Some("UNKNOWN"), None, Some("a.py")),
            (Some("https://x/a"), Some("SRC"), None, Some("https://x/a")),
            (None, None, Some(0), Some("file:///ws/src/by-index.py")),
            (None, None, Some(7), None),
            (None, None, Some(-1), None),
            (Some("a"), None, Some(7), Some("a")),
        ] {
            let got = tables.resolve(&file(uri, base), index);
            assert_eq!(got.as_deref(), found, "{uri:?} {base:?} {index:?}");
        }
        let looped = tables.resolve(&file(Some("a"), Some("LOOP")), None);
        assert_eq!(
            looped.as_deref(),
            Some("a"),
            "a circle of bases means nothing"
        );
    }
}
