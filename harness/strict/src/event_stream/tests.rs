use std::time::Duration;

use super::block::Block;
use super::item::Item;
use super::reader::EventStreamReader;
use crate::finding::Known;
use crate::{FindingKind, Limits};

pub(crate) fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Item> {
    let mut body = EventStreamReader::new(Limits { line: 100, data: 150, ..Limits::default() });
    let mut items = Vec::new();
    for piece in pieces {
        body.feed(piece, Duration::ZERO, &mut items);
    }
    body.end(&mut items);
    items
}

fn kinds(text: &[u8]) -> Vec<(FindingKind, u64)> {
    let items = read([text]);
    let kinds = items.iter().filter_map(|item| match item {
        Item::Finding(finding) => Some((finding.kind, finding.offset)),
        _ => None,
    });
    kinds.collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let items = read([text.as_bytes()]);
    items
        .into_iter()
        .filter_map(|item| if let Item::Block(block) = item { Some(block) } else { None })
        .collect()
}

#[test]
fn a_clean_stream_has_no_findings() {
    for text in [
        "",
        "data: a\n\n",
        "retry: 10\n\n: hi\n\nid: 1\nevent: x\ndata: a\ndata\ndata:b\n\n",
        "data: a\r\n\r\ndata: b\r\n\r\n",
        "data: a\r\rdata: b\r\r",
        "\n\n: x\n\n",
        "data: \u{2028}\u{1f600}\n\n",
    ] {
        assert_eq!(kinds(text.as_bytes()), [], "{text:?}");
    }
}

#[test]
fn a_block_says_what_it_dispatches() {
    let all = blocks(":c\nid: 7\nevent: x\ndata: a\ndata\ndata:  b\nretry: 5\n\nid: 8\n\n");
    assert_eq!(all[0].data.as_deref(), Some("a\n\n b"));
    assert_eq!(all[0].data_length, 5);
    assert_eq!(
        (all[0].id.as_deref(), all[0].event.as_deref(), all[0].retry.as_deref()),
        (Some("7"), Some("x"), Some("5"))
    );
    assert_eq!((all[0].fields, all[0].comments, all[0].offset), (6, 1, 0));
    assert_eq!((all[1].is_event(), all[1].id.as_deref(), all[1].offset), (false, Some("8"), 50));
}

#[test]
fn comments_and_fields_have_their_places() {
    let items = read([&b"\n: a\nx:y\n\n"[..]]);
    assert!(matches!(&items[0], Item::Comment(c) if c.offset == 1 && c.text == " a" && c.length == 3));
    assert!(matches!(&items[1], Item::Field(f) if f.offset == 5 && f.name == "x" && f.value == "y"));
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    use FindingKind::*;
    for (text, expected) in [
        (&b"data: \xFF\n\n"[..], vec![(InvalidUtf8, 6)]),
        (b"data: \xE2\x80\n\n", vec![(InvalidUtf8, 6)]),
        (b"\xEF\xBB\xBFdata: a\n\n", vec![(ByteOrderMark, 0)]),
        (
            b"\xEF\xBB\xBFdata: a\n\n\xEF\xBB\xBFdata: b\n\n",
            vec![(ByteOrderMark, 0), (LaterByteOrderMark, 12), (NearMiss(Known::Data), 12)],
        ),
        (b"data: a\0b\n\n", vec![(Nul, 7)]),
        (b"id: a\0b\ndata: x\n\n", vec![(Nul, 5), (IdWithNul, 0)]),
        (b"data: a\ndata: b\r\n\n", vec![(MixedTerminators, 15)]),
        (b"Data: a\n\n", vec![(NearMiss(Known::Data), 0)]),
        (b"events: a\ndata: b\n\n", vec![(NearMiss(Known::Event), 0)]),
        (b"data {\"a\": 1}\n\n", vec![(NearMiss(Known::Data), 0)]),
        (b"data: a\ndata was b\n\n", vec![(UnsplitPayload, 8)]),
        (b"data: a\nx: y\n\n", vec![(UnknownField, 8)]),
        (b"data: {\n  \"a\": 1\n}\n\n", vec![(UnsplitPayload, 8), (UnsplitPayload, 17)]),
        (b"data: a\rb\n\n", vec![(MixedTerminators, 9), (UnsplitPayload, 8)]),
        (b"data: a\rb\r\n\r\n", vec![(MixedTerminators, 9), (UnsplitPayload, 8)]),
        (b"event: a\n\n", vec![(BlockWithoutData, 0)]),
        (b"id: 5\n\n", vec![(BlockWithoutData, 0)]),
        (b"retry: 5s\n\n", vec![(RetryNotDigits, 0)]),
        (b"retry\n\n", vec![(RetryNotDigits, 0)]),
        (b"<!DOCTYPE html>\n\n", vec![(Document, 0)]),
        (b"{\"error\":\"no\"}", vec![(Document, 0)]),
        (b"data: a\n\n<!DOCTYPE html>\n<p>x\n\n", vec![(DocumentWithin, 9), (UnknownField, 25)]),
        (b"data: a\n\nHTTP/1.1 500 Internal Server Error\n\n", vec![(DocumentWithin, 9)]),
        (b"data: a\n\n{\"detail\":\"no\"}\n\n", vec![(DocumentWithin, 9)]),
        (b"data: a\n\n{\"message\":1}\n\n", vec![(UnknownField, 9)]),
        (b"data: a\n\nInternal Server Error", vec![(DocumentWithin, 9)]),
        (b"data: a\n<html>\n", vec![(DocumentWithin, 8), (UnfinishedBlock, 0)]),
        // A payload that is not split.
        (b"data: a\n<html>\n\n", vec![(UnsplitPayload, 8)]),
        (b"data: a\n", vec![(UnfinishedBlock, 0)]),
        (b"data: a", vec![(UnfinishedLine, 0)]),
        (b"data: a\n\ndata: b", vec![(UnfinishedLine, 9)]),
        (b": a\n", vec![(UnfinishedBlock, 0)]),
    ] {
        assert_eq!(kinds(text), expected, "{:?}", String::from_utf8_lossy(text));
    }
}

#[test]
fn what_is_too_long_is_counted() {
    let text = format!("data: {}\n\ndata: z\n\n", "x".repeat(1000));
    assert_eq!(kinds(text.as_bytes()), [(FindingKind::LongLine, 0)]);
    let all = blocks(&text);
    assert_eq!((all[0].data_length, all[0].data.as_ref().map(String::len)), (1000, Some(94)));
    assert_eq!(all[1].data.as_deref(), Some("z"));
    let all = blocks(&format!("{}\n", "data: yyyyyyyyy\n".repeat(50)));
    assert_eq!((all[0].data_length, all[0].data.as_ref().map(String::len)), (499, Some(150)));
}

#[test]
fn memory_stays_flat() {
    let mut body = EventStreamReader::new(Limits { line: 1000, data: 1000, ..Limits::default() });
    let mut items = Vec::new();
    for _ in 0..1000 {
        body.feed(&[b'x'; 10_000], Duration::ZERO, &mut items);
    }
    assert_eq!((items.len(), body.longest_line(), body.length()), (0, 10_000_000, 10_000_000));
    body.end(&mut items);
    let reported: Vec<_> =
        items.iter().map(|item| matches!(item, Item::Finding(f) if f.excerpt.len() < 400)).collect();
    assert_eq!(reported, [true, true]);
}

#[test]
fn findings_of_a_kind_are_bounded() {
    assert_eq!(kinds(&b"retry: x\n\n".repeat(1000)).len(), 16);
}

#[test]
fn terminators_are_counted() {
    let mut body = EventStreamReader::new(Limits::default());
    body.feed(b"a\nb\r\nc\rd\r", Duration::ZERO, &mut Vec::new());
    let so_far = body.terminators();
    assert_eq!((so_far.lf, so_far.crlf, so_far.cr), (1, 1, 1));
    body.feed(b"\n", Duration::ZERO, &mut Vec::new());
    assert_eq!(body.terminators().crlf, 2);
}
