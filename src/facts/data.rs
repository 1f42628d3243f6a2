//! Reads the files of data about advisories, where a run was given any.

use crate::feeds::{self, Epss, Kev, epss, kev};
use crate::model::{Feed, Finding};
use crate::settings::Settings;

use super::files::Files;

/// What the files say; applied to the findings by [`Data::apply`].
#[derive(Default)]
pub(super) struct Data {
    kev: Option<Kev>,
    epss: Option<Epss>,
    feeds: Vec<Feed>,
}

impl Data {
    /// Reads what the settings name, as far as the findings need it. A file that cannot be read or is stale has a problem;
    /// rules that need it make the run incomplete.
    pub(super) fn read(
        settings: &Settings,
        files: &Files<'_>,
        tracked: &dyn Fn(&str) -> bool,
        findings: &[Finding],
        today: &str,
    ) -> Data {
        let wanted = feeds::wanted(findings);
        let bytes = |path: &str| {
            // What a pull request commits is its author's word on what is exploited.
            let read = if files.trusted_elsewhere() && tracked(path) {
                files.trusted(path)
            } else {
                match files.local(path) {
                    // A trusted run needs no checkout.
                    Ok(None) if settings.context.trusted_run => files.trusted(path),
                    read => read,
                }
            };
            read.and_then(|bytes| bytes.ok_or_else(|| "there is no such file".to_owned()))
        };
        let stale = |feed: &mut Feed| {
            if feed.problem.is_none() {
                feed.problem = feeds::stale(feed, today, settings.policy.max_data_age);
            }
            feed.clone()
        };
        let mut data = Data::default();
        data.kev = settings.kev.as_deref().and_then(|path| {
            let read = bytes(path).map(|bytes| kev::read(path, &bytes, &wanted));
            data.keep("kev", path, read, |kev| stale(&mut kev.0))
        });
        data.epss = settings.epss.as_deref().and_then(|path| {
            let read = bytes(path).map(|bytes| epss::read(path, &bytes, &wanted));
            data.keep("epss", path, read, |epss| stale(&mut epss.0))
        });
        data
    }

    /// Keeps the record of a file, which `record` takes out of what was read; without a file, why there is none.
    fn keep<T>(
        &mut self,
        id: &'static str,
        path: &str,
        read: Result<T, String>,
        record: impl FnOnce(&mut T) -> Feed,
    ) -> Option<T> {
        let (feed, read) = match read {
            Ok(mut read) => (record(&mut read), Some(read)),
            Err(why) => (feeds::unreadable(id, path, &why), None),
        };
        self.feeds.push(feed);
        read
    }

    /// Tells the findings what is known of them, and gives the record of the files.
    pub(super) fn apply(self, findings: &mut [Finding]) -> Vec<Feed> {
        feeds::apply(findings, self.kev.as_ref(), self.epss.as_ref());
        self.feeds
    }
}
