//! The content coding of an intermediary that compresses or decodes, which only defects do: the sound one forwards content as it
//! is.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzDecoder, GzEncoder};

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::came::ResponseHead;
use crate::intermediary::fields::Fields;
use crate::intermediary::request::Request;

/// Whether compressed content is sent immediately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flush {
    Each,
    AtEnd,
    /// Each piece is a member of gzip of its own.
    ByMember,
}

/// The coding of one response.
#[derive(Debug, Default)]
pub(crate) struct Coder {
    gzip: Option<(GzEncoder<Vec<u8>>, Flush)>,
    /// Decodes the content. The head says that it is compressed all the same.
    decoder: Option<GzDecoder<Vec<u8>>>,
}

impl Coder {
    /// The coding for a response, whose fields are changed accordingly.
    pub(crate) fn new(request: &Request, head: &mut ResponseHead, defects: &Defects) -> Self {
        let is_asked = request.fields.lists("accept-encoding", "gzip");
        if head.fields.lists("content-encoding", "gzip") && defects.has(Defect::DecodedWithEncodingField) {
            return Self { gzip: None, decoder: Some(GzDecoder::new(Vec::new())) };
        }
        let is_plain = head.fields.values("content-encoding").next().is_none() && head.status == 200;
        let may_be = is_plain && !head.fields.lists("cache-control", "no-transform");
        let flush = if is_asked && may_be && defects.has(Defect::CompressedWithoutFlush) {
            Flush::AtEnd
        } else if is_asked && may_be && defects.has(Defect::CompressedInMembers) {
            Flush::ByMember
        } else if is_asked && may_be && defects.has(Defect::CompressedWithoutVary)
            || is_asked && is_plain && !may_be && defects.has(Defect::NoTransformIgnored)
            || !is_asked && may_be && defects.has(Defect::CompressedUnasked)
        {
            Flush::Each
        } else {
            return Self::default();
        };
        head.fields.remove(|name| name.eq_ignore_ascii_case("content-length"));
        head.framing = ssespec_strict::http::Framing::Close;
        add(&mut head.fields, "content-encoding", "gzip");
        if !defects.has(Defect::CompressedWithoutVary) {
            add(&mut head.fields, "vary", "accept-encoding");
        }
        Self { gzip: Some((GzEncoder::new(Vec::new(), Compression::default()), flush)), decoder: None }
    }

    /// Content as it is sent now.
    pub(crate) fn code(&mut self, content: Vec<u8>) -> Vec<u8> {
        if let Some(decoder) = &mut self.decoder {
            // Content of another coding is lost, as it would be in such an intermediary.
            let _ = decoder.write_all(&content).and_then(|()| decoder.flush());
            return std::mem::take(decoder.get_mut());
        }
        let Some((encoder, flush)) = &mut self.gzip else { return content };
        // Writing to memory does not fail.
        let _ = encoder.write_all(&content);
        match flush {
            Flush::Each => _ = encoder.flush(),
            Flush::AtEnd => {}
            Flush::ByMember => {
                let next = GzEncoder::new(Vec::new(), Compression::default());
                return std::mem::replace(encoder, next).finish().unwrap_or_default();
            }
        }
        std::mem::take(encoder.get_mut())
    }

    /// What is sent at the end.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        self.gzip.take().and_then(|(encoder, _)| encoder.finish().ok()).unwrap_or_default()
    }
}

fn add(fields: &mut Fields, name: &str, value: &str) {
    fields.0.push((name.into(), value.into()));
}
