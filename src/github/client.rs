//! The one client of GitHub's REST API: octocrab behind the door that everything goes by.
//!
//! Must not know: what the requests are for. A write whose end is unknown is handed back (`Fault::maybe_done`): only the
//! caller can look whether it happened.

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

use super::connection::{Ask, Connection};
use super::limits;
use super::{ApiError, Fault, Pace};
use crate::http::limits::REDIRECTS;
use crate::http::{Address, Answer, Door, Method, Next, TOO_OFTEN, fault_of, next};
use crate::model::Hidden;

/// Where GitHub is and who we are.
#[derive(Clone, Debug)]
pub struct Access {
    /// Base of the API without a slash at its end (`https://api.github.com`, `https://HOST/api/v3`).
    pub api_url: String,
    /// The token.
    pub token: Hidden,
    /// PEM file with further certificate authorities, for a door of the client's own; see [`Client::over`].
    pub ca_bundle: Option<String>,
}

/// The client. Making one costs nothing: runtime, TLS and connection come with the first request.
pub struct Client {
    access: Access,
    door: Door,
    connection: Option<Connection>,
}

impl Client {
    /// A client with a door of its own that has not done anything yet.
    pub fn new(access: Access, pace: Pace) -> Client {
        let door = Door::new(access.ca_bundle.clone(), pace);
        Client::over(access, door)
    }

    /// A client over this door, whose certificate authorities count, not those of `access`.
    pub fn over(access: Access, door: Door) -> Client {
        Client {
            access,
            door,
            connection: None,
        }
    }

    /// The door, for other services, and for phases and laps of time.
    pub fn door(&mut self) -> &mut Door {
        &mut self.door
    }

    /// The door, when GitHub is done with.
    pub fn into_door(self) -> Door {
        self.door
    }

    /// Reads. Tried again after every failure that may pass.
    ///
    /// # Errors
    /// Whatever [`Fault`] says.
    pub fn get<R: DeserializeOwned>(&mut self, path: &str) -> Result<R, ApiError> {
        self.call(Method::Get, path, None)
    }

    /// Reads a list page by page, as long as `take` says so. `path` may have a query, but not `per_page` and `page`, which
    /// are added. `true` when the list was read to its end (a page with less than [`limits::PER_PAGE`] entries) or `take` had
    /// enough; `false` when there may be more than `most` pages.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn pages<T: DeserializeOwned>(
        &mut self,
        path: &str,
        most: usize,
        mut take: impl FnMut(Vec<T>) -> bool,
    ) -> Result<bool, ApiError> {
        let joint = if path.contains('?') { '&' } else { '?' };
        for page in 1..=most {
            let listed: Vec<T> = self.get(&format!(
                "{path}{joint}per_page={}&page={page}",
                limits::PER_PAGE
            ))?;
            let last = listed.len() < limits::PER_PAGE;
            if !take(listed) || last {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Creates. Tried again only where the request surely did nothing.
    ///
    /// # Errors
    /// Whatever [`Fault`] says; with [`Fault::maybe_done`] look before trying again.
    pub fn post<R: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<R, ApiError> {
        self.write(Method::Post, path, body)
    }

    /// Changes. Tried again only where the request surely did nothing.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn patch<R: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<R, ApiError> {
        self.write(Method::Patch, path, body)
    }

    /// Sets. Tried again only where the request surely did nothing.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn put<R: DeserializeOwned>(&mut self, path: &str, body: &Value) -> Result<R, ApiError> {
        self.write(Method::Put, path, body)
    }

    /// As [`Client::post`], with a body that is JSON already and not copied into another form: for large ones. It may take
    /// longer, by its size.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn post_bytes<R: DeserializeOwned>(
        &mut self,
        path: &str,
        json: Vec<u8>,
    ) -> Result<R, ApiError> {
        self.call(Method::Post, path, Some(json))
    }

    /// As [`Client::post`], where no answer is needed (204, 202).
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn post_quiet(&mut self, path: &str, body: &Value) -> Result<(), ApiError> {
        self.quiet(Method::Post, path, Some(body))
    }

    /// As [`Client::patch`], where no answer is needed.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn patch_quiet(&mut self, path: &str, body: &Value) -> Result<(), ApiError> {
        self.quiet(Method::Patch, path, Some(body))
    }

    /// As [`Client::put`], where no answer is needed.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn put_quiet(&mut self, path: &str, body: &Value) -> Result<(), ApiError> {
        self.quiet(Method::Put, path, Some(body))
    }

    /// Takes away. Tried again only where the request surely did nothing.
    ///
    /// # Errors
    /// As [`Client::post`].
    pub fn delete(&mut self, path: &str) -> Result<(), ApiError> {
        self.quiet(Method::Delete, path, None)
    }

    fn write<R: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<R, ApiError> {
        let body = json(body).map_err(|fault| failed(method, path, fault))?;
        self.call(method, path, Some(body))
    }

    fn call<R: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> Result<R, ApiError> {
        let answer = self.ask(path, asked(method, body))?;
        answer.json().map_err(|fault| failed(method, path, fault))
    }

    /// The answer has no body, or one that is JSON: a page of a proxy is not GitHub's.
    fn quiet(&mut self, method: Method, path: &str, body: Option<&Value>) -> Result<(), ApiError> {
        let body = body.map(json).transpose();
        let body = body.map_err(|fault| failed(method, path, fault))?;
        let answer = self.ask(path, asked(method, body))?;
        if answer.body.is_empty() {
            return Ok(());
        }
        let read = answer.json::<IgnoredAny>();
        read.map(|_| ())
            .map_err(|fault| failed(method, path, fault))
    }

    /// Sends a request with all that belongs to it, and gives back an answer of success.
    pub(super) fn ask(&mut self, path: &str, ask: Ask) -> Result<Answer, ApiError> {
        self.asked(path, &ask)
            .map_err(|fault| failed(ask.method, path, fault))
    }

    fn asked(&mut self, path: &str, ask: &Ask) -> Result<Answer, Fault> {
        let server = Address::read(&self.access.api_url)?.server();
        let (access, connection) = (&self.access, &mut self.connection);
        self.door.tries(&server, ask.method, |door| {
            once(door, access, connection, path, ask)
        })
    }
}

/// Sends once; a GET follows redirects within the same server, a download to others too, but then without the token.
fn once(
    door: &mut Door,
    access: &Access,
    connection: &mut Option<Connection>,
    path: &str,
    ask: &Ask,
) -> Result<Answer, Fault> {
    let connection = match connection {
        Some(connection) => &*connection,
        empty => empty.insert(Connection::open(door.wire()?, &access.token)?),
    };
    let mut to = Next::Here(format!("{}{path}", access.api_url));
    for _ in 0..=REDIRECTS {
        let time = if ask.away {
            door.pace().for_download()
        } else {
            door.pace().for_body(ask.body.as_ref().map_or(0, Vec::len))
        };
        let limit = door.limit(time);
        let wire = door.wire()?;
        let answer = match &to {
            Next::Here(uri) => connection.send(wire, uri, ask, limit)?,
            Next::Away(url) => wire.fetch(url.clone(), ask.most, limit)?,
        };
        match answer.status {
            200..=299 => return Ok(answer),
            301 | 302 | 307 | 308 if ask.method == Method::Get => {
                let target = answer.header("location").unwrap_or_default();
                to = next(&access.api_url, &to, target, ask.away)
                    .ok_or(Fault::Moved(answer.status))??;
            }
            500..=599 => return Err(Fault::Server(answer.status)),
            status if matches!(to, Next::Away(_)) => return Err(Fault::Storage(status)),
            // A server that repeats the token must not bring it into a log.
            _ => return Err(fault_of(&answer, &[access.token.reveal()])),
        }
    }
    Err(Fault::Moved(TOO_OFTEN))
}

fn asked(method: Method, body: Option<Vec<u8>>) -> Ask {
    Ask {
        method,
        body,
        accept: None,
        most: limits::ANSWER_BYTES,
        away: false,
    }
}

fn json(body: &impl Serialize) -> Result<Vec<u8>, Fault> {
    serde_json::to_vec(body).map_err(|error| Fault::Setup(format!("the body: {error}")))
}

fn failed(method: Method, path: &str, fault: Fault) -> ApiError {
    ApiError {
        tried: format!("{} {path}", method.word()),
        fault,
    }
}

/// Escapes one segment of a path or a value of a query (RFC 3986: all but the unreserved characters).
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_value_cannot_end_early() {
        assert_eq!(
            percent_encode("Gate & co/é#1"),
            "Gate%20%26%20co%2F%C3%A9%231"
        );
        assert_eq!(percent_encode("a-b_c.d~9"), "a-b_c.d~9");
    }

    #[test]
    fn making_a_client_reads_nothing() {
        let access = |api_url: &str| Access {
            api_url: api_url.to_owned(),
            token: Hidden::new("t"),
            ca_bundle: Some("/nowhere".to_owned()),
        };
        let mut client = Client::new(access("https://127.0.0.1:1"), Pace::default());
        assert!(client.connection.is_none());
        // Only a request does.
        let error = client.get::<Value>("/x").unwrap_err();
        assert!(error.to_string().contains("/nowhere"), "{error}");
        // An address without TLS is refused before that.
        let mut client = Client::new(access("http://ghe.example/api/v3"), Pace::default());
        let error = client.post::<Value>("/x", &Value::Null).unwrap_err();
        assert_eq!(error.fault, Fault::Address("it is not https"));
    }
}
