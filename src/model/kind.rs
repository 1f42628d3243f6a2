//! What sort of thing a finding is.

use serde::{Deserialize, Serialize};

/// The kinds of findings, in the words of the gate language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A known vulnerability in a package.
    Vulnerability,
    /// A credential in a file, a commit or an image.
    Secret,
    /// A configuration that breaks a check (Dockerfile, Terraform, Kubernetes …).
    Misconfiguration,
    /// A licence that a policy does not allow.
    License,
    /// A weakness in source code.
    Code,
    /// Something about where an artifact comes from.
    SupplyChain,
    /// An alert from a running system.
    Runtime,
    /// A quality gate: coverage, cost, lint.
    Quality,
}

impl Kind {
    /// Every kind, in the order in which tables show them.
    pub const ALL: [Kind; 8] = [
        Kind::Vulnerability,
        Kind::Secret,
        Kind::Misconfiguration,
        Kind::License,
        Kind::Code,
        Kind::SupplyChain,
        Kind::Runtime,
        Kind::Quality,
    ];

    /// The word of the gate language and of `verdict.json`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Vulnerability => "vulnerability",
            Kind::Secret => "secret",
            Kind::Misconfiguration => "misconfiguration",
            Kind::License => "license",
            Kind::Code => "code",
            Kind::SupplyChain => "supply-chain",
            Kind::Runtime => "runtime",
            Kind::Quality => "quality",
        }
    }

    /// Whether several findings of this kind may share what identifies them, so that their order in the file tells them
    /// apart. The others are one finding with several places.
    pub fn counts_occurrences(self) -> bool {
        !matches!(
            self,
            Kind::Vulnerability | Kind::Misconfiguration | Kind::License
        )
    }

    /// The word for more than one.
    pub fn plural(self) -> &'static str {
        match self {
            Kind::Vulnerability => "vulnerabilities",
            Kind::Secret => "secrets",
            Kind::Misconfiguration => "misconfigurations",
            Kind::License => "licenses",
            Kind::Code => "code findings",
            Kind::SupplyChain => "supply-chain findings",
            Kind::Runtime => "runtime alerts",
            Kind::Quality => "quality findings",
        }
    }

    /// Reads a word of the gate language; singular, plural and British spelling, any case.
    pub fn from_word(word: &str) -> Option<Kind> {
        let word = word.to_ascii_lowercase();
        Some(match word.as_str() {
            "vulnerability" | "vulnerabilities" => Kind::Vulnerability,
            "secret" | "secrets" => Kind::Secret,
            "misconfiguration" | "misconfigurations" => Kind::Misconfiguration,
            "license" | "licenses" | "licence" | "licences" => Kind::License,
            "code" | "codes" => Kind::Code,
            "supply-chain" | "supply-chains" => Kind::SupplyChain,
            "runtime" | "runtimes" => Kind::Runtime,
            "quality" | "qualities" => Kind::Quality,
            _ => return None,
        })
    }
}
