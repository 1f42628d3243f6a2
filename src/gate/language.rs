//! The terms of the gate language: parse, print, match. One parser for inputs, config and later `simulate`.

/// Terms joined by "or".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conditions {
    /// The terms in the order in which they were written.
    pub terms: Vec<Term>,
}

/// One term.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {}
