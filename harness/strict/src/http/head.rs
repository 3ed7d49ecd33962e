//! The head of a response, raw, with every field line.

use std::time::Duration;

use crate::http::framing::Framing;

/// The head of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its offset, in bytes from the start of the connection.
    pub offset: u64,
    /// Its length in bytes, including its blank line.
    pub length: u64,
    /// When it was complete.
    pub at: Duration,
    /// The digit after `HTTP/1.`.
    pub minor_version: u8,
    /// The status; 0 if the status line is malformed.
    pub status: u16,
    /// The reason phrase, unchanged.
    pub reason: Vec<u8>,
    /// The field lines in their order.
    pub fields: Vec<FieldLine>,
    /// How its content is framed.
    pub framing: Framing,
}

/// A field line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    /// Its offset, in bytes from the start of the connection.
    pub offset: u64,
    /// Its name, unchanged.
    pub name: Vec<u8>,
    /// Its value without the white space around it.
    pub value: Vec<u8>,
}

impl FieldLine {
    /// Its line, with a single space after the colon.
    pub fn line(&self) -> Vec<u8> {
        [&self.name, &b": "[..], &self.value].concat()
    }
}

impl Head {
    /// The values of the field lines with this name, in any case.
    pub fn values<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        let is_named = |field: &&FieldLine| field.name.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(is_named).map(|field| field.value.as_slice())
    }

    /// The elements of a field that is a list, over all its lines, without white space around them.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values = self.values(name).map(String::from_utf8_lossy);
        let elements = values
            .flat_map(|value| value.split(',').map(|element| element.trim().to_owned()).collect::<Vec<_>>());
        elements.filter(|element| !element.is_empty()).collect()
    }

    /// The first value of a field, as text.
    pub fn first(&self, name: &str) -> Option<String> {
        self.values(name).next().map(|value| String::from_utf8_lossy(value).into_owned())
    }

    /// Whether a list field has this element, in any case.
    pub fn lists(&self, name: &str, element: &str) -> bool {
        self.list(name).iter().any(|listed| listed.eq_ignore_ascii_case(element))
    }
}
