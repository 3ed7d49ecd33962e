use super::*;

fn request(headers: &[(&str, &str)], route: Option<&str>) -> EntryKind {
    EntryKind::Request {
        method: "GET".to_owned(),
        target: "/a\u{1b}?b".to_owned(),
        version: "HTTP/1.1".to_owned(),
        tls: false,
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        body: String::new(),
        route: route.map(str::to_owned),
        nth: 2,
    }
}

fn line(kind: EntryKind) -> String {
    let entry = Entry { at: "2020-02-03T04:05:06.789Z".to_owned(), connection: 7, kind };
    entry.line()
}

#[test]
fn a_line_says_when_where_and_what() {
    let seen = request(&[("host", "x"), ("Last-Event-ID", "1\u{1b}")], Some("/*"));
    assert_eq!(
        line(seen),
        "04:05:06.789  #7   GET /a\\u{1b}?b  last-event-id: \"1\\u{1b}\"  (route /*, connection 2)"
    );
    assert_eq!(line(request(&[], None)), "04:05:06.789  #7   GET /a\\u{1b}?b  (no route)");
    assert_eq!(line(EntryKind::Left { how: "fin".to_owned() }), "04:05:06.789  #7   the client left (fin)");
    assert_eq!(
        line(EntryKind::Malformed { reason: "\u{7}".to_owned() }),
        "04:05:06.789  #7   not a request: \\u{7}"
    );
    assert_eq!(line(EntryKind::Dropped { how: "reset".to_owned() }), "04:05:06.789  #7   dropped (reset)");
    assert_eq!(line(EntryKind::Ended), "04:05:06.789  #7   the body ended");
    assert_eq!(line(EntryKind::Played), "04:05:06.789  #7   the script finished");
}

#[test]
fn what_was_sent_is_shown_as_text() {
    let sent = |bytes: &[u8]| EntryKind::sent(&Captured { bytes: bytes.to_vec(), length: 99 });
    assert_eq!(line(sent(b"a\n")), "04:05:06.789  #7   sent 99 bytes: a\\n");
    assert_eq!(sent(b"a"), EntryKind::Sent { text: "a".to_owned(), hex: None, length: 99 });
    let broken = EntryKind::Sent { text: "\u{fffd}".to_owned(), hex: Some("ff".to_owned()), length: 99 };
    assert_eq!(sent(b"\xff"), broken);
    assert!(line(sent("é".repeat(1000).as_bytes())).len() < 400);
}

#[test]
fn expectations_are_shown() {
    let expectation = "a request, x \"1\"".to_owned();
    let met = EntryKind::Met { expectation: expectation.clone() };
    assert_eq!(line(met), "04:05:06.789  #7   as expected: a request, x \"1\"");
    let unmet = EntryKind::Unmet { expectation: "a disconnect".to_owned(), instead: "none".to_owned() };
    assert_eq!(line(unmet), "04:05:06.789  #7   EXPECTED a disconnect; none");
}

#[test]
fn an_entry_is_a_json_object() {
    let entry =
        Entry { at: "now".to_owned(), connection: 1, kind: EntryKind::Left { how: "fin".to_owned() } };
    let object = serde_json::json!({ "at": "now", "connection": 1, "what": "left", "how": "fin" });
    assert_eq!(serde_json::json!(entry), object);
}

#[test]
fn an_entry_has_the_time() {
    let entry = Entry::now(3, EntryKind::Ended);
    assert_eq!((entry.at.len(), entry.connection), ("2020-02-03T04:05:06.789Z".len(), 3));
    assert_eq!(Entry { at: "?".to_owned(), ..entry }.line(), "?  #3   the body ended");
}
