//! octocrab on the one door's client: which requests GitHub's API gets, and what belongs to each of them.
//!
//! Must not know: when requests are tried again.

use std::error::Error;
use std::time::Duration;

use octocrab::service::middleware::reqwest_connector::ReqwestConnector;
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue,
};

use crate::http::{Answer, Fault, Method, Wire, bearer, http_fault, root, whole};
use crate::model::Hidden;

/// One request, without its address.
pub(super) struct Ask {
    pub(super) method: Method,
    /// JSON.
    pub(super) body: Option<Vec<u8>>,
    /// Media type that is asked for instead of GitHub's JSON.
    pub(super) accept: Option<&'static str>,
    /// The longest answer that is read, in bytes.
    pub(super) most: usize,
    /// Whether the answer may come from another server: a download.
    pub(super) away: bool,
}

impl Ask {
    /// Reads.
    pub(super) fn get(accept: Option<&'static str>, most: usize, away: bool) -> Ask {
        Ask {
            method: Method::Get,
            body: None,
            accept,
            most,
            away,
        }
    }
}

/// What is needed to send. Neither octocrab nor the client below knows the token: each request brings it, and only to the
/// API's own server.
pub(super) struct Connection {
    octocrab: Octocrab,
    authorization: HeaderValue,
}

impl Connection {
    /// Makes it.
    pub(super) fn open(wire: &Wire, token: &Hidden) -> Result<Connection, Fault> {
        let authorization = bearer(token)?;
        // octocrab starts a task of its own when it is built.
        let octocrab = wire.build(|client| {
            OctocrabBuilder::new_empty()
                .with_service(ReqwestConnector::new(client))
                .with_auth(AuthState::None)
                .build()
        });
        match octocrab {
            Ok(octocrab) => Ok(Connection {
                octocrab,
                authorization,
            }),
            Err(never) => match never {},
        }
    }

    /// Sends one request to GitHub and reads its answer, all within `limit`.
    pub(super) fn send(
        &self,
        wire: &Wire,
        uri: &str,
        ask: &Ask,
        limit: Duration,
    ) -> Result<Answer, Fault> {
        // With the headers that octocrab sends always: the version of the API.
        let mut request = self
            .octocrab
            .build_request(Default::default(), None::<&()>)
            .map_err(|error| unsent(&error))?;
        *request.method_mut() = ask.method.http();
        *request.uri_mut() = uri
            .parse()
            .map_err(|_| Fault::Address("it cannot be read"))?;
        self.head(request.headers_mut(), ask);
        if let Some(body) = &ask.body {
            *request.body_mut() = OctoBody::new(reqwest::Body::from(body.clone()));
        }
        wire.within(limit, async {
            let response = self.octocrab.execute(request).await;
            let response = response.map_err(|error| unsent(&error))?;
            // By way of reqwest, because its chunks can be counted.
            let response = reqwest::Response::from(response.map(reqwest::Body::wrap));
            whole(response, ask.most).await
        })
    }

    fn head(&self, headers: &mut HeaderMap, ask: &Ask) {
        headers.insert(AUTHORIZATION, self.authorization.clone());
        if let Some(accept) = ask.accept {
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
        }
        if ask.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            // octocrab counts the body that there was not.
            headers.remove(CONTENT_LENGTH);
        }
    }
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
