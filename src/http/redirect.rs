//! Where redirects lead. Credentials are for one server: a redirect to another one is followed for downloads only, without
//! them, over TLS, and never with what the address itself might bring along. Writes follow nowhere.

use super::address::refused;
use super::fault::Fault;

/// Where the next request of a redirected GET goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// To the server itself, with the credentials.
    Here(String),
    /// To another server, without them.
    Away(reqwest::Url),
}

/// Where a redirect leads. `None` when that is nowhere that this request may go; an error when a download is sent to a place
/// that is not followed. Once away, no request comes back to the token.
pub(crate) fn next(
    api: &str,
    from: &Next,
    target: &str,
    away: bool,
) -> Option<Result<Next, Fault>> {
    match from {
        Next::Here(_) => match same_server(api, target) {
            Some(uri) => Some(Ok(Next::Here(uri))),
            None if away => Some(elsewhere(api, reqwest::Url::parse(target).ok())),
            None => None,
        },
        Next::Away(url) => Some(elsewhere(api, url.join(target).ok())),
    }
}

fn elsewhere(api: &str, url: Option<reqwest::Url>) -> Result<Next, Fault> {
    let url = url.ok_or(Fault::Astray("its address cannot be read"))?;
    if let Some(why) = refused(&url) {
        return Err(Fault::Astray(why));
    }
    // Without TLS is this machine: for its own servers, not for what somebody far away names.
    if url.scheme() == "http" && !api.starts_with("http://") {
        return Err(Fault::Astray("it is not https"));
    }
    Ok(Next::Away(url))
}

/// Where a redirect leads, if that is the API's own server.
fn same_server(api: &str, target: &str) -> Option<String> {
    let host = api.find("://").and_then(|at| at.checked_add(3))?;
    let origin_end = api
        .get(host..)?
        .find('/')
        .and_then(|at| at.checked_add(host))
        .unwrap_or(api.len());
    let origin = api.get(..origin_end)?;
    if target.starts_with('/') && !target.starts_with("//") && !target.starts_with("/\\") {
        return Some(format!("{origin}{target}"));
    }
    target
        .strip_prefix(origin)
        .filter(|rest| rest.starts_with('/'))
        .map(|_| target.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "https://ghe.example/api/v3";

    fn from_api(target: &str, away: bool) -> Option<Result<Next, Fault>> {
        next(API, &Next::Here(API.to_owned()), target, away)
    }

    #[test]
    fn the_token_goes_to_its_own_server_only() {
        for target in ["/x", "https://ghe.example/x"] {
            let here = Next::Here("https://ghe.example/x".to_owned());
            assert_eq!(from_api(target, false), Some(Ok(here.clone())), "{target}");
            assert_eq!(from_api(target, true), Some(Ok(here)), "{target}");
        }
        for target in [
            "https://ghe.example.evil/x",
            "https://ghe.example@evil/x",
            "https://ghe.example:8443/x",
            "http://ghe.example/x",
            "//evil/x",
            "/\\evil/x",
            "",
        ] {
            assert_eq!(from_api(target, false), None, "{target}");
            let away = from_api(target, true);
            assert!(!matches!(away, Some(Ok(Next::Here(_)))), "{target}");
        }
    }

    #[test]
    fn a_download_is_followed_over_tls_only() {
        let url = "https://storage.example/zip?sig=1";
        let away = Next::Away(reqwest::Url::parse(url).unwrap());
        assert_eq!(from_api(url, true), Some(Ok(away.clone())));
        for target in [
            "http://storage.example/zip",
            "ftp://storage.example/zip",
            "file:///etc/passwd",
            "https://user:word@storage.example/",
            "//storage.example/zip",
            "zip",
        ] {
            assert!(
                matches!(from_api(target, true), Some(Err(Fault::Astray(_)))),
                "{target}"
            );
        }
        // Back to the API's server is still away: no token.
        for target in ["/next", "https://ghe.example/x"] {
            assert!(
                matches!(next(API, &away, target, true), Some(Ok(Next::Away(_)))),
                "{target}"
            );
        }
        assert!(matches!(
            next(API, &away, "http://storage.example/", true),
            Some(Err(_))
        ));
        // Where the API itself is plain, as in tests.
        let plain = next(
            "http://127.0.0.1:1",
            &Next::Here(String::new()),
            "http://127.0.0.1:2/x",
            true,
        );
        assert!(matches!(plain, Some(Ok(Next::Away(_)))));
    }
}
