//! A comment that is written once and then kept up to date: found again by its first line and by who wrote it.
//!
//! Anybody can write a comment that begins as ours does, so what a person wrote is never changed unless the token is that
//! person's. Two runs at once may both write; the first comment stays, the others are taken away.
//!
//! Must not know: what the comment says.

use serde::Deserialize;
use serde_json::{Value, json};

use super::author::User;
use super::target::is_page;
use crate::github::limits::COMMENT_PAGES;
use crate::github::names::is_sha;
use crate::github::{ApiError, Client, Fault};
use crate::render::comment::{is_body, says_the_same};

/// The comments of one pull request, and which of them is ours.
pub(super) struct Thread<'a> {
    client: &'a mut Client,
    repository: &'a str,
    number: u64,
    /// What ours begins with.
    marker: &'a str,
    /// Whose token it is, once that was asked: a person's login, or nothing for a token of an app.
    me: Option<Option<String>>,
}

/// What became of the comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    Created,
    Updated,
    Unchanged,
}

/// The comment as it stands now.
pub(super) struct Stands {
    pub(super) became: Became,
    /// Its page.
    pub(super) url: Option<String>,
    /// What else was done, or could not be.
    pub(super) notes: Vec<String>,
}

/// Why the comment does not say what it should.
pub(super) enum NotWritten {
    /// GitHub refuses.
    Refused(ApiError),
    /// Something else went wrong; what, and what to do.
    Trouble(String),
    /// A later run has the say; why.
    Outrun(String),
}

impl From<ApiError> for NotWritten {
    fn from(error: ApiError) -> NotWritten {
        NotWritten::Refused(error)
    }
}

/// What is needed of GitHub's comments.
#[derive(Deserialize)]
struct Comment {
    id: u64,
    html_url: Option<String>,
    body: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct PullRequest {
    head: Option<Head>,
}

#[derive(Deserialize)]
struct Head {
    sha: Option<String>,
}

impl Comment {
    fn text(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    fn login(&self) -> Option<&str> {
        self.user.as_ref()?.login.as_deref()
    }

    fn by_bot(&self) -> bool {
        self.user.as_ref().is_some_and(User::is_bot)
    }

    fn stands(self, became: Became, notes: Vec<String>) -> Stands {
        Stands {
            became,
            url: self.html_url.filter(|url| is_page(url)),
            notes,
        }
    }
}

impl<'a> Thread<'a> {
    /// The comments of a pull request of `repository`, `owner/name`. `marker` is what the comment begins with.
    pub(super) fn new(
        client: &'a mut Client,
        repository: &'a str,
        number: u64,
        marker: &'a str,
    ) -> Thread<'a> {
        Thread {
            client,
            repository,
            number,
            marker,
            me: None,
        }
    }

    /// Sees to it that there is one comment of ours and that it says what `body` says. Where there is none, one is written
    /// only if it is `wanted`; `None` says that there is none. `head` is the commit that the body is about.
    pub(super) fn put(
        &mut self,
        body: &str,
        wanted: bool,
        head: &str,
    ) -> Result<Option<Stands>, NotWritten> {
        let mut found = self.find()?;
        if found.is_empty() {
            if !wanted {
                return Ok(None);
            }
            self.is_due(head)?;
            return self.create(body).map(Some);
        }
        let first = found.remove(0);
        if says_the_same(first.text(), body) {
            let notes = self.tidy(&first, &found);
            return Ok(Some(first.stands(Became::Unchanged, notes)));
        }
        self.is_due(head)?;
        match self.update(&first, body) {
            // Somebody took it away since it was looked for.
            Err(NotWritten::Refused(error)) if error.fault == Fault::NotFound => {
                self.create(body).map(Some)
            }
            Ok(now) => {
                let notes = self.tidy(&first, &found);
                Ok(Some(now.stands(Became::Updated, notes)))
            }
            Err(error) => Err(error),
        }
    }

    fn comments(&self) -> String {
        format!("/repos/{}/issues/{}/comments", self.repository, self.number)
    }

    fn comment(&self, id: u64) -> String {
        format!("/repos/{}/issues/comments/{id}", self.repository)
    }

    /// Ours, the oldest first.
    fn find(&mut self) -> Result<Vec<Comment>, NotWritten> {
        let mut marked: Vec<Comment> = Vec::new();
        let (path, marker) = (self.comments(), self.marker);
        let whole = self
            .client
            .pages(&path, COMMENT_PAGES, |page: Vec<Comment>| {
                marked.extend(
                    page.into_iter()
                        .filter(|one| one.text().starts_with(marker)),
                );
                true
            })?;
        if marked.iter().any(|comment| !comment.by_bot()) {
            let me = self.me();
            marked.retain(|comment| {
                comment.by_bot() || (me.is_some() && comment.login() == me.as_deref())
            });
        }
        if marked.is_empty() && !whole {
            return Err(NotWritten::Trouble(format!(
                "the pull request has more than {COMMENT_PAGES} pages of comments, and ours is not in what was read; a second one \
                 is not written"
            )));
        }
        marked.sort_by_key(|comment| comment.id);
        Ok(marked)
    }

    /// The person whose token it is. A token of a workflow or an app is nobody's, and GitHub refuses to say.
    fn me(&mut self) -> Option<String> {
        let client = &mut *self.client;
        self.me
            .get_or_insert_with(|| client.get::<User>("/user").ok().and_then(|user| user.login))
            .clone()
    }

    /// An older run that ends late must not put back what a newer one has said. Where the head of the pull request cannot be
    /// read, nobody knows, and the comment is written.
    fn is_due(&mut self, head: &str) -> Result<(), NotWritten> {
        let path = format!("/repos/{}/pulls/{}", self.repository, self.number);
        let now = self.client.get::<PullRequest>(&path).ok();
        let now = now.and_then(|pull| pull.head?.sha);
        match now.filter(|now| is_sha(now) && !now.eq_ignore_ascii_case(head)) {
            Some(now) => Err(NotWritten::Outrun(format!(
                "the pull request is at {now} by now, this run is of {head}; the comment is left to the run of the newer commit"
            ))),
            None => Ok(()),
        }
    }

    /// Writes the comment. When nobody knows whether that happened, looks for it and sends again only if it is not there.
    fn create(&mut self, body: &str) -> Result<Stands, NotWritten> {
        let (path, sent) = (self.comments(), wrapped(body));
        let made = match self.client.post::<Comment>(&path, &sent) {
            Ok(made) => made,
            Err(error) if error.fault.maybe_done() => {
                let Ok(found) = self.find() else {
                    return Err(error.into());
                };
                let same = |comment: &Comment| is_body(comment.text(), body);
                match found.into_iter().find(same) {
                    Some(made) => made,
                    None => self.client.post(&path, &sent)?,
                }
            }
            Err(error) => return Err(error.into()),
        };
        self.settle(made, body)
    }

    /// Another run may have written at the same moment. All runs keep the oldest.
    fn settle(&mut self, made: Comment, body: &str) -> Result<Stands, NotWritten> {
        let Ok(mut found) = self.find() else {
            let note = "it was not looked up whether another run wrote one at the same time";
            return Ok(made.stands(Became::Created, vec![note.to_owned()]));
        };
        found.retain(|one| one.login() == made.login());
        if found.first().is_none_or(|first| first.id >= made.id) {
            let notes = self.tidy(&made, &found);
            return Ok(made.stands(Became::Created, notes));
        }
        let first = found.remove(0);
        let notes = self.tidy(&first, &found);
        if says_the_same(first.text(), body) {
            return Ok(first.stands(Became::Unchanged, notes));
        }
        let now = self.update(&first, body)?;
        Ok(now.stands(Became::Updated, notes))
    }

    /// Changes the text. GitHub has answered 200 and changed nothing where a text was too long, so what it gives back is
    /// looked at.
    fn update(&mut self, comment: &Comment, body: &str) -> Result<Comment, NotWritten> {
        let (path, sent) = (self.comment(comment.id), wrapped(body));
        let now = match self.client.patch::<Comment>(&path, &sent) {
            Ok(now) => now,
            Err(error) if error.fault.maybe_done() => match self.client.get::<Comment>(&path) {
                Ok(now) if is_body(now.text(), body) => now,
                Ok(_) => self.client.patch(&path, &sent)?,
                Err(_) => return Err(error.into()),
            },
            Err(error) => return Err(error.into()),
        };
        match is_body(now.text(), body) {
            true => Ok(now),
            false => Err(NotWritten::Trouble(format!(
                "PATCH {path}: GitHub answers with success, but the comment has another text than was sent; delete it, and \
                 the next run writes it anew"
            ))),
        }
    }

    /// Takes the others of the same author away, and says what became of them.
    fn tidy(&mut self, keep: &Comment, others: &[Comment]) -> Vec<String> {
        let (mut gone, mut left) = (0_usize, Vec::new());
        for other in others {
            if other.id == keep.id || other.login().is_none() || other.login() != keep.login() {
                continue;
            }
            let path = self.comment(other.id);
            match self.client.delete(&path) {
                Ok(()) => gone += 1,
                Err(error) if matches!(error.fault, Fault::NotFound | Fault::Gone) => {}
                Err(error) => left.push(error.to_string()),
            }
        }
        let mut notes = Vec::new();
        if gone > 0 {
            notes.push(format!("{gone} older or doubled ones deleted"));
        }
        if let Some(first) = left.first() {
            let many = left.len();
            notes.push(format!("{many} doubled ones could not be deleted: {first}"));
        }
        notes
    }
}

fn wrapped(body: &str) -> Value {
    json!({ "body": body })
}
