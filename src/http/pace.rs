//! How fast and how often.

use std::time::Duration;

use super::limits;

/// Times and numbers of tries. The default is the rules of the servers; tests hand in shorter ones.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// All requests together, from the first one on, until [`Door::begin`](super::Door::begin) names another time.
    pub budget: Duration,
    /// All requests of one destination, where the caller keeps to it.
    pub lap: Duration,
    /// One request.
    pub request: Duration,
    /// Making a connection.
    pub connect: Duration,
    /// From one write to the next, to the same server.
    pub between_writes: Duration,
    /// First wait after a rate limit that does not say how long; doubled each time.
    pub secondary: Duration,
    /// First wait after a failure; doubled each time.
    pub backoff: Duration,
    /// How often one request is sent at most.
    pub tries: u32,
    /// [`Door::wait`](super::Door::wait) sleeps this long at most, whatever it is asked for: how tests shorten polling.
    pub longest_wait: Duration,
}

impl Pace {
    /// How long one request may take: as long as an ordinary one, and longer for a large body.
    pub(crate) fn for_body(&self, bytes: usize) -> Duration {
        let steps = bytes.checked_div(limits::BODY_STEP_BYTES).unwrap_or(0);
        let factor = u32::try_from(steps)
            .unwrap_or(u32::MAX)
            .saturating_add(1)
            .min(limits::BODY_FACTOR);
        self.request.saturating_mul(factor)
    }

    /// How long a download may take.
    pub(crate) fn for_download(&self) -> Duration {
        self.request.saturating_mul(limits::DOWNLOAD_FACTOR)
    }
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            budget: Duration::from_secs(limits::BUDGET_S),
            lap: Duration::from_secs(limits::LAP_S),
            request: Duration::from_secs(limits::REQUEST_TIMEOUT_S),
            connect: Duration::from_secs(limits::CONNECT_TIMEOUT_S),
            between_writes: Duration::from_millis(limits::BETWEEN_WRITES_MS),
            secondary: Duration::from_secs(limits::SECONDARY_LIMIT_WAIT_S),
            backoff: Duration::from_secs(1),
            tries: limits::TRIES,
            longest_wait: Duration::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_body_has_more_time() {
        let pace = Pace::default();
        for (bytes, seconds) in [
            (0, 20),
            ((4 << 20) - 1, 20),
            (4 << 20, 40),
            (14 << 20, 80),
            (usize::MAX, 120),
        ] {
            assert_eq!(
                pace.for_body(bytes),
                Duration::from_secs(seconds),
                "{bytes}"
            );
        }
    }
}
