//! Files that rules hang on: waivers, VEX, baselines, data. From the trusted commit on a proposal, else from the checkout.

use std::path::{Component, Path};

use sha2::{Digest, Sha256};

use crate::settings::Settings;

/// Largest such file in bytes.
const MOST: u64 = 64 << 20;

/// Where files are looked for.
pub(super) struct Files<'a> {
    settings: &'a Settings,
    workspace: &'a Path,
}

impl<'a> Files<'a> {
    pub(super) fn new(settings: &'a Settings, workspace: &'a Path) -> Files<'a> {
        Files {
            settings,
            workspace,
        }
    }

    /// Whether files come from another commit than the one that is checked out.
    pub(super) fn trusted_elsewhere(&self) -> bool {
        self.settings.base.is_some()
    }

    /// The bytes of a file that rules hang on; `None` where there is none.
    ///
    /// # Errors
    /// A sentence: it cannot be read, or on a proposal it lies outside the repository.
    pub(super) fn trusted(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        match &self.settings.base {
            None => self.local(path),
            Some(base) => {
                let inside = self.in_repository(path).ok_or_else(|| {
                    "on a pull request it has to be a file of the repository, because it is read from the base branch"
                        .to_owned()
                })?;
                (base.read)(&inside)
            }
        }
    }

    /// The bytes of a file of the checkout, whoever made it; `None` where there is none.
    pub(super) fn local(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        let full = self.workspace.join(path);
        let size = match full.metadata() {
            Ok(file) if file.is_dir() => return Err("it is a folder".to_owned()),
            Ok(file) => file.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        if size > MOST {
            return Err(format!(
                "it has {size} bytes, more than the {MOST} that are read"
            ));
        }
        std::fs::read(full)
            .map(Some)
            .map_err(|error| error.to_string())
    }

    /// SHA-256 of the trusted bytes in hexadecimal, where there are any.
    pub(super) fn sha256(&self, path: &str) -> Option<String> {
        let bytes = self.trusted(path).ok().flatten()?;
        let digest = Sha256::digest(bytes);
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The path relative to the repository; `None` where it leads out of it.
    pub(super) fn in_repository(&self, path: &str) -> Option<String> {
        let path = Path::new(path);
        let inside = match path.strip_prefix(self.workspace) {
            Ok(inside) => inside,
            Err(_) if path.is_absolute() => return None,
            Err(_) => path,
        };
        let mut parts = Vec::new();
        for part in inside.components() {
            match part {
                Component::Normal(part) => parts.push(part.to_str()?),
                Component::CurDir => {}
                _ => return None,
            }
        }
        (!parts.is_empty()).then(|| parts.join("/"))
    }
}
