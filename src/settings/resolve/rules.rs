//! What the config file says about waivers, deadlines, data and bypasses.

use serde_json::{Map, Value, json};

use super::resolver::Resolver;
use crate::gate::waivers::Limits;
use crate::gate::{Policy, Preset};
use crate::model::Severity;
use crate::settings::inputs::{BypassRules, Ordered, WaiverLimits};
use crate::settings::names::word;
use crate::settings::origin::{Origin, quoted};
use crate::settings::read::{self, DAY};
use crate::settings::read_judge;
use crate::settings::tables::{INPUTS, WAIVER_MEMBERS};
use crate::settings::values::{SEVERITIES, Text};

/// How long a bypass lasts where nobody says anything, in seconds.
const BYPASS_LASTS: u64 = DAY;
/// The longest that a bypass can last, in seconds.
const BYPASS_LASTS_MOST: u64 = 7 * DAY;

/// What a bypass may do.
pub(super) struct BypassSettings {
    /// It also lifts an incomplete verdict.
    pub(super) incomplete: bool,
    /// Seconds from when the label was set.
    pub(super) lasts: u64,
}

impl Resolver<'_> {
    /// What waivers must be like.
    pub(super) fn waiver_limits(&mut self) -> Limits {
        let mut limits = Limits::default();
        let (said, origin) = match self.pick(|i| &i.waiver_limits) {
            Some((said, origin)) => (said, origin),
            None => {
                self.show("waiver-limits", limits_shown(&limits), Origin::BuiltIn);
                return limits;
            }
        };
        let WaiverLimits {
            require,
            longest,
            allow_kev,
            warn_before,
            broad,
        } = said;
        if let Some(require) = require {
            let read = read::known_ids(&require.0, WAIVER_MEMBERS);
            limits.require = self
                .take("waiver-limits.require", origin, read)
                .unwrap_or_default();
        }
        if let Some(longest) = longest {
            limits.longest = self.by_severity("waiver-limits.longest", longest, origin);
        }
        limits.allow_kev = allow_kev.unwrap_or(limits.allow_kev);
        if let Some(Text(text)) = warn_before {
            let read = self.take("waiver-limits.warn-before", origin, read::days(text));
            limits.warn_before = read.unwrap_or_default();
        }
        if let Some(Text(text)) = broad {
            let read = self.take("waiver-limits.broad", origin, read_judge::count(text));
            limits.broad = read.unwrap_or_default();
        }
        self.show("waiver-limits", limits_shown(&limits), origin);
        limits
    }

    /// By when findings have to be gone.
    pub(super) fn sla(&mut self) -> Vec<(Severity, u32)> {
        let Some((said, origin)) = self.pick(|i| &i.sla) else {
            self.show("sla", Value::Null, Origin::BuiltIn);
            return Vec::new();
        };
        let sla = self.by_severity("sla", said, origin);
        self.show("sla", days_shown(&sla), origin);
        sla
    }

    /// Days by severity, the worst severity first.
    fn by_severity(
        &mut self,
        key: &str,
        said: &Ordered<Text>,
        origin: Origin,
    ) -> Vec<(Severity, u32)> {
        let mut days: Vec<(Severity, u32)> = Vec::new();
        for (name, Text(text)) in &said.0 {
            let key = format!("{key}.{name}");
            let severity = self.take(&key, origin, word(SEVERITIES, name));
            let count = self.take(&key, origin, read::days(text));
            let (Some(severity), Some(count)) = (severity, count) else {
                continue;
            };
            if days.iter().any(|(known, _)| *known == severity) {
                let text = format!("{} stands twice", quoted(name));
                self.refuse(&key, origin, text);
            }
            days.push((severity, count));
        }
        days.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
        days
    }

    /// What inputs may do on pull requests; `tighten` reads it, here it is checked and shown.
    pub(super) fn inputs(&mut self) {
        self.word("inputs", |i| &i.inputs, "tighten", INPUTS);
    }

    /// Days after which data about advisories is stale.
    pub(super) fn max_data_age(&mut self) -> u32 {
        let days = Policy::new(Preset::default()).max_data_age;
        let built_in = format!("{days}d");
        self.text("max-data-age", |i| &i.max_data_age, &built_in, read::days)
            .unwrap_or(days)
    }

    /// Whether VEX statements may give an impact statement in place of a justification.
    pub(super) fn accept_impact_statements(&mut self) -> bool {
        self.yes_or_no("accept-impact-statements", |i| &i.accept_impact_statements)
    }

    pub(super) fn public_details(&mut self) -> bool {
        self.yes_or_no("public-details", |i| &i.public_details)
    }

    /// What a bypass may do.
    pub(super) fn bypass(&mut self) -> BypassSettings {
        let picked = self.pick(|i| &i.bypass);
        let (said, origin) = picked.map_or_else(
            || (BypassRules::default(), Origin::BuiltIn),
            |(said, origin)| (said.clone(), origin),
        );
        let lasts = said.lasts.as_ref().and_then(|Text(text)| {
            let read = read::age(text).and_then(|seconds| match seconds {
                ..=BYPASS_LASTS_MOST => Ok(seconds),
                _ => Err(format!("{} is longer than 7d", quoted(text))),
            });
            self.take("bypass.lasts", origin, read)
        });
        let incomplete = said.allow_incomplete.unwrap_or(false);
        let shown = said.lasts.map_or("1d".to_string(), |text| text.0);
        self.show(
            "bypass",
            json!({ "allow-incomplete": incomplete, "lasts": shown.trim() }),
            origin,
        );
        BypassSettings {
            incomplete,
            lasts: lasts.unwrap_or(BYPASS_LASTS),
        }
    }
}

fn limits_shown(limits: &Limits) -> Value {
    json!({
        "require": limits.require,
        "longest": days_shown(&limits.longest),
        "allow-kev": limits.allow_kev,
        "warn-before": format!("{}d", limits.warn_before),
        "broad": limits.broad,
    })
}

fn days_shown(days: &[(Severity, u32)]) -> Value {
    let fields = days
        .iter()
        .map(|(severity, days)| (severity.word().to_string(), json!(format!("{days}d"))));
    Value::Object(fields.collect::<Map<String, Value>>())
}
