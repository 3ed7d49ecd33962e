//! Which certificates a browser accepts.

use serde_json::{Value, json};

/// Which certificates a browser accepts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Certificates {
    /// Those that the system trusts.
    #[default]
    Trusted,
    /// Also the one whose public key (SubjectPublicKeyInfo) has this SHA-256. Browsers that are driven by WebDriver accept
    /// every certificate instead, because that protocol names none.
    AndOfKey([u8; 32]),
}

impl Certificates {
    /// The key that is accepted besides.
    pub(super) fn accepted_key(self) -> Option<[u8; 32]> {
        match self {
            Self::Trusted => None,
            Self::AndOfKey(key) => Some(key),
        }
    }

    /// The [capabilities](https://www.w3.org/TR/webdriver2/#capabilities) that a driver is asked for.
    pub(super) fn capabilities(self) -> Value {
        match self {
            Self::Trusted => json!({}),
            Self::AndOfKey(_) => json!({ "acceptInsecureCerts": true }),
        }
    }
}
