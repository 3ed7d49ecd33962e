//! The bytes of the stream.

use super::check::{Check, Judging};
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::wire::{End, Exchange};
use ssespec::findings;
use ssespec_strict::FindingKind;

pub(super) const CHECKS: &[Check] = &[
    Check::observed("utf-8", "Every byte is of UTF-8", "whatwg/server-utf8-only", |b| {
        found(b, &[FindingKind::InvalidUtf8], "UTF-8", "")
    }),
    Check::observed("chunk-syntax", "The chunks are well-formed", "http/chunk-syntax", |b| {
        judged(b, chunk_syntax)
    }),
    Check::observed(
        "chunked-end",
        "A stream that ends ends with the last chunk",
        "http/chunked-complete",
        |b| judged(b, chunked_end),
    ),
    Check::observed(
        "final-blank-line",
        "The last block of a stream that ends is complete",
        "whatwg/abnf-event",
        |b| judged(b, final_blank_line),
    ),
    Check::observed(
        "bom-at-start",
        "There is no byte order mark",
        "resilience-server/no-byte-order-mark",
        |b| {
            found(
                b,
                &[FindingKind::ByteOrderMark],
                "no byte order mark",
                "some clients take it for a part of the first field",
            )
        },
    ),
    Check::observed(
        "bom-later",
        "There is no byte order mark after the start",
        "whatwg/abnf-single-leading-bom",
        |b| found(b, &[FindingKind::LaterByteOrderMark], "none", "the field that it precedes is dropped"),
    ),
    Check::observed(
        "one-terminator",
        "All lines end in the same way",
        "resilience-server/one-terminator",
        |b| judged(b, one_terminator),
    ),
    Check::observed(
        "payload-split",
        "Line breaks within a payload are split into data lines",
        "whatwg/server-payload-newlines-split",
        |b| {
            found(
                b,
                &[FindingKind::UnsplitPayload],
                "a data line for each line of the payload, split at LF, CR and CRLF",
                "what follows a line break in a payload is lost, or becomes a field of its own",
            )
        },
    ),
    Check::observed(
        "document",
        "A stream is no error page",
        "resilience-server/errors-are-not-streams",
        |b| {
            found(
                b,
                &[FindingKind::Document],
                "an event stream, or a status that says what is wrong",
                "clients show nothing of it, and reconnect for ever",
            )
        },
    ),
    Check::observed("nul", "There is no U+0000", "resilience-server/no-nul", |b| {
        found(
            b,
            &[FindingKind::Nul],
            "none",
            "some clients drop it from values, and all of them drop an id that has one",
        )
    }),
    Check::observed("line-length", "How long the longest line is", "resilience-server/line-length", |b| {
        judged(b, line_length)
    }),
];

/// Judges the stream.
pub(super) fn judged(bench: Bench, judge: fn(&Exchange) -> Outcome) -> Judging {
    Box::pin(async move {
        match bench.stream().await {
            Ok(watched) => judge(&watched.exchange),
            Err(outcome) => outcome,
        }
    })
}

/// Judges by what the strict reader has found.
pub(super) fn found(
    bench: Bench,
    kinds: &'static [FindingKind],
    expected: &'static str,
    hint: &'static str,
) -> Judging {
    Box::pin(async move {
        let watched = match bench.stream().await {
            Ok(watched) => watched,
            Err(outcome) => return outcome,
        };
        by_findings(&watched.exchange, kinds, expected, hint)
    })
}

/// How many findings a report shows.
const SHOWN: usize = 5;

fn by_findings(exchange: &Exchange, kinds: &[FindingKind], expected: &str, hint: &str) -> Outcome {
    let all: Vec<String> =
        exchange.findings.iter().filter(|f| kinds.contains(&f.kind)).map(findings::describe).collect();
    if all.is_empty() {
        return if exchange.content_length == 0 {
            Outcome::NotJudged("nothing came on the stream".into())
        } else {
            Outcome::Held
        };
    }
    let more = all.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = all.into_iter().take(SHOWN).collect();
    shown.extend((more > 0).then(|| format!("and {more} more")));
    let breach = Breach::of(exchange, expected, shown.join("\n"));
    if hint.is_empty() { breach.broken() } else { breach.hint(hint).broken() }
}

fn chunk_syntax(exchange: &Exchange) -> Outcome {
    let kinds = [FindingKind::ChunkSize, FindingKind::ChunkEnd];
    let is_of_chunks = exchange.head().is_some_and(|head| head.lists("transfer-encoding", "chunked"));
    if !is_of_chunks {
        return Outcome::NotJudged("the stream is not sent in chunks".into());
    }
    let end = exchange.head().map_or(0, |head| head.offset + head.length);
    let wrong = exchange.http.iter().find(|finding| {
        kinds.contains(&finding.kind) || (finding.kind == FindingKind::BareLineFeed && finding.offset >= end)
    });
    match wrong {
        Some(finding) => {
            Breach::of(exchange, "chunks as RFC 9112 has them", findings::describe(finding)).broken()
        }
        None => Outcome::Held,
    }
}

fn chunked_end(exchange: &Exchange) -> Outcome {
    if exchange.http.iter().any(|finding| finding.kind == FindingKind::Truncated) {
        return Breach::of(
            exchange,
            "the last chunk, of size 0, before the end of the connection",
            exchange.ending(),
        )
        .hint("without it the end is a broken connection to every client")
        .broken();
    }
    match exchange.end {
        End::Complete => Outcome::Held,
        _ => Outcome::NotJudged("the stream did not end while it was watched".into()),
    }
}

fn final_blank_line(exchange: &Exchange) -> Outcome {
    if exchange.end != End::Complete {
        return Outcome::NotJudged("the stream did not end while it was watched".into());
    }
    by_findings(
        exchange,
        &[FindingKind::UnfinishedLine, FindingKind::UnfinishedBlock],
        "a blank line at the end of the last block",
        "clients discard a block that is not complete",
    )
}

fn one_terminator(exchange: &Exchange) -> Outcome {
    let all = exchange.terminators;
    let counts = format!("{} LF, {} CRLF, {} CR", all.lf, all.crlf, all.cr);
    if all.lf == 0 && all.crlf == 0 && all.cr > 1 {
        return Breach::of(exchange, "LF or CRLF", counts)
            .hint("a client that reads line by line waits for the byte after a CR")
            .broken();
    }
    by_findings(exchange, &[FindingKind::MixedTerminators], "one kind of line terminator", &counts)
}

fn line_length(exchange: &Exchange) -> Outcome {
    const LONG: u64 = 1024 * 1024;
    if exchange.longest_line > LONG {
        let observed = format!("a line of {} bytes", exchange.longest_line);
        return Breach::of(exchange, "lines of at most 1 MiB", observed).suspected();
    }
    let step = match exchange.longest_line {
        0..=1024 => "at most 1 KiB",
        1025..=65_536 => "at most 64 KiB",
        _ => "at most 1 MiB",
    };
    told("longest line", step)
}
