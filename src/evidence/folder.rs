//! A folder that files are put into safely. Must not know: what the files are.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Component, Path, PathBuf};

use super::Fill;

/// Bytes that are collected before they are handed to the system; SARIF logs are written in very small pieces.
const BUFFER: usize = 256 * 1024;

/// How many temporary names are tried, should earlier runs have left theirs.
const NAMES: u32 = 100;

/// Why evidence could not be written.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A part of the path is a symbolic link, which a pull request may have committed to have files written elsewhere.
    #[error("{} is a symbolic link, and evidence is not written through links in the workspace: remove the link, or set evidence-dir to another folder", .0.display())]
    Link(PathBuf),
    /// A part of the path is a file.
    #[error("{} is not a folder: remove it, or set evidence-dir to another folder", .0.display())]
    NotFolder(PathBuf),
    /// The system refused.
    #[error("cannot {what} {}: {source}; check the permissions and the free space there, or set evidence-dir to another folder", .path.display())]
    Refused {
        /// What was tried.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

fn refused(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> EvidenceError {
    let path = path.to_owned();
    move |source| EvidenceError::Refused { what, path, source }
}

/// An opened folder.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    owner: Option<Owner>,
}

/// User and group that new files are given to.
type Owner = (u32, u32);

impl Folder {
    /// Makes the folder `dir` (relative to `workspace`, or absolute) where it does not exist. Inside the workspace no
    /// part of its path may be a symbolic link; a folder elsewhere was named by whoever runs this and is taken as it
    /// is. In a container that runs as root new folders and files get the owner of the workspace, so that later steps
    /// can remove them (actions/runner#434).
    ///
    /// # Errors
    /// A link or a file in the way, or a refusal of the system.
    pub fn open(workspace: &Path, dir: &Path) -> Result<Folder, EvidenceError> {
        let workspace = plain(workspace);
        let path = plain(&workspace.join(dir));
        let owner = owner_of(&workspace);
        let (mut at, rest) = match path.strip_prefix(&workspace) {
            Ok(rest) => (workspace.clone(), rest),
            Err(_) => {
                let missing = first_missing(&path);
                fs::create_dir_all(&path).map_err(refused("make the folder", &path))?;
                if let Some(missing) = missing {
                    give(&missing, &path, owner)?;
                }
                return Ok(Folder { path, owner });
            }
        };
        for part in rest.components() {
            at.push(part);
            step(&at, owner)?;
        }
        Ok(Folder { path, owner })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes one file: under a temporary name, flushed, then renamed to `name`, whatever stood there.
    ///
    /// # Errors
    /// A refusal of the system or an error of `fill`; then nothing of the file is left, and what stood there before
    /// still does.
    pub fn write(&self, name: &str, fill: Fill<'_>) -> Result<PathBuf, EvidenceError> {
        let target = self.path.join(name);
        if fs::symlink_metadata(&target).is_ok_and(|known| known.is_dir()) {
            return Err(EvidenceError::Refused {
                what: "write",
                path: target,
                source: io::Error::new(io::ErrorKind::IsADirectory, "a folder has this name"),
            });
        }
        let (temporary, file) = self.create(name)?;
        let done = filled(file, fill)
            .map_err(refused("write", &target))
            .and_then(|()| hand_over(&temporary, self.owner))
            .and_then(|()| fs::rename(&temporary, &target).map_err(refused("replace", &target)));
        if let Err(error) = done {
            // The error that matters is the one above; a left-over is a nuisance, no danger.
            let _ = fs::remove_file(&temporary);
            return Err(error);
        }
        Ok(target)
    }

    /// Removes a file or a link of this name, and says whether there was one. A folder stays.
    ///
    /// # Errors
    /// A refusal of the system.
    pub fn remove(&self, name: &str) -> Result<bool, EvidenceError> {
        let path = self.path.join(name);
        match fs::symlink_metadata(&path) {
            Ok(known) if !known.is_dir() => {
                fs::remove_file(&path).map_err(refused("remove", &path))?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A new file with a name of its own. `create_new` neither follows a link nor opens what is there.
    fn create(&self, name: &str) -> Result<(PathBuf, File), EvidenceError> {
        let process = std::process::id();
        let mut number = 0;
        loop {
            let path = self.path.join(format!(".{name}.{process}-{number}.tmp"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((path, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES => {
                    number += 1;
                }
                Err(error) => return Err(refused("write", &path)(error)),
            }
        }
    }
}

fn filled(file: File, fill: Fill<'_>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BUFFER, file);
    fill(&mut out)?;
    out.flush()
}

/// The path without `.` and `..`, by its words alone; links are looked for afterwards.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(plain.components().next_back(), Some(Component::Normal(_))) =>
            {
                plain.pop();
            }
            part => plain.push(part),
        }
        plain
    })
}

/// Makes one folder of a path in the workspace, or sees that it is one.
fn step(path: &Path, owner: Option<Owner>) -> Result<(), EvidenceError> {
    match fs::symlink_metadata(path) {
        Ok(known) if known.is_symlink() => Err(EvidenceError::Link(path.to_owned())),
        Ok(known) if known.is_dir() => Ok(()),
        Ok(_) => Err(EvidenceError::NotFolder(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir(path).map_err(refused("make the folder", path))?;
            hand_over(path, owner)
        }
        Err(error) => Err(refused("look at", path)(error)),
    }
}

/// The topmost part of the path that does not exist yet.
fn first_missing(path: &Path) -> Option<PathBuf> {
    let missing = path.ancestors().take_while(|part| !part.exists());
    missing.last().map(Path::to_owned)
}

/// Gives the folders from `first` down to `last` to the owner.
fn give(first: &Path, last: &Path, owner: Option<Owner>) -> Result<(), EvidenceError> {
    last.ancestors()
        .take_while(|part| part.starts_with(first))
        .try_for_each(|part| hand_over(part, owner))
}

#[cfg(unix)]
fn owner_of(workspace: &Path) -> Option<Owner> {
    use std::os::unix::fs::MetadataExt as _;
    let workspace = if workspace.as_os_str().is_empty() {
        Path::new(".")
    } else {
        workspace
    };
    fs::metadata(workspace)
        .ok()
        .map(|known| (known.uid(), known.gid()))
}

#[cfg(not(unix))]
fn owner_of(_: &Path) -> Option<Owner> {
    None
}

/// Gives what this process made to the owner of the workspace. Only root can, and only what root made needs it.
#[cfg(unix)]
fn hand_over(path: &Path, owner: Option<Owner>) -> Result<(), EvidenceError> {
    use std::os::unix::fs::{MetadataExt as _, lchown};
    let Some((user, group)) = owner else {
        return Ok(());
    };
    let known = fs::symlink_metadata(path).map_err(refused("look at", path))?;
    if known.uid() != 0 || (user, group) == (known.uid(), known.gid()) {
        return Ok(());
    }
    lchown(path, Some(user), Some(group))
        .map_err(refused("give to the owner of the workspace", path))
}

#[cfg(not(unix))]
fn hand_over(_: &Path, _: Option<Owner>) -> Result<(), EvidenceError> {
    Ok(())
}

#[cfg(test)]
mod tests;
