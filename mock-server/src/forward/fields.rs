//! Which header fields are not passed on.

/// Fields of a single connection, see [RFC 9110, section 7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1).
const HOP_BY_HOP: &[&str] =
    &["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/// Whether a field belongs to a single connection: by its name, or because one of these Connection fields names it.
pub(super) fn is_hop_by_hop<'c>(name: &str, mut connection: impl Iterator<Item = &'c [u8]>) -> bool {
    let named = |value: &[u8]| {
        value
            .split(|byte| *byte == b',')
            .any(|option| option.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    };
    HOP_BY_HOP.iter().any(|field| field.eq_ignore_ascii_case(name)) || connection.any(named)
}

/// Adds a field line.
pub(super) fn line(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}
