//! Who brought what is new: the change, or somebody who found it out.

use super::*;

#[test]
fn a_package_that_the_base_had_is_disclosed() {
    let base = [vulnerable(1, "CVE-1", &["1.0", "2.0"])];
    let mut elsewhere = vulnerable(2, "CVE-2", &["1.0"]);
    elsewhere.target = Some("web/package-lock.json".into());
    elsewhere.locations = vec![at("web/package-lock.json", None, Place::Workspace)];
    for (finding, cause) in [
        (vulnerable(2, "CVE-2", &["1.0"]), Cause::Disclosed),
        (vulnerable(2, "CVE-2", &["1.0", "2.0"]), Cause::Disclosed),
        (vulnerable(2, "CVE-2", &["1.0", "3.0"]), Cause::Introduced),
        (vulnerable(2, "CVE-2", &["3.0"]), Cause::Introduced),
        (vulnerable(2, "CVE-2", &[]), Cause::Introduced),
        (elsewhere, Cause::Introduced),
    ] {
        let mut now = [vulnerable(1, "CVE-1", &["1.0", "2.0"]), finding];
        held(&mut now, &base);
        assert_eq!(now[1].known.state, Some(State::New));
        assert_eq!(now[1].known.cause, cause, "{:?}", now[1].package);
    }
}

fn touched(files: &[(&str, Touched)]) -> Changes {
    let files = files.iter().cloned();
    Changes {
        files: files
            .map(|(path, lines)| (path.to_owned(), lines))
            .collect(),
    }
}

#[test]
fn a_change_that_touches_none_of_its_files_did_not_bring_it() {
    let far = touched(&[("b.py", Touched::All)]);
    let near = touched(&[("a.py", Touched::Lines(vec![(1, 2)]))]);
    let lock = touched(&[("package-lock.json", Touched::All)]);
    let mut flow = code(2, "R", "a.py", 3);
    let json = r#"[{"threadFlows":[{"locations":[{"location":{"physicalLocation":{"artifactLocation":{"uri":"b.py"}}}}]}]}]"#;
    flow.carried = Some(Box::new(Carried {
        members: vec![("codeFlows", json.into())],
    }));
    let mut image = vulnerable(3, "CVE-3", &["1"]);
    image.target = Some("app".into());
    image.locations = vec![at("usr/lib/x", None, Place::Target)];
    image.stand_in = Some("Dockerfile".into());
    let mut manifest = vulnerable(4, "CVE-4", &["1"]);
    manifest.target = Some("web/go.mod".into());
    manifest.locations.clear();
    let in_file = hashed(secret(6, None), "aa:1", false);
    let cases = [
        (code(1, "R", "a.py", 3), &far, Cause::Disclosed, Some(false)),
        (
            code(1, "R", "a.py", 3),
            &near,
            Cause::Introduced,
            Some(false),
        ),
        (
            code(1, "R", "a.py", 2),
            &near,
            Cause::Introduced,
            Some(true),
        ),
        (flow, &far, Cause::Introduced, Some(false)),
        (
            vulnerable(2, "CVE-2", &["9"]),
            &far,
            Cause::Disclosed,
            Some(false),
        ),
        (
            vulnerable(2, "CVE-2", &["9"]),
            &lock,
            Cause::Introduced,
            Some(true),
        ),
        (image, &far, Cause::Introduced, None),
        (manifest, &far, Cause::Disclosed, Some(false)),
        (secret(5, None), &far, Cause::Introduced, Some(false)),
        (in_file, &far, Cause::Disclosed, Some(false)),
    ];
    for (finding, changes, cause, changed) in cases {
        let what = format!("{} {:?} {changes:?}", finding.rule, finding.locations);
        let mut now = [finding];
        compare(&mut now, &reports(), &baseline(&[]), Some(changes), NOW);
        assert_eq!(now[0].known.cause, cause, "{what}");
        assert_eq!(now[0].known.changed, changed, "{what}");
        now[0].known.first_seen = Some(NOW.into());
        past_unknown(&mut now, Some(changes));
        assert_eq!(now[0].known.cause, cause, "{what}");
        assert_eq!(now[0].known.changed, changed, "{what}");
        assert_eq!(now[0].known.state, None);
        assert_eq!(now[0].known.first_seen, None);
        past_unknown(&mut now, None);
        assert_eq!(now[0].known.cause, Cause::Introduced);
        assert_eq!(now[0].known.changed, None);
    }
}
