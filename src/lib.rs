//! sarif-gate: one verdict from many scanners' reports. The modules stand in the order of the data.

pub mod collect;
pub mod destinations;
pub mod evidence;
pub mod exit;
pub mod formats;
pub mod gate;
pub mod github;
pub mod json;
pub mod merge;
pub mod model;
pub mod outside;
pub mod owners;
pub mod render;
pub mod sarif;
pub mod settings;
