//! Whether a proxy has the version that its folder names.

use std::path::Path;
use std::process::Stdio;

use super::error::ProgramError;
use crate::adapter::process::program_path;
use crate::implementation::Program;

/// How much of the output is repeated, in characters.
const SHOWN: usize = 200;

/// Runs the command that prints the version, if there is one, in the folder of the implementation.
///
/// # Errors
/// If it cannot be started, or prints another version.
pub fn check(folder: &Path, program: &Program) -> Result<(), ProgramError> {
    let (Some(version), [name, arguments @ ..]) = (&program.version, program.version_command.as_slice())
    else {
        return Ok(());
    };
    let command = program.version_command.join(" ");
    let output = std::process::Command::new(program_path(folder, name))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|problem| ProgramError::VersionCommand { command: command.clone(), problem })?;
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    if names(&printed, version) {
        return Ok(());
    }
    let printed = printed.trim().chars().take(SHOWN).collect();
    Err(ProgramError::OtherVersion { version: version.clone(), command, printed })
}

/// Whether a text contains a version, and not as a part of another one.
fn names(text: &str, version: &str) -> bool {
    text.match_indices(version).any(|(at, _)| {
        let (before, mut after) = (text[..at].chars().next_back(), text[at + version.len()..].chars());
        let continues = match after.next() {
            Some('.') => after.next().is_some_and(|next| next.is_ascii_digit()),
            Some(next) => next.is_ascii_digit(),
            None => false,
        };
        !continues && before.is_none_or(|char| !char.is_ascii_digit() && char != '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_not_a_part_of_another() {
        for text in
            ["nginx version: nginx/1.22.1", "go1.22.1\n", "1.22.1-9+deb12u11", "v1.22.1.", "1.22.10 1.22.1"]
        {
            assert!(names(text, "1.22.1"), "{text}");
        }
        for text in ["nginx/1.22.10", "11.22.1", "0.1.22.1", "1.22.1.2", "1.22", ""] {
            assert!(!names(text, "1.22.1"), "{text}");
        }
    }

    #[test]
    fn another_version_is_an_error() {
        let program = |version: &str, command: &[&str]| Program {
            command: vec!["x".into()],
            templates: None,
            reload: None,
            version: Some(version.into()),
            version_command: command.iter().map(|word| (*word).to_owned()).collect(),
        };
        let check = |program: Program| check(Path::new("."), &program);
        check(program("1.2.3", &[])).unwrap();
        let own = std::env::current_exe().unwrap().display().to_string();
        let error = check(program("77.77.77", &[&own, "--help"])).unwrap_err();
        assert!(
            matches!(&error, ProgramError::OtherVersion { version, .. } if version == "77.77.77"),
            "{error}"
        );
        let error = check(program("1", &["no-such-program"])).unwrap_err();
        assert!(error.to_string().contains("`no-such-program` could not be started"), "{error}");
    }
}
