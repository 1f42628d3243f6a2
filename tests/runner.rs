//! How the runner of GitHub Actions reads what a step prints and writes, from its source and not from ours: the two
//! syntaxes of workflow commands (`Runner.Common/ActionCommand.cs`) and the files of commands
//! (`Runner.Worker/FileCommandManager.cs`).

/// A command that the runner would obey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Obeyed {
    /// Its name, lower case.
    pub(crate) name: String,
    /// Its properties, unescaped.
    pub(crate) properties: Vec<(String, String)>,
    /// Its data, unescaped.
    pub(crate) data: String,
    /// In the old syntax, `##[name]`.
    pub(crate) old: bool,
}

const REGISTERED: [&str; 17] = [
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "add-path",
    "set-env",
    "set-output",
    "save-state",
    "debug",
    "warning",
    "error",
    "notice",
    "group",
    "endgroup",
    "echo",
    "stop-commands",
    "internal-set-repo-path",
    "set-secret",
];

/// Every command in a stream. Lines end at LF, CR and CR LF.
pub(crate) fn commands(stream: &str) -> Vec<Obeyed> {
    stream.split(['\n', '\r']).filter_map(obey).collect()
}

/// A culture-sensitive comparison of .NET skips these; a line is read without them, which is the worst that can happen.
fn skipped(c: char) -> bool {
    c == '\0'
        || matches!(u32::from(c), 0xAD | 0x34F | 0x61C | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E
            | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xE0000..=0xE0FFF)
}

fn obey(line: &str) -> Option<Obeyed> {
    let line: String = line.chars().filter(|c| !skipped(*c)).collect();
    second(line.trim_start()).or_else(|| first(&line))
}

/// `::name key=value,key=value::data` at the start of a line.
fn second(line: &str) -> Option<Obeyed> {
    let (info, data) = line.strip_prefix("::")?.split_once("::")?;
    let unescape = |text: &str, pairs: &[(&str, &str)]| {
        pairs
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let common = [
        ("%0D", "\r"),
        ("%0A", "\n"),
        ("%3A", ":"),
        ("%2C", ","),
        ("%25", "%"),
    ];
    let (name, properties) = named(info)?;
    Some(Obeyed {
        name,
        properties: properties
            .split(',')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), unescape(value, &common)))
            .collect(),
        data: unescape(data, &[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]),
        old: false,
    })
}

/// `##[name key=value;key=value]data` anywhere in a line.
fn first(line: &str) -> Option<Obeyed> {
    let (_, rest) = line.split_once("##[")?;
    let (info, data) = rest.split_once(']')?;
    let (name, _) = named(info)?;
    Some(Obeyed {
        name,
        properties: Vec::new(),
        data: data.to_owned(),
        old: true,
    })
}

fn named(info: &str) -> Option<(String, &str)> {
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let name = name.to_lowercase();
    REGISTERED
        .contains(&name.as_str())
        .then_some((name, properties.trim()))
}

/// The entries of `GITHUB_OUTPUT` in their order.
pub(crate) fn entries(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    let mut lines = text
        .split('\n')
        .map(|line| line.strip_suffix('\r').unwrap_or(line));
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let heredoc = line.find("<<");
        let (name, value) = match (line.find('='), heredoc) {
            (Some(equals), here) if here.is_none_or(|here| equals < here) => {
                let (name, value) = line.split_once('=').unwrap_or_default();
                (name, value.to_owned())
            }
            (_, Some(_)) => {
                let (name, end) = line.split_once("<<").unwrap_or_default();
                if name.is_empty() || end.is_empty() {
                    return Err(format!("invalid format {line:?}"));
                }
                let mut value: Vec<&str> = Vec::new();
                loop {
                    match lines.next() {
                        None => return Err(format!("matching delimiter not found {end:?}")),
                        Some(line) if line == end => break,
                        Some(line) => value.push(line),
                    }
                }
                (name, value.join("\n"))
            }
            _ => return Err(format!("invalid format {line:?}")),
        };
        found.push((name.to_owned(), value));
    }
    Ok(found)
}

#[test]
fn commands_are_seen() {
    let names = |stream: &str| {
        let all = commands(stream).into_iter();
        all.map(|seen| seen.name).collect::<Vec<_>>()
    };
    assert_eq!(
        names("a\n  ::set-output name=x::y\rb ##[error]c"),
        ["set-output", "error"]
    );
    assert_eq!(
        names("::\u{200b}:x\n:: error::x\nx ::error::y\n::nothing::z"),
        Vec::<String>::new()
    );
    assert_eq!(names("\u{ad}::Warning file=a%2Cb,line=1::m"), ["warning"]);
    assert_eq!(
        commands("::error file=a%2Cb,line=1::m%0An")[0].properties,
        [
            ("file".to_owned(), "a,b".to_owned()),
            ("line".to_owned(), "1".to_owned())
        ]
    );
}

#[test]
fn entries_are_seen() {
    assert_eq!(
        entries("a=b<<c\nd<<E\nx=y\n\nE\n"),
        Ok(vec![
            ("a".into(), "b<<c".into()),
            ("d".into(), "x=y\n".into())
        ])
    );
    assert!(entries("a<<E\nb\n").is_err());
    assert!(entries("abc\n").is_err());
}
