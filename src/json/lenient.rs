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

/// The text of a JSON string, number or boolean; nothing for null, lists and objects.
pub fn text_of(raw: Option<&RawValue>) -> Option<Cow<'_, str>> {
    let text = raw?.get();
    match text.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(text).ok().map(Cow::Owned),
        b'n' | b'{' | b'[' => None,
        _ => Some(Cow::Borrowed(text)),
    }
}
