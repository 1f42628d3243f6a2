//! The door to GitHub while facts are gathered, and afterwards: one client over the one door of the run, with one budget of
//! time for facts.

use crate::github::{Access, Client, Pace};
use crate::model::Hidden;
use crate::settings::Settings;

/// GitHub, where there is a token for it.
pub struct Hub {
    client: Client,
    repository: String,
}

impl Hub {
    /// The door of this run; `None` outside Actions and without a token.
    pub fn of(settings: &Settings) -> Option<Hub> {
        let context = &settings.context;
        let repository = context.repository.clone().filter(|_| context.actions)?;
        let token = usable(settings.token.as_ref())?;
        let access = Access {
            api_url: context.api_url.clone(),
            token,
            ca_bundle: settings.ca_bundle.clone(),
        };
        Some(Hub {
            client: Client::new(access, Pace::default()),
            repository,
        })
    }

    /// The client, for what comes before the facts.
    pub fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    /// The client with the door of this run, for what comes after the facts (`client.door().begin(…)`).
    pub fn into_client(self) -> Client {
        self.client
    }

    /// The client and the repository, `owner/name`.
    pub(super) fn parts(&mut self) -> (&mut Client, &str) {
        (&mut self.client, &self.repository)
    }
}

/// A token that is more than blanks.
fn usable(token: Option<&Hidden>) -> Option<Hidden> {
    token
        .filter(|token| !token.reveal().trim().is_empty())
        .cloned()
}
