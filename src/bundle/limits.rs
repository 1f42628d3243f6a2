//! How large a bundle may be. All of it is ours: what an artifact may hold on GitHub is far more.

/// Bytes of the packed file.
pub const PACKED_BYTES: usize = 20 << 20;

/// Bytes once it is unpacked.
pub const UNPACKED_BYTES: usize = 200 << 20;

/// Reports that it speaks of.
pub const REPORTS: usize = 2_000;

/// Bytes of one text that it says of a report.
pub const TEXT_BYTES: usize = 64 << 10;
