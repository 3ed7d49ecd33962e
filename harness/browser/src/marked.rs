//! The processes of a browser, found by a variable in their environment.

/// The environment variable that identifies them: its value is the browser's folder.
pub(super) const MARK: &str = "SSESPEC_BROWSER";

#[cfg(all(test, target_os = "linux"))]
pub(super) use linux::find;
#[cfg(target_os = "linux")]
pub(super) use linux::kill;

#[cfg(target_os = "linux")]
mod linux {
    use nix::sys::signal::{Signal, kill as signal};
    use nix::unistd::Pid;

    use super::MARK;

    /// Kills all processes with this value or in these groups; returns whether there were any.
    pub(crate) fn kill(mark: &str, groups: &[u32]) -> bool {
        let found = find(mark, groups);
        for id in &found {
            // It may have exited meanwhile.
            let _ = signal(Pid::from_raw(*id), Signal::SIGKILL);
        }
        !found.is_empty()
    }

    /// The processes with this value or in these groups. Some browsers overwrite the environment of their children,
    /// and the children of others leave the group.
    pub(crate) fn find(mark: &str, groups: &[u32]) -> Vec<i32> {
        let wanted = format!("{MARK}={mark}");
        let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
        let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.filter(|id: &i32| {
            // Another user's processes cannot be read, and are not ours. A zombie has no environment.
            let environment = std::fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
            environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
                || group(*id).is_some_and(|group| groups.contains(&group))
        })
        .collect()
    }

    /// The process group of a process that has not ended.
    fn group(id: i32) -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name may contain anything, but ends at the last parenthesis.
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let (state, _parent, group) = (fields.next()?, fields.next()?, fields.next()?);
        (state != "Z" && state != "X").then(|| group.parse().ok()).flatten()
    }
}

/// On other systems only the process group is killed.
#[cfg(not(target_os = "linux"))]
pub(super) fn kill(_mark: &str, _groups: &[u32]) -> bool {
    false
}
