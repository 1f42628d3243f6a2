//! What happens when the program is told to end: SIGINT and SIGTERM, the runner's way to cancel a job.
//!
//! As process 1 of a container a program without handlers ignores them. Until something has to be done first the program
//! ends within the handler, and costs no thread; from then on a thread waits for the signal, which works while every other
//! one hangs in a request.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{Builder, sleep};
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::world::complain;
use crate::destinations::LastWord;
use crate::github::limits::CANCELLING_MS;

/// How often the thread looks.
const EVERY: Duration = Duration::from_millis(20);

/// A connection may take a little longer to make than it may be used; then the program ends without.
const AT_MOST: Duration = Duration::from_millis(CANCELLING_MS + 150);

/// The signals of this process.
#[derive(Clone)]
pub(super) struct Signals {
    /// Ends within the handler.
    at_once: Arc<AtomicBool>,
    /// The signal that came, or 0.
    came: Arc<AtomicUsize>,
}

impl Signals {
    /// Handles them from now on.
    pub(super) fn handle() -> Signals {
        let signals = Signals {
            at_once: Arc::new(AtomicBool::new(true)),
            came: Arc::default(),
        };
        for signal in [SIGINT, SIGTERM] {
            let number = usize::try_from(signal).unwrap_or_default();
            // 128 + number is what shells report of a program that a signal ended.
            let shutdown =
                flag::register_conditional_shutdown(signal, 128 + signal, signals.at_once.clone());
            let noted =
                shutdown.and_then(|_| flag::register_usize(signal, signals.came.clone(), number));
            if let Err(error) = noted {
                complain(&format!("signal {signal} cannot be handled: {error}"));
            }
        }
        signals
    }

    /// From now on a signal lets this be done first, for two seconds at most.
    pub(super) fn first(&self, last: LastWord) {
        let came = self.came.clone();
        let watch = move || {
            let signal = loop {
                match came.load(Ordering::SeqCst) {
                    0 => sleep(EVERY),
                    signal => break signal,
                }
            };
            let (done, wait) = mpsc::channel();
            // In a thread of its own, because a name server that hangs cannot be given a time.
            let doing = Builder::new().spawn(move || {
                last();
                done.send(())
            });
            if doing.is_ok() {
                // Done, or over its time: the program ends either way.
                let _ = wait.recv_timeout(AT_MOST);
            }
            low_level::exit(128 + i32::try_from(signal).unwrap_or(SIGTERM))
        };
        // Without a thread the program ends at once, as before.
        if Builder::new().spawn(watch).is_ok() {
            self.at_once.store(false, Ordering::SeqCst);
        }
    }
}
