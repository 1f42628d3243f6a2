//! Inputs that say who is told and belong together.

use super::resolver::{Field, Resolver};
use crate::model::Hidden;
use crate::settings::Jira;
use crate::settings::read_publish::{account, jira_project, server};

impl Resolver<'_> {
    /// An address that is a secret: whoever knows it can use it.
    pub(super) fn address(&mut self, name: &str, field: Field<Hidden>) -> Option<Hidden> {
        let address = self.secret(name, field)?;
        let (_, origin) = self.pick(field)?;
        let read = server(address.reveal()).map(|_| Hidden::new(address.reveal().trim()));
        self.take(name, origin, read)
    }

    /// Jira: everything or nothing.
    pub(super) fn jira(&mut self) -> Option<Jira> {
        let url = self.optional("jira-url", |i| &i.jira_url, server);
        let user = self.optional("jira-user", |i| &i.jira_user, account);
        let token = self.secret("jira-token", |i| &i.jira_token);
        let project = self.optional("jira-project", |i| &i.jira_project, jira_project);
        let (_, origin) = self.pick(|i| &i.jira_url)?;
        let (url, project) = match (url, project) {
            (Some(url), Some(project)) => (url, project),
            (Some(_), None) if self.pick(|i| &i.jira_project).is_none() => {
                self.refuse("jira-url", origin, "there is no jira-project beside it");
                return None;
            }
            _ => return None,
        };
        Some(Jira {
            url,
            user,
            token,
            project,
        })
    }
}
