//! How lock files, manifests and Dockerfiles name packages and images: a line in, names out. Pure.

/// How a file names its packages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `"node_modules/NAME": {` or `"NAME": {`.
    JsonObject,
    /// `"NAME": "…"` within an object whose name ends in one of these words.
    JsonSection(&'static [&'static str]),
    /// `"name": "NAME"`.
    JsonName,
    /// `name = "NAME"`.
    TomlName,
    /// `NAME = …` in a table of dependencies, or a table of its own.
    TomlTable,
    /// Any quoted requirement, or a key.
    PyProject,
    /// `NAME@…:` at the start of a line.
    Yarn,
    /// `NAME@VERSION:` or `/NAME/VERSION:`.
    Pnpm,
    /// `NAME==…`.
    Requirements,
    /// `NAME VERSION`.
    Go,
    /// `<artifactId>NAME</artifactId>` near its `groupId`.
    Pom,
    /// `"GROUP:NAME:…"`.
    Gradle,
    /// `NAME (VERSION)`.
    GemfileLock,
    /// `gem "NAME"`.
    Gemfile,
    /// `Include="NAME"`.
    Props,
    /// `- NAME=…`.
    Conda,
    /// `FROM IMAGE`.
    Dockerfile,
}

impl Form {
    pub(super) fn of(path: &str) -> Option<Form> {
        let name = path.rsplit('/').next().unwrap_or(path);
        Some(match name {
            "package-lock.json" | "npm-shrinkwrap.json" | "Pipfile.lock" | "packages.lock.json" => {
                Form::JsonObject
            }
            "package.json" => Form::JsonSection(&["ependencies"]),
            "composer.json" => Form::JsonSection(&["require", "require-dev"]),
            "composer.lock" => Form::JsonName,
            "poetry.lock" | "uv.lock" | "Cargo.lock" => Form::TomlName,
            "Cargo.toml" => Form::TomlTable,
            "pyproject.toml" => Form::PyProject,
            "yarn.lock" => Form::Yarn,
            "pnpm-lock.yaml" => Form::Pnpm,
            "go.mod" | "go.sum" => Form::Go,
            "pom.xml" => Form::Pom,
            "build.gradle" | "build.gradle.kts" => Form::Gradle,
            "Gemfile.lock" => Form::GemfileLock,
            "Gemfile" => Form::Gemfile,
            "Directory.Packages.props" => Form::Props,
            "environment.yml" | "environment.yaml" => Form::Conda,
            _ if name.starts_with("requirements") && name.ends_with(".txt") => Form::Requirements,
            _ if name.starts_with("Dockerfile") || name.ends_with(".Dockerfile") => {
                Form::Dockerfile
            }
            _ => return None,
        })
    }

    /// Lines, from that of the name on, in which its version stands.
    pub(super) fn height(self) -> usize {
        match self {
            Form::JsonObject => 8,
            Form::JsonName | Form::TomlName | Form::Pom => 4,
            Form::Yarn => 2,
            _ => 1,
        }
    }
}

/// What lines before have said.
#[derive(Default)]
pub(super) struct Around {
    /// Within an object or a table of dependencies.
    inside: bool,
    /// The last `groupId`.
    group: Option<String>,
}

/// The names that a line holds.
pub(super) fn names(form: Form, line: &str, around: &mut Around) -> Vec<String> {
    let text = line.trim();
    let one = |name: Option<&str>| -> Vec<String> {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        name.map(str::to_owned).into_iter().collect()
    };
    match form {
        Form::JsonObject => {
            one(key(text)
                .filter(|(_, value)| value.starts_with('{'))
                .map(|(key, _)| match key.rfind("node_modules/") {
                    Some(at) => key
                        .get(at..)
                        .unwrap_or(key)
                        .trim_start_matches("node_modules/"),
                    None => key,
                }))
        }
        Form::JsonSection(ends) => {
            let Some((key, value)) = key(text) else {
                around.inside &= !text.starts_with('}');
                return Vec::new();
            };
            if value.starts_with('{') {
                around.inside = ends.iter().any(|end| key.ends_with(end)) && !value.contains('}');
                return Vec::new();
            }
            one(Some(key).filter(|_| around.inside))
        }
        Form::JsonName => one(key(text)
            .filter(|(key, _)| *key == "name")
            .and_then(|(_, value)| quoted(value))),
        Form::TomlName => one(text
            .strip_prefix("name")
            .and_then(|rest| quoted(rest.trim_start().strip_prefix('=')?.trim_start()))),
        Form::TomlTable => table(text, around).into_iter().collect(),
        Form::PyProject => {
            let key = text
                .split_once('=')
                .map(|(key, _)| key.trim().trim_matches('"'));
            let plain = key.filter(|key| requirement(key) == Some(key));
            let inside = text.split(['"', '\'']).skip(1).step_by(2);
            let mut names: Vec<String> = plain.map(str::to_owned).into_iter().collect();
            names.extend(inside.filter_map(requirement).map(str::to_owned));
            names
        }
        Form::Yarn if line.starts_with([' ', '#']) => Vec::new(),
        Form::Yarn => {
            let all = text
                .strip_suffix(':')
                .into_iter()
                .flat_map(|all| all.split(','));
            let name = all.filter_map(|one| before_at(one.trim().trim_matches('"')));
            let mut names: Vec<String> = name.map(str::to_owned).collect();
            names.dedup();
            names
        }
        Form::Pnpm => {
            let entry = text.trim_end_matches(" {}").strip_suffix(':');
            let entry = entry.map(|entry| entry.trim_matches(['\'', '"']));
            one(entry.and_then(|entry| match entry.strip_prefix('/') {
                Some(old) => before_at(old).or_else(|| old.rsplit_once('/').map(|(name, _)| name)),
                None => Some(before_at(entry).unwrap_or(entry)),
            }))
        }
        Form::Requirements => one(requirement(text)),
        Form::Go => {
            let text = text.strip_prefix("require ").unwrap_or(text);
            let mut words = text.split_whitespace();
            let (name, version) = (words.next(), words.next());
            one(name.filter(|_| version.is_some_and(|version| version.starts_with('v'))))
        }
        Form::Pom => {
            if let Some(group) = element(text, "groupId") {
                around.group = Some(group.to_owned());
            }
            let Some(artifact) = element(text, "artifactId") else {
                return Vec::new();
            };
            let group = around.group.take();
            let whole = group.map(|group| format!("{group}:{artifact}"));
            whole.into_iter().chain([artifact.to_owned()]).collect()
        }
        Form::Gradle => {
            let inside = text.split(['"', '\'']).skip(1).step_by(2);
            let two = inside.filter_map(|all| {
                let mut parts = all.split(':');
                let (group, name) = (parts.next()?, parts.next()?);
                (!group.is_empty() && !name.is_empty()).then(|| format!("{group}:{name}"))
            });
            two.collect()
        }
        Form::GemfileLock => one(text.split_once(" (").map(|(name, _)| name)),
        Form::Gemfile => one(text
            .strip_prefix("gem ")
            .and_then(|rest| quoted(rest.trim_start()))),
        Form::Props => one(text
            .split_once("Include=")
            .and_then(|(_, rest)| quoted(rest))),
        Form::Conda => one(text.strip_prefix("- ").and_then(requirement)),
        Form::Dockerfile => Vec::new(),
    }
}

/// The key and the value of a line of JSON.
fn key(text: &str) -> Option<(&str, &str)> {
    let (key, rest) = text.strip_prefix('"')?.split_once('"')?;
    Some((key, rest.trim_start().strip_prefix(':')?.trim_start()))
}

/// What stands between quotes at the beginning.
fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    text.get(1..)?.split_once(quote).map(|(inside, _)| inside)
}

/// The text of an element that begins and ends in one line.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let rest = text
        .strip_prefix('<')?
        .strip_prefix(name)?
        .strip_prefix('>')?;
    rest.split_once("</").map(|(inside, _)| inside.trim())
}

/// What stands before the `@` of a version; the one of a scope stands at the beginning.
fn before_at(text: &str) -> Option<&str> {
    let first = text.chars().next()?.len_utf8();
    let at = text.get(first..)?.find('@')?.saturating_add(first);
    text.get(..at)
}

/// The name at the beginning of a requirement (PEP 508).
fn requirement(text: &str) -> Option<&str> {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let known = rest.trim_start();
    let ends = known.is_empty()
        || known.starts_with(['=', '<', '>', '~', '!', '[', ';', '@', '#', '(', '\\', ',']);
    (name.starts_with(|c: char| c.is_ascii_alphanumeric()) && ends).then_some(name)
}

/// The name of a line of Cargo.toml.
fn table(text: &str, around: &mut Around) -> Option<String> {
    if let Some(table) = text.strip_prefix('[') {
        let table = table.trim_end_matches(']');
        around.inside = table.ends_with("dependencies");
        let (before, name) = table.rsplit_once('.')?;
        return before
            .ends_with("dependencies")
            .then(|| name.trim_matches('"').to_owned());
    }
    let (key, value) = text.split_once('=').filter(|_| around.inside)?;
    // Under another name than its own.
    let own = value
        .split_once("package")
        .and_then(|(_, rest)| quoted(rest.trim_start().strip_prefix('=')?.trim_start()));
    Some(own.unwrap_or(key.trim().trim_matches('"')).to_owned())
}

/// The image and the stage of a `FROM`.
pub(super) fn image(line: &str) -> Option<(&str, Option<&str>)> {
    let mut words = line.split_whitespace();
    words
        .next()
        .filter(|word| word.eq_ignore_ascii_case("from"))?;
    let mut words = words.skip_while(|word| word.starts_with("--"));
    let image = words.next()?;
    let named = words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("as"));
    Some((image, words.next().filter(|_| named)))
}
