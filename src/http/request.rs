//! What is sent and what comes back.

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::fault::{Failure, Fault};
use super::limits;
use super::said;
use crate::model::Hidden;

/// The methods that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Sets.
    Put,
    /// Changes.
    Patch,
    /// Takes away.
    Delete,
}

impl Method {
    /// As it stands in a request.
    pub fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }

    pub(crate) fn http(self) -> reqwest::Method {
        match self {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        }
    }
}

/// A request to a service that is not GitHub. [`Request::new`] makes the smallest one.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The service as messages call it: `Slack`.
    pub service: &'static str,
    /// What is asked for, as messages say it after the method: a path, or words. Holds no secret.
    pub what: &'a str,
    /// The method.
    pub method: Method,
    /// The whole address. It may be secret: it is in no message.
    pub url: &'a str,
    /// Headers. All are sent as sensitive, and none is in a message.
    pub headers: &'a [(&'static str, Hidden)],
    /// Media type of the body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: Option<&'a [u8]>,
    /// Taken out of whatever the server says, before a message is made of it, as the whole address, its path and the headers
    /// are. Where a part of the address is secret by itself (the end of a webhook's path, a key in a query), name it here.
    pub hidden: &'a [&'a Hidden],
    /// The longest answer that is read, in bytes.
    pub most: usize,
}

impl<'a> Request<'a> {
    /// A request without headers and body, for an answer of at most [`limits::ANSWER_BYTES`].
    pub fn new(service: &'static str, what: &'a str, method: Method, url: &'a str) -> Request<'a> {
        Request {
            service,
            what,
            method,
            url,
            headers: &[],
            content_type: None,
            body: None,
            hidden: &[],
            most: limits::ANSWER_BYTES,
        }
    }

    /// This request with what happened to it: also for who finds the fault in an answer of success.
    pub fn failed(&self, fault: Fault) -> Failure {
        Failure {
            tried: format!("{}: {} {}", self.service, self.method.word(), self.what),
            fault,
        }
    }

    /// The server's own words of an answer, without what is hidden, safe for a log and short.
    pub fn said(&self, answer: &Answer) -> String {
        said::words(answer, &self.secrets())
    }

    /// All that must be in no message, the longest first, so that no part of one stays behind.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let mut secrets: Vec<&str> = self.hidden.iter().map(|hidden| hidden.reveal()).collect();
        secrets.push(self.url);
        // Servers like to repeat the path that they do not know.
        let path = self
            .url
            .split_once("://")
            .and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
        for path in path
            .into_iter()
            .flat_map(|path| [Some(path), path.split('?').next()])
        {
            // A bare slash is no secret.
            secrets.extend(path.filter(|path| path.len() > 1));
        }
        for (_, value) in self.headers {
            secrets.push(value.reveal());
            secrets.extend(value.reveal().split_once(' ').map(|(_, rest)| rest));
        }
        secrets.retain(|secret| !secret.trim().is_empty());
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
    }
}

/// An answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    pub(crate) headers: HeaderMap,
}

impl Answer {
    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body read as JSON.
    ///
    /// # Errors
    /// [`Fault::NotJson`] when it is none, or another than was asked for.
    pub fn json<R: DeserializeOwned>(&self) -> Result<R, Fault> {
        serde_json::from_slice(&self.body).map_err(|_| Fault::NotJson)
    }
}
