use super::*;

fn reading(strictness: Strictness) -> StreamReading {
    let named = Named { comments: true, retries: true, breaks: false };
    StreamReading { limits: Limits::default(), named, strictness, most: u64::MAX }
}

fn head(kind: &str) -> ResponseHead {
    ResponseHead { status: 200, fields: vec![("Content-Type".into(), kind.as_bytes().to_vec())] }
}

/// What is seen of a stream, its head left out.
fn read(bytes: &[u8], strictness: Strictness) -> Vec<Seen> {
    let mut content = Content::new(reading(strictness), "before".into());
    let mut seen = Vec::new();
    content.head(head("text/event-stream"), &mut seen);
    content.feed(bytes, Duration::ZERO, &mut seen);
    content.end(&mut seen);
    seen.split_off(1)
}

fn event(kind: &str, data: &str, id: &str) -> Seen {
    let (kind, data, length, id) = (kind.into(), data.into(), data.len() as u64, id.into());
    Seen::Event(SeenEvent { kind, data, length, id, has_own_id: false })
}

#[test]
fn an_event_is_what_a_client_dispatches() {
    let bytes =
        b"event: a\ndata: 1\ndata: 2\n\nid: 7\ndata:\n\nid\n\nevent:\ndata: 3\n\nid: 8\n\ndata: 4\n\n";
    let seen = read(bytes, Strictness::Full);
    let events: Vec<&Seen> = seen.iter().filter(|seen| matches!(seen, Seen::Event(_))).collect();
    let expected = [
        event("a", "1\n2", "before"),
        event("message", "", "7"),
        event("message", "3", ""),
        event("message", "4", "8"),
    ];
    assert_eq!(events, expected.iter().collect::<Vec<_>>());
}

#[test]
fn comments_and_times_come_in_their_places() {
    let seen = read(b": a\n\nretry: 1500\ndata: b\n\nretry: 1s\n:c\n\n", Strictness::Full);
    let seen: Vec<Seen> = seen.into_iter().filter(|seen| !matches!(seen, Seen::Remark(_))).collect();
    let comment = |text: &str| Seen::Comment(text.into());
    assert_eq!(
        seen,
        [comment(" a"), Seen::Retry(1500), event("message", "b", "before"), comment("c"), Seen::End]
    );
}

#[test]
fn what_is_no_text_is_a_violation() {
    let violations = |strictness| {
        let seen = read(b"data: a\xFFb\n\n", strictness);
        seen.iter().filter(|seen| matches!(seen, Seen::Violation(_))).count()
    };
    assert_eq!((violations(Strictness::Full), violations(Strictness::Smoke)), (1, 0));
}

#[test]
fn only_an_event_stream_is_read_as_one() {
    for (kind, is_read) in
        [("text/event-stream", true), ("Text/Event-Stream ; charset=utf-8", true), ("text/plain", false)]
    {
        let mut content = Content::new(reading(Strictness::Full), String::new());
        let mut seen = Vec::new();
        content.head(head(kind), &mut seen);
        content.feed(b"data: a\n\n", Duration::ZERO, &mut seen);
        assert_eq!(seen.len() > 1, is_read, "{kind}");
    }
}
