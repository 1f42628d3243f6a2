//! The names under which an image is known, for statements about products: tags, digests, architecture.

use crate::model::{ImageName, Text};

/// Names that are kept of one image. Real ones have a handful of tags.
const MOST: usize = 1_000;
/// Longest name in bytes.
const LONGEST: usize = 1_000;

/// Collects the names of one image: with a tag, with a digest, bare digests.
pub(super) fn of_image<'a>(
    names: impl IntoIterator<Item = &'a str>,
    architecture: Option<&str>,
) -> Vec<Text> {
    let mut found: Vec<Text> = Vec::new();
    for name in names.into_iter().map(str::trim) {
        let fresh = !found.iter().any(|known| **known == *name);
        if !name.is_empty() && name.len() <= LONGEST && fresh && found.len() < MOST {
            found.push(name.into());
        }
    }
    let plain = |text: &str| {
        !text.is_empty() && text.len() <= LONGEST && text.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    if let (Some(first), Some(architecture)) = (found.first(), architecture.filter(|a| plain(a))) {
        let name = ImageName::of(first).repository.rsplit('/').next();
        let name =
            name.filter(|name| !name.is_empty() && !name.contains(['?', '#', '@', '%', ':']));
        found.push(format!("pkg:oci/{}?arch={architecture}", name.unwrap_or("image")).into());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_once_and_bounded() {
        let many: Vec<String> = (0..5_000).map(|n| format!("r/a:{n}")).collect();
        assert_eq!(of_image(many.iter().map(String::as_str), None).len(), MOST);
        let found = of_image(["r/a:1", "", "r/a:1", "sha256:00"], Some("amd64"));
        let found: Vec<&str> = found.iter().map(|name| &**name).collect();
        assert_eq!(found, ["r/a:1", "sha256:00", "pkg:oci/a?arch=amd64"]);
        assert!(of_image([], Some("amd64")).is_empty());
        assert_eq!(of_image(["a"], Some("x&y")).len(), 1);
    }
}
