//! Texts and bytes of a case, quoted for its explanation and for failures.

#[cfg(test)]
mod tests;

/// The maximum length of a quoted text, in characters.
const LONGEST: usize = 300;

/// A text in quotes with its control characters escaped; a long one is cut.
pub fn quote(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((cut, _)) => format!("{:?}… ({} bytes)", &text[..cut], text.len()),
    }
}

/// A text with its control characters escaped.
pub(crate) fn visible(text: &str) -> String {
    let one = |c: char| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() };
    text.chars().map(one).collect()
}

/// Bytes, quoted if they are text, in hexadecimal otherwise; a long sequence is cut.
pub(crate) fn quote_bytes(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return quote(text);
    }
    let digits: Vec<String> = bytes.iter().take(LONGEST).map(|byte| format!("{byte:02x}")).collect();
    let cut = if bytes.len() > LONGEST { format!("… ({} bytes)", bytes.len()) } else { String::new() };
    format!("the bytes {}{cut}", digits.join(" "))
}
