//! The head of a response, as it is forwarded.

use std::time::SystemTime;

use ssespec_strict::http::Framing;

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::came::ResponseHead;

/// Changes the head of a response into the one that the client gets.
pub(crate) fn change_head(head: &mut ResponseHead, defects: &Defects) {
    let names_fields = head.fields.values("connection").any(|value| value.contains(&b'x'));
    let keeps = names_fields && defects.has(Defect::ResponseConnectionFieldsForwarded);
    head.fields = std::mem::take(&mut head.fields).end_to_end(keeps);
    if head.status == 204 && defects.has(Defect::NoContentIsOk) {
        head.status = 200;
        head.reason = b"OK".to_vec();
        head.framing = Framing::Length(0);
        head.fields.0.push(("content-length".into(), b"0".to_vec()));
    }
    for (name, value) in &mut head.fields.0 {
        let is_type = name.eq_ignore_ascii_case("content-type");
        if is_type && value.contains(&b';') && defects.has(Defect::MediaTypeParametersDropped) {
            *value = value.split(|byte| *byte == b';').next().unwrap_or_default().to_vec();
        }
    }
    let is_unknown = |name: &str| name.to_ascii_lowercase().starts_with("x-");
    if head.fields.0.iter().any(|(name, _)| is_unknown(name)) && defects.has(Defect::ResponseFieldsDropped) {
        head.fields.remove(is_unknown);
    }
    if head.fields.values("cache-control").next().is_some() && defects.has(Defect::CacheControlDropped) {
        head.fields.remove(|name| name.eq_ignore_ascii_case("cache-control"));
    }
    let is_cookie = |name: &str| name.eq_ignore_ascii_case("set-cookie");
    let cookies: Vec<&[u8]> = head.fields.values("set-cookie").collect();
    if cookies.len() > 1 && defects.has(Defect::SetCookieJoined) {
        let joined = cookies.join(&b", "[..]);
        head.fields.remove(is_cookie);
        head.fields.0.push(("set-cookie".into(), joined));
    }
    if head.fields.values("date").next().is_none() {
        // <https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1>
        let date = httpdate::fmt_http_date(SystemTime::now());
        head.fields.0.push(("date".into(), date.into_bytes()));
    }
    head.fields.0.push(("via".into(), b"1.1 reference".to_vec()));
}
