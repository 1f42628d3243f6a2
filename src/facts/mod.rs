//! What the gate asks the world before it judges.

pub mod git;
