//! sarif-gate: one verdict from many scanners' reports.
//!
//! The modules in the order of the data: `settings` and `collect` say what to read; `syntax`, `formats` and `sarif` read it;
//! `merge` gives findings their identity; `baseline`, `feeds`,
//! `health` and `observe` add what is known besides; `gate` judges once; `evidence` and `render` write it down; `http`, `github` and
//! `destinations` tell; `exit` is the exit code. `run` is the whole story, `commands` and `cli` the ways in.

pub mod baseline;
pub mod bundle;
pub mod causes;
pub mod cli;
pub mod collect;
pub mod commands;
pub mod destinations;
pub mod evidence;
pub mod exit;
pub mod facts;
pub mod feeds;
pub mod formats;
pub mod gate;
pub mod github;
pub mod health;
pub mod http;
pub mod merge;
pub mod model;
pub mod observe;
pub mod outside;
pub mod owners;
pub mod progress;
pub mod reading;
pub mod render;
pub mod run;
pub mod sarif;
pub mod settings;
pub mod syntax;
