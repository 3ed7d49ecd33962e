//! Limits of what adapters may write.

use crate::protocol::LINE_LIMIT;

/// The most memory that unread messages of one adapter may take, in bytes: the longest line and 16 MiB.
pub(crate) const UNREAD_LIMIT: usize = LINE_LIMIT + 16 * 1024 * 1024;
