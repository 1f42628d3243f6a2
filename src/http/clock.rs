//! What is left of the time: a budget for a phase, and within it a lap for one destination. Both begin with the first
//! question, not when they are set, so that what is rendered in between costs nothing.
//!
//! Must not know: what time it is; that is handed in.

use std::time::{Duration, Instant};

/// A span of time that begins when it is first asked for.
struct Span {
    length: Duration,
    end: Option<Instant>,
}

impl Span {
    fn new(length: Duration) -> Span {
        Span { length, end: None }
    }

    fn left(&mut self, now: Instant) -> Duration {
        let length = self.length;
        let end = *self
            .end
            .get_or_insert_with(|| now.checked_add(length).unwrap_or(now));
        end.saturating_duration_since(now)
    }
}

/// The budget and the lap.
pub(super) struct Clock {
    budget: Span,
    lap: Option<Span>,
}

impl Clock {
    pub(super) fn new(budget: Duration) -> Clock {
        Clock {
            budget: Span::new(budget),
            lap: None,
        }
    }

    /// A new phase; no lap goes on.
    pub(super) fn begin(&mut self, budget: Duration) {
        *self = Clock::new(budget);
    }

    pub(super) fn lap(&mut self, limit: Duration) {
        self.lap = Some(Span::new(limit));
    }

    pub(super) fn end_lap(&mut self) {
        self.lap = None;
    }

    /// What is left of both.
    pub(super) fn left(&mut self, now: Instant) -> Duration {
        let budget = self.budget.left(now);
        match &mut self.lap {
            Some(lap) => lap.left(now).min(budget),
            None => budget,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn a_lap_ends_before_the_budget_and_gives_the_rest_back() {
        let begin = Instant::now();
        let mut clock = Clock::new(S(100));
        // Nothing runs before the first question.
        let at = |seconds: u64| begin + S(1_000) + S(seconds);
        assert_eq!(clock.left(at(0)), S(100));
        clock.lap(S(30));
        assert_eq!(clock.left(at(10)), S(30));
        assert_eq!(clock.left(at(25)), S(15));
        assert_eq!(clock.left(at(60)), S(0));
        clock.end_lap();
        assert_eq!(clock.left(at(60)), S(40));
        // A lap is within the budget.
        clock.lap(S(90));
        assert_eq!(clock.left(at(70)), S(30));
        assert_eq!(clock.left(at(200)), S(0));
    }

    #[test]
    fn a_phase_has_a_budget_of_its_own() {
        let now = Instant::now();
        let mut clock = Clock::new(S(5));
        clock.lap(S(1));
        assert_eq!(clock.left(now), S(1));
        assert_eq!(clock.left(now + S(9)), S(0));
        clock.begin(S(7));
        assert_eq!(clock.left(now + S(50)), S(7));
        assert_eq!(clock.left(now + S(52)), S(5));
    }

    #[test]
    fn a_budget_beyond_all_clocks_is_used_up_at_once() {
        assert_eq!(Clock::new(Duration::MAX).left(Instant::now()), S(0));
    }
}
