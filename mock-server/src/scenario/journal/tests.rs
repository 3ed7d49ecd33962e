use super::*;

fn request(headers: &[(&str, &str)], route: Option<&str>) -> EntryKind {
    EntryKind::Request {
        method: "GET".to_owned(),
        target: "/a\u{1b}?b".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
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
