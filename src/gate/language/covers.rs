//! Whether one term takes everything that another one does: what decides whether an input only tightens.

use super::{Conditions, Qualifier, Term};

impl Conditions {
    /// Whether every finding that `other` takes is surely taken by `self`, too, whatever the findings and whichever way
    /// doubt goes. `false` where that cannot be read from the terms.
    pub fn covers(&self, other: &Conditions) -> bool {
        let taken = |wanted: &Term| self.terms.iter().any(|term| term.covers(wanted));
        other.terms.iter().all(taken)
    }
}

impl Term {
    /// As [`Conditions::covers`], for one term. A smaller budget covers a larger one: what breaks the larger one breaks the
    /// smaller one, too.
    pub fn covers(&self, other: &Term) -> bool {
        self.kind.is_none_or(|kind| other.kind == Some(kind))
            // Without a level `other` also takes unknown severities, which reach none.
            && self.level.is_none_or(|least| other.level.is_some_and(|level| level >= least))
            && self.qualifiers.iter().all(|wanted| other.qualifiers.iter().any(|given| given.implies(wanted)))
            && self.budget.is_none_or(|most| other.budget.is_some_and(|budget| budget >= most))
    }
}

impl Qualifier {
    /// Whether `wanted` holds wherever `self` does. `grace` does not imply `age>=`: it also holds where the day is unknown.
    fn implies(&self, wanted: &Qualifier) -> bool {
        match (self, wanted) {
            (Qualifier::Introduced | Qualifier::Disclosed, Qualifier::New) => true,
            (Qualifier::Epss(given), Qualifier::Epss(least))
            | (Qualifier::Cvss(given), Qualifier::Cvss(least)) => given >= least,
            (Qualifier::Age(given), Qualifier::Age(least) | Qualifier::Grace(least))
            | (Qualifier::Grace(given), Qualifier::Grace(least)) => given >= least,
            (given, wanted) => given == wanted,
        }
    }
}
