//! A word on a terminal when work takes longer than half a second; nothing when standard error is no terminal.

use std::io::{self, IsTerminal as _, Write};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that has begun.
pub struct Progress {
    ticker: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

impl Progress {
    /// Begins; `what` is shown with the seconds that have passed.
    pub fn start(what: &'static str) -> Progress {
        let ticker = io::stderr().is_terminal().then(|| {
            let (stop, stopped) = mpsc::channel();
            let thread = std::thread::spawn(move || {
                let begun = Instant::now();
                let mut shown = false;
                while stopped.recv_timeout(Duration::from_millis(500))
                    == Err(RecvTimeoutError::Timeout)
                {
                    shown = true;
                    say(&format!("\r{what} … {} s", begun.elapsed().as_secs()));
                }
                if shown {
                    say("\r\x1b[K");
                }
            });
            (stop, thread)
        });
        Progress {
            ticker: Mutex::new(ticker),
        }
    }

    /// Ends, and wipes the word off the terminal.
    pub fn stop(&self) {
        let taken = self.ticker.lock().ok().and_then(|mut ticker| ticker.take());
        if let Some((stop, thread)) = taken {
            drop(stop);
            if thread.join().is_err() {
                say("\n");
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.stop();
    }
}

fn say(text: &str) {
    let mut out = io::stderr().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) | Err(_) => {}
    }
}
