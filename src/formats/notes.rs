//! What a reader mended or dropped: a bounded list of sentences. A scanner makes the same mistake on every result, so
//! equal ones are counted.

/// The list.
#[derive(Default)]
pub(super) struct Notes {
    counted: Vec<(String, u64)>,
    left_out: u64,
}

/// Different repairs that are listed.
const MAX_NOTES: usize = 100;

impl Notes {
    /// Adds one sentence.
    pub(super) fn add(&mut self, note: impl AsRef<str> + Into<String>) {
        self.add_times(note, 1);
    }

    /// Adds a sentence that holds so many times.
    pub(super) fn add_times(&mut self, note: impl AsRef<str> + Into<String>, times: u64) {
        if times == 0 {
            return;
        }
        let known = self
            .counted
            .iter_mut()
            .find(|(known, _)| known == note.as_ref());
        if let Some((_, count)) = known {
            *count = count.saturating_add(times);
        } else if self.counted.len() < MAX_NOTES {
            self.counted.push((note.into(), times));
        } else {
            self.left_out = self.left_out.saturating_add(times);
        }
    }

    /// All sentences, the last one saying how many were left out.
    pub(super) fn into_sentences(self) -> Vec<String> {
        let mut sentences: Vec<String> = self
            .counted
            .into_iter()
            .map(|(note, count)| match count {
                1 => note,
                _ => format!("{note} ({count} times)"),
            })
            .collect();
        if self.left_out > 0 {
            sentences.push(format!("{} further repairs of other kinds", self.left_out));
        }
        sentences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_bounded_and_counted() {
        let mut notes = Notes::default();
        for n in 0..150 {
            notes.add(format!("note {n}"));
            notes.add("the same");
        }
        let said = notes.into_sentences();
        assert_eq!(said.len(), MAX_NOTES + 1);
        assert!(said.contains(&"the same (150 times)".to_owned()));
        assert!(
            said.last().is_some_and(|last| last.contains("51 further")),
            "{said:?}"
        );
    }
}
