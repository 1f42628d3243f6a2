//! Downloads that GitHub sends to another server: the token stays here, and the address stays out of messages.

use sarif_gate::github::{Fault, NotFetched};

use super::super::fake_github::{FakeGithub, Served};
use super::super::support::TOKEN;
use super::artifact::{LIST, LOG, archive, entry, found, with};

#[test]
fn another_server_never_sees_the_token() {
    let storage = FakeGithub::start();
    storage.put("/zip?signature=1", Served::redirect("/moved"));
    storage.put("/moved", Served::raw(archive(&[("results.sarif", LOG)])));
    let github = with(&[entry(1)]);
    let to = format!("{}/zip?signature=1", storage.url);
    github.put(&format!("{LIST}/1/zip"), Served::redirect(&to));
    assert_eq!(found(&github).unwrap().bytes, LOG);
    assert_eq!(storage.requests().len(), 2);
    for request in storage.requests() {
        assert!(request.header("authorization").is_empty());
        assert!(
            request
                .headers
                .iter()
                .all(|(_, value)| !value.contains(TOKEN))
        );
    }
    for request in github.requests() {
        assert_eq!(request.header("authorization"), [format!("Bearer {TOKEN}")]);
    }
    // Sent back to GitHub, the request comes without the token.
    let github = with(&[entry(1)]);
    let back = format!("{}/back", github.url);
    storage.put("/zip?signature=1", Served::redirect(&back));
    github.put("/back", Served::raw(archive(&[("results.sarif", LOG)])));
    github.put(&format!("{LIST}/1/zip"), Served::redirect(&to));
    assert_eq!(found(&github).unwrap().bytes, LOG);
    let last = github.requests().pop().unwrap();
    assert_eq!(
        (last.path.as_str(), last.header("authorization").len()),
        ("/back", 0)
    );
}

#[test]
fn a_storage_that_refuses_is_told_from_github() {
    let storage = FakeGithub::start();
    storage.put(
        "/zip",
        Served::error(403, "Resource not accessible by integration"),
    );
    let github = with(&[entry(1)]);
    let fault = |to: &str| {
        github.put(&format!("{LIST}/1/zip"), Served::redirect(to));
        match found(&github).unwrap_err() {
            NotFetched::Api(error) => error,
            other => panic!("{other:?}"),
        }
    };
    let to = format!("{}/zip?sig=SIGNATURE", storage.url);
    assert_eq!(fault(&to).fault, Fault::Storage(403));
    assert_eq!(
        fault("ftp://storage.example/").fault,
        Fault::Astray("it is not https")
    );
    assert!(matches!(
        fault("http://a:b@127.0.0.1/").fault,
        Fault::Astray(_)
    ));
    // The address opens the place for everybody, so no message has it.
    let gone = fault("http://127.0.0.1:1/zip?sig=SIGNATURE");
    assert!(matches!(gone.fault, Fault::Unreachable(_)), "{gone:?}");
    assert!(!format!("{gone:?}").contains("SIGNATURE"));
    // Round and round.
    let round = format!("{}/round", storage.url);
    storage.put("/round", Served::redirect("/round"));
    assert!(matches!(fault(&round).fault, Fault::Moved(_)));
    // What is no download follows nobody.
    github.put(LIST, Served::redirect(&to));
    let error = found(&github).unwrap_err();
    assert!(
        matches!(&error, NotFetched::Api(api) if api.fault == Fault::Moved(302)),
        "{error}"
    );
}
