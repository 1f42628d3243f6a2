//! Who wrote what stands on GitHub. Anybody can write a text that begins as ours does, so the author decides whether it is ours.

use serde::Deserialize;

use crate::github::{ApiError, Client, Fault};

/// What is needed of GitHub's users.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub(super) login: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl User {
    /// Workflows and apps write as bots; a person is of type `User`.
    pub(super) fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot")
    }
}

/// Whose token it is, asked when somebody first wants to know.
#[derive(Default)]
pub(super) struct Me(Option<Option<String>>);

impl Me {
    /// Whether this author is an app, or the person whose token it is. A token of a workflow is nobody's, and GitHub refuses to
    /// say whose.
    pub(super) fn wrote(
        &mut self,
        client: &mut Client,
        user: Option<&User>,
    ) -> Result<bool, ApiError> {
        let Some(user) = user else {
            return Ok(false);
        };
        if user.is_bot() {
            return Ok(true);
        }
        let me = match &self.0 {
            Some(me) => me,
            None => {
                let me = match client.get::<User>("/user") {
                    Ok(me) => me.login,
                    Err(error) if is_nobody(&error.fault) => None,
                    Err(error) => return Err(error),
                };
                self.0.insert(me)
            }
        };
        Ok(me.is_some() && user.login == *me)
    }
}

/// Answers that say that the token is no person's.
fn is_nobody(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Forbidden(_) | Fault::FeatureOff(_) | Fault::NotFound | Fault::Refused { .. }
    )
}
