//! How many file descriptors this process may have: each connection needs one.

/// Raises the limit of open files to what the system permits; returns the limit, if there is one.
#[cfg(unix)]
pub fn raise() -> Option<usize> {
    use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, setrlimit};

    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    let limit = match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        // macOS, for example, permits less than it says.
        Err(error) => {
            tracing::debug!(%error, "cannot raise the limit of open files");
            soft
        }
    };
    if limit == RLIM_INFINITY { None } else { usize::try_from(limit).ok() }
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub fn raise() -> Option<usize> {
    None
}
