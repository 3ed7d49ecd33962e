//! The roles that cases are written for.

ssespec_diagnostics::words! {
    /// What an implementation does with an event stream.
    pub enum Role {
        /// It opens and reads event streams.
        Client = "client",
        /// It writes event streams.
        Server = "server",
        /// It forwards event streams: a proxy,
        /// [RFC 9110, section 3.7](https://www.rfc-editor.org/rfc/rfc9110#section-3.7).
        Intermediary = "intermediary",
    }
}

impl Role {
    /// Its name with the article: `an intermediary`.
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Client => "a client",
            Self::Server => "a server",
            Self::Intermediary => "an intermediary",
        }
    }

    /// The role of the case with this id: the id's first part. `None` if that is not a role.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::from_word(id.split('/').next()?)
    }
}
