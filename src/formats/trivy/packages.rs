//! `Packages` of a result: which of them are for development only. Trivy writes them before the vulnerabilities, and so
//! does `jq -S`; where they come later or not at all (`--list-all-pkgs=false`), no package counts as such.

use std::borrow::Cow;
use std::collections::HashMap;

use serde::Deserialize;

use crate::syntax::{Json, OrNothing, Peek, Raw, ReadError, text_of};

/// One element of `Packages`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed<'a> {
    #[serde(borrow, rename = "ID")]
    id: Raw<'a>,
    #[serde(borrow)]
    name: Raw<'a>,
    #[serde(borrow)]
    version: Raw<'a>,
    #[serde(borrow)]
    dev: Raw<'a>,
}

/// What the packages of one result say. A lock file may list a package twice, once of each sort: then it runs.
#[derive(Default)]
pub(super) struct Development {
    /// Whether all packages of an id, or of a name and version, are for development only.
    all: HashMap<String, bool>,
}

impl Development {
    /// Reads the list at which the document stands.
    pub(super) fn read(&mut self, json: &mut Json<'_>) -> Result<(), ReadError> {
        if json.peek()? != Peek::List {
            return json.skip();
        }
        json.list(|json, _| {
            if let Some(listed) = json.borrow::<OrNothing<Listed<'_>>>()?.0 {
                let development = listed.dev.is_some_and(|dev| dev.get() == "true");
                let named = key(listed.name, listed.version);
                for key in text_of(listed.id)
                    .map(Cow::into_owned)
                    .into_iter()
                    .chain(named)
                {
                    *self.all.entry(key).or_insert(true) &= development;
                }
            }
            Ok(())
        })
    }

    /// Whether the package of a vulnerability is for development only, as far as the packages say it.
    pub(super) fn holds(&self, id: Raw<'_>, name: Raw<'_>, version: Raw<'_>) -> bool {
        if self.all.is_empty() {
            return false;
        }
        let by_id = text_of(id).and_then(|id| self.all.get(id.as_ref()));
        let known = by_id.or_else(|| self.all.get(&key(name, version)?));
        known.copied().unwrap_or(false)
    }
}

/// Name and version in one; no id looks like it, because names hold no line feed.
fn key(name: Raw<'_>, version: Raw<'_>) -> Option<String> {
    let name = text_of(name).filter(|name| !name.trim().is_empty())?;
    Some(format!("{name}\n{}", text_of(version).unwrap_or_default()))
}
