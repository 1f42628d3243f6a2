//! What sends: runtime, certificate authorities and client, made when the first request is sent and not before, because most
//! of their cost is paid even if nothing is ever sent.
//!
//! Must not know: which requests are sent, and when they are tried again.
#![expect(
    clippy::disallowed_methods,
    reason = "certificate authorities are read when the first request needs them, and not before"
)]

use std::error::Error;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};

use super::fault::Fault;
use super::limits::{ANSWER_BYTES, ERROR_TEXT_CHARS};
use super::request::{Answer, Request};
use crate::model::{Hidden, safe_log_text};

/// How servers know us; without the header every request to GitHub is a 403.
const USER_AGENT: &str = concat!("sarif-gate/", env!("CARGO_PKG_VERSION"));

/// Runtime and client. The client knows no credentials: each request brings its own.
pub(crate) struct Wire {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
}

impl Wire {
    /// Makes runtime and client.
    pub(super) fn open(ca_bundle: Option<&str>, connect: Duration) -> Result<Wire, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|error| Fault::Setup(format!("the runtime: {}", root(&error))))?;
        Ok(Wire {
            runtime,
            client: http_client(ca_bundle, connect)?,
        })
    }

    /// Builds what sends by this client in a way of its own, and may start tasks.
    pub(crate) fn build<T>(&self, make: impl FnOnce(reqwest::Client) -> T) -> T {
        let _entered = self.runtime.enter();
        make(self.client.clone())
    }

    /// Waits for an exchange, but no longer than `limit`.
    pub(crate) fn within(
        &self,
        limit: Duration,
        exchange: impl Future<Output = Result<Answer, Fault>>,
    ) -> Result<Answer, Fault> {
        self.runtime
            .block_on(async { tokio::time::timeout(limit, exchange).await })
            .unwrap_or(Err(Fault::Timeout))
    }

    /// Reads without credentials.
    pub(crate) fn fetch(
        &self,
        url: reqwest::Url,
        most: usize,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        self.exchange(self.client.get(url), most, limit)
    }

    /// Sends a request to this address and reads its answer.
    pub(super) fn send(
        &self,
        request: &Request<'_>,
        url: reqwest::Url,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        let mut headers = HeaderMap::new();
        for (name, value) in request.headers {
            headers.insert(*name, sensitive(value.reveal(), "a header")?);
        }
        if let Some(kind) = request.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        let mut built = self
            .client
            .request(request.method.http(), url)
            .headers(headers);
        if let Some(body) = request.body {
            built = built.body(body.to_vec());
        }
        self.exchange(built, request.most, limit)
    }

    fn exchange(
        &self,
        request: reqwest::RequestBuilder,
        most: usize,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        self.within(limit, async {
            let response = request.send().await;
            whole(response.map_err(|error| http_fault(&error))?, most).await
        })
    }
}

/// A header's value that no log of a library shows.
fn sensitive(text: &str, what: &str) -> Result<HeaderValue, Fault> {
    let mut value = HeaderValue::from_str(text).map_err(|_| {
        Fault::Setup(format!(
            "{what} holds characters that a header cannot carry; is a line end in it?"
        ))
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The value of `authorization` for a token.
///
/// # Errors
/// [`Fault::Setup`] where a header cannot carry it.
pub(crate) fn bearer(token: &Hidden) -> Result<HeaderValue, Fault> {
    sensitive(&format!("Bearer {}", token.reveal()), "the token")
}

/// Reads an answer to its end, or until it is too long. A refusal may be longer than what was asked for.
pub(crate) async fn whole(mut response: reqwest::Response, most: usize) -> Result<Answer, Fault> {
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
        body,
        headers,
    })
}

/// One HTTP client: rustls with ring, Mozilla's authorities and the user's; proxies by `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`
/// and `NO_PROXY` in capitals or small letters; no redirects, since a redirected POST would be sent twice or turned into a
/// GET, and credentials go to one server only.
fn http_client(ca_bundle: Option<&str>, connect: Duration) -> Result<reqwest::Client, Fault> {
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
    if let Some(path) = ca_bundle {
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
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect)
        .tls_certs_only(roots)
        .build()
        .map_err(|error| certificate("the HTTP client", error))
}

/// Whether the request had begun when it failed. Only a failed connection is surely before it. The text is that of the
/// innermost cause, which does not hold the address: it may open the place to everybody.
pub(crate) fn http_fault(http: &reqwest::Error) -> Fault {
    let text = match http.source() {
        Some(cause) => root(cause),
        None => "the request failed".to_owned(),
    };
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
pub(crate) fn root(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut link = error.source();
    while let Some(current) = link {
        text = current.to_string();
        link = current.source();
    }
    safe_log_text(&text, ERROR_TEXT_CHARS)
}
