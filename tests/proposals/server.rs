//! What the log of a run says of the server before anything is judged.

use serde_json::json;

use super::world::World;
use crate::fake_github::Served;

fn line(served: Option<Served>) -> String {
    let mut world = World::push().report("trivy.json", r#"{"SchemaVersion":2,"Results":[]}"#);
    if let Some(served) = served {
        world = world.answers("/api/v3/meta", served);
    }
    let api = format!("{}/api/v3", world.github.url);
    world = world.env("GITHUB_API_URL", &api);
    let done = world.run("server");
    let log = done.ran.stdout.clone();
    let mut lines = log
        .lines()
        .skip_while(|line| !line.contains("Who will be told"));
    lines.nth(1).unwrap_or_default().to_owned()
}

#[test]
fn the_server_and_its_release_are_named() {
    let says = |version: &str| Some(Served::json(&json!({ "installed_version": version })));
    let name = "Server: GitHub Enterprise Server";
    assert_eq!(line(says("3.17.2")), format!("{name} 3.17.2"));
    let old = line(says("3.8.0"));
    assert!(
        old.contains("3.8.0; releases before 3.9 do not know"),
        "{old}"
    );
    // Nobody can say it, or what is said is no release.
    for served in [
        None,
        Some(Served::error(403, "no")),
        Some(Served::raw("<html>")),
        Some(Served::json(&json!({}))),
        says("3.9\n::error::x"),
    ] {
        assert_eq!(line(served), format!("{name}, release unknown"));
    }
}
