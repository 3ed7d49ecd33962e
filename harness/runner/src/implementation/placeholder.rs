//! The placeholders in commands and templates.

/// A placeholder in a command or a template of an intermediary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// The address at which it listens: `127.0.0.1:PORT`.
    Listen,
    /// The port of that address.
    Port,
    /// The address to which it forwards: `127.0.0.1:PORT`.
    Upstream,
    /// The port of that address.
    UpstreamPort,
    /// An empty folder of this run, with the filled templates.
    Dir,
}

impl Placeholder {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::Listen, Self::Port, Self::Upstream, Self::UpstreamPort, Self::Dir];

    /// As it is written.
    pub(crate) const fn written(self) -> &'static str {
        match self {
            Self::Listen => "{listen}",
            Self::Port => "{port}",
            Self::Upstream => "{upstream}",
            Self::UpstreamPort => "{upstream-port}",
            Self::Dir => "{dir}",
        }
    }

    /// Whether a text contains it.
    pub(crate) fn is_in(self, text: &str) -> bool {
        text.contains(self.written())
    }

    /// All of them, for a message.
    pub(crate) fn list() -> String {
        Self::ALL.map(Self::written).join(", ")
    }
}

/// What looks like a placeholder in an argument of a command, but is none. Templates are not checked: configuration files
/// have braces of their own.
pub(crate) fn unknown(word: &str) -> Option<String> {
    let ends = word.match_indices('{').filter_map(|(start, _)| {
        let end = word[start..].find('}')? + start;
        Some(&word[start..=end])
    });
    let is_name = |text: &&str| {
        let name = &text[1..text.len() - 1];
        !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_')
    };
    let is_known = |text: &str| Placeholder::ALL.iter().any(|known| known.written() == text);
    ends.filter(is_name).find(|text| !is_known(text)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_placeholder_is_unknown() {
        for word in ["{listen}", "-l={port}", "a{dir}/b", "{", "}{", "{}", "{ upstream }", "{A}", "{\"a\":1}"]
        {
            assert_eq!(unknown(word), None, "{word}");
        }
        assert_eq!(unknown("--to={upstrem}").as_deref(), Some("{upstrem}"));
        assert_eq!(unknown("{dir}/{x{upstream_port}").as_deref(), Some("{upstream_port}"));
    }
}
