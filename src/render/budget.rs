//! Fits a page into a number of bytes. GitHub counts bytes (65,535 for the summary of a check run, 1 MiB for a step summary), and what exceeds them is
//! refused or dropped whole, so a page is cut at the borders of its parts and says so.
//!
//! Must not know: what the parts say.

use super::phrase::{count, grouped};

/// One line of a list, one row of a table, or a paragraph: never cut.
pub(super) struct Item {
    /// With the line break at its end.
    pub(super) text: String,
    /// How many findings it shows.
    pub(super) findings: u64,
}

impl Item {
    /// A part that shows no findings.
    pub(super) fn plain(text: String) -> Item {
        Item { text, findings: 0 }
    }
}

/// Items with what stands before and after them; shown with both or not at all.
pub(super) struct Section {
    /// Headings, table head, an opened `<details>`.
    pub(super) open: String,
    /// What is shown as far as there is room, in this order.
    pub(super) items: Vec<Item>,
    /// What closes whatever `open` opened.
    pub(super) close: String,
    /// How many hundredths of the whole budget it may take, so that a long list leaves room for the parts after it.
    pub(super) share: usize,
    /// Findings that belong here and are no items.
    pub(super) left_out: u64,
}

impl Section {
    /// Bytes of all of it; none where there is nothing to show.
    pub(super) fn size(&self) -> usize {
        if self.items.is_empty() {
            return 0;
        }
        let items: usize = self.items.iter().map(|item| item.text.len()).sum();
        self.open.len() + self.close.len() + items
    }
}

/// The notice of a cut page.
fn notice(shown: u64, left_out: u64) -> String {
    let what = match left_out {
        0 => "**This page is cut to fit its place**; everything is in `verdict.json`.".to_owned(),
        more => format!(
            "**Shown: {} of {}**; the others are in `verdict.json`.",
            grouped(shown),
            count(shown.saturating_add(more), "finding", "findings")
        ),
    };
    format!("\n> {what}\n")
}

/// The page: head, notice if anything is left out, sections as far as they fit, foot; never more than `budget` bytes.
/// A budget that does not even hold the head gets its first lines.
pub(super) fn fit(head: &str, sections: &[Section], foot: &str, budget: usize) -> String {
    if let Some(page) = page(head, sections, foot, budget, 0) {
        return page;
    }
    let reserve = notice(u64::MAX, u64::MAX).len();
    page(head, sections, foot, budget, reserve)
        .or_else(|| page(head, sections, "", budget, reserve))
        .unwrap_or_else(|| first_lines(head, budget))
}

/// `reserve` 0 means: only if everything can be shown, or what is left out needs no cut.
fn page(
    head: &str,
    sections: &[Section],
    foot: &str,
    budget: usize,
    reserve: usize,
) -> Option<String> {
    let mut room = budget.checked_sub(head.len() + foot.len() + reserve)?;
    let everything = sections.iter().map(Section::size).sum::<usize>() <= room;
    let mut body = String::new();
    let (mut seen, mut left_out, mut cut) = (0u64, 0u64, false);
    for section in sections {
        left_out = left_out.saturating_add(section.left_out);
        let frame = section.open.len() + section.close.len();
        let most = if everything {
            room
        } else {
            room.min(budget / 100 * section.share)
        };
        let mut used = frame;
        let fitting = section.items.iter().take_while(|item| {
            used = used.saturating_add(item.text.len());
            used <= most
        });
        let fitting = fitting.count();
        let (shown, hidden) = section.items.split_at(fitting);
        cut |= !hidden.is_empty();
        left_out = hidden
            .iter()
            .fold(left_out, |sum, item| sum.saturating_add(item.findings));
        if shown.is_empty() {
            continue;
        }
        seen = shown
            .iter()
            .fold(seen, |sum, item| sum.saturating_add(item.findings));
        let start = body.len();
        body.push_str(&section.open);
        shown.iter().for_each(|item| body.push_str(&item.text));
        body.push_str(&section.close);
        room = room.saturating_sub(body.len().saturating_sub(start));
    }
    let notice = if cut || left_out > 0 {
        notice(seen, left_out)
    } else {
        String::new()
    };
    (notice.len() <= reserve).then(|| format!("{head}{notice}{body}{foot}"))
}

/// The whole lines that fit.
fn first_lines(text: &str, budget: usize) -> String {
    let mut used = 0usize;
    text.split_inclusive('\n')
        .take_while(|line| {
            used = used.saturating_add(line.len());
            used <= budget
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sections(rows: usize) -> Vec<Section> {
        let item = |index: usize| Item {
            text: format!("| zeile {index} ✖ größe |\n"),
            findings: 2,
        };
        vec![
            Section {
                open: "\n### Rows\n\n| a |\n|---|\n".to_owned(),
                items: (0..rows).map(item).collect(),
                close: String::new(),
                share: 60,
                left_out: 0,
            },
            Section {
                open: "\n<details><summary>x</summary>\n\n".to_owned(),
                items: (0..rows).map(item).collect(),
                close: "\n</details>\n".to_owned(),
                share: 100,
                left_out: 0,
            },
        ]
    }

    const HEAD: &str = "## ✖ fail\n- why\n";
    const FOOT: &str = "\nfoot\n";

    #[test]
    fn one_byte_decides() {
        let all = fit(HEAD, &sections(20), FOOT, usize::MAX / 200);
        assert!(!all.contains("verdict.json"));
        assert_eq!(fit(HEAD, &sections(20), FOOT, all.len()), all);
        assert_eq!(fit(HEAD, &sections(20), FOOT, all.len() + 1), all);
        let cut = fit(HEAD, &sections(20), FOOT, all.len() - 1);
        assert!(
            cut.len() < all.len()
                && cut.contains("of 80 findings**; the others are in `verdict.json`"),
            "{cut}"
        );
    }

    #[test]
    fn what_was_never_listed_is_said_too() {
        let mut sections = sections(1);
        sections[0].left_out = 7;
        assert!(fit(HEAD, &sections, FOOT, 10_000).contains("**Shown: 4 of 11 findings**"));
    }

    proptest! {
        #[test]
        fn never_over_budget_never_torn(rows in 0usize..40, budget in 0usize..3000) {
            let page = fit(HEAD, &sections(rows), FOOT, budget);
            prop_assert!(page.len() <= budget);
            prop_assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
            prop_assert!(page.is_empty() || page.ends_with('\n'));
            for line in page.lines().filter(|line| line.starts_with("| zeile")) {
                prop_assert!(line.ends_with("größe |"));
            }
            let shown = page.matches("zeile").count() as u64;
            let left: u64 = rows as u64 * 2 - shown;
            if page.contains("foot") && left > 0 {
                let notice = notice(shown * 2, left * 2);
                prop_assert!(page.contains(notice.as_str()), "{}", page);
            }
        }
    }
}
