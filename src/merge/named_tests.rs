use super::*;

fn line(path: &str, text: &str, name: &str, version: &str) -> Option<u32> {
    let named = Named::read(path, text.to_owned()).unwrap();
    named.package(name, Some(version).filter(|version| !version.is_empty()))
}

#[test]
fn every_ecosystem_names_its_packages_in_its_own_way() {
    let lock = "{\n  \"packages\": {\n    \"\": {\n      \"dependencies\": { \"lodash\": \"^4\" }\n    },\n    \"node_modules/lodash\": {\n      \"version\": \"4.17.20\"\n    },\n    \"node_modules/a/node_modules/lodash\": {\n      \"version\": \"3.0.0\"\n    },\n    \"node_modules/@babel/core\": {\n      \"version\": \"7.0.0\"\n    }\n  }\n}\n";
    let package = "{\n  \"scripts\": {\n    \"jest\": \"jest\"\n  },\n  \"devDependencies\": {\n    \"jest\": \"^29\",\n    \"@babel/core\": \"7\"\n  },\n  \"other\": \"x\"\n}\n";
    let yarn = "# yarn lockfile v1\n\n\"@babel/core@^7.0.0\", \"@babel/core@^7.1.0\":\n  version \"7.1.2\"\n  dependencies:\n    lodash \"^4\"\n\nlodash@^4.17.0:\n  version \"4.17.20\"\n\nlodash@npm:^3:\n  version: 3.0.0\n";
    let pnpm = "lockfileVersion: 5.4\npackages:\n  /lodash/4.17.20:\n    resolution: {}\n  /lodash@3.0.0:\n    dev: true\n  '@babel/core@7.0.0(react@18.0.0)':\n    dev: true\n";
    let poetry = "[[package]]\nname = \"Jinja2\"\nversion = \"3.0.0\"\n\n[[package]]\nname = \"zope.interface\"\nversion = \"5.0\"\n";
    let requirements = "# urllib3==1.0\n-r base.txt\nurllib3[secure]>=1.26 ; python_version > \"3\"\nFlask_Login==0.6 \\\nrequests\n";
    let pipfile = "{\n    \"default\": {\n        \"urllib3\": {\n            \"hashes\": [\n                \"x\"\n            ],\n            \"version\": \"==1.26.0\"\n        }\n    }\n}\n";
    let pyproject = "[project]\nname = \"x\"\ndependencies = [\n  \"requests[security]>=2\",\n  'urllib3 (>=1)',\n]\n[tool.poetry.dependencies]\npyyaml = \"^5\"\n";
    let cargo_lock = "[[package]]\nname = \"time\"\nversion = \"0.1.44\"\n\n[[package]]\nname = \"time\"\nversion = \"0.3.0\"\n";
    let cargo = "[package]\nname = \"time\"\n\n[dependencies]\ntime = \"0.3\"\nold = { package = \"time2\", version = \"1\" }\n\n[dependencies.serde]\nversion = \"1\"\n\n[features]\nrand = []\n";
    let go_mod = "module x\n\ngo 1.22\n\nrequire golang.org/x/net v0.1.0\n\nrequire (\n\tgithub.com/a/b v1.2.3 // indirect\n)\n";
    let go_sum = "golang.org/x/net v0.1.0 h1:x=\ngolang.org/x/net v0.1.0/go.mod h1:x=\ngolang.org/x/net v0.2.0/go.mod h1:x=\n";
    let pom = "<project>\n  <groupId>own</groupId>\n  <artifactId>own</artifactId>\n  <dependency>\n    <groupId>org.apache.logging.log4j</groupId>\n    <artifactId>log4j-core</artifactId>\n    <version>2.14.1</version>\n  </dependency>\n</project>\n";
    let gradle = "dependencies {\n  implementation 'com.google.guava:guava:31.0'\n  testImplementation(\"junit:junit:4.12\")\n}\n";
    let gem_lock =
        "GEM\n  specs:\n    rack (2.0.1)\n      x (~> 1)\n    rails (6.0.0)\n      rack (~> 2.0)\n";
    let gemfile = "source 'https://rubygems.org'\ngem 'rails', '~> 6'\ngem \"rack\"\n";
    let composer_lock = "{\n  \"packages\": [\n    {\n      \"name\": \"symfony/http-kernel\",\n      \"version\": \"v4.4.0\"\n    }\n  ]\n}\n";
    let composer = "{\n  \"name\": \"x/y\",\n  \"require\": {\n    \"php\": \">=7\",\n    \"symfony/http-kernel\": \"^4\"\n  }\n}\n";
    let nuget = "{\n  \"dependencies\": {\n    \"net6.0\": {\n      \"Newtonsoft.Json\": {\n        \"resolved\": \"9.0.1\"\n      }\n    }\n  }\n}\n";
    let props = "<Project>\n  <PackageVersion Include=\"Newtonsoft.Json\" Version=\"9.0.1\" />\n</Project>\n";
    let conda = "name: x\ndependencies:\n  - python=3.9\n  - numpy>=1.2\n";
    for (path, text, name, version, expected) in [
        ("package-lock.json", lock, "lodash", "4.17.20", Some(6)),
        ("a/package-lock.json", lock, "lodash", "3.0.0", Some(9)),
        ("package-lock.json", lock, "lodash", "9", Some(6)),
        ("package-lock.json", lock, "@babel/core", "", Some(12)),
        ("package-lock.json", lock, "react", "", None),
        ("package.json", package, "jest", "29.0.0", Some(6)),
        ("package.json", package, "@babel/core", "", Some(7)),
        ("package.json", package, "other", "", None),
        ("yarn.lock", yarn, "@babel/core", "7.1.2", Some(3)),
        ("yarn.lock", yarn, "lodash", "4.17.20", Some(8)),
        ("yarn.lock", yarn, "lodash", "3.0.0", Some(11)),
        ("pnpm-lock.yaml", pnpm, "lodash", "4.17.20", Some(3)),
        ("pnpm-lock.yaml", pnpm, "lodash", "3.0.0", Some(5)),
        ("pnpm-lock.yaml", pnpm, "@babel/core", "7.0.0", Some(7)),
        ("poetry.lock", poetry, "jinja2", "3.0.0", Some(2)),
        ("uv.lock", poetry, "zope-interface", "5.0", Some(6)),
        ("requirements.txt", requirements, "urllib3", "1.26", Some(3)),
        (
            "requirements-dev.txt",
            requirements,
            "flask-login",
            "",
            Some(4),
        ),
        ("requirements.txt", requirements, "Requests", "", Some(5)),
        ("Pipfile.lock", pipfile, "urllib3", "1.26.0", Some(3)),
        ("pyproject.toml", pyproject, "requests", "", Some(4)),
        ("pyproject.toml", pyproject, "urllib3", "", Some(5)),
        ("pyproject.toml", pyproject, "PyYAML", "", Some(8)),
        ("Cargo.lock", cargo_lock, "time", "0.3.0", Some(6)),
        ("Cargo.lock", cargo_lock, "time", "0.1.44", Some(2)),
        ("Cargo.toml", cargo, "time", "", Some(5)),
        ("Cargo.toml", cargo, "time2", "", Some(6)),
        ("Cargo.toml", cargo, "serde", "", Some(8)),
        ("Cargo.toml", cargo, "rand", "", None),
        ("go.mod", go_mod, "golang.org/x/net", "0.1.0", Some(5)),
        ("go.mod", go_mod, "github.com/a/b", "v1.2.3", Some(8)),
        ("go.mod", go_mod, "module", "", None),
        ("go.sum", go_sum, "golang.org/x/net", "v0.2.0", Some(3)),
        (
            "pom.xml",
            pom,
            "org.apache.logging.log4j:log4j-core",
            "2.14.1",
            Some(6),
        ),
        (
            "pom.xml",
            pom,
            "org.apache.logging.log4j/log4j-core",
            "",
            Some(6),
        ),
        ("pom.xml", pom, "log4j-core", "", Some(6)),
        (
            "build.gradle",
            gradle,
            "com.google.guava:guava",
            "31.0",
            Some(2),
        ),
        ("build.gradle.kts", gradle, "junit/junit", "", Some(3)),
        ("Gemfile.lock", gem_lock, "rack", "2.0.1", Some(3)),
        ("Gemfile.lock", gem_lock, "rails", "", Some(5)),
        ("Gemfile", gemfile, "rack", "2", Some(3)),
        (
            "composer.lock",
            composer_lock,
            "symfony/http-kernel",
            "4.4.0",
            Some(4),
        ),
        (
            "composer.json",
            composer,
            "symfony/http-kernel",
            "",
            Some(5),
        ),
        ("composer.json", composer, "x/y", "", None),
        (
            "packages.lock.json",
            nuget,
            "newtonsoft.json",
            "9.0.1",
            Some(4),
        ),
        (
            "Directory.Packages.props",
            props,
            "Newtonsoft.Json",
            "",
            Some(2),
        ),
        ("environment.yml", conda, "numpy", "", Some(4)),
    ] {
        assert_eq!(
            line(path, text, name, version),
            expected,
            "{path} {name} {version}"
        );
        // With the line ends of Windows it is the same.
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(
            line(path, &crlf, name, version),
            expected,
            "{path} {name} CRLF"
        );
    }
    for path in ["README.md", "main.rs", "", "requirements.in"] {
        assert!(Named::read(path, "x".to_owned()).is_none(), "{path}");
    }
}

#[test]
fn an_image_stands_where_it_is_named_and_what_is_built_stands_on_its_base() {
    let text = "# FROM nothing\nARG X=1\nFROM --platform=linux/amd64 golang:1.22 AS build\nRUN make\nfrom debian:12-slim as Base\nFROM scratch AS data\nFROM base\nCOPY --from=build /x /x\n";
    let named = |text: &str| Named::read("deploy/Dockerfile.prod", text.to_owned()).unwrap();
    let file = named(text);
    assert_eq!(file.image(Some("golang:1.21"), false), Some(3));
    assert_eq!(file.image(Some("debian"), true), Some(5));
    assert_eq!(
        file.image(Some("registry.example/own/app:1"), true),
        Some(5)
    );
    assert_eq!(file.image(None, true), Some(5));
    assert_eq!(file.image(Some("registry.example/own/app:1"), false), None);
    // A stage that names itself, or one that comes later, is no circle.
    let odd = named("FROM a AS a\nFROM b AS c\nFROM c AS b\n");
    assert_eq!(odd.image(None, true), Some(2));
    assert_eq!(named("").image(Some("x"), true), None);
    assert_eq!(named("FROM\nFROM --platform=x\n").image(None, true), None);
}

#[test]
fn a_part_of_a_version_is_another_version() {
    assert!(says("lodash@4.17.2:", "4.17.2") && says("x v1.2.3/go.mod", "1.2.3"));
    for line in [
        "4.17.20",
        "14.17.2",
        "4.17.2-beta",
        "4.17.2.1",
        "4.17.2+x",
        "",
    ] {
        assert!(!says(line, "4.17.2"), "{line}");
    }
}

#[test]
fn hostile_files_are_gone_through_once() {
    for path in [
        "package-lock.json",
        "package.json",
        "composer.lock",
        "Cargo.lock",
        "Cargo.toml",
        "pyproject.toml",
        "yarn.lock",
        "pnpm-lock.yaml",
        "requirements.txt",
        "go.sum",
        "pom.xml",
        "build.gradle",
        "Gemfile.lock",
        "Gemfile",
        "Directory.Packages.props",
        "environment.yml",
        "Dockerfile",
    ] {
        for text in [
            "\"\u{1f600}",
            "@",
            "\u{e9}@",
            "<artifactId>",
            "<groupId></artifactId>",
            "\"\": {",
            "\"\"",
            "'",
            "name =",
            "name = \"",
            "gem ",
            "gem \u{e9}",
            "- ",
            "/",
            "//:",
            "'/@:",
            "[",
            "[.",
            "[dependencies.]\n= \"",
            "Include=",
            "FROM \u{e9} AS",
            "\0",
            "::",
            "\u{1f600}@1:",
        ] {
            let named = Named::read(path, text.to_owned()).unwrap();
            assert_eq!(named.package("lodash", Some("1")), None, "{path} {text}");
            assert!(named.size() <= text.len());
        }
        let long = format!("\"lodash\": {{ {}\n", "x".repeat(LINE_BYTES));
        assert_eq!(line(path, &long, "lodash", ""), None, "{path}");
    }
    let same = "lodash==1\n".repeat(100_000);
    assert_eq!(line("requirements.txt", &same, "lodash", "2"), Some(1));
    let many: String = (0..NAMES + 10).map(|n| format!("p{n}==1\n")).collect();
    assert_eq!(line("requirements.txt", &many, "p0", ""), Some(1));
    let last = u32::try_from(NAMES).unwrap();
    assert_eq!(
        line("requirements.txt", &many, &format!("p{}", last - 1), ""),
        Some(last)
    );
    assert_eq!(
        line("requirements.txt", &many, &format!("p{last}"), ""),
        None
    );
    let stages: String = (0..5_000)
        .map(|n| format!("FROM s{n} AS s{}\n", n + 1))
        .collect();
    let file = Named::read("Dockerfile", stages).unwrap();
    assert_eq!(file.image(None, true), Some(1));
}
