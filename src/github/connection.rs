//! The connection to GitHub: runtime, certificate authorities and client, made when the first request is sent and not
//! before, because most of its cost is paid even if nothing is ever sent.
//!
//! Must not know: which requests are sent, and when they are tried again.
#![expect(
    clippy::disallowed_methods,
    reason = "certificate authorities are read when the first request needs them, and not before"
)]

use std::error::Error;
use std::time::Duration;

use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, Octocrab, OctocrabBuilder};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;

use super::client::Access;
use super::command::safe_log_text;
use super::error::Fault;
use super::limits::{ANSWER_BYTES, ERROR_TEXT_CHARS};

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
        let client = http_client(access, connect)?;
        let octocrab = {
            // octocrab starts a task of its own when it is built.
            let _entered = runtime.enter();
            OctocrabBuilder::new_empty()
                .with_service(ReqwestConnector::new(client))
                .with_auth(AuthState::None)
                .build()
        };
        match octocrab {
            Ok(octocrab) => Ok(Connection { runtime, octocrab }),
            Err(never) => match never {},
        }
    }

    /// Sends one request and reads its answer, all within `limit`.
    pub(super) fn send(
        &self,
        method: Method,
        uri: &str,
        body: Option<&Value>,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        let exchange = async {
            let response = match method {
                Method::Get => self.octocrab._get(uri).await,
                Method::Post => self.octocrab._post(uri, body).await,
                Method::Patch => self.octocrab._patch(uri, body).await,
            };
            let response = response.map_err(|error| unsent(&error))?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            // By way of reqwest, because its chunks can be counted.
            let mut response = reqwest::Response::from(response.map(reqwest::Body::wrap));
            let mut body = Vec::new();
            while let Some(chunk) = response
                .chunk()
                .await
                .map_err(|error| Fault::Broken(root(&error)))?
            {
                if body.len().saturating_add(chunk.len()) > ANSWER_BYTES {
                    return Err(Fault::Broken(format!(
                        "it is longer than {ANSWER_BYTES} bytes"
                    )));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(Answer {
                status,
                headers,
                body,
            })
        };
        self.runtime
            .block_on(async { tokio::time::timeout(limit, exchange).await })
            .unwrap_or(Err(Fault::Timeout))
    }
}

/// One HTTP client: rustls with ring, Mozilla's authorities and the user's; proxies by `HTTPS_PROXY` and `NO_PROXY`;
/// no redirects, since a redirected POST would be sent twice or turned into a GET.
fn http_client(access: &Access, connect: Duration) -> Result<reqwest::Client, Fault> {
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
    let mut token =
        HeaderValue::from_str(&format!("Bearer {}", access.token.reveal())).map_err(|_| {
            Fault::Setup(
                "the token holds characters that a header cannot carry; is a line end in it?"
                    .to_owned(),
            )
        })?;
    token.set_sensitive(true);
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .default_headers(HeaderMap::from_iter([(AUTHORIZATION, token)]))
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
            let text = root(http);
            return match http {
                // rustls says so in its innermost error; reqwest has no word for it.
                _ if http.is_connect() && text.contains("certificate") => Fault::Untrusted(text),
                _ if http.is_connect() => Fault::Unreachable(text),
                _ if http.is_builder() => Fault::Setup(text),
                _ if http.is_timeout() => Fault::Timeout,
                _ => Fault::Broken(text),
            };
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
