//! The connection to GitHub: runtime, certificate authorities and client, made when the first request is sent and not
//! before, because most of its cost is paid even if nothing is ever sent.
//!
//! Must not know: which requests are sent, and when they are tried again.
#![expect(
    clippy::disallowed_methods,
    reason = "certificate authorities are read when the first request needs them, and not before"
)]

use std::cell::OnceCell;
use std::error::Error;
use std::time::Duration;

use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;

use super::client::Access;
use super::command::safe_log_text;
use super::error::Fault;
use super::limits::{ANSWER_BYTES, ERROR_TEXT_CHARS};
use crate::model::Hidden;

/// How GitHub knows us; without the header every request is a 403.
const USER_AGENT: &str = concat!("sarif-gate/", env!("CARGO_PKG_VERSION"));

/// The methods that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Get,
    Post,
    Patch,
}

impl Method {
    pub(super) fn word(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Patch => "PATCH",
        }
    }
}

/// One request, without its address.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) body: Option<&'a Value>,
    /// Media type that is asked for instead of GitHub's JSON; for GET only.
    pub(super) accept: Option<&'static str>,
    /// The longest answer that is read, in bytes.
    pub(super) most: usize,
    /// Whether the answer may come from another server: a download.
    pub(super) away: bool,
}

/// An answer, whatever its status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What is needed to send.
pub(super) struct Connection {
    runtime: tokio::runtime::Runtime,
    octocrab: Octocrab,
    access: Access,
    connect: Duration,
    /// For other servers: knows no token. Made when GitHub sends us to one.
    stranger: OnceCell<reqwest::Client>,
}

impl Connection {
    /// Makes runtime and client.
    pub(super) fn open(access: &Access, connect: Duration) -> Result<Connection, Fault> {
        let setup =
            |what: &str, error: &dyn Error| Fault::Setup(format!("{what}: {}", root(error)));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| setup("the runtime", &error))?;
        let client = http_client(access, connect, Some(&access.token))?;
        let octocrab = {
            // octocrab starts a task of its own when it is built.
            let _entered = runtime.enter();
            OctocrabBuilder::new_empty()
                .with_service(ReqwestConnector::new(client))
                .with_auth(AuthState::None)
                .build()
        };
        match octocrab {
            Ok(octocrab) => Ok(Connection {
                runtime,
                octocrab,
                access: access.clone(),
                connect,
                stranger: OnceCell::new(),
            }),
            Err(never) => match never {},
        }
    }

    /// Sends one request to GitHub and reads its answer, all within `limit`.
    pub(super) fn send(&self, uri: &str, ask: Ask<'_>, limit: Duration) -> Result<Answer, Fault> {
        self.within(limit, async {
            let accept = ask.accept.map(HeaderValue::from_static);
            let headers = accept.map(|accept| HeaderMap::from_iter([(ACCEPT, accept)]));
            let response = match ask.method {
                Method::Get => self.octocrab._get_with_headers(uri, headers).await,
                Method::Post => self.octocrab._post(uri, ask.body).await,
                Method::Patch => self.octocrab._patch(uri, ask.body).await,
            };
            let response = response.map_err(|error| unsent(&error))?;
            // By way of reqwest, because its chunks can be counted.
            let response = reqwest::Response::from(response.map(reqwest::Body::wrap));
            whole(response, ask.most).await
        })
    }

    /// Reads from another server that GitHub named, without the token.
    pub(super) fn fetch(
        &self,
        url: reqwest::Url,
        most: usize,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        let client = match self.stranger.get() {
            Some(client) => client,
            None => {
                let made = http_client(&self.access, self.connect, None)?;
                self.stranger.get_or_init(|| made)
            }
        };
        self.within(limit, async {
            let response = client.get(url).send().await;
            // Its address holds a signature that opens the place for everybody.
            let response = response.map_err(|error| http_fault(&error.without_url()))?;
            whole(response, most).await
        })
    }

    fn within(
        &self,
        limit: Duration,
        exchange: impl Future<Output = Result<Answer, Fault>>,
    ) -> Result<Answer, Fault> {
        self.runtime
            .block_on(async { tokio::time::timeout(limit, exchange).await })
            .unwrap_or(Err(Fault::Timeout))
    }
}

/// Reads an answer to its end, or until it is too long. A refusal may be longer than what was asked for.
async fn whole(mut response: reqwest::Response, most: usize) -> Result<Answer, Fault> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let most = if response.status().is_success() {
        most
    } else {
        most.max(ANSWER_BYTES)
    };
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Fault::Broken(root(&error.without_url())))?
    {
        if body.len().saturating_add(chunk.len()) > most {
            return Err(Fault::TooLong(most));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// One HTTP client: rustls with ring, Mozilla's authorities and the user's; proxies by `HTTPS_PROXY` and `NO_PROXY`;
/// no redirects, since a redirected POST would be sent twice or turned into a GET, and the token goes to one server only.
fn http_client(
    access: &Access,
    connect: Duration,
    token: Option<&Hidden>,
) -> Result<reqwest::Client, Fault> {
    let certificate =
        |what: &str, error: reqwest::Error| Fault::Setup(format!("{what}: {}", root(&error)));
    // Fails when one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut roots = Vec::new();
    for der in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        roots.push(
            reqwest::Certificate::from_der(der)
                .map_err(|error| certificate("the built-in authorities", error))?,
        );
    }
    if let Some(path) = &access.ca_bundle {
        let shown = safe_log_text(path, ERROR_TEXT_CHARS);
        let pem = std::fs::read(path)
            .map_err(|error| Fault::Setup(format!("ca-bundle `{shown}`: {error}")))?;
        let more = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|error| certificate(&format!("ca-bundle `{shown}` is no PEM file"), error))?;
        if more.is_empty() {
            return Err(Fault::Setup(format!(
                "ca-bundle `{shown}` holds no certificate"
            )));
        }
        roots.extend(more);
    }
    // As OpenSSL does, a file that is not there is passed over: the variable may speak of another machine.
    if let Some(pem) = std::env::var_os("SSL_CERT_FILE").and_then(|path| std::fs::read(path).ok()) {
        roots.extend(reqwest::Certificate::from_pem_bundle(&pem).unwrap_or_default());
    }
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        let mut token =
            HeaderValue::from_str(&format!("Bearer {}", token.reveal())).map_err(|_| {
                Fault::Setup(
                    "the token holds characters that a header cannot carry; is a line end in it?"
                        .to_owned(),
                )
            })?;
        token.set_sensitive(true);
        headers.insert(AUTHORIZATION, token);
    }
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect)
        .tls_certs_only(roots)
        .build()
        .map_err(|error| certificate("the HTTP client", error))
}

/// Whether the request had begun when it failed. Only a failed connection is surely before it.
fn unsent(error: &octocrab::Error) -> Fault {
    let mut link: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = link {
        if let Some(http) = current.downcast_ref::<reqwest::Error>() {
            return http_fault(http);
        }
        link = current.source();
    }
    match error {
        octocrab::Error::UriParse { .. }
        | octocrab::Error::Uri { .. }
        | octocrab::Error::Serde { .. } => Fault::Setup(root(error)),
        _ => Fault::Broken(root(error)),
    }
}

fn http_fault(http: &reqwest::Error) -> Fault {
    let text = root(http);
    match http {
        // rustls says so in its innermost error; reqwest has no word for it.
        _ if http.is_connect() && text.contains("certificate") => Fault::Untrusted(text),
        _ if http.is_connect() => Fault::Unreachable(text),
        _ if http.is_builder() => Fault::Setup(text),
        _ if http.is_timeout() => Fault::Timeout,
        _ => Fault::Broken(text),
    }
}

/// The innermost cause: the outer ones repeat the address.
fn root(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut link = error.source();
    while let Some(current) = link {
        text = current.to_string();
        link = current.source();
    }
    safe_log_text(&text, ERROR_TEXT_CHARS)
}
