//! To come.
/// shim
pub fn rewrite_uris(_: &mut crate::model::Carried, _: &mut dyn FnMut(&str) -> Option<String>) {}
