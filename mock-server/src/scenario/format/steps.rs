//! Reading the steps of a script.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ssespec_diagnostics::{Findings, Value, value};
use toml::de::DeTable;

use super::conditions::{conditions, method};
use super::files::read_file;
use super::forward_steps::ForwardSteps;
use crate::action::{Action, Respond};
use crate::flow::Flow;
use crate::scenario::path_pattern::PathPattern;
use crate::scenario::step::{
    ExpectedRequest, Forward, Heartbeat, Pace, Repetition, RespondTemplate, Resume, ResumeEvent, Script, Step,
};
use crate::scenario::template::Template;
use crate::script;

/// How long a request is awaited by default.
const REQUEST_PATIENCE: Duration = Duration::from_secs(15);
/// How long a disconnect is awaited by default.
const DISCONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The default text of a heartbeat: a comment.
const COMMENT: &str = ":\n\n";
/// A step with its place in the text.
type Placed = (Step, Range<usize>);

/// Reads the steps of a route's scripts.
pub(super) struct StepReader<'r> {
    /// The path of the route, for templates.
    pub(super) path: &'r PathPattern,
    /// Where files are looked for.
    pub(super) folder: &'r Path,
    /// The files that were named.
    pub(super) files: &'r mut Vec<PathBuf>,
    /// Whether there is a server to forward to.
    pub(super) forward_steps: ForwardSteps,
    /// The mistakes.
    pub(super) findings: &'r mut Findings,
}

impl StepReader<'_> {
    /// The steps of one script, with the implied responses.
    pub(super) fn script(&mut self, list: &Value<'_>) -> Script {
        let steps = with_implied(self.steps(list), list.span());
        let mut flow = Flow::default();
        flow.request();
        let last = steps.len().saturating_sub(1);
        for (number, (step, place)) in steps.iter().enumerate() {
            if matches!(step, Step::ExpectRequest(_)) {
                flow.request();
            }
            if matches!(step, Step::Repeat(Repetition { times: None, .. })) && number < last {
                let hint = "add `times`, or move it to the end";
                self.findings.add_with_hint(
                    place.clone(),
                    "no step can follow this one",
                    "it never ends",
                    hint,
                );
            }
            self.follow(step, place, &mut flow);
        }
        steps.into_iter().map(|(step, _)| step).collect()
    }

    fn steps(&mut self, list: &Value<'_>) -> Vec<Placed> {
        value::list(list).filter_map(|entry| Some((self.step(entry)?, entry.span()))).collect()
    }

    fn step(&mut self, entry: &Value<'_>) -> Option<Step> {
        let (verb, span, argument) = value::step(entry)?;
        let table = argument.and_then(value::table);
        match (verb, argument) {
            ("file", Some(path)) => self.file(path).map(|bytes| Step::File(bytes.into())),
            ("pace", Some(rate)) => self.pace(rate).map(Step::Pace),
            ("jitter", Some(most)) => value::duration(most).map(Step::Jitter),
            ("heartbeat", Some(heartbeat)) => self.heartbeat(heartbeat).map(Step::Heartbeat),
            ("repeat", Some(repeat)) => self.repeat(repeat).map(Step::Repeat),
            ("forward", part) => self.forward(span, part).map(Step::Forward),
            ("resume", Some(resume)) => self.resume(resume).map(Step::Resume),
            ("expect-request", _) => {
                let empty = DeTable::default();
                let table = table.unwrap_or(&empty);
                Some(Step::ExpectRequest(ExpectedRequest {
                    method: method(table, self.findings),
                    matching: conditions(table, self.findings),
                    after: value::duration_of(table, "after"),
                    within: value::duration_of(table, "within").unwrap_or(REQUEST_PATIENCE),
                }))
            }
            ("expect-disconnect", _) => {
                let within = table.and_then(|table| value::duration_of(table, "within"));
                Some(Step::ExpectDisconnect(within.unwrap_or(DISCONNECT_PATIENCE)))
            }
            ("expect-no-request", Some(time)) => value::duration(time).map(Step::ExpectNoRequest),
            ("event", Some(event)) => self.block(event, None).map(send_step),
            ("send", Some(text)) => self.template(text).map(send_step),
            _ => match script::read(verb, span, argument, self.findings)? {
                Action::Respond(respond) => Some(self.respond(respond, table)),
                action => Some(Step::Do(action)),
            },
        }
    }

    /// Reads a text as a template.
    fn template(&mut self, text: &Value<'_>) -> Option<Template> {
        match Template::new(value::text(text)?, self.path) {
            Ok(template) => Some(template),
            Err(error) => {
                self.findings.add_with_hint(text.span(), error.message, "in this text", error.hint);
                None
            }
        }
    }

    /// A response, with values if its fields or its body have any.
    fn respond(&mut self, respond: Respond, table: Option<&DeTable<'_>>) -> Step {
        let Some(table) = table else { return respond_step(respond) };
        let body = value::get(table, "body").and_then(|body| self.template(body));
        let headers = value::get(table, "headers").and_then(value::table).map(|fields| {
            let mut templates = Vec::new();
            for (name, values) in fields {
                let list = value::list(values).chain(value::text(values).map(|_| values));
                for text in list {
                    templates.extend(self.template(text).map(|value| (name.get_ref().to_string(), value)));
                }
            }
            templates
        });
        let template = RespondTemplate { respond, headers, body };
        template.fixed().map_or(Step::Respond(template), respond_step)
    }

    fn file(&mut self, path: &Value<'_>) -> Option<Vec<u8>> {
        let file = self.folder.join(value::text(path)?);
        let read = read_file(&file);
        // Also a file that is missing, so that its appearance is noticed.
        self.files.push(file.clone());
        match read {
            Ok(bytes) if bytes.is_empty() => {
                self.findings.add(path.span(), format!("{} is empty", file.display()), "this writes nothing");
                None
            }
            Ok(bytes) => Some(bytes),
            Err(error) => {
                let message = format!("cannot read {}", file.display());
                let hint = "the path is relative to the folder of the scenario";
                self.findings.add_with_hint(path.span(), message, error.to_string(), hint);
                None
            }
        }
    }

    fn pace(&mut self, rate: &Value<'_>) -> Option<Pace> {
        let table = value::table(rate)?;
        let count = |key| value::count_of(table, key);
        match (count("bytes-per-second"), count("events-per-second")) {
            (Some(bytes), None) => Some(Pace::Bytes(bytes)),
            (None, Some(events)) => Some(Pace::Events(events)),
            _ => {
                let hint =
                    "write { pace = { events-per-second = 10 } } or { pace = { bytes-per-second = 1000 } }";
                self.findings.add_with_hint(rate.span(), "`pace` needs one rate", "expected one key", hint);
                None
            }
        }
    }

    fn forward(&mut self, place: Range<usize>, part: Option<&Value<'_>>) -> Option<Forward> {
        if let ForwardSteps::Refused = self.forward_steps {
            let message = "`forward` needs a server to forward to";
            let hint = "start with `ssespec mock --forward URL FILE`; in code, call `Scenario::forward_to`";
            self.findings.add_with_hint(place, message, "forwards", hint);
        }
        let Some(part) = part else { return Some(Forward::Rest) };
        let Some(table) = value::table(part) else { return Some(Forward::Head) };
        match (value::count_of(table, "events"), value::count_of(table, "bytes")) {
            (Some(events), None) => Some(Forward::Events(events)),
            (None, Some(bytes)) => Some(Forward::Bytes(bytes)),
            _ => {
                let hint = "write { forward = { events = 3 } } or { forward = { bytes = 10 } }";
                self.findings.add_with_hint(
                    part.span(),
                    "`forward` needs one measure",
                    "expected one key",
                    hint,
                );
                None
            }
        }
    }

    fn heartbeat(&mut self, heartbeat: &Value<'_>) -> Option<Heartbeat> {
        let table = value::table(heartbeat);
        let every = match table {
            Some(table) => value::duration_of(table, "every")?,
            None => value::duration(heartbeat)?,
        };
        if every.is_zero() {
            let hint = "write at least \"1ms\"";
            self.findings.add_with_hint(
                heartbeat.span(),
                "a heartbeat without a pause",
                "expected a time",
                hint,
            );
            return None;
        }
        let text = table.and_then(|table| value::text_of(table, "text")).unwrap_or_else(|| COMMENT.into());
        Some(Heartbeat { every, text })
    }

    fn repeat(&mut self, repeat: &Value<'_>) -> Option<Repetition> {
        let table = value::table(repeat)?;
        let steps: Script =
            self.steps(value::get(table, "steps")?).into_iter().map(|(step, _)| step).collect();
        if steps.is_empty() {
            self.findings.add_with_hint(repeat.span(), "this repeats nothing", "no step here", "add `steps`");
        }
        let every = value::duration_of(table, "every").unwrap_or_default();
        let times = value::count_of(table, "times");
        let waits = |step: &Step| matches!(step, Step::Do(Action::Wait(time)) if !time.is_zero());
        if times.is_none() && every.is_zero() && !steps.iter().any(waits) {
            let hint = "add `times` or `every`";
            self.findings.add_with_hint(repeat.span(), "this repeats without end or pause", "no limit", hint);
        }
        Some(Repetition { times, every, steps })
    }

    fn resume(&mut self, resume: &Value<'_>) -> Option<Resume> {
        let table = value::table(resume)?;
        let list = value::get(table, "events")?;
        let mut events: Vec<ResumeEvent> = Vec::new();
        for (number, entry) in value::list(list).enumerate() {
            let event = self.listed_event(number + 1, entry)?;
            if events.iter().any(|earlier| earlier.id == event.id) {
                let message = format!("two events have the ID {:?}", event.id);
                self.findings.add_with_hint(
                    entry.span(),
                    message,
                    "the second one",
                    "give each its own `id`",
                );
            }
            events.push(event);
        }
        if events.is_empty() {
            let hint = "write { resume = { events = [\"first\", \"second\"] } }";
            self.findings.add_with_hint(list.span(), "`resume` needs events", "no event here", hint);
        }
        let every = value::duration_of(table, "every").unwrap_or_default();
        Some(Resume { events, every, limit: value::count_of(table, "limit") })
    }

    fn listed_event(&mut self, number: usize, entry: &Value<'_>) -> Option<ResumeEvent> {
        let id = value::table(entry).and_then(|table| value::text_of(table, "id"));
        let id = id.unwrap_or_else(|| number.to_string());
        if id.is_empty() || id.contains("{{") {
            let hint = "give it an ID that is known beforehand, or leave `id` out";
            self.findings.add_with_hint(entry.span(), "no client can resume from this event", "its ID", hint);
            return None;
        }
        let block = self.block(entry, Some(&id))?;
        Some(ResumeEvent { id, block })
    }

    /// The event block of an event: of its data, or of a table.
    fn block(&mut self, event: &Value<'_>, id: Option<&str>) -> Option<Template> {
        let table = value::table(event);
        let text_of = |key| table.and_then(|table| value::text_of(table, key));
        let mut fields = Vec::new();
        fields.extend(id.map(str::to_owned).or_else(|| text_of("id")).map(|id| ("id", id)));
        fields.extend(text_of("event").map(|kind| ("event", kind)));
        if fields.iter().any(|(_, value)| value.contains(['\r', '\n', '\0'])) {
            let hint = "write an ID and a type on one line, or other bytes with `send`";
            self.findings.add_with_hint(event.span(), "this event cannot be sent", "expected one line", hint);
            return None;
        }
        let retry = table.and_then(|table| value::count_of(table, "retry"));
        fields.extend(retry.map(|retry| ("retry", retry.to_string())));
        let data = text_of("data").or_else(|| value::text(event).map(str::to_owned)).unwrap_or_default();
        let data = data.replace("\r\n", "\n").replace('\r', "\n");
        fields.extend(data.split('\n').map(|line| ("data", line.to_owned())));
        let line = |(name, value): &(&str, String)| {
            if value.is_empty() { format!("{name}:\n") } else { format!("{name}: {value}\n") }
        };
        let block: String = fields.iter().map(line).collect();
        match Template::new(&format!("{block}\n"), self.path) {
            Ok(block) => Some(block),
            Err(error) => {
                self.findings.add_with_hint(event.span(), error.message, "in this event", error.hint);
                None
            }
        }
    }

    /// Follows a step, and reports it if it cannot be played.
    fn follow(&mut self, step: &Step, place: &Range<usize>, flow: &mut Flow) {
        let mut act = |action: &Action| flow.action(action, place.clone(), self.findings);
        match step {
            Step::Do(action) => act(action),
            Step::Respond(template) => act(&Action::Respond(template.outline())),
            Step::Send(template) => {
                act(&Action::Send(template.outline().into_bytes()));
                if flow.counts_bytes() {
                    let hint = "use another framing, or write the complete `body` in `respond`";
                    let message = "the length of this text is only known when it is sent";
                    self.findings.add_with_hint(place.clone(), message, "framing = \"length\"", hint);
                }
            }
            Step::Forward(part) => flow.forward(part.passing(), place.clone(), self.findings),
            Step::File(bytes) => act(&Action::Send(bytes.to_vec())),
            Step::Resume(_) => act(&Action::Send(b"data\n\n".to_vec())),
            Step::Repeat(repetition) => {
                // The second time shows whether they can be repeated.
                let times = repetition.times.unwrap_or(2).min(2);
                for _ in 0..times {
                    repetition.steps.iter().for_each(|step| self.follow(step, place, flow));
                }
            }
            Step::Pace(_)
            | Step::Jitter(_)
            | Step::Heartbeat(_)
            | Step::ExpectRequest(_)
            | Step::ExpectDisconnect(_)
            | Step::ExpectNoRequest(_) => {}
        }
    }
}

fn send_step(template: Template) -> Step {
    match template.fixed() {
        Some(text) => Step::Do(Action::Send(text.into())),
        None => Step::Send(template),
    }
}

fn respond_step(respond: Respond) -> Step {
    Step::Do(Action::Respond(respond))
}

/// Adds a response wherever a request is not answered explicitly.
fn with_implied(steps: Vec<Placed>, list: Range<usize>) -> Vec<Placed> {
    let mut all = Vec::with_capacity(steps.len() + 1);
    let mut place = list;
    let mut rest = steps.into_iter().peekable();
    loop {
        // The steps from one request to the next; the first request may be described by the first step.
        let mut answer: Vec<Placed> = Vec::new();
        if let Some(expected) = rest.next_if(|(step, _)| matches!(step, Step::ExpectRequest(_))) {
            place = expected.1.clone();
            all.push(expected);
        }
        while let Some(step) = rest.next_if(|(step, _)| !matches!(step, Step::ExpectRequest(_))) {
            answer.push(step);
        }
        let first = answer.iter().map(|(step, _)| step).find(|step| !precedes_an_answer(step));
        if !first.is_some_and(answers) {
            all.push((respond_step(Respond::default()), place.clone()));
        }
        all.append(&mut answer);
        if rest.peek().is_none() {
            return all;
        }
    }
}

/// Whether a step may precede the answer to a request.
fn precedes_an_answer(step: &Step) -> bool {
    matches!(
        step,
        Step::Do(Action::Wait(_) | Action::Refuse(_)) | Step::Pace(_) | Step::Jitter(_) | Step::Heartbeat(_)
    )
}

/// Whether a step answers a request.
fn answers(step: &Step) -> bool {
    match step {
        Step::Repeat(repetition) => {
            repetition.steps.iter().find(|step| !precedes_an_answer(step)).is_some_and(Step::forwards)
        }
        Step::Respond(_) | Step::Forward(_) => true,
        step => matches!(step, Step::Do(Action::Respond(_) | Action::Raw(_) | Action::Drop(_))),
    }
}
