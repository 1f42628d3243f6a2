//! Cleaning in one pass for content that is as SARIF wants it, which is nearly all: it goes from text to text, without a
//! tree in between. Whatever is unknown, wrong, doubled or to be filled in is left to [`super::clean`], which says what
//! it did; where both can clean a value they give the same text.
//!
//! Must not know: secrets (their content always takes the careful way), what a member means to the gate.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::clean::{fitting, in_range};
use super::shape::{Shape, Type, shape};
use super::tables::Tables;
use super::{text, uri};

/// Elements of a list that are compared with one another; longer lists of distinct elements take the careful way.
const MOST_DISTINCT: usize = 256;

/// What the texts of a property bag's `tags` are.
static TAGS: LazyLock<Type> = LazyLock::new(|| Type::List(Box::new(Type::Text), false, true));

/// `json` cleaned, if nothing has to be said or looked up for it, with at most `steps` steps of code flows in it.
pub(super) fn clean<'b>(
    tables: &Tables,
    holds: &'static Type,
    json: &str,
    steps: usize,
    room: &'b mut Room,
) -> Option<&'b str> {
    room.out.clear();
    room.spans.clear();
    room.out.reserve(json.len());
    let mut work = Work {
        tables,
        room,
        steps,
    };
    let mut source = serde_json::Deserializer::from_str(json);
    let value = Clean {
        holds: Some(holds),
        work: &mut work,
    };
    value.deserialize(&mut source).ok()?;
    source.end().ok()?;
    std::str::from_utf8(&room.out).ok()
}

/// Memory that one value after the other is cleaned in.
#[derive(Default)]
pub(super) struct Room {
    out: Vec<u8>,
    /// Members and elements of the open objects and lists, innermost last.
    spans: Vec<Span>,
    /// For members that have to change places.
    turned: Vec<u8>,
}

/// What all levels share.
struct Work<'a> {
    tables: &'a Tables,
    room: &'a mut Room,
    /// Steps of code flows that may still come.
    steps: usize,
}

/// A piece of the output: an element, or a member from its name on.
struct Span {
    whole: Range<usize>,
    name: Range<usize>,
}

/// One value: of a type, or of any.
struct Clean<'w, 'a> {
    holds: Option<&'static Type>,
    work: &'w mut Work<'a>,
}

/// A text that is borrowed where it can be.
#[derive(Deserialize)]
struct Word<'a>(#[serde(borrow)] Cow<'a, str>);

/// Leaves a value to the careful way. Nobody reads why.
fn careful<T, E: Error>() -> Result<T, E> {
    Err(E::custom(""))
}

impl Work<'_> {
    fn text<E: Error>(
        &mut self,
        holds: Option<&Type>,
        value: &str,
        escaped: bool,
    ) -> Result<(), E> {
        let clean = match holds {
            None => text::plain(value),
            Some(Type::Word(words)) if words.contains(&value) => Cow::Borrowed(value),
            Some(holds) => match fitting(holds, value) {
                Ok(fits) => fits,
                Err(_) => return careful(),
            },
        };
        if escaped {
            return serde_json::to_writer(&mut self.room.out, &clean).map_err(E::custom);
        }
        // A text without an escape holds nothing that needs one, and cleaning adds nothing that does.
        self.room.out.push(b'"');
        self.room.out.extend_from_slice(clean.as_bytes());
        self.room.out.push(b'"');
        Ok(())
    }

    /// Begins a member, whose name needs no escape; its place and that of its name.
    fn name(&mut self, first: bool, name: &str) -> (usize, Range<usize>) {
        if !first {
            self.room.out.push(b',');
        }
        let start = self.room.out.len();
        self.room.out.push(b'"');
        let from = self.room.out.len();
        self.room.out.extend_from_slice(name.as_bytes());
        let to = self.room.out.len();
        self.room.out.extend_from_slice(b"\":");
        (start, from..to)
    }

    fn ended(&mut self, (start, name): (usize, Range<usize>)) {
        let whole = start..self.room.out.len();
        self.room.spans.push(Span { whole, name });
    }

    fn slice(&self, range: &Range<usize>) -> &[u8] {
        self.room.out.get(range.clone()).unwrap_or_default()
    }

    /// Closes the object whose members are the spans from `base`: they go out sorted by name, as a tree writes them.
    fn close<E: Error>(&mut self, base: usize) -> Result<(), E> {
        let Room { out, spans, turned } = &mut *self.room;
        let members = spans.get_mut(base..).unwrap_or_default();
        let piece = |range: &Range<usize>| out.get(range.clone()).unwrap_or_default();
        if !members.is_sorted_by(|a, b| piece(&a.name) < piece(&b.name)) {
            let start = members.first().map_or(0, |span| span.whole.start);
            members.sort_unstable_by(|a, b| piece(&a.name).cmp(piece(&b.name)));
            let same = |pair: &[Span]| match pair {
                [a, b] => piece(&a.name) == piece(&b.name),
                _ => false,
            };
            if members.windows(2).any(same) {
                return careful();
            }
            turned.clear();
            for span in members {
                if !turned.is_empty() {
                    turned.push(b',');
                }
                turned.extend_from_slice(piece(&span.whole));
            }
            out.truncate(start);
            out.extend_from_slice(turned);
        }
        self.room.spans.truncate(base);
        self.room.out.push(b'}');
        Ok(())
    }

    /// Whether the members from `base` on are enough for an object of this shape.
    fn suffices(&self, shape: &Shape, base: usize) -> bool {
        let members = self.room.spans.get(base..).unwrap_or_default();
        let has = |name: &str| {
            members
                .iter()
                .any(|span| self.slice(&span.name) == name.as_bytes())
        };
        let mut required = shape.members.iter().filter(|member| member.required);
        required.all(|member| has(member.name))
            && (shape.any_of.is_empty() || shape.any_of.iter().any(|name| has(name)))
            && (shape.one_of.is_empty()
                || shape.one_of.iter().filter(|name| has(name)).count() == 1)
    }
}

impl<'de> DeserializeSeed<'de> for Clean<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Clean<'_, 'a> {
    fn inner<'w>(work: &'w mut Work<'a>, holds: Option<&'static Type>) -> Clean<'w, 'a> {
        Clean { holds, work }
    }

    /// An object of a type of SARIF's.
    fn typed<'de, A: MapAccess<'de>>(self, name: &str, mut map: A) -> Result<(), A::Error> {
        let work = self.work;
        let Some(shape) = shape(name) else {
            return careful();
        };
        if name == "threadFlowLocation" {
            match work.steps.checked_sub(1) {
                Some(left) => work.steps = left,
                None => return careful(),
            }
        }
        let is_file = name == "artifactLocation";
        let (mut file, mut base_id, mut index) = (None, None, None);
        let base = work.room.spans.len();
        work.room.out.push(b'{');
        while let Some(Word(key)) = map.next_key()? {
            match &*key {
                "uri" if is_file && file.is_none() => file = Some(map.next_value::<Word<'_>>()?.0),
                "uriBaseId" if is_file && base_id.is_none() => {
                    base_id = Some(map.next_value::<Word<'_>>()?.0);
                }
                "index" if is_file && index.is_none() => index = Some(map.next_value::<i64>()?),
                // These name something elsewhere in the log, which has to be put in their place.
                "index" | "parentIndex" | "runGraphIndex" | "invocationIndex" | "toolComponent" => {
                    return careful();
                }
                key => {
                    let Some(member) = shape.member(key) else {
                        return careful();
                    };
                    let begun = work.name(work.room.spans.len() == base, key);
                    map.next_value_seed(Clean::inner(work, Some(&member.holds)))?;
                    work.ended(begun);
                }
            }
        }
        if is_file
            && let Some(resolved) = work
                .tables
                .resolved(file.as_deref(), base_id.as_deref(), index)
        {
            let begun = work.name(work.room.spans.len() == base, "uri");
            let file = uri::file(&resolved);
            work.text(Some(&Type::Reference), &file, true)?;
            work.ended(begun);
        }
        if !work.suffices(shape, base) {
            return careful();
        }
        work.close(base)
    }

    /// An object with names of the writer's own: a map, a property bag, a value of any kind.
    fn free<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (holds, work) = (self.holds, self.work);
        let base = work.room.spans.len();
        work.room.out.push(b'{');
        while let Some(Word(key)) = map.next_key()? {
            let odd = |b: u8| b < b' ' || b == b'"' || b == b'\\';
            if key.bytes().any(odd) || matches!(text::plain(&key), Cow::Owned(_)) {
                return careful();
            }
            let begun = work.name(work.room.spans.len() == base, &key);
            let of = match holds {
                Some(Type::Map(of)) => Some(&**of),
                Some(_) if key == "tags" => Some(&*TAGS),
                _ => None,
            };
            map.next_value_seed(Clean::inner(work, of))?;
            work.ended(begun);
        }
        work.close(base)
    }

    fn number<E: Error, N: serde::Serialize>(self, number: N, as_f64: f64) -> Result<(), E> {
        match self.holds {
            None => {}
            Some(Type::Number(bounds)) if in_range(*bounds, as_f64) => {}
            _ => return careful(),
        }
        serde_json::to_writer(&mut self.work.room.out, &number).map_err(E::custom)
    }

    fn whole<E: Error>(self, number: i64) -> Result<(), E> {
        match self.holds {
            Some(Type::Whole(least)) => {
                let fits = least.is_none_or(|least| number >= least)
                    && number.unsigned_abs() <= u64::from(i32::MAX.unsigned_abs());
                if !fits {
                    return careful();
                }
                serde_json::to_writer(&mut self.work.room.out, &number).map_err(E::custom)
            }
            #[expect(
                clippy::cast_precision_loss,
                reason = "as the JSON library widens it for the same question"
            )]
            _ => self.number(number, number as f64),
        }
    }
}

impl<'de> Visitor<'de> for Clean<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value as SARIF has it")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        if !matches!(self.holds, None | Some(Type::Bool)) {
            return careful();
        }
        let word: &[u8] = if value { b"true" } else { b"false" };
        self.work.room.out.extend_from_slice(word);
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.whole(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.whole(value),
            Err(_) => careful(),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.number(value, value)
    }

    fn visit_borrowed_str<E: Error>(self, value: &'de str) -> Result<(), E> {
        self.work.text(self.holds, value, false)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.work.text(self.holds, value, true)
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        if self.holds.is_some() {
            return careful();
        }
        self.work.room.out.extend_from_slice(b"null");
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let (of, filled, distinct) = match self.holds {
            None => (None, false, false),
            Some(Type::List(of, filled, distinct)) => (Some(&**of), *filled, *distinct),
            Some(_) => return careful(),
        };
        let work = self.work;
        let base = work.room.spans.len();
        work.room.out.push(b'[');
        loop {
            let more = work.room.spans.len() > base;
            let start = work.room.out.len();
            if more {
                work.room.out.push(b',');
            }
            let from = work.room.out.len();
            if seq.next_element_seed(Clean::inner(work, of))?.is_none() {
                work.room.out.truncate(start);
                break;
            }
            let whole = from..work.room.out.len();
            let same = |known: &Span| work.slice(&known.whole) == work.slice(&whole);
            let known = work.room.spans.get(base..).unwrap_or_default();
            if distinct && (known.len() >= MOST_DISTINCT || known.iter().any(same)) {
                return careful();
            }
            let name = from..from;
            work.room.spans.push(Span { whole, name });
        }
        if filled && work.room.spans.len() == base {
            return careful();
        }
        work.room.spans.truncate(base);
        work.room.out.push(b']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        match self.holds {
            Some(Type::Object(name)) => self.typed(name, map),
            None | Some(Type::Map(_) | Type::Bag) => self.free(map),
            Some(_) => careful(),
        }
    }
}
