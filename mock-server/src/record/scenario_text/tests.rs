use ssespec_diagnostics::Source;

use super::*;
use crate::record::ResponseReader;
use crate::scenario::format::read;

const AT: Duration = Duration::from_micros(3_600);

fn recorded(text: &str) -> RecordedResponse {
    let mut reader = ResponseReader::new("GET", Some("7".into()), 10_000);
    reader.read(text.as_bytes(), AT).expect("a response");
    reader.ended(false, AT * 2)
}

fn text(response: RecordedResponse, secrets: &Secrets) -> String {
    let recording = Recording { method: "GET".into(), target: "/a?key=1".into(), responses: vec![response] };
    let text = scenario_text(&recording, secrets);
    read(&Source::new("test", &text)).unwrap_or_else(|error| panic!("{error}\n{text}"));
    text
}

#[test]
fn a_stream_that_is_cut() {
    let stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n\
                  transfer-encoding: chunked\r\ndate: today\r\n\r\n4\r\n{{\"\n\r\n";
    let expected = "title = \"A recording of GET /a\"\n\n[[route]]\nmethod = \"GET\"\npath = \"/a\"\n\n[[route.connection]]\n\
        steps = [\n  { expect-request = { last-event-id = \"7\" } },\n  { wait = \"4ms\" },\n  { send = \"{{{{\\\"\\n\" },\n  \
        { wait = \"4ms\" },\n  { drop = \"fin\" },\n]\n";
    assert_eq!(text(recorded(stream), &Secrets::default()), expected);
}

#[test]
fn a_complete_response() {
    let busy = "HTTP/1.1 503 Too Busy\r\nX-Token: abc\r\nA: 1\r\na: 2\r\nset-cookie: x\r\ncontent-length: 4\r\n\r\nbusy";
    let text = text(recorded(busy), &Secrets::default());
    let step = "{ respond = { status = 503, reason = \"Too Busy\", headers = { X-Token = \"***\", A = [\"1\", \"2\"] }, body = \
                \"busy\" } }";
    assert!(text.contains(step), "{text}");
    let none = "HTTP/1.1 204 No Content\r\n\r\n";
    let text = self::text(recorded(none), &Secrets::default());
    assert!(text.contains("{ respond = { status = 204, reason = \"No Content\", headers = {} } }"), "{text}");
}

#[test]
fn a_secret_is_masked_across_writes() {
    let stream = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nx123\r\n4\r\n456y\r\n0\r\n\r\n";
    let secrets = Secrets::of(&[("authorization".into(), "Bearer 123456".into())], "/");
    let text = text(recorded(stream), &secrets);
    assert!(text.contains("{ send = \"x***\" },\n  { send = \"***y\" },\n  \"end\",\n"), "{text}");
}

#[test]
fn other_framings() {
    let close = text(recorded("HTTP/1.0 200 OK\r\n\r\na"), &Secrets::default());
    assert!(
        close.contains("{ respond = { headers = {}, framing = \"close\" } }") && close.contains("\"end\""),
        "{close}"
    );
    let cut = text(recorded("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na"), &Secrets::default());
    assert!(cut.contains("framing = \"length\", length = 9") && cut.contains("{ drop = \"fin\" }"), "{cut}");
}
