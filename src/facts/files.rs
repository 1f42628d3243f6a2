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

    /// As [`Files::local`], of a file that a proposed change may have made; a trusted run has none of them. Only what lies in the repository, and no link. Such
    /// a file can be named by the change's own config, or lead to one with secrets, which the words about it would quote.
    pub(super) fn proposed(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        if self.settings.context.trusted_run {
            return Ok(None);
        }
        let inside = self
            .in_repository(path)
            .ok_or_else(|| "it lies outside of the repository".to_owned())?;
        let real = self.workspace.canonicalize();
        let file = real.map_err(|error| error.to_string())?.join(inside);
        match file.canonicalize() {
            Ok(real) if real == file => self.local(&file.to_string_lossy()),
            Ok(_) => Err("links of a change are not followed".to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.to_string()),
        }
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

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Context;
    use crate::settings::{Layers, resolve};

    #[test]
    fn a_change_shows_its_own_files_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("repo");
        std::fs::create_dir_all(root.join(".github")).expect("a folder");
        std::fs::write(folder.path().join("secret"), "hunter2").expect("a file");
        std::fs::write(root.join(".github/good.yml"), "version: 1").expect("a file");
        for (target, name) in [
            (folder.path().join("secret"), "out.yml"),
            (root.join(".github/good.yml"), "in.yml"),
            (root.join(".github"), "folder"),
        ] {
            std::os::unix::fs::symlink(target, root.join(name)).expect("a link");
        }
        let settings = resolve(&Layers::default(), Context::default()).expect("settings");
        let files = Files::new(&settings, &root);
        let good = Ok(Some(b"version: 1".to_vec()));
        assert_eq!(files.proposed(".github/good.yml"), good);
        let absolute = root.join(".github/good.yml");
        assert_eq!(files.proposed(&absolute.to_string_lossy()), good);
        assert_eq!(files.proposed(".github/gone.yml"), Ok(None));
        for path in ["out.yml", "in.yml", "folder/good.yml"] {
            let why = files.proposed(path).expect_err(path);
            assert!(why.contains("not followed"), "{path}: {why}");
        }
        for path in ["../secret", "/proc/self/environ"] {
            let why = files.proposed(path).expect_err(path);
            assert!(why.contains("outside"), "{path}: {why}");
        }
    }
}
