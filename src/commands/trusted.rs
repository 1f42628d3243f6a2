//! The files that count on a pull request, from GitHub: the tip of the branch that it is going to, and config files of other
//! repositories.

use std::cell::RefCell;
use std::rc::Rc;

use serde::Deserialize;

use crate::github::client::percent_encode;
use crate::github::{Access, ApiError, Client, Fault, Pace};
use crate::model::{Context, Hidden};
use crate::settings::Base;

/// A ref of git.
#[derive(Deserialize)]
struct Ref {
    object: Commit,
}

/// A commit.
#[derive(Deserialize)]
struct Commit {
    sha: String,
}

/// A file as the contents API gives it. Up to 1 MB, which is also the most that a config file may have.
#[derive(Deserialize)]
struct Content {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    encoding: String,
    #[serde(default)]
    content: String,
}

/// Finds the tip of the branch that a proposed change is going to. Its files are read when they are asked for, all of them
/// at this one commit.
pub(super) fn base(
    context: &Context,
    token: Option<&Hidden>,
    ca_bundle: Option<&str>,
) -> Result<Base, String> {
    let repository = context
        .repository
        .clone()
        .ok_or("the event does not say which repository it is about")?;
    let branch = context
        .base_ref
        .clone()
        .ok_or("the event does not say which branch it is going to")?;
    let mut client = client(context, token, ca_bundle)?;
    let path = format!("/repos/{repository}/git/ref/heads/{}", segments(&branch));
    let Ref { object } = client.get(&path).map_err(|error| error.to_string())?;
    let client = RefCell::new(client);
    let sha = object.sha;
    let at = sha.clone();
    Ok(Base {
        sha,
        branch,
        read: Rc::new(move |path| file(&mut client.borrow_mut(), &repository, path, &at)),
    })
}

/// A file of another repository and the commit that it is of.
pub(super) fn central(
    context: &Context,
    repository: &str,
    path: &str,
    reference: &str,
    token: Option<&Hidden>,
    ca_bundle: Option<&str>,
) -> Result<(Vec<u8>, String), String> {
    let mut client = client(context, token, ca_bundle)?;
    let repository = segments(repository);
    let asked = format!("/repos/{repository}/commits/{}", segments(reference));
    let Commit { sha } = client.get(&asked).map_err(|error| error.to_string())?;
    let bytes = file(&mut client, &repository, path, &sha)?
        .ok_or_else(|| format!("there is no file {path} at {sha}"))?;
    Ok((bytes, sha))
}

fn client(
    context: &Context,
    token: Option<&Hidden>,
    ca_bundle: Option<&str>,
) -> Result<Client, String> {
    let token = token.ok_or("there is no token")?.clone();
    let access = Access {
        api_url: context.api_url.clone(),
        token,
        ca_bundle: ca_bundle.map(str::to_owned),
    };
    Ok(Client::new(access, Pace::default()))
}

/// A file at a commit; `None` where it has none.
fn file(
    client: &mut Client,
    repository: &str,
    path: &str,
    sha: &str,
) -> Result<Option<Vec<u8>>, String> {
    let asked = format!("/repos/{repository}/contents/{}?ref={sha}", segments(path));
    let found: Result<Content, ApiError> = client.get(&asked);
    match found {
        Ok(file) if file.kind == "file" && file.encoding == "base64" => decoded(&file.content)
            .map(Some)
            .ok_or_else(|| format!("{path} at {sha} was not answered as base64")),
        Ok(_) => Err(format!(
            "{path} at {sha} is no file of at most 1 MB (a folder, a link, a submodule, or too large)"
        )),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Parts of a path, each escaped.
fn segments(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(percent_encode).collect();
    parts.join("/")
}

/// Base64 with line ends (RFC 4648, section 4); `None` for anything else.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits) = (0_u32, 0_u32);
    for letter in text.bytes().filter(|b| !b.is_ascii_whitespace()) {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => continue,
            _ => return None,
        };
        word = (word << 6 | u32::from(six)) & 0xFF_FFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(word >> bits & 0xFF).ok()?);
        }
    }
    // One letter alone holds no byte.
    (bits < 6).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64() {
        for (text, expected) in [
            ("", Some("")),
            ("Zg==", Some("f")),
            ("Zm8=", Some("fo")),
            ("Zm9v\nYmFy\n", Some("foobar")),
            ("Z", None),
            ("Zm9*", None),
        ] {
            let bytes = decoded(text);
            assert_eq!(bytes.as_deref(), expected.map(str::as_bytes), "{text}");
        }
    }
}
