//! A recording as a case for clients, which a person completes.

use super::events::read_events;
use super::recording::{RecordedEnd, Recording};
use super::scenario_text::masked;
use super::secrets::Secrets;
use super::toml_text::{send, string};

/// The skeleton of a case: what the server wrote, and the events that a client must report. Times are left out, since a
/// case must not depend on them.
pub fn case_text(recording: &Recording, secrets: &Secrets) -> String {
    let mut steps = Vec::new();
    let reconnects = recording.responses.len() > 1;
    for (number, response) in recording.responses.iter().enumerate() {
        if number > 0 {
            let id = response.last_event_id.as_ref().map(|id| string(&secrets.masked(id)));
            steps.push(match id {
                Some(id) => format!("{{ expect-request = {{ headers = {{ last-event-id = {id} }} }} }}"),
                None => "\"expect-request\"".into(),
            });
        }
        if response.status != 200 {
            steps.push(format!("{{ respond = {{ status = {} }} }}", response.status));
            continue;
        }
        let writes = masked(response, secrets);
        let body: Vec<u8> = writes.iter().flat_map(|write| write.bytes.iter().copied()).collect();
        let mut events = read_events(&body).dispatched.into_iter().peekable();
        let mut sent = 0;
        for write in writes {
            sent += write.bytes.len();
            steps.push(send(&write.bytes, str::to_owned));
            while let Some(event) = events.next_if(|event| event.end <= sent) {
                let kind = if event.kind.is_empty() {
                    String::new()
                } else {
                    format!("type = {}, ", string(&event.kind))
                };
                steps.push(format!("{{ expect-event = {{ {kind}data = {} }} }}", string(&event.data)));
            }
        }
        match response.end {
            RecordedEnd::Open => {}
            RecordedEnd::Clean(_) => steps.push("\"end\"".into()),
            RecordedEnd::Fin(_) => steps.push("{ drop = \"fin\" }".into()),
            RecordedEnd::Reset(_) => steps.push("{ drop = \"reset\" }".into()),
        }
    }
    let needs = if reconnects { "needs = [\"reconnect\"]\n" } else { "" };
    let steps: String = steps.iter().map(|step| format!("  {step},\n")).collect();
    format!(
        "# Complete this case: what must a client do, and why? `ssespec requirements` lists the requirements.\n\
         title = \"\"\nrequirements = []\n{needs}steps = [\n{steps}]\n"
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::record::ResponseReader;

    #[test]
    fn events_follow_the_write_that_completes_them() {
        let text = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\ndata: a\n\r\n12\r\n\nevent: e\ndata: b\n\r\n\
                    1\r\n\n\r\n";
        let mut first = ResponseReader::new("GET", None, 1000);
        first.read(text.as_bytes(), Duration::ZERO).expect("a response");
        let first = first.ended(true, Duration::ZERO);
        let mut second = ResponseReader::new("GET", Some("1".into()), 1000);
        second.read(b"HTTP/1.1 204 No Content\r\n\r\n", Duration::ZERO).expect("a response");
        let responses = vec![first, second.stop()];
        let recording = Recording { method: "GET".into(), target: "/".into(), responses };
        let expected = "needs = [\"reconnect\"]\nsteps = [\n  { send = \"data: a\\n\" },\n  { send = \"\\nevent: e\\ndata: b\\n\" },\n  \
            { expect-event = { data = \"a\" } },\n  { send = \"\\n\" },\n  { expect-event = { type = \"e\", data = \"b\" } },\n  \
            { drop = \"reset\" },\n  { expect-request = { headers = { last-event-id = \"1\" } } },\n  { respond = { status = \
            204 } },\n]\n";
        let case = case_text(&recording, &Secrets::default());
        assert!(case.ends_with(expected), "{case}");
    }
}
