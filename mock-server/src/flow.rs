//! Whether a script can be played: nothing is written where nothing is open, and what is left open can be continued.

use std::ops::Range;

use crate::action::{Action, BodyKind, Framing};
use crate::document::Findings;
use crate::stream::Tail;

/// Follows a script.
#[derive(Debug, Default)]
pub struct Flow {
    answer: Answer,
}

/// What the answer to the current request has come to.
#[derive(Debug, Default)]
enum Answer {
    /// There is no request to answer.
    #[default]
    None,
    /// A request awaits its answer.
    Awaited,
    /// A body is open.
    Open { framing: Framing, tail: Tail, written: u64 },
    /// Bytes that are no HTTP response are written.
    Raw,
    /// The answer is over.
    Over,
}

/// What a script leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing that is open.
    Nothing,
    /// A stream that stands at a block boundary.
    AtBoundary,
    /// A stream in the middle of a block.
    InsideBlock,
    /// A body that nothing can be appended to: one of a fixed length, or raw bytes.
    Uncontinuable,
}

impl Flow {
    /// A request has come, or may have.
    pub fn request(&mut self) {
        self.answer = Answer::Awaited;
    }

    /// What the script leaves behind.
    pub fn left(&self) -> Left {
        match &self.answer {
            Answer::None | Answer::Awaited | Answer::Over => Left::Nothing,
            Answer::Raw | Answer::Open { framing: Framing::Length(_), .. } => Left::Uncontinuable,
            Answer::Open { tail, .. } if tail.at_block_boundary() => Left::AtBoundary,
            Answer::Open { .. } => Left::InsideBlock,
        }
    }

    /// Follows one action, which stands at this place of the document, and says where it cannot be played.
    pub fn action(&mut self, action: &Action, place: Range<usize>, findings: &mut Findings) {
        let mut wrong = |message: &str, hint: &str| {
            findings.add_with_hint(place.clone(), message, "cannot be played here", hint);
        };
        self.answer = match (action, std::mem::take(&mut self.answer)) {
            (Action::Wait(_) | Action::Refuse(_), answer) => answer,
            (Action::Respond(respond), Answer::Awaited) => match respond.body_kind() {
                BodyKind::Interim => Answer::Awaited,
                BodyKind::Complete => Answer::Over,
                BodyKind::Open(framing) => Answer::Open { framing, tail: Tail::default(), written: 0 },
            },
            (Action::Raw(_), Answer::Awaited) => Answer::Raw,
            (Action::Respond(_) | Action::Raw(_), answer) => {
                wrong("there is no unanswered request", "a request must come before each answer");
                answer
            }
            (Action::Send(_) | Action::SendRepeat(_), Answer::Raw) => Answer::Raw,
            (Action::Send(_) | Action::SendRepeat(_), Answer::Open { framing, mut tail, written }) => {
                let written = written.saturating_add(length(action));
                if length(action) == 0 {
                    wrong("nothing to write", "take the step out");
                }
                if matches!(framing, Framing::Length(length) if written > length) {
                    wrong("more bytes than the content-length says", "correct `length`, or send fewer");
                }
                tail.push(action);
                Answer::Open { framing, tail, written }
            }
            (Action::Send(_) | Action::SendRepeat(_), answer) => {
                let hint = "answer a request first, with a body that stays open";
                wrong("there is no open body to write to", hint);
                answer
            }
            (Action::End, Answer::Open { framing: Framing::Length(length), written, .. })
                if written < length =>
            {
                let hint = "write { drop = \"fin\" } for a truncated body";
                wrong("the body is shorter than its content-length", hint);
                Answer::Over
            }
            (Action::End, Answer::Open { .. } | Answer::Raw) => Answer::Over,
            (Action::End, answer) => {
                wrong("there is no open body to end", "answer a request first, with a body that stays open");
                answer
            }
            (Action::Drop(_), Answer::None) => {
                wrong("there is no connection to drop", "a request must come first");
                Answer::None
            }
            (Action::Drop(_), _) => Answer::Over,
        };
    }
}

fn length(action: &Action) -> u64 {
    match action {
        Action::Send(bytes) => bytes.len() as u64,
        Action::SendRepeat(repeat) => repeat.total(),
        _ => 0,
    }
}
