//! Fields, and which of them are forwarded.

/// The fields of a message, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub(crate) Vec<(String, Vec<u8>)>);

/// The fields that concern one connection only, <https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1>.
const HOP_BY_HOP: [&str; 7] =
    ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

impl Fields {
    /// The values of the fields of this name.
    pub(crate) fn values<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f [u8]> {
        let named = self.0.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice())
    }

    /// Whether the fields of this name list an element, whatever its parameters.
    pub(crate) fn lists(&self, name: &str, element: &str) -> bool {
        let mut elements = self.values(name).flat_map(|value| value.split(|byte| *byte == b','));
        elements.any(|found| {
            let found = found.split(|byte| matches!(byte, b';' | b'=')).next().unwrap_or_default();
            found.trim_ascii().eq_ignore_ascii_case(element.as_bytes())
        })
    }

    /// Removes the fields that a condition holds for.
    pub(crate) fn remove(&mut self, remove: impl Fn(&str) -> bool) {
        self.0.retain(|(name, _)| !remove(name));
    }

    /// Removes what concerns one connection only. An intermediary with a defect removes the well-known names alone.
    pub(crate) fn end_to_end(mut self, without_named: bool) -> Self {
        let named: Vec<String> = self
            .values("connection")
            .flat_map(|value| value.split(|byte| *byte == b','))
            .map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase())
            .filter(|_| !without_named)
            .collect();
        self.remove(|name| {
            HOP_BY_HOP.iter().any(|own| name.eq_ignore_ascii_case(own))
                || named.iter().any(|named| name.eq_ignore_ascii_case(named))
        });
        self
    }

    /// Adds the field lines to a head.
    pub(crate) fn write(&self, head: &mut Vec<u8>) {
        for (name, value) in &self.0 {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
    }
}
