use proptest::prelude::*;

use super::{Malformed, Progress, Request, RequestLimits, RequestReader, Version};

const LIMITS: RequestLimits = RequestLimits { head: 2000, body: 500 };

/// Reads all requests from pieces, up to what is none.
fn read(pieces: &[&[u8]]) -> (Vec<Request>, Result<usize, Malformed>) {
    let mut requests = Vec::new();
    let mut buffer = Vec::new();
    let mut reader = RequestReader::new(LIMITS);
    for piece in pieces {
        buffer.extend_from_slice(piece);
        loop {
            match reader.advance(&mut buffer) {
                Ok(Progress::More) => break,
                Ok(Progress::AwaitsContinue) => {}
                Ok(Progress::Complete(request)) => {
                    requests.push(request);
                    reader = RequestReader::new(LIMITS);
                }
                Err(malformed) => return (requests, Err(malformed)),
            }
        }
    }
    (requests, Ok(buffer.len()))
}

/// Pieces of what requests are made of, and others.
fn parts() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "GET / HTTP/1.1\r\n",
        "POST /a HTTP/1.0\n",
        "content-length: 3\r\n",
        "Content-Length: 18446744073709551615\r\n",
        "transfer-encoding: chunked\r\n",
        "expect: 100-continue\r\n",
        "\r\n",
        "\n",
        "\r",
        "3\r\nabc\r\n",
        "ffffffffffffffff\r\n",
        "0\r\n\r\n",
        "0;a=b\r\nx: y\r\n\r\n",
        ":",
    ]);
    let piece = prop_oneof![
        8 => known.prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => (any::<u8>(), 0_usize..3000).prop_map(|(byte, times)| vec![byte; times]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// No bytes make the reader panic, and how they are cut makes no difference.
    #[test]
    fn any_bytes_in_any_pieces(bytes in parts(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut start = 0;
        for cut in cuts {
            pieces.push(&bytes[start..cut]);
            start = cut;
        }
        pieces.push(&bytes[start..]);
        let (whole, whole_end) = read(&[&bytes]);
        let (cut, cut_end) = read(&pieces);
        // What is malformed may be noticed at another rule where it breaks two, but not later.
        prop_assert_eq!(whole, cut);
        prop_assert_eq!(whole_end.is_ok(), cut_end.is_ok());
        if let (Ok(whole), Ok(cut)) = (whole_end, cut_end) {
            prop_assert_eq!(whole, cut);
        }
    }

    /// A request comes back as it was written.
    #[test]
    fn requests_survive(
        method in "[A-Z]{1,8}",
        target in "/[!-~]{0,20}",
        fields in prop::collection::vec(("x-[A-Za-z0-9]{0,8}", "([!-~]([ -~]{0,8}[!-~])?)?"), 0..70),
        body in prop::collection::vec(any::<u8>(), 0..200),
        chunk in prop::option::of(1_usize..50),
    ) {
        let mut bytes = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
        let mut headers: Vec<(String, Vec<u8>)> =
            fields.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        match chunk {
            Some(_) => headers.push(("Transfer-Encoding".to_owned(), b"chunked".to_vec())),
            None => headers.push(("Content-Length".to_owned(), body.len().to_string().into_bytes())),
        }
        for (name, value) in &headers {
            bytes.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        bytes.extend_from_slice(b"\r\n");
        prop_assume!(bytes.len() <= LIMITS.head);
        match chunk {
            Some(size) => {
                for data in body.chunks(size) {
                    bytes.extend_from_slice(&[format!("{:X}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat());
                }
                bytes.extend_from_slice(b"0\r\n\r\n");
            }
            None => bytes.extend_from_slice(&body),
        }
        let expected = Request { method, target, version: Version::Http11, headers, body };
        prop_assert_eq!(read(&[&bytes]), (vec![expected], Ok(0)));
    }
}

#[test]
fn continue_is_asked_for_once_and_only_while_the_body_is_awaited() {
    let head = b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n";
    let mut reader = RequestReader::new(LIMITS);
    let mut buffer = head.to_vec();
    assert_eq!(reader.advance(&mut buffer), Ok(Progress::AwaitsContinue));
    assert_eq!(reader.advance(&mut buffer), Ok(Progress::More));
    for (bytes, expected) in [
        (&b"POST / HTTP/1.0\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n"[..], Progress::More),
        (b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\na", Progress::More),
    ] {
        assert_eq!(RequestReader::new(LIMITS).advance(&mut bytes.to_vec()), Ok(expected));
    }
}
