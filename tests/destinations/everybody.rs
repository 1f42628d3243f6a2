//! All destinations at once: the same commit run again, everything failing together, and numbers from nothing to far too many.

mod again;
