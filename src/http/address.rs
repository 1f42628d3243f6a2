//! Where a request goes: over TLS, or to this machine.

use std::net::IpAddr;

use super::fault::Fault;

/// An address that may be used. It has no `Debug`: it may hold what opens a place to everybody.
#[derive(Clone)]
pub(crate) struct Address {
    pub(super) url: reqwest::Url,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// [`Fault::Address`] where requests must not go: without TLS to another machine, or with a password in the address.
    pub(crate) fn read(text: &str) -> Result<Address, Fault> {
        let url = reqwest::Url::parse(text).map_err(|_| Fault::Address("it cannot be read"))?;
        refused(&url).map_or(Ok(Address { url }), |why| Err(Fault::Address(why)))
    }

    /// The server as pauses and rate limits know it: scheme, host and port.
    pub(crate) fn server(&self) -> String {
        self.url.origin().ascii_serialization()
    }
}

/// Why nothing may be sent there, if so.
pub(super) fn refused(url: &reqwest::Url) -> Option<&'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it holds a user or a password");
    }
    match (url.scheme(), url.host_str()) {
        ("https", Some(_)) => None,
        ("http", Some(host)) if is_loopback(host) => None,
        _ => Some("it is not https"),
    }
}

/// Whether this host is the machine itself; only there may a request go without TLS.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || bare
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tls_only_to_this_machine() {
        for good in [
            "https://api.github.com/x",
            "http://127.0.0.1:8080/x",
            "http://127.9.9.9",
            "http://localhost:1/",
            "http://LOCALHOST/",
            "http://[::1]:8/x",
        ] {
            assert!(Address::read(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "x",
            "/x",
            "http://api.github.com/x",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://10.0.0.1/",
            "http://[::2]/",
            "http://127.0.0.1@example.com/",
            "https://user:word@example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
        ] {
            assert!(
                matches!(Address::read(bad), Err(Fault::Address(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_server_is_scheme_host_and_port() {
        let server = |text: &str| Address::read(text).map(|a| a.server()).unwrap_or_default();
        assert_eq!(server("https://Hooks.example/a?b"), "https://hooks.example");
        assert_eq!(
            server("https://hooks.example:443/c"),
            "https://hooks.example"
        );
        assert_eq!(server("http://127.0.0.1:8/c"), "http://127.0.0.1:8");
    }
}
