//! What comes of asking GitHub for an earlier run's evidence, wherever it is kept.

use super::limits;
use super::{ApiError, Fault};

/// An earlier run's `results.sarif`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The file as it was written then.
    pub bytes: Vec<u8>,
    /// Where it was, in one line ("artifact `sarif-gate-evidence` of run 123").
    pub place: String,
    /// The commit that it is of.
    pub sha: Option<String>,
    /// When it was taken, RFC 3339.
    pub taken: Option<String>,
    /// What readers must know besides.
    pub notes: Vec<String>,
}

/// Why there is none. No variant is ever a reason to go on as if nothing had been found before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// GitHub knows none that counts. Says what was looked at and what to do.
    #[error("{0}")]
    None(String),
    /// The token may not ask. Says which permission is missing.
    #[error("{0}")]
    Forbidden(String),
    /// There is one, and it cannot be used. Says what is wrong with it.
    #[error("{0}")]
    Unusable(String),
    /// The request failed for another reason.
    #[error(transparent)]
    Api(#[from] ApiError),
}

impl NotFetched {
    /// Reads a refused request: without `permission` a token gets 403, or 404 where it may not know of the repository.
    pub(super) fn of(error: ApiError, permission: &str) -> NotFetched {
        match &error.fault {
            Fault::Forbidden(_) | Fault::Unauthorized => {
                NotFetched::Forbidden(format!("{error}; give the job `permissions: {permission}`"))
            }
            Fault::NotFound => NotFetched::Forbidden(format!(
                "{error}; for a private repository the job needs `permissions: {permission}`"
            )),
            _ => NotFetched::Api(error),
        }
    }
}

/// How much is read at most, in bytes. The default is what [`limits`] says; tests hand in less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// What is downloaded.
    pub packed: usize,
    /// What comes out of it.
    pub unpacked: usize,
}

impl Default for Sizes {
    fn default() -> Sizes {
        Sizes {
            packed: limits::ARCHIVE_BYTES,
            unpacked: limits::UNPACKED_BYTES,
        }
    }
}
