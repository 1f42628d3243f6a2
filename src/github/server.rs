//! Which GitHub this is. Addresses are used as they are given; the kind is for messages and for what a server cannot do.

/// The kinds of GitHub (GitHub docs, "Variables reference": `GITHUB_API_URL`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// github.com: `https://api.github.com`.
    DotCom,
    /// GitHub Enterprise Cloud with data residency: `https://api.SUB.ghe.com`.
    DataResidency,
    /// GitHub Enterprise Server: `https://HOST/api/v3`. Releases differ in what they can do.
    Enterprise,
}

impl Server {
    /// The kind of the API at this address.
    pub fn of(api_url: &str) -> Server {
        let rest = api_url.split_once("://").map_or(api_url, |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        let host = host.split(':').next().unwrap_or_default();
        let host = host.to_ascii_lowercase();
        if host == "api.github.com" {
            Server::DotCom
        } else if host.starts_with("api.") && host.ends_with(".ghe.com") {
            Server::DataResidency
        } else {
            Server::Enterprise
        }
    }

    /// As messages call it.
    pub fn name(self) -> &'static str {
        match self {
            Server::DotCom => "github.com",
            Server::DataResidency => "GitHub Enterprise Cloud with data residency",
            Server::Enterprise => "GitHub Enterprise Server",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_tells() {
        for (url, kind) in [
            ("https://api.github.com", Server::DotCom),
            ("https://API.github.com:443/", Server::DotCom),
            ("https://api.octo.ghe.com", Server::DataResidency),
            ("https://ghe.example/api/v3", Server::Enterprise),
            ("https://api.github.com.example/api/v3", Server::Enterprise),
            ("https://ghe.com.example/api.github.com", Server::Enterprise),
            ("https://api.github.com@ghe.example/", Server::Enterprise),
            ("http://127.0.0.1:8080", Server::Enterprise),
        ] {
            assert_eq!(Server::of(url), kind, "{url}");
        }
        assert_eq!(
            Server::of("https://x/api/v3").name(),
            "GitHub Enterprise Server"
        );
    }
}
