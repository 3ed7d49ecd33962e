//! The templates of a proxy's configuration, with the placeholders filled in.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::error::ProgramError;
use crate::implementation::placeholder::Placeholder;
use crate::implementation::program::files;

/// What the placeholders stand for.
#[derive(Debug, Clone)]
pub(super) struct Places {
    pub(super) listen: SocketAddr,
    pub(super) upstream: SocketAddr,
    pub(super) folder: PathBuf,
}

impl Places {
    /// A text with the placeholders filled in. What is filled in is not searched again.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            let found = Placeholder::ALL.into_iter().find(|one| rest.starts_with(one.written()));
            let length = match found {
                Some(placeholder) => {
                    filled.push_str(&self.value(placeholder));
                    placeholder.written().len()
                }
                None => {
                    filled.push('{');
                    1
                }
            };
            rest = &rest[length..];
        }
        filled + rest
    }

    fn value(&self, placeholder: Placeholder) -> String {
        match placeholder {
            Placeholder::Listen => self.listen.to_string(),
            Placeholder::Port => self.listen.port().to_string(),
            Placeholder::Upstream => self.upstream.to_string(),
            Placeholder::UpstreamPort => self.upstream.port().to_string(),
            Placeholder::Dir => self.folder.display().to_string(),
        }
    }

    /// Copies the templates into the folder of the run.
    ///
    /// # Errors
    /// If one cannot be read, or a file cannot be written.
    pub(super) fn copy(&self, templates: &Path) -> Result<(), ProgramError> {
        for file in files(templates) {
            let text = std::fs::read_to_string(&file)
                .map_err(|problem| ProgramError::Template { file: file.clone(), problem })?;
            let target = self.folder.join(file.strip_prefix(templates).unwrap_or(&file));
            let parent = target.parent().unwrap_or(&self.folder);
            std::fs::create_dir_all(parent)
                .and_then(|()| std::fs::write(&target, self.fill(&text)))
                .map_err(|problem| ProgramError::Prepare { what: target.display().to_string(), problem })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(folder: &Path) -> Places {
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Places { listen: address(8080), upstream: address(9000), folder: folder.to_owned() }
    }

    #[test]
    fn only_placeholders_are_filled_in() {
        let filled = |text: &str| places(Path::new("/d/{port}")).fill(text);
        for (text, expected) in [
            ("listen {listen};", "listen 127.0.0.1:8080;"),
            ("{port}{upstream-port} {upstream}", "80809000 127.0.0.1:9000"),
            ("{dir}/x", "/d/{port}/x"),
            ("events {} { {host} {listen", "events {} { {host} {listen"),
            ("{{port}}", "{8080}"),
        ] {
            assert_eq!(filled(text), expected);
        }
    }

    #[test]
    fn templates_keep_their_paths() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::create_dir(from.path().join("etc")).unwrap();
        std::fs::write(from.path().join("a.conf"), "port {port}\n").unwrap();
        std::fs::write(from.path().join("etc/b.conf"), "to {upstream}\n").unwrap();
        places(to.path()).copy(from.path()).unwrap();
        let text = |name: &str| std::fs::read_to_string(to.path().join(name)).unwrap();
        assert_eq!(
            (text("a.conf"), text("etc/b.conf")),
            ("port 8080\n".into(), "to 127.0.0.1:9000\n".into())
        );

        std::fs::write(from.path().join("logo.png"), [0xff, 0xfe]).unwrap();
        let error = places(to.path()).copy(from.path()).unwrap_err();
        assert!(error.to_string().contains("logo.png: this template cannot be read as UTF-8"), "{error}");
    }
}
