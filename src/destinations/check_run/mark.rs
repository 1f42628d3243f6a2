//! By what we know our own check runs again. Pure.

use sha2::{Digest as _, Sha256};

use crate::model::Context;
use crate::settings::Settings;

/// What our check runs' external ids begin with.
const OURS: &str = "sarif-gate";

/// Hexadecimal digits of the key.
const KEY_DIGITS: usize = 32;

/// Of which job a check run is, and of which attempt of it.
pub(super) struct Mark {
    /// Workflow, event, job, name, environment and category, in one hash: an external id is no place for long names.
    key: String,
    run: String,
    attempt: String,
    started: String,
}

impl Mark {
    /// Of the run that began at `started`.
    pub(super) fn of(context: &Context, settings: &Settings, started: &str) -> Mark {
        let workflow = context.workflow_ref.as_deref();
        let workflow = workflow.map(|all| all.split('@').next().unwrap_or(all));
        let parts = [
            workflow,
            Some(context.event.as_str()),
            context.job.as_deref(),
            Some(settings.check_name.as_str()),
            settings.environment.as_deref(),
            settings.category.as_deref(),
        ];
        let mut hash = Sha256::new();
        for part in parts {
            // With its length, so that no part can reach into the next.
            let part = part.unwrap_or_default();
            hash.update(part.len().to_be_bytes());
            hash.update(part.as_bytes());
        }
        let mut key: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
        key.truncate(KEY_DIGITS);
        let number = |part: &Option<String>| part.clone().unwrap_or_else(|| "-".to_owned());
        Mark {
            key,
            run: number(&context.run_id),
            attempt: number(&context.run_attempt),
            started: started.to_owned(),
        }
    }

    /// What the check run of this very run carries.
    pub(super) fn external_id(&self) -> String {
        let Mark {
            key,
            run,
            attempt,
            started,
        } = self;
        format!("{OURS}:{key}:{run}:{attempt}:{started}")
    }

    /// Whether a check run is of the same job, whatever attempt of it.
    pub(super) fn same_job(&self, external_id: &str) -> bool {
        let mut parts = external_id.splitn(5, ':');
        parts.next() == Some(OURS) && parts.next() == Some(&self.key)
    }

    /// Whether a check run is of the same job and of an attempt before this one. Within one attempt several steps, or the
    /// jobs of a matrix, may use one name: each keeps its own.
    pub(super) fn earlier(&self, external_id: &str) -> bool {
        let parts: Vec<&str> = external_id.splitn(5, ':').collect();
        let same_attempt = parts.get(2..4) == Some(&[self.run.as_str(), self.attempt.as_str()]);
        self.same_job(external_id) && parts.len() == 5 && !same_attempt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Layers, resolve};

    #[test]
    fn an_attempt_knows_those_before_it_and_nobody_elses() {
        let mut settings = resolve(&Layers::default(), Context::default()).unwrap();
        let mut context = Context {
            event: "push".to_owned(),
            job: Some("gate".to_owned()),
            run_id: Some("42".to_owned()),
            run_attempt: Some("2".to_owned()),
            workflow_ref: Some("o/r/.github/workflows/x.yml@refs/heads/main".to_owned()),
            ..Context::default()
        };
        let mark = Mark::of(&context, &settings, "2026-03-01T10:00:00Z");
        let own = mark.external_id();
        assert!(own.len() < 120 && own.ends_with(":42:2:2026-03-01T10:00:00Z"));
        assert!(mark.same_job(&own) && !mark.earlier(&own));
        for (run, attempt) in [("42", "1"), ("41", "1"), ("41", "2")] {
            let other = Context {
                run_id: Some(run.to_owned()),
                run_attempt: Some(attempt.to_owned()),
                workflow_ref: Some("o/r/.github/workflows/x.yml@refs/heads/y".to_owned()),
                ..context.clone()
            };
            let other = Mark::of(&other, &settings, "2026-02-28T10:00:00Z").external_id();
            assert!(mark.same_job(&other) && mark.earlier(&other), "{other}");
        }
        context.run_attempt = Some("1".to_owned());
        let strange = |context: &Context, settings: &Settings| {
            let other = Mark::of(context, settings, "2026-02-28T10:00:00Z").external_id();
            assert!(!mark.same_job(&other) && !mark.earlier(&other), "{other}");
        };
        let with = |change: &dyn Fn(&mut Context)| {
            let mut other = context.clone();
            change(&mut other);
            other
        };
        strange(&with(&|c| c.event = "pull_request".to_owned()), &settings);
        strange(&with(&|c| c.job = Some("other".to_owned())), &settings);
        strange(&with(&|c| c.job = None), &settings);
        let workflow = "o/r/.github/workflows/y.yml@refs/heads/main".to_owned();
        strange(
            &with(&|c| c.workflow_ref = Some(workflow.clone())),
            &settings,
        );
        settings.environment = Some("production".to_owned());
        strange(&context, &settings);
        settings.environment = None;
        settings.category = Some("production".to_owned());
        strange(&context, &settings);
        for text in ["", "sarif-gate", "42/1/gate/x", "sarif-gate:::::"] {
            assert!(!mark.same_job(text) && !mark.earlier(text), "{text}");
        }
    }
}
