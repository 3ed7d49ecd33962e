//! The user name and password of a URL.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ssespec::target::Target;

/// The header field with the user name and password of a URL, <https://www.rfc-editor.org/rfc/rfc7617#section-2>.
pub(crate) fn basic(target: &Target) -> Option<(String, String)> {
    let userinfo = target.userinfo.as_deref()?;
    let pair = if userinfo.contains(':') { userinfo.to_owned() } else { format!("{userinfo}:") };
    Some(("authorization".into(), format!("Basic {}", BASE64_STANDARD.encode(pair))))
}
