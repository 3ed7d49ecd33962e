//! QR codes on a terminal.

use std::io::IsTerminal;

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// The QR code of a URL, if standard error is a terminal.
pub(crate) fn for_terminal(url: &str) -> Option<String> {
    std::io::stderr().is_terminal().then(|| render(url)).flatten()
}

fn render(url: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(url, EcLevel::L).ok()?;
    // Most terminals are dark, so a space is a dark module.
    Some(code.render::<Dense1x2>().dark_color(Dense1x2::Dark).light_color(Dense1x2::Light).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_url_fits_a_terminal() {
        let code = render("http://192.168.178.25:45678/0123456789abcdef0123456789abcdef/").expect("a code");
        let widths: Vec<usize> = code.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0] && *width <= 60), "{code}");
        assert!(widths.len() <= 30, "{code}");
    }
}
