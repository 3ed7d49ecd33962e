//! What must not be written to a file.

use crate::scenario::path_pattern::query;

#[cfg(test)]
mod tests;

/// The shortest secret that is looked for in what a server sent, in bytes. Shorter ones would hit ordinary text.
const SHORTEST: usize = 6;

/// Words in the names of fields and parameters that hold secrets.
const NAMES: &[&str] =
    &["auth", "cookie", "token", "secret", "password", "passwd", "signature", "credential", "key", "session"];

/// The secrets of a request. They are masked wherever they occur.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    values: Vec<Vec<u8>>,
}

/// Whether a field or a parameter of this name holds a secret.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "sig" || NAMES.iter().any(|word| name.contains(word))
}

impl Secrets {
    /// The secrets in the header fields and the query of a request.
    pub fn of(headers: &[(String, String)], target: &str) -> Self {
        let mut secrets = Self::default();
        for (_, value) in headers.iter().filter(|(name, _)| is_secret(name)) {
            // A scheme is no secret: `Bearer abc`.
            value.split([' ', ';', '=', ',']).for_each(|part| secrets.add(part.as_bytes()));
        }
        for pair in query(target).split('&') {
            if let Some((name, value)) = pair.split_once('=')
                && is_secret(name)
            {
                secrets.add(value.as_bytes());
                let decoded = percent_encoding::percent_decode_str(value).collect::<Vec<u8>>();
                secrets.add(&decoded);
            }
        }
        secrets
    }

    fn add(&mut self, value: &[u8]) {
        if value.len() >= SHORTEST && !value.eq_ignore_ascii_case(b"bearer") {
            self.values.push(value.to_vec());
        }
    }

    /// Replaces each byte of a secret with an asterisk.
    pub fn mask(&self, bytes: &mut [u8]) {
        for secret in &self.values {
            let mut from = 0;
            while let Some(at) = bstr::ByteSlice::find(&bytes[from..], secret) {
                let place = from + at..from + at + secret.len();
                bytes[place.clone()].fill(b'*');
                from = place.end;
            }
        }
    }

    /// A text without secrets.
    pub fn masked(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        self.mask(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
