//! Names of container images: `registry:5000/team/app:1.2@sha256:…`.

/// The parts of an image's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageName<'a> {
    /// Without tag and digest, as it is written.
    pub name: &'a str,
    /// As `name`; the default registry and namespace go too, as tools write them or not.
    pub repository: &'a str,
    /// The tag, where one is written.
    pub tag: Option<&'a str>,
    /// The digest with its algorithm (`sha256:…`), where one is written.
    pub digest: Option<&'a str>,
}

impl<'a> ImageName<'a> {
    /// Takes a name apart. Any text is a name: what has neither tag nor digest is all repository.
    pub fn of(image: &'a str) -> ImageName<'a> {
        let (name, digest) = match image.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (image, None),
        };
        // A colon before the last slash is that of a port.
        let (name, tag) = match name.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
            _ => (name, None),
        };
        let mut repository = name;
        for default in ["docker.io/", "index.docker.io/", "library/"] {
            repository = repository.strip_prefix(default).unwrap_or(repository);
        }
        ImageName {
            name,
            repository,
            tag,
            digest,
        }
    }
}

/// `registry:5000/team/app:1.2@sha256:…` → `registry:5000/team/app`: the part of an image's name that is identity.
pub fn image_repository(image: &str) -> &str {
    ImageName::of(image).repository
}

/// Whether the name of what was scanned is that of an image: it has a tag or a digest. A bare word may be a folder.
pub fn is_image(target: &str) -> bool {
    let path = target.starts_with(['/', '.']) || target.contains(['\\', ' ', '\t', '\n']);
    if path || target.contains("://") {
        return false;
    }
    let image = ImageName::of(target);
    let digest = image.digest.unwrap_or_default();
    digest.starts_with("sha256:") || image.tag.is_some_and(|tag| !tag.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_lose_tag_and_digest() {
        for (image, repository) in [
            ("alpine:3.10", "alpine"),
            ("docker.io/library/alpine:3.10@sha256:abc", "alpine"),
            ("localhost:5000/a/b", "localhost:5000/a/b"),
            ("localhost:5000/a/b:v1", "localhost:5000/a/b"),
            ("ghcr.io/o/app@sha256:00", "ghcr.io/o/app"),
        ] {
            assert_eq!(image_repository(image), repository);
        }
        let whole = ImageName::of("r:5000/a:1@sha256:0");
        assert_eq!(
            (whole.tag, whole.digest),
            (Some("1"), Some("sha256:0")),
            "{whole:?}"
        );
    }

    #[test]
    fn images_are_told_from_folders() {
        for (target, image) in [
            ("nginx:1.19", true),
            ("registry:5000/team/app:1.2", true),
            ("app@sha256:00ff", true),
            ("registry:5000/team/app", false),
            (".", false),
            ("examples/app", false),
            ("/srv/x:1", false),
            ("C:\\work", false),
            ("https://example.org/a:1", false),
            ("debian:10 (debian 10.13)", false),
            ("", false),
        ] {
            assert_eq!(is_image(target), image, "{target}");
        }
    }
}
