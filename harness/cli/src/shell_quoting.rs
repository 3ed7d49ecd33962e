//! Commands as a user types them in a shell, for messages that suggest one.

/// Joins words into a command line for a POSIX shell, quoting those that the shell would change.
pub(crate) fn command_line<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> String {
    words.into_iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    // The backslashes in a Windows path need no quotes.
    if cfg!(windows) && !word.is_empty() && word.chars().all(|c| harmless(c) || c == '\\') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::command_line;

    #[test]
    fn words_that_a_shell_would_change_are_quoted() {
        assert_eq!(command_line(["node", "adapter.mjs", "--port=1"]), "node adapter.mjs --port=1");
        assert_eq!(
            command_line(["my client", "", "$HOME", "a'b", "*"]),
            r"'my client' '' '$HOME' 'a'\''b' '*'"
        );
    }
}
