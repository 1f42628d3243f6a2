//! sarif-gate: one verdict from many scanners' reports. The modules stand in the order of the data.

pub mod cli;
pub mod commands;
pub mod destinations;
pub mod evidence;
pub mod formats;
pub mod gate;
pub mod github;
pub mod json;
pub mod merge;
pub mod model;
pub mod render;
pub mod sarif;
pub mod settings;
