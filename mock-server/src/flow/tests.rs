use std::time::Duration;

use super::*;
use crate::action::{Drop, Repeat, Respond};
use ssespec_diagnostics::Source;

/// What happens in a script.
enum Event {
    Request,
    Action(Action),
}

use Event::Request;

fn send(text: &str) -> Event {
    Event::Action(Action::Send(text.into()))
}

fn respond(respond: Respond) -> Event {
    Event::Action(Action::Respond(respond))
}

fn status(status: u16) -> Event {
    respond(Respond { status, ..Respond::default() })
}

fn framed(framing: Framing) -> Event {
    respond(Respond { framing: Some(framing), ..Respond::default() })
}

fn raw() -> Event {
    Event::Action(Action::Raw(b"a".to_vec()))
}

const END: Event = Event::Action(Action::End);
const FIN: Event = Event::Action(Action::Drop(Drop::Fin));
const WAIT: Event = Event::Action(Action::Wait(Duration::ZERO));
const REFUSE: Event = Event::Action(Action::Refuse(Duration::ZERO));

/// What is left behind, and what is wrong, as the number of the event and the message.
fn play(events: &[Event]) -> (Leftover, Vec<(usize, String)>) {
    let mut flow = Flow::default();
    let mut findings = Findings::default();
    for (number, event) in events.iter().enumerate() {
        match event {
            Request => flow.request(),
            Event::Action(action) => flow.action(action, number..number + 1, &mut findings),
        }
    }
    let reported = match findings.or(&Source::new("test", " ".repeat(99)), Some(())) {
        Ok(()) => Vec::new(),
        Err(reported) => reported.list().iter().map(|d| (d.span.start, d.message.clone())).collect(),
    };
    (flow.left(), reported)
}

#[track_caller]
fn leaves(left: Leftover, events: &[Event]) {
    assert_eq!(play(events), (left, Vec::new()));
}

#[track_caller]
fn wrong(number: usize, message: &str, events: &[Event]) {
    assert_eq!(play(events).1, [(number, message.to_owned())]);
}

#[test]
fn a_stream_is_left_at_a_boundary_or_inside_a_block() {
    let stream = || status(200);
    leaves(Leftover::AtBoundary, &[Request, stream()]);
    leaves(Leftover::AtBoundary, &[Request, stream(), send("data: a\n\n")]);
    leaves(Leftover::AtBoundary, &[Request, stream(), send("data: a\r"), send("\n"), send("\r\n")]);
    leaves(Leftover::InsideBlock, &[Request, stream(), send("data: a\n")]);
    leaves(Leftover::InsideBlock, &[Request, stream(), send("data: a\r"), send("\n")]);
    leaves(Leftover::AtBoundary, &[Request, framed(Framing::Close), send("data: a\n\n"), WAIT, REFUSE]);
}

#[test]
fn what_is_over_leaves_nothing() {
    leaves(Leftover::Nothing, &[]);
    leaves(Leftover::Nothing, &[REFUSE, WAIT]);
    leaves(Leftover::Nothing, &[Request]);
    leaves(Leftover::Nothing, &[Request, status(204)]);
    leaves(Leftover::Nothing, &[Request, status(103)]);
    leaves(Leftover::Nothing, &[Request, status(200), send("data"), END]);
    leaves(Leftover::Nothing, &[Request, status(200), send("data"), FIN]);
    leaves(Leftover::Nothing, &[Request, FIN]);
}

#[test]
fn raw_bytes_and_lengths_cannot_be_continued() {
    leaves(Leftover::Uncontinuable, &[Request, raw(), send("data: a\n\n")]);
    leaves(Leftover::Uncontinuable, &[Request, framed(Framing::Length(9))]);
    leaves(Leftover::Nothing, &[Request, raw(), send("data: a\n\n"), END]);
    leaves(Leftover::Nothing, &[Request, framed(Framing::Length(1)), send("a"), END]);
    leaves(Leftover::Nothing, &[Request, framed(Framing::Length(9)), send("a"), FIN]);
    leaves(Leftover::Nothing, &[Request, framed(Framing::Length(0)), END]);
}

#[test]
fn heads_before_the_last_do_not_answer() {
    leaves(Leftover::AtBoundary, &[Request, status(100), status(103), status(200)]);
    wrong(2, "there is no open body to write to", &[Request, status(100), send("a")]);
}

#[test]
fn each_request_is_answered_once() {
    leaves(Leftover::AtBoundary, &[Request, status(204), Request, status(200)]);
    wrong(2, "this request has already been answered", &[Request, status(200), status(200)]);
    wrong(2, "this request has already been answered", &[Request, raw(), raw()]);
    wrong(2, "there is no request to answer", &[Request, status(204), status(200)]);
    wrong(0, "there is no request to answer", &[status(200)]);
    wrong(2, "there is no request to answer", &[Request, FIN, raw()]);
}

#[test]
fn bytes_go_to_an_open_body() {
    let message = "there is no open body to write to";
    wrong(0, message, &[send("a")]);
    wrong(1, message, &[Request, send("a")]);
    wrong(2, message, &[Request, status(404), send("a")]);
    wrong(3, message, &[Request, status(200), END, send("a")]);
    wrong(3, message, &[Request, status(200), FIN, send("a")]);
}

#[test]
fn nothing_is_no_write() {
    let message = "this step writes nothing";
    wrong(2, message, &[Request, status(200), send("")]);
    wrong(2, message, &[Request, raw(), send("")]);
    let repeat = Repeat { pattern: b"a".to_vec(), times: 0, write: Some(1) };
    wrong(2, message, &[Request, status(200), Event::Action(Action::SendRepeat(repeat))]);
}

#[test]
fn a_body_is_ended_once() {
    let message = "there is no open body to end";
    wrong(0, message, &[END]);
    wrong(1, message, &[Request, END]);
    wrong(2, message, &[Request, status(404), END]);
    wrong(3, message, &[Request, status(200), END, END]);
}

#[test]
fn a_body_has_its_length() {
    let length = || framed(Framing::Length(4));
    wrong(2, "this writes more bytes than the content-length", &[Request, length(), send("abcde")]);
    wrong(3, "this writes more bytes than the content-length", &[Request, length(), send("abc"), send("de")]);
    wrong(3, "the body is shorter than its content-length", &[Request, length(), send("abc"), END]);
    let repeat =
        |times| Event::Action(Action::SendRepeat(Repeat { pattern: b"ab".to_vec(), times, write: Some(1) }));
    leaves(Leftover::Nothing, &[Request, length(), repeat(2), END]);
    wrong(2, "this writes more bytes than the content-length", &[Request, length(), repeat(u64::MAX)]);
}

#[test]
fn a_connection_is_there_to_be_dropped() {
    wrong(0, "there is no connection to drop", &[FIN]);
    // One that is kept alive after a response.
    leaves(Leftover::Nothing, &[Request, status(204), FIN]);
}

#[test]
fn what_follows_a_mistake_is_judged_from_the_next_request_on() {
    let script = [Request, status(404), send("a"), send("b"), END, END, Request, END];
    let (left, reported) = play(&script);
    let places: Vec<usize> = reported.iter().map(|(number, _)| *number).collect();
    assert_eq!((left, places), (Leftover::Nothing, vec![2, 7]));
}
