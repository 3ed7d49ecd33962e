//! The head of a response, as a client reads it.

/// How many header fields a head may have.
const FIELDS: usize = 256;
/// The longest head, in bytes.
const LONGEST: usize = 256 * 1024;

/// The head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseHead {
    /// The status code.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The header fields, in order and in the case in which they were sent.
    pub headers: Vec<(String, Vec<u8>)>,
}

impl ResponseHead {
    /// Reads the head at the start of these bytes. Returns it with its length in bytes; `None` if its end is missing.
    ///
    /// # Errors
    /// If the bytes are not the head of a response, or if it is too long. The message says why.
    pub fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, String> {
        let mut fields = vec![httparse::EMPTY_HEADER; FIELDS];
        let mut head = httparse::Response::new(&mut fields);
        let length = match head.parse(bytes).map_err(|error| error.to_string())? {
            httparse::Status::Complete(length) => length,
            httparse::Status::Partial if bytes.len() > LONGEST => return Err("its head is too long".into()),
            httparse::Status::Partial => return Ok(None),
        };
        let field = |field: &httparse::Header<'_>| (field.name.to_owned(), field.value.to_vec());
        let head = Self {
            status: head.code.unwrap_or_default(),
            reason: head.reason.unwrap_or_default().to_owned(),
            headers: head.headers.iter().map(field).collect(),
        };
        Ok(Some((head, length)))
    }

    /// Whether another head follows: an interim response.
    pub fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }

    /// The values of all fields with this name, case-insensitively, without the whitespace around them.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let named = self.headers.iter().filter(move |(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim_ascii())
    }
}
