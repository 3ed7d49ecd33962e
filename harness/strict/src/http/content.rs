//! How the content after a head is framed, <https://www.rfc-editor.org/rfc/rfc9112#section-6.3>.

use crate::finding::FindingKind;
use crate::http::framing::{Asked, Framing};
use crate::http::head::{FieldLine, Head};

/// How the content after a head is framed. What is wrong with the head in this regard is appended to `wrong`.
pub(crate) fn framing<'h>(
    head: &'h Head,
    asked: Asked,
    wrong: &mut Vec<(FindingKind, &'h FieldLine)>,
) -> Framing {
    let named = |name: &'static str| {
        head.fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
    };
    let coding = named("transfer-encoding").next_back();
    let lengths: Vec<&FieldLine> = named("content-length").collect();
    let length = lengths.first().copied();
    let has_no_content = (100..200).contains(&head.status) || head.status == 204;
    if has_no_content {
        wrong.extend(coding.or(length).map(|field| (FindingKind::FramingWithoutContent, field)));
    }
    if let (Some(coding), Some(_)) = (coding, length) {
        wrong.push((FindingKind::LengthAndTransferEncoding, coding));
    }
    if let (Some(coding), 0) = (coding, head.minor_version) {
        wrong.push((FindingKind::TransferEncodingInHttp10, coding));
    }
    let is_chunked = head.list("transfer-encoding").last().map(|last| last.eq_ignore_ascii_case("chunked"));
    if let (Some(coding), Some(false)) = (coding, is_chunked) {
        wrong.push((FindingKind::NotChunkedLast, coding));
    }
    let mut values = head.list("content-length");
    values.dedup();
    let number = match values.as_slice() {
        [one] if one.bytes().all(|byte| byte.is_ascii_digit()) => one.parse().ok(),
        _ => None,
    };
    if let (Some(length), None) = (length, number) {
        wrong.push((FindingKind::InvalidLength, length));
    }
    if asked == Asked::Head || has_no_content || head.status == 304 {
        return Framing::None;
    }
    match (is_chunked, number) {
        (Some(true), _) => Framing::Chunked,
        (None, Some(number)) => Framing::Length(number),
        _ => Framing::Close,
    }
}
