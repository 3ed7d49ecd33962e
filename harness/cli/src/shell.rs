//! Commands as one would type them, for the messages that suggest one.

/// Words as a shell of Unix takes them: those that it would change are quoted.
pub(super) fn words<'w>(words: impl IntoIterator<Item = &'w str>) -> String {
    words.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

fn word(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    // The backslashes of a path on Windows are no reason to quote it.
    if cfg!(windows) && !word.is_empty() && word.chars().all(|c| harmless(c) || c == '\\') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn what_a_shell_would_change_is_quoted() {
        assert_eq!(words(["node", "adapter.mjs", "--port=1"]), "node adapter.mjs --port=1");
        assert_eq!(words(["my client", "", "$HOME", "a'b", "*"]), r"'my client' '' '$HOME' 'a'\''b' '*'");
    }
}
