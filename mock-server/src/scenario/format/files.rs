//! Reading the files that steps name.

use std::io;
use std::path::Path;

/// The maximum size of a file, in bytes.
const LIMIT: u64 = 64 << 20;

/// The content of a file.
pub(super) fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let found = std::fs::metadata(path)?;
    if !found.is_file() && !found.is_dir() {
        // A device has no end, and a pipe may wait for ever.
        return Err(io::Error::other("it is not a regular file"));
    }
    if found.len() > LIMIT {
        let message = format!("it has {} bytes, more than {LIMIT}", found.len());
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    std::fs::read(path)
}
