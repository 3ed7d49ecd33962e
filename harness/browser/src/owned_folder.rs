//! The folder of a browser, which its owner locks as long as it runs.
//!
//! A process that is killed cannot remove its folder. The lock ends with the process however it ends, so the next run
//! recognizes the folder and removes it.

use std::io;
use std::path::Path;

use tempfile::TempDir;

/// How the names of such folders begin.
const PREFIX: &str = "ssespec-browser-";

/// A folder for temporary files that belongs to this process.
#[derive(Debug)]
pub(super) struct OwnedFolder {
    folder: TempDir,
    /// Held until the folder is removed.
    #[cfg(unix)]
    _lock: Option<lock::Lock>,
}

impl OwnedFolder {
    /// A new folder among the temporary files of the system, from which those of killed processes are removed first.
    ///
    /// # Errors
    ///
    /// If it cannot be created.
    pub(super) fn new() -> io::Result<Self> {
        Self::among(&std::env::temp_dir())
    }

    /// A new folder in `place`.
    pub(super) fn among(place: &Path) -> io::Result<Self> {
        #[cfg(unix)]
        lock::sweep(place);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(place)?;
        Ok(Self {
            // Without a lock, the folder is only never swept.
            #[cfg(unix)]
            _lock: lock::take(folder.path()).ok(),
            folder,
        })
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes it.
    ///
    /// # Errors
    ///
    /// If something in it cannot be removed.
    pub(super) fn close(self) -> io::Result<()> {
        self.folder.close()
    }
}

#[cfg(unix)]
mod lock {
    use std::fs::File;
    use std::io;
    use std::path::Path;

    use nix::fcntl::{Flock, FlockArg};

    use super::PREFIX;
    use crate::marked;

    pub(super) type Lock = Flock<File>;

    /// The file that the owner of a folder locks.
    const FILE: &str = "owner";

    /// Locks a new folder. The file gets its name once it is locked, so it is never seen without its owner's lock.
    pub(super) fn take(folder: &Path) -> io::Result<Lock> {
        let unnamed = folder.join("owner.new");
        let lock = Flock::lock(File::create_new(&unnamed)?, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, error)| io::Error::from(error))?;
        std::fs::rename(unnamed, folder.join(FILE))?;
        Ok(lock)
    }

    /// Removes the folders whose owner has ended, and ends what still runs in them. What cannot be read or removed
    /// belongs to somebody else.
    pub(super) fn sweep(place: &Path) {
        for entry in std::fs::read_dir(place).into_iter().flatten().filter_map(Result::ok) {
            let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
            // This is about the entry itself, so a link is not a folder.
            if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                continue;
            }
            let folder = entry.path();
            let Ok(file) = File::open(folder.join(FILE)) else { continue };
            let Ok(_lock) = Flock::lock(file, FlockArg::LockExclusiveNonblock) else { continue };
            marked::kill(&folder.to_string_lossy(), &[]);
            if let Err(error) = std::fs::remove_dir_all(&folder) {
                tracing::debug!(%error, folder = %folder.display(), "cannot remove the folder of a killed run");
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{OwnedFolder, PREFIX};

    #[test]
    fn folders_without_an_owner_are_swept() {
        let place = tempfile::tempdir().expect("a folder");
        let kept = OwnedFolder::among(place.path()).expect("a folder");
        // As after a kill: the lock is gone, and everything else is there.
        let OwnedFolder { folder, _lock: lock } = OwnedFolder::among(place.path()).expect("a folder");
        let left = folder.keep();
        std::fs::create_dir(left.join("profile")).expect("a folder");
        std::fs::write(left.join("profile/file"), "text").expect("a file");
        // What has no lock file may be a folder that is being made.
        let unknown = place.path().join(format!("{PREFIX}unknown"));
        std::fs::create_dir(&unknown).expect("a folder");
        let other = place.path().join("other");
        std::fs::create_dir(&other).expect("a folder");
        std::fs::write(other.join("owner"), "").expect("a file");

        let second = OwnedFolder::among(place.path()).expect("a folder");
        assert!(left.exists(), "its owner has it");
        drop(lock);
        let third = OwnedFolder::among(place.path()).expect("a folder");
        assert!(!left.exists());
        for folder in [kept.path(), second.path(), third.path(), &unknown, &other] {
            assert!(folder.exists(), "{}", folder.display());
        }
        kept.close().expect("removed");
    }
}
