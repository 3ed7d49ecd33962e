//! Whether a script can be played: nothing is written where nothing is open, and what is left open can be continued.

use std::ops::Range;

use crate::action::{Action, BodyKind, Framing};
use crate::stream::Tail;
use ssespec_diagnostics::Findings;

#[cfg(test)]
mod tests;

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
    /// The script has a mistake. What follows is not judged until the next request, since most of it would be a
    /// consequence.
    Unknown,
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

/// Why an action cannot be played, and what to do about it.
struct Wrong {
    message: &'static str,
    hint: &'static str,
}

impl Flow {
    /// A request has come, or may have.
    pub fn request(&mut self) {
        self.answer = Answer::Awaited;
    }

    /// What the script leaves behind.
    pub fn left(&self) -> Left {
        match &self.answer {
            Answer::None | Answer::Awaited | Answer::Over | Answer::Unknown => Left::Nothing,
            Answer::Raw | Answer::Open { framing: Framing::Length(_), .. } => Left::Uncontinuable,
            Answer::Open { tail, .. } if tail.at_block_boundary() => Left::AtBoundary,
            Answer::Open { .. } => Left::InsideBlock,
        }
    }

    /// Follows one action, which stands at this place of the document, and says where it cannot be played.
    pub fn action(&mut self, action: &Action, place: Range<usize>, findings: &mut Findings) {
        self.answer = match std::mem::take(&mut self.answer).after(action) {
            Ok(answer) => answer,
            Err(Wrong { message, hint }) => {
                findings.add_with_hint(place, message, "cannot be played here", hint);
                Answer::Unknown
            }
        };
    }
}

impl Answer {
    /// What it comes to by an action.
    fn after(self, action: &Action) -> Result<Self, Wrong> {
        let wrong = |message, hint| Err(Wrong { message, hint });
        match (action, self) {
            (_, Self::Unknown) => Ok(Self::Unknown),
            (Action::Wait(_) | Action::Refuse(_), answer) => Ok(answer),
            (Action::Respond(respond), Self::Awaited) => Ok(match respond.body_kind() {
                BodyKind::Interim => Self::Awaited,
                BodyKind::Complete => Self::Over,
                BodyKind::Open(framing) => Self::Open { framing, tail: Tail::default(), written: 0 },
            }),
            (Action::Raw(_), Self::Awaited) => Ok(Self::Raw),
            (Action::Respond(_) | Action::Raw(_), Self::Open { .. } | Self::Raw) => wrong(
                "this request is answered already",
                "end the open answer, and let another request come first",
            ),
            (Action::Respond(_) | Action::Raw(_), _) => {
                wrong("there is no request to answer", "a request must come before each answer")
            }
            (Action::Send(_) | Action::SendRepeat(_), _) if length(action) == 0 => {
                wrong("this writes nothing", "take the step out")
            }
            (Action::Send(_) | Action::SendRepeat(_), Self::Raw) => Ok(Self::Raw),
            (Action::Send(_) | Action::SendRepeat(_), Self::Open { framing, mut tail, written }) => {
                let written = written.saturating_add(length(action));
                if matches!(framing, Framing::Length(length) if written > length) {
                    return wrong(
                        "more bytes than the content-length says",
                        "correct `length`, or send fewer",
                    );
                }
                tail.push(action);
                Ok(Self::Open { framing, tail, written })
            }
            (Action::Send(_) | Action::SendRepeat(_), answer) => {
                wrong("there is no open body to write to", answer.how_to_open())
            }
            (Action::End, Self::Open { framing: Framing::Length(length), written, .. })
                if written < length =>
            {
                wrong(
                    "the body is shorter than its content-length",
                    "write { drop = \"fin\" } for a truncated body",
                )
            }
            (Action::End, Self::Open { .. } | Self::Raw) => Ok(Self::Over),
            (Action::End, answer) => wrong("there is no open body to end", answer.how_to_open()),
            (Action::Drop(_), Self::None) => {
                wrong("there is no connection to drop", "a request must come first")
            }
            (Action::Drop(_), _) => Ok(Self::Over),
        }
    }

    /// What to do where a body must be open and is not.
    fn how_to_open(&self) -> &'static str {
        match self {
            Self::None => "a request must come first, and be answered",
            Self::Awaited => "answer the request before: \"respond\"",
            _ => "the answer before this is complete: leave its body open, or let another request come first",
        }
    }
}

/// How many bytes of the body an action writes.
fn length(action: &Action) -> u64 {
    match action {
        Action::Send(bytes) => bytes.len() as u64,
        Action::SendRepeat(repeat) => repeat.total(),
        _ => 0,
    }
}
