use super::{HeadReader, Malformed, Request};

const LIMIT: usize = 1000;

fn read(bytes: &[u8]) -> Result<Option<(Request, usize)>, Malformed> {
    HeadReader::default().advance(bytes, LIMIT)
}

/// The value of the only field of a request.
fn value(line: &[u8]) -> Vec<u8> {
    let bytes = [b"GET / HTTP/1.1\r\n", line, b"\r\n\r\n"].concat();
    let (request, length) = read(&bytes).unwrap().unwrap();
    assert_eq!(length, bytes.len());
    let [(_, value)] = request.headers.try_into().unwrap();
    value
}

#[test]
fn a_value_is_kept_as_sent() {
    assert_eq!(value(b"last-event-id: a"), b"a");
    assert_eq!(value(b"last-event-id:a"), b"a");
    assert_eq!(value(b"last-event-id:"), b"");
    assert_eq!(value(b"last-event-id:  a\t "), b" a\t ");
    assert_eq!(value(b"last-event-id: a\x01b\x7f\0c"), b"a\x01b\x7f\0c");
    assert_eq!(value(b"last-event-id: a\rb"), b"a\rb");
    assert_eq!(value(b"last-event-id: \xFF\xC3\xA9"), b"\xFF\xC3\xA9");
}

#[test]
fn blank_lines_come_before_a_request() {
    let (request, length) = read(b"\r\n\nGET /a HTTP/1.0\nx: y\n\nrest").unwrap().unwrap();
    assert_eq!((request.target.as_str(), request.headers.len(), length), ("/a", 1, 25));
}

#[test]
fn what_is_not_a_head() {
    for bytes in [
        &b"\x16\x03\x01\x02\x00"[..],
        b"GE\x01T / HTTP/1.1",
        b"GET /\r\n\r\n",
        b"GET  HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.2\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\n",
        b"GET /a b HTTP/1.1\r\n\r\n",
    ] {
        assert_eq!(read(bytes), Err(Malformed::RequestLine), "{bytes:?}");
    }
    for line in ["no colon", "space : a", ": a", " folded: a"] {
        let bytes = format!("GET / HTTP/1.1\r\na: b\r\n{line}\r\n\r\n");
        assert_eq!(read(bytes.as_bytes()), Err(Malformed::FieldLine(line.into())));
    }
    assert_eq!(read(&[b'a'; 65]), Err(Malformed::RequestLine));
    // A line ends with one CR at most, whether its LF has arrived or not.
    assert_eq!(read(b"\r"), Ok(None));
    assert_eq!(read(b"\r\r"), Err(Malformed::RequestLine));
    assert_eq!(read(b"\r\r\n"), Err(Malformed::RequestLine));
}

#[test]
fn the_limit_counts_the_entire_head() {
    let head = |length: usize| {
        let mut bytes = b"GET / HTTP/1.1\r\nx: ".to_vec();
        bytes.resize(length - 4, b'y');
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes
    };
    assert!(matches!(read(&head(LIMIT)), Ok(Some((_, LIMIT)))));
    assert_eq!(read(&head(LIMIT + 1)), Err(Malformed::LongHead(LIMIT)));
    assert_eq!(read(&head(LIMIT + 100)[..LIMIT]), Err(Malformed::LongHead(LIMIT)));
    assert_eq!(read(&head(LIMIT)[..LIMIT - 1]), Ok(None));
}

#[test]
fn too_many_fields() {
    let bytes = [b"GET / HTTP/1.1\n".to_vec(), b"a:\n".repeat(1025), b"\n".to_vec()].concat();
    assert_eq!(HeadReader::default().advance(&bytes, 10_000), Err(Malformed::ManyFields));
}
