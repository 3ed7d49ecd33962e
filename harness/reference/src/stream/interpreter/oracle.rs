//! A cross-check: what a case expects is what the interpreter computes from the bytes that the case sends, however they
//! are split.
//!
//! This needs no network and no client: a script's bytes are known before a run, and they determine its events, the last
//! event ID and the reconnection time. Steps that the bytes do not determine (a raw response with its own framing,
//! alternatives) are left out and listed.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use ssespec_cases::client::{ClientStep, Connect, EventExpectation, Expectation, Moment};
use ssespec_cases::grammar::FieldExpectation;
use ssespec_cases::{Capability, Case, Corpus, Role};
use ssespec_mock_server::action::{Action, Repeat, Respond};

use super::{Interpreter, Resumption, Shown};
use crate::client::mime::is_event_stream;
use crate::defect::switches::Defects;
use crate::stream::output::Event;
use ssespec::delivery::{ClientOp, ClientOps, DeliveryKind, Ops, programs};

/// Every way to cut a script.
const EVERY_CUT: [DeliveryKind; 4] =
    [DeliveryKind::AsWritten, DeliveryKind::Whole, DeliveryKind::Bytes, DeliveryKind::Splits];

/// Why a walk ends before its script does.
enum Stop {
    /// The case and the interpreter say different things.
    Differs(String),
    /// The bytes do not decide what must be observed.
    Undecided(&'static str),
}

/// What was compared, so that nothing passes by comparing nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Compared {
    events: usize,
    ids: usize,
    last_event_ids: usize,
    delays: usize,
}

/// A source while its script is walked through.
struct Walk {
    resumption: Resumption,
    stream: Option<Interpreter>,
    shown: VecDeque<Shown>,
    close_in: Option<Moment>,
    closed: bool,
    /// A raw response head has begun; the next bytes may be the rest of it.
    half_a_head: bool,
    compared: Compared,
}

impl Walk {
    fn new() -> Self {
        let resumption = Resumption { reconnection_time: Duration::MAX, last_event_id: "".into() };
        let (shown, compared) = (VecDeque::new(), Compared::default());
        Self { resumption, stream: None, shown, close_in: None, closed: false, half_a_head: false, compared }
    }

    fn through(mut self, ops: &ClientOps) -> Result<Compared, Stop> {
        for op in &ops.list {
            match &op.kind {
                ClientOp::Write(writes) => writes.iter().for_each(|write| self.feed(write)),
                ClientOp::Step(ClientStep::Connect(connect)) => self.connect(connect),
                ClientOp::Step(ClientStep::Close) => self.close(),
                ClientOp::Step(
                    ClientStep::Record(_)
                    | ClientStep::Measure(_)
                    | ClientStep::Attempts(_)
                    | ClientStep::Herd(_)
                    | ClientStep::Streams(_)
                    | ClientStep::RefreshHeaders(_),
                ) => {}
                ClientOp::Step(ClientStep::OneOf(_)) => return Err(Stop::Undecided("alternatives")),
                ClientOp::Step(ClientStep::Enter(_) | ClientStep::Run(_) | ClientStep::Visibility(_)) => {
                    return Err(Stop::Undecided("what only a page does"));
                }
                ClientOp::Step(ClientStep::Wire(action)) => self.act(action)?,
                ClientOp::Step(ClientStep::Expect(expectation)) => self.expect(expectation)?,
            }
        }
        match self.shown.iter().find(|shown| matches!(shown, Shown::Event(_))) {
            Some(event) => Err(Stop::Differs(format!("the case does not expect {event:?}"))),
            None => Ok(self.compared),
        }
    }

    fn connect(&mut self, connect: &Connect) {
        self.resumption.last_event_id = connect.last_event_id.as_str().into();
        self.close_in = connect.close_in;
    }

    fn close(&mut self) {
        (self.stream, self.closed) = (None, true);
        self.shown.clear();
    }

    fn feed(&mut self, bytes: &[u8]) {
        let mut shown = Vec::new();
        if let Some(stream) = &mut self.stream {
            stream.feed(bytes, &mut self.resumption, &mut shown);
        }
        self.shown.extend(shown);
    }

    fn act(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::Respond(respond) => self.respond(respond)?,
            Action::Send(bytes) => self.feed(bytes),
            Action::SendRepeat(repeat) => {
                let times = usize::try_from(repeat.times).unwrap();
                repeat
                    .pattern
                    .repeat(times)
                    .chunks(repeat.write.unwrap_or(Repeat::WRITE))
                    .for_each(|write| self.feed(write));
            }
            Action::Control(control) if !control.is_loss() => {}
            Action::End | Action::Trailers(_) | Action::Drop(_) | Action::Control(_) => self.stream = None,
            Action::Wait(_) | Action::Refuse(_) => {}
            Action::Raw(bytes) => self.raw(bytes)?,
        }
        Ok(())
    }

    fn respond(&mut self, respond: &Respond) -> Result<(), Stop> {
        if (100..200).contains(&respond.status) {
            return Ok(());
        }
        let mut headers = HeaderMap::new();
        for (name, value) in respond.headers.iter().flatten() {
            if name.eq_ignore_ascii_case("content-encoding") {
                return Err(Stop::Undecided("a content coding"));
            }
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let is_stream = respond.headers.is_none() || is_event_stream(&headers, &Defects::None);
        self.begin(respond.status == 200 && is_stream);
        if let Some(body) = &respond.body {
            self.feed(body);
            self.stream = None;
        }
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let text = String::from_utf8_lossy(bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            // The response is incomplete, and the case is about that.
            self.begin(false);
            self.half_a_head = true;
            return Ok(());
        };
        let head = head.to_ascii_lowercase();
        if head.contains("transfer-encoding") || !head.starts_with("http/1.1 200") {
            return Err(Stop::Undecided("an answer in raw bytes"));
        }
        self.begin(head.contains("content-type: text/event-stream"));
        self.feed(body.as_bytes());
        Ok(())
    }

    fn begin(&mut self, is_stream: bool) {
        let closed = self.closed || self.close_in == Some(Moment::Opened);
        self.stream = (is_stream && !closed).then(|| Interpreter::new(&self.resumption, &Defects::None));
    }

    fn expect(&mut self, expectation: &Expectation) -> Result<(), Stop> {
        match expectation {
            Expectation::Event(expected) => {
                for _ in 0..expected.times.unwrap_or(1) {
                    let event = self.next(|shown| matches!(shown, Shown::Event(_)));
                    let Some(Shown::Event(event)) = event else {
                        if self.half_a_head {
                            return Err(Stop::Undecided("an answer in raw bytes"));
                        }
                        return Err(Stop::Differs(format!("the bytes hold no such event: {expected:?}")));
                    };
                    self.compare(expected, &event)?;
                }
                if self.close_in == Some(Moment::Event) {
                    self.close();
                }
                Ok(())
            }
            Expectation::Comment { text } => {
                let comment = self.next(|shown| matches!(shown, Shown::Comment(_)));
                match (comment, text) {
                    (Some(Shown::Comment(found)), Some(text)) if found != *text => {
                        Err(Stop::Differs(format!("the comment is {found:?}, not {text:?}")))
                    }
                    (None, _) => Err(Stop::Differs("the bytes hold no such comment".into())),
                    _ => Ok(()),
                }
            }
            Expectation::Request(request) => {
                let sent =
                    request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("last-event-id"));
                let ours = &*self.resumption.last_event_id;
                let agree = match sent.map(|(_, field)| field) {
                    None => true,
                    Some(FieldExpectation::Is(id)) => id == ours,
                    Some(FieldExpectation::Repeats(id)) => id.equals(ours.as_bytes()),
                    Some(FieldExpectation::Absent) => ours.is_empty(),
                    Some(FieldExpectation::Present) => !ours.is_empty(),
                    Some(FieldExpectation::Lists(_)) => return Err(Stop::Undecided("a list of IDs")),
                };
                self.compared.last_event_ids += usize::from(sent.is_some());
                if !agree {
                    return Err(Stop::Differs(format!("the last event ID is {ours:?}, not {sent:?}")));
                }
                let time = self.resumption.reconnection_time;
                match request.after {
                    // The bound is the time itself, or at most half of it for clients that wait randomly less.
                    Some(after) if after != time && after * 2 > time => {
                        Err(Stop::Differs(format!("the reconnection time is {time:?}, not {after:?}")))
                    }
                    after => {
                        self.compared.delays += usize::from(after.is_some());
                        Ok(())
                    }
                }
            }
            _ => Ok(()),
        }
    }

    /// The next thing of its kind. Events are expected in the order of the stream; only some cases expect the others.
    fn next(&mut self, is_of_kind: impl Fn(&Shown) -> bool) -> Option<Shown> {
        let at = self.shown.iter().position(is_of_kind)?;
        self.shown.remove(at)
    }

    fn compare(&mut self, expected: &EventExpectation, event: &Event) -> Result<(), Stop> {
        let data = expected.data.clone().or_else(|| {
            let repeat = expected.data_repeat.as_ref()?;
            let data = repeat.pattern.repeat(usize::try_from(repeat.times).unwrap());
            Some(String::from_utf8(data).unwrap())
        });
        let id: &str = &event.last_event_id;
        let agree = data.as_ref().is_none_or(|data| *data == event.data)
            && expected.kind.as_ref().is_none_or(|kind| *kind == event.kind)
            && expected.id.as_ref().is_none_or(|expected| expected == id);
        self.compared.events += 1;
        self.compared.ids += usize::from(expected.id.is_some());
        if agree { Ok(()) } else { Err(Stop::Differs(format!("the bytes hold {event:?}, not {expected:?}"))) }
    }
}

/// All splits of a case; each must compare the same.
fn check(case: &Case) -> Result<Compared, Stop> {
    let programs = programs(&case.script, &EVERY_CUT);
    let mut compared = None;
    for program in &programs {
        let Ops::Client(ops) = &program.ops else { panic!("{} is a client case", case.id) };
        let now = match Walk::new().through(ops) {
            Err(Stop::Differs(what)) => {
                return Err(Stop::Differs(format!("{} ({}): {what}", case.id, program.delivery)));
            }
            other => other?,
        };
        assert_eq!(*compared.get_or_insert(now), now, "{}", case.id);
    }
    Ok(compared.unwrap_or_default())
}

#[test]
fn cases_expect_what_the_interpreter_computes() {
    let corpus = Corpus::embedded().unwrap();
    let (mut all, mut differences) = (Compared::default(), Vec::new());
    let mut undecided: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let clients = corpus.cases.values().filter(|case| case.role() == Role::Client);
    // What only a browser has is proved on browsers, and no bytes say how waits grow.
    let is_ours = |case: &&Case| {
        !case.isolated
            && !case.needs.contains(&Capability::Dom)
            && !case.requirements.iter().any(|id| id == "resilience/backoff-grows")
    };
    let clients: Vec<&Case> = clients.filter(is_ours).collect();
    for case in &clients {
        match check(case) {
            Ok(compared) => {
                all.events += compared.events;
                all.ids += compared.ids;
                all.last_event_ids += compared.last_event_ids;
                all.delays += compared.delays;
            }
            Err(Stop::Differs(what)) => differences.push(what),
            Err(Stop::Undecided(why)) => undecided.entry(why).or_default().push(&case.id),
        }
    }
    assert!(
        differences.is_empty(),
        "a case or the interpreter is wrong; the standard says which:\n{}",
        differences.join("\n")
    );
    // Cases that the bytes do not determine. Review a new one before adding it here.
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_debug_snapshot!("undecided", undecided);
    });
    assert!(
        all.events >= 200 && all.ids >= 12 && all.last_event_ids >= 20 && all.delays >= 12,
        "too little was compared: {all:?}"
    );
}

#[test]
fn a_wrong_expectation_is_noticed() {
    let corpus = Corpus::embedded().unwrap();
    for (id, wrong) in [
        ("client/lines/cr-ends-a-line", ("a\\nb", "a\\n\\nb")),
        ("client/ids/id-goes-with-its-event", ("id = \"1\"", "id = \"2\"")),
        ("client/types/event-names-the-type", ("type = \"ping\"", "type = \"pong\"")),
        ("client/resume/id-without-data", ("last-event-id = \"7\"", "last-event-id = \"1\"")),
        ("client/retry/last-wins", ("700ms", "900ms")),
        ("client/comments/comments-are-ignored", ("data: a\\n\\n", "data: a\\n\\ndata: b\\n\\n")),
    ] {
        let text = corpus.cases[id].source.text();
        // The expectation comes after what is sent.
        let changed = match wrong {
            (old, new) if old.starts_with("data: ") => text.replacen(old, new, 1),
            (old, new) => {
                let at = text.rfind(old).unwrap();
                format!("{}{new}{}", &text[..at], &text[at + old.len()..])
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(format!("{id}.toml"));
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, changed).unwrap();
        let cases = Corpus::load(folder.path()).unwrap().cases;
        assert!(matches!(check(&cases[id]), Err(Stop::Differs(_))), "{id}");
    }
}
