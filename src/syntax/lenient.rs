//! Values that scanners get wrong without harm: a line number beyond any file, `1e999`, a number where a text belongs.
//! One bad cosmetic field must not lose the finding it stands on.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A value of the wanted type, or nothing when it is null or of another type. Only for fields whose loss cannot turn a
/// failing report into a passing one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrNothing<T>(pub Option<T>);

impl<T> Default for OrNothing<T> {
    fn default() -> Self {
        OrNothing(None)
    }
}

impl<'de: 'a, 'a, T: Deserialize<'a>> Deserialize<'de> for OrNothing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(OrNothing(serde_json::from_str(raw.get()).ok()))
    }
}

/// A list of such values: what is no list is one of nothing. Only for lists that name no finding.
pub type Loose<T> = OrNothing<Vec<OrNothing<T>>>;

/// The elements of a list that could be read.
pub fn each<T>(list: &Loose<T>) -> impl Iterator<Item = &T> {
    list.0.iter().flatten().filter_map(|one| one.0.as_ref())
}

/// A JSON value that is not looked at before it is needed; nothing where the member is absent or `null`.
pub type Raw<'a> = Option<&'a RawValue>;

/// A line or column number: a whole number from 1 up, as number or text; nothing for 0, negative, fractional or huge ones.
pub fn line_number(raw: Option<&RawValue>) -> Option<u32> {
    let text = raw?.get().trim_matches('"');
    text.parse::<u32>().ok().filter(|number| *number > 0)
}

/// A finite number, given as a JSON number or as a text that holds one.
pub fn decimal(raw: Option<&RawValue>) -> Option<f64> {
    let text = raw?.get().trim_matches('"').trim();
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// The text of a JSON string, number or boolean; nothing for null, lists and objects. A lone surrogate (`"\ud800"`),
/// which no UTF-8 text can hold, becomes U+FFFD.
pub fn text_of(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let text = raw?.get();
    match text.as_bytes().first()? {
        b'"' => {
            let inner = text.strip_prefix('"')?.strip_suffix('"')?;
            if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
                return Some(Cow::Borrowed(inner));
            }
            let exact = serde_json::from_str::<String>(text).ok();
            let mended = || serde_json::from_str::<Mended>(text).ok().map(|m| m.0);
            exact.or_else(mended).map(Cow::Owned)
        }
        b'n' | b'{' | b'[' => None,
        _ => Some(Cow::Borrowed(text)),
    }
}

/// A text with every lone surrogate replaced. serde_json hands them out only where bytes are asked for.
struct Mended(String);

impl<'de> Deserialize<'de> for Mended {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl serde::de::Visitor<'_> for Bytes {
            type Value = Mended;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Mended, E> {
                Ok(Mended(String::from_utf8_lossy(bytes).into_owned()))
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_sort() {
        for (json, text) in [
            (r#""plain""#, Some("plain")),
            (r#""a\nb""#, Some("a\nb")),
            (r#""x\ud800y""#, Some("x\u{fffd}\u{fffd}\u{fffd}y")),
            ("1e999", Some("1e999")),
            ("true", Some("true")),
            ("null", None),
            ("[]", None),
            ("{}", None),
        ] {
            let raw: &RawValue = serde_json::from_str(json).expect(json);
            assert_eq!(text_of(Some(raw)).as_deref(), text, "{json}");
        }
    }
}
