//! What became of telling one destination.

/// What became of telling one destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Id of the destination.
    pub id: &'static str,
    /// What became of it.
    pub status: Status,
}

/// Whether a destination was told. The texts are safe for a log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was.
    Done {
        /// What exactly ("conclusion failure, 50 of 120 annotations").
        detail: String,
        /// Its page.
        url: Option<String>,
    },
    /// It does not apply here, or was not wanted; the reason.
    Skipped(String),
    /// It should have been told and was not; what was tried and what to do.
    Failed(String),
}

impl Status {
    /// Done, without a page.
    pub(super) fn done(detail: impl Into<String>) -> Status {
        Status::Done {
            detail: detail.into(),
            url: None,
        }
    }
}

impl Delivery {
    /// Whether it was told: what `require-publish` asks.
    pub fn told(&self) -> bool {
        matches!(self.status, Status::Done { .. })
    }

    /// The delivery in one line, without the destination's name.
    pub fn line(&self) -> String {
        match &self.status {
            Status::Done {
                detail,
                url: Some(url),
            } => format!("{detail}: {url}"),
            Status::Done { detail, url: None } => detail.clone(),
            Status::Skipped(why) => format!("skipped: {why}"),
            Status::Failed(why) => format!("failed: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_says_what_became_of_it() {
        let line = |status| Delivery { id: "x", status }.line();
        assert_eq!(
            line(Status::Done {
                detail: "done".into(),
                url: Some("https://x".into())
            }),
            "done: https://x"
        );
        assert_eq!(line(Status::Skipped("off".into())), "skipped: off");
        assert_eq!(line(Status::Failed("no".into())), "failed: no");
        assert!(
            !Delivery {
                id: "x",
                status: Status::Skipped(String::new())
            }
            .told()
        );
    }
}
