use super::*;

const AT: Duration = Duration::from_millis(5);

fn reader() -> ResponseReader {
    ResponseReader::new("GET", None, 1000)
}

fn texts(response: &RecordedResponse) -> Vec<String> {
    response.writes.iter().map(|write| String::from_utf8(write.bytes.clone()).expect("text")).collect()
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn chunks_are_kept_however_they_are_read() {
    let text =
        format!("HTTP/1.1 103 Early Hints\r\n\r\n{HEAD}3\r\nabc\r\n2;x=y\r\n\r\n\r\n0\r\nT: r\r\n\r\n");
    for size in 1..text.len() {
        let mut reader = reader();
        for piece in text.as_bytes().chunks(size) {
            reader.read(piece, AT).expect("a response");
        }
        assert!(reader.is_over(), "{size}");
        let response = reader.stop();
        assert_eq!(texts(&response), ["abc", "\r\n"]);
        assert_eq!((response.end, response.framing), (RecordedEnd::Clean(Duration::ZERO), Framing::Chunked));
    }
}

#[test]
fn times_are_counted_from_the_head() {
    let mut reader = reader();
    reader.read(HEAD.as_bytes(), AT).expect("a head");
    reader.read(b"1\r\na\r\n", AT * 3).expect("a chunk");
    let response = reader.ended(true, AT * 4);
    assert_eq!((response.head_at, response.writes[0].at), (AT, AT * 2));
    assert_eq!(response.end, RecordedEnd::Reset(AT * 3));
}

#[test]
fn a_cut_in_a_chunk_keeps_what_came() {
    let mut reader = reader();
    reader.read(format!("{HEAD}5\r\nab").as_bytes(), AT).expect("a chunk");
    let response = reader.ended(false, AT);
    assert_eq!(texts(&response), ["ab"]);
    assert_eq!(response.end, RecordedEnd::Fin(Duration::ZERO));
}

#[test]
fn other_framings() {
    let mut close = reader();
    close.read(b"HTTP/1.0 200 OK\r\n\r\n", AT).expect("a head");
    close.read(b"a", AT).expect("a body");
    close.read(b"b", AT).expect("a body");
    let response = close.ended(false, AT);
    assert_eq!(
        (texts(&response).concat(), response.end),
        ("ab".to_owned(), RecordedEnd::Clean(Duration::ZERO))
    );
    assert_eq!(response.writes.len(), 2);
    let mut length = reader();
    length.read(b"HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbu", AT).expect("a head");
    assert!(!length.is_over());
    length.read(b"sy", AT).expect("a body");
    assert!(length.is_over());
    let mut none = reader();
    none.read(b"HTTP/1.1 204 No Content\r\n\r\n", AT).expect("a head");
    assert!(none.is_over());
}

#[test]
fn what_is_too_much_is_not_recorded() {
    let mut reader = ResponseReader::new("GET", None, 4);
    reader.read(format!("{HEAD}3\r\nabc\r\n3\r\nde").as_bytes(), AT).expect("chunks");
    assert!(reader.is_over());
    let response = reader.stop();
    assert_eq!((texts(&response), response.end), (vec!["abc".to_owned()], RecordedEnd::Open));
}

#[test]
fn what_is_no_response() {
    assert!(matches!(reader().read(b"SSH-2.0\r\n\r\n", AT), Err(ReadError::Head(_))));
    let mut chunks = reader();
    assert!(matches!(chunks.read(format!("{HEAD}x\r\n").as_bytes(), AT), Err(ReadError::Chunk(_))));
    let mut endless = reader();
    let line = "a".repeat(LINE + 1);
    assert!(endless.read(format!("{HEAD}{line}").as_bytes(), AT).is_err());
}
