//! Invalid bytes in a text, for a client with a defect that passes them on: each is a character of a private use area.

/// The character that stands for the byte 0.
const FIRST: u32 = 0x10_FF00;

/// The character that stands for a byte.
pub(crate) fn character(byte: u8) -> char {
    char::from_u32(FIRST + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// A text in which invalid bytes are replaced, where only text can be shown.
pub(crate) fn replaced(text: String) -> String {
    bytes(&text).map_or(text, |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of a text that has invalid ones.
pub(crate) fn bytes(text: &str) -> Option<Vec<u8>> {
    let byte = |c: char| u32::from(c).checked_sub(FIRST).and_then(|byte| u8::try_from(byte).ok());
    if !text.contains(|c| byte(c).is_some()) {
        return None;
    }
    let mut bytes = Vec::new();
    for c in text.chars() {
        match byte(c) {
            Some(byte) => bytes.push(byte),
            None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Some(bytes)
}
