//! What trackers are told of a cause.

mod words;

pub(super) use words::Story;
