//! The bytes of the stream.

use ssespec_strict::FindingKind;

use super::stream::{forbid, judge_findings, judge_stream};
use crate::check::Check;
use crate::describe;
use crate::need::Need;
use crate::outcome::{Breach, Outcome, fact};
use crate::wire::exchange::{End, Exchange};

pub(crate) const CHECKS: &[Check] = &[
    Check::new("utf-8", "The stream is valid UTF-8", "whatwg/server-utf8-only", |c| {
        forbid(c, &[FindingKind::InvalidUtf8], "UTF-8", "")
    }),
    Check::new("chunk-syntax", "The chunks are well-formed", "http/chunk-syntax", |c| {
        judge_stream(c, chunk_syntax)
    })
    .needs(&[Need::Http1]),
    Check::new(
        "chunked-end",
        "A chunked stream that ends sends the last chunk",
        "http/chunked-complete",
        |c| judge_stream(c, chunked_end),
    ),
    Check::new(
        "final-blank-line",
        "A stream that ends completes its last event block",
        "whatwg/abnf-event",
        |c| judge_stream(c, final_blank_line),
    ),
    Check::new(
        "bom-at-start",
        "The stream does not start with a BOM",
        "resilience-server/no-byte-order-mark",
        |c| {
            forbid(
                c,
                &[FindingKind::ByteOrderMark],
                "no byte order mark",
                "some clients treat it as part of the first field name",
            )
        },
    ),
    Check::new(
        "bom-later",
        "There is no BOM after the start of the stream",
        "whatwg/abnf-single-leading-bom",
        |c| {
            forbid(
                c,
                &[FindingKind::LaterByteOrderMark],
                "no byte order mark",
                "clients ignore the field that follows it",
            )
        },
    ),
    Check::new(
        "one-terminator",
        "All lines have the same line ending",
        "resilience-server/one-terminator",
        |c| judge_stream(c, one_terminator),
    ),
    Check::new(
        "payload-split",
        "Each line of a payload is sent as its own data field",
        "whatwg/server-payload-newlines-split",
        |c| {
            forbid(
                c,
                &[FindingKind::UnsplitPayload],
                "a data field for each line of the payload, split at LF, CR and CRLF",
                "the text after a line break in a payload is lost or becomes a field of its own",
            )
        },
    ),
    Check::new(
        "document",
        "The stream is not an error page",
        "resilience-server/errors-are-not-streams",
        |c| judge_stream(c, document),
    ),
    Check::new("nul", "The stream contains no U+0000", "resilience-server/no-nul", |c| {
        forbid(
            c,
            &[FindingKind::Nul],
            "no U+0000",
            "some clients remove it from values, and all of them ignore an id that contains it",
        )
    }),
    Check::new("line-length", "Length of the longest line", "resilience-server/line-length", |c| {
        judge_stream(c, line_length)
    }),
];

fn document(exchange: &Exchange) -> Outcome {
    let is_within =
        exchange.stream_findings.iter().any(|finding| finding.kind == FindingKind::DocumentWithin);
    let hint = match is_within {
        true => {
            "the framework writes its error page into the stream, since the head was sent long before; catch the error and end the stream"
        }
        false => "clients show nothing of it and reconnect forever",
    };
    let kinds = [FindingKind::Document, FindingKind::DocumentWithin];
    judge_findings(exchange, &kinds, "an event stream, or an error status", hint)
}

fn chunk_syntax(exchange: &Exchange) -> Outcome {
    let kinds = [FindingKind::ChunkSize, FindingKind::ChunkEnd];
    let is_chunked = exchange.head().is_some_and(|head| head.lists("transfer-encoding", "chunked"));
    if !is_chunked {
        return Outcome::NotJudged("the stream is not chunked".into());
    }
    let head_end = exchange.head().map_or(0, |head| head.offset + head.length);
    let wrong = exchange.http_findings.iter().find(|finding| {
        let is_in_content = finding.offset >= head_end;
        kinds.contains(&finding.kind) || (finding.kind == FindingKind::BareLineFeed && is_in_content)
    });
    match wrong {
        Some(finding) => {
            Breach::new(exchange, "chunks as defined by RFC 9112", describe::finding(finding, "the response"))
                .proven()
        }
        None => Outcome::Holds,
    }
}

fn chunked_end(exchange: &Exchange) -> Outcome {
    if exchange.is_cut_over_http2() {
        return Breach::new(exchange, "END_STREAM at the end of the stream", exchange.describe_end())
            .hint("without it, clients see a broken connection")
            .proven();
    }
    if exchange.http_findings.iter().any(|finding| finding.kind == FindingKind::Truncated) {
        return Breach::new(
            exchange,
            "the last chunk, of size 0, before the end of the connection",
            exchange.describe_end(),
        )
        .hint("without it, clients see a broken connection")
        .proven();
    }
    match exchange.end {
        End::Complete => Outcome::Holds,
        _ => Outcome::NotJudged("the stream did not end while it was observed".into()),
    }
}

fn final_blank_line(exchange: &Exchange) -> Outcome {
    if exchange.end != End::Complete {
        return Outcome::NotJudged("the stream did not end while it was observed".into());
    }
    judge_findings(
        exchange,
        &[FindingKind::UnfinishedLine, FindingKind::UnfinishedBlock],
        "a blank line at the end of the last event block",
        "clients discard an incomplete event block",
    )
}

fn one_terminator(exchange: &Exchange) -> Outcome {
    let all = exchange.terminators;
    let counts = format!("{} LF, {} CRLF, {} CR", all.lf, all.crlf, all.cr);
    if all.lf == 0 && all.crlf == 0 && all.cr > 1 {
        return Breach::new(exchange, "LF or CRLF", counts)
            .hint("a client that reads line by line waits for the byte after a CR")
            .proven();
    }
    judge_findings(exchange, &[FindingKind::MixedTerminators], "a single kind of line ending", &counts)
}

fn line_length(exchange: &Exchange) -> Outcome {
    const LONG: u64 = 1024 * 1024;
    if exchange.longest_line > LONG {
        let observed = format!("a line of {} bytes", exchange.longest_line);
        return Breach::new(exchange, "lines of at most 1 MiB", observed).suspected();
    }
    let size = match exchange.longest_line {
        0..=1024 => "at most 1 KiB",
        1025..=65_536 => "at most 64 KiB",
        _ => "at most 1 MiB",
    };
    fact("longest line", size)
}
