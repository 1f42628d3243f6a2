//! The one door for HTTP: whatever is asked or told, GitHub or another service, goes by it, with the same certificate
//! authorities, proxies, time, pauses and second tries.
//!
//! Must not know: what the requests are for. A write whose end is unknown is handed back ([`Fault::maybe_done`]): only the
//! caller can look whether it happened.

mod address;
mod clock;
mod door;
mod fault;
pub mod limits;
mod pace;
mod redirect;
mod request;
mod said;
mod wire;

pub(crate) use address::Address;
pub use door::Door;
pub(crate) use door::TOO_OFTEN;
pub use fault::{Failure, Fault};
pub use pace::Pace;
pub(crate) use redirect::{Next, next};
pub use request::{Answer, Method, Request};
pub(crate) use said::fault_of;
pub(crate) use wire::{Wire, bearer, http_fault, root, whole};
