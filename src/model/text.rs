//! Shared text. Scanners say the same description once for every package it touches, so a reader keeps one copy.

use std::collections::HashSet;
use std::sync::Arc;

/// Text that several findings may share; cloning it copies a pointer.
pub type Text = Arc<str>;

/// One copy of each text of a report.
#[derive(Default)]
pub struct Texts {
    known: HashSet<Text>,
}

impl Texts {
    /// The shared copy of `text`.
    pub fn share(&mut self, text: &str) -> Text {
        if let Some(known) = self.known.get(text) {
            return known.clone();
        }
        let fresh: Text = text.into();
        self.known.insert(fresh.clone());
        fresh
    }

    /// As [`Texts::share`], with nothing for an empty or blank text: scanners write `""` where they mean "none".
    pub fn share_some(&mut self, text: &str) -> Option<Text> {
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| self.share(trimmed))
    }
}

/// Whether a character shows nothing, changes the direction of writing or ends a line, without being a control character:
/// such text reads as another than it is (Trojan Source, CVE-2021-42574). From Unicode 16, DerivedCoreProperties,
/// `Default_Ignorable_Code_Point`; line and paragraph separators; interlinear marks.
pub fn is_shapeless(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x2028..=0x202E
        | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0x1BCA0..=0x1BCA3
        | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
}

/// Variation selectors that choose between the two faces of an emoji: shapeless, and harmless where people read.
pub fn is_emoji_selector(c: char) -> bool {
    matches!(c, '\u{fe0e}' | '\u{fe0f}')
}
