use std::time::Duration;

use super::{Asked, Framing, Head, Http1Reader, Piece};
use crate::{FindingKind, Limits};

pub(crate) fn read(pieces: &[&[u8]], asked: Asked) -> Vec<Piece> {
    let mut reader = Http1Reader::new(asked, Limits { head: 1024, ..Limits::default() });
    let mut seen = Vec::new();
    for piece in pieces {
        reader.feed(piece, Duration::ZERO, &mut seen);
    }
    reader.end(&mut seen);
    join(seen)
}

/// Adjacent pieces of content as one.
fn join(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Body(body)), Piece::Body(more)) => body.extend(more),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

fn get(text: &str) -> Vec<Piece> {
    read(&[text.as_bytes()], Asked::Other)
}

fn head(pieces: &[Piece]) -> &Head {
    let head = pieces.iter().find_map(|piece| if let Piece::Head(head) = piece { Some(head) } else { None });
    head.expect("a head")
}

fn kinds(pieces: &[Piece]) -> Vec<(FindingKind, u64)> {
    let kinds = pieces.iter().filter_map(|piece| match piece {
        Piece::Finding(finding) => Some((finding.kind, finding.offset)),
        _ => None,
    });
    kinds.collect()
}

fn body(pieces: &[Piece]) -> String {
    let bytes =
        pieces.iter().filter_map(|piece| if let Piece::Body(body) = piece { Some(&body[..]) } else { None });
    String::from_utf8(bytes.collect::<Vec<_>>().concat()).expect("text")
}

#[test]
fn a_head_is_kept_as_it_came() {
    let pieces = get("HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:2 \r\nContent-Length: 2\r\n\r\nhi");
    let head = head(&pieces);
    assert_eq!((head.status, head.minor_version, head.length), (200, 1, 54));
    assert_eq!(head.values("X-a").collect::<Vec<_>>(), [b"1", b"2"]);
    assert_eq!(head.fields[0].name, b"X-A");
    assert_eq!(head.fields[1].offset, 25);
    assert_eq!((body(&pieces).as_str(), pieces.last()), ("hi", Some(&Piece::Complete)));
    assert_eq!(kinds(&pieces), []);
}

#[test]
fn interim_heads_come_first() {
    let pieces = get("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
    let statuses: Vec<u16> = pieces
        .iter()
        .filter_map(|p| if let Piece::Head(head) = p { Some(head.status) } else { None })
        .collect();
    assert_eq!(statuses, [103, 204]);
    assert_eq!(kinds(&pieces), []);
}

#[test]
fn chunks_are_taken_apart() {
    let pieces = get(
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nT: 1\r\n\r\n",
    );
    assert_eq!(head(&pieces).framing, Framing::Chunked);
    assert_eq!((body(&pieces).as_str(), pieces.last()), ("abcd", Some(&Piece::Complete)));
    assert_eq!(kinds(&pieces), []);
}

#[test]
fn violations_of_heads() {
    use FindingKind::*;
    for (text, expected) in [
        ("garbage\r\n", vec![(NotHttp, 0)]),
        ("HTTP/2 200\r\n\r\n", vec![(NotHttp, 0)]),
        ("HTTP/1.1 20 OK\r\n\r\n", vec![(StatusLine, 0)]),
        ("HTTP/1.1 200\r\n\r\n", vec![(StatusLine, 0)]),
        ("HTTP/1.1 200 OK\nA: 1\r\n\r\n", vec![(BareLineFeed, 0)]),
        ("HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\r\n", vec![(FoldedField, 23)]),
        ("HTTP/1.1 200 OK\r\nA : 1\r\n\r\n", vec![(SpaceBeforeColon, 17)]),
        ("HTTP/1.1 200 OK\r\nA\r\n\r\n", vec![(FieldWithoutColon, 17)]),
        ("HTTP/1.1 200 OK\r\nA(: 1\r\n\r\n", vec![(FieldName, 17)]),
        ("HTTP/1.1 200 OK\r\nA: 1\0\r\n\r\n", vec![(ControlInField, 17)]),
        ("HTTP/1.1 200 OK\r\nA: 1\rB: 2\r\n\r\n", vec![(ControlInField, 17)]),
        ("HTTP/1.1 200 OK\r\nA: 1\r\n", vec![(CutHead, 23)]),
    ] {
        assert_eq!(kinds(&get(text)), expected, "{text:?}");
    }
    let long = format!("HTTP/1.1 200 OK\r\nA: {}\r\n\r\n", "x".repeat(2000));
    assert_eq!(kinds(&get(&long)), [(HeadTooLong, 17)]);
    assert_eq!(get(""), []);
}

#[test]
fn violations_of_framing() {
    use FindingKind::*;
    let ok = "HTTP/1.1 200 OK\r\n";
    for (text, expected) in [
        (
            format!("{ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            vec![(LengthAndTransferEncoding, 36)],
        ),
        (format!("{ok}content-length: x\r\n\r\n"), vec![(InvalidLength, 17)]),
        (format!("{ok}content-length: 1\r\ncontent-length: 2\r\n\r\n"), vec![(InvalidLength, 17)]),
        (format!("{ok}transfer-encoding: gzip\r\n\r\n"), vec![(NotChunkedLast, 17)]),
        (
            "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".into(),
            vec![(TransferEncodingInHttp10, 17)],
        ),
        ("HTTP/1.1 204 No\r\ncontent-length: 0\r\n\r\n".into(), vec![(FramingWithoutContent, 17)]),
        (format!("{ok}content-length: 1\r\n\r\nab"), vec![(AfterEnd, 39)]),
        (format!("{ok}content-length: 3\r\n\r\nab"), vec![(Truncated, 40)]),
        (format!("{ok}transfer-encoding: chunked\r\n\r\nx\r\n"), vec![(ChunkSize, 47)]),
        (format!("{ok}transfer-encoding: chunked\r\n\r\n1\r\nabc"), vec![(ChunkEnd, 51)]),
        (format!("{ok}transfer-encoding: chunked\r\n\r\n1\r\na\r\n"), vec![(Truncated, 53)]),
        (format!("{ok}transfer-encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n"), vec![(BareLineFeed, 47)]),
        (format!("{ok}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n"), vec![(ChunkSize, 47)]),
    ] {
        assert_eq!(kinds(&get(&text)), expected, "{text:?}");
    }
}

#[test]
fn an_answer_to_head_has_no_content() {
    let pieces = read(&[b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\ndata"], Asked::Head);
    assert_eq!(kinds(&pieces), [(FindingKind::AfterEnd, 38)]);
}

#[test]
fn a_second_answer_on_the_connection() {
    let mut reader = Http1Reader::new(Asked::Head, Limits::default());
    let mut seen = Vec::new();
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\n", Duration::ZERO, &mut seen);
    assert!(reader.is_complete());
    reader.ask_again(Asked::Other);
    reader.feed(b"HTTP/1.1 404 No\r\ncontent-length: 1\r\n\r\nx", Duration::ZERO, &mut seen);
    reader.end(&mut seen);
    assert_eq!(kinds(&seen), []);
    assert_eq!(body(&seen), "x");
}
