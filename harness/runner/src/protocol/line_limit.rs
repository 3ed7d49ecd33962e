//! How long a line may be.

/// The longest line that an adapter may write, in bytes (64 MiB).
pub const LINE_LIMIT: usize = 64 * 1024 * 1024;
