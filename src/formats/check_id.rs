//! One spelling for a check whose id Trivy changed twice: `DS002` and `AVD-DS-0002` up to 0.68, `DS-0002` since.

/// The present spelling of a check's id. Ids of other people's checks come back as they are.
pub(super) fn canonical(id: &str) -> String {
    let id = id.trim();
    if let Some(rest) = id.strip_prefix("AVD-")
        && family_and_number(rest, true).is_some()
    {
        return rest.to_owned();
    }
    match family_and_number(id, false) {
        // Only these families ever had ids without dashes; `ABC001` may be anybody's.
        Some((family @ ("DS" | "KSV" | "KCV"), number)) => format!("{family}-{number:0>4}"),
        _ => id.to_owned(),
    }
}

/// Splits `AWS-0089` (dashed) or `DS002` into letters and three or four digits.
fn family_and_number(id: &str, dashed: bool) -> Option<(&str, &str)> {
    let start = id.find(|c: char| c.is_ascii_digit())?;
    let (family, number) = id.split_at_checked(start)?;
    let family = if dashed {
        family.strip_suffix('-')?
    } else {
        family
    };
    let letters = !family.is_empty() && family.bytes().all(|byte| byte.is_ascii_uppercase());
    let digits =
        (3..=4).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    (letters && digits).then_some((family, number))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn three_spellings_are_one_check() {
        for (written, one) in [
            ("DS002", "DS-0002"),
            ("AVD-DS-0002", "DS-0002"),
            ("DS-0002", "DS-0002"),
            ("KSV116", "KSV-0116"),
            ("AVD-KSV-0116", "KSV-0116"),
            ("KCV0001", "KCV-0001"),
            ("AVD-AWS-0089", "AWS-0089"),
            ("AWS-0089", "AWS-0089"),
            ("AVD-", "AVD-"),
            ("AVD-é-1", "AVD-é-1"),
            ("USR-001", "USR-001"),
            ("ABC001", "ABC001"),
            ("DS00200", "DS00200"),
            ("", ""),
        ] {
            assert_eq!(canonical(written), one, "{written}");
            assert_eq!(canonical(&canonical(written)), one, "{written} twice");
        }
    }
}
