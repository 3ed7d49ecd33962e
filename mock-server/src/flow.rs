//! Checks that a script can be played: nothing is written unless a body is open, and what is left open can be continued.

use std::ops::Range;

use crate::action::{Action, BodyKind, Framing};
use crate::stream::Tail;
use ssespec_diagnostics::Findings;

#[cfg(test)]
mod tests;

/// Checks a script action by action.
#[derive(Debug, Default)]
pub struct Flow {
    answer: Answer,
}

/// The state of the answer to the current request.
#[derive(Debug, Default)]
enum Answer {
    /// There is no request to answer.
    #[default]
    None,
    /// A request awaits its answer.
    Awaited,
    /// A body is open.
    Open { framing: Framing, tail: Tail, written: u64 },
    /// Raw bytes instead of an HTTP response are being written.
    Raw,
    /// The answer is over.
    Over,
    /// The script has a mistake. What follows is not checked until the next request, because most mistakes would be
    /// consequences.
    Unknown,
}

/// What a script leaves open at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leftover {
    /// Nothing open.
    Nothing,
    /// A stream at the boundary of an event block.
    AtBoundary,
    /// A stream in the middle of an event block.
    InsideBlock,
    /// A body to which nothing can be appended: one with a fixed length, or raw bytes.
    Uncontinuable,
}

/// How much of another server's response is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// Its head.
    Head,
    /// A part of its body, and its head if there is none yet.
    Part,
    /// Everything that is left.
    Rest,
}

/// Why an action is impossible, and how to fix it.
struct Impossible {
    message: &'static str,
    hint: &'static str,
}

impl Flow {
    /// A request has arrived, or may have.
    pub fn request(&mut self) {
        self.answer = Answer::Awaited;
    }

    /// What the script leaves behind.
    pub fn left(&self) -> Leftover {
        match &self.answer {
            Answer::None | Answer::Awaited | Answer::Over | Answer::Unknown => Leftover::Nothing,
            Answer::Raw | Answer::Open { framing: Framing::Length(_), .. } => Leftover::Uncontinuable,
            Answer::Open { tail, .. } if tail.at_block_boundary() => Leftover::AtBoundary,
            Answer::Open { .. } => Leftover::InsideBlock,
        }
    }

    /// Whether a body is open whose length was promised.
    pub fn counts_bytes(&self) -> bool {
        matches!(self.answer, Answer::Open { framing: Framing::Length(_), .. })
    }

    /// Follows one action at this place of the document, and reports it if it cannot be played.
    pub fn action(&mut self, action: &Action, place: Range<usize>, findings: &mut Findings) {
        self.answer = match std::mem::take(&mut self.answer).after(action) {
            Ok(answer) => answer,
            Err(Impossible { message, hint }) => {
                findings.add_with_hint(place, message, "not possible here", hint);
                Answer::Unknown
            }
        };
    }
}

impl Flow {
    /// Follows a step that passes on another server's response.
    pub fn forward(&mut self, passing: Passing, place: Range<usize>, findings: &mut Findings) {
        let open = || Answer::Open { framing: Framing::Chunked, tail: Tail::default(), written: 0 };
        let after = match (passing, std::mem::take(&mut self.answer)) {
            (_, Answer::Unknown) => Ok(Answer::Unknown),
            (Passing::Head | Passing::Part, Answer::Awaited) => Ok(open()),
            (Passing::Rest, Answer::Awaited) => Ok(Answer::Over),
            (Passing::Head, Answer::Open { .. } | Answer::Raw) => Err(Impossible {
                message: "this request has already been answered",
                hint: "remove the step: after an answer, `forward` passes on the body alone",
            }),
            (_, Answer::Open { framing: Framing::Length(_), .. }) => Err(Impossible {
                message: "the length of what is forwarded is only known when it has arrived",
                hint: "use another framing in `respond`",
            }),
            (Passing::Part, answer @ (Answer::Open { .. } | Answer::Raw)) => Ok(answer),
            (Passing::Rest, Answer::Open { .. } | Answer::Raw) => Ok(Answer::Over),
            (_, Answer::None | Answer::Over) => Err(Impossible {
                message: "there is nothing to forward",
                hint: "the answer is complete: wait for another request first, with \"expect-request\"",
            }),
        };
        self.answer = after.unwrap_or_else(|Impossible { message, hint }| {
            findings.add_with_hint(place, message, "not possible here", hint);
            Answer::Unknown
        });
    }
}

impl Answer {
    /// The state after an action.
    fn after(self, action: &Action) -> Result<Self, Impossible> {
        let wrong = |message, hint| Err(Impossible { message, hint });
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
                "this request has already been answered",
                "end the open answer, and wait for another request first",
            ),
            (Action::Respond(_) | Action::Raw(_), _) => {
                wrong("there is no request to answer", "each answer needs a request before it")
            }
            (Action::Send(_) | Action::SendRepeat(_), _) if length(action) == 0 => {
                wrong("this step writes nothing", "remove the step")
            }
            (Action::Send(_) | Action::SendRepeat(_), Self::Raw) => Ok(Self::Raw),
            (Action::Send(_) | Action::SendRepeat(_), Self::Open { framing, mut tail, written }) => {
                let written = written.saturating_add(length(action));
                if matches!(framing, Framing::Length(length) if written > length) {
                    return wrong(
                        "this writes more bytes than the content-length",
                        "correct `length`, or send fewer bytes",
                    );
                }
                tail.push(action);
                Ok(Self::Open { framing, tail, written })
            }
            (Action::Send(_) | Action::SendRepeat(_), answer) => {
                wrong("there is no open body to write to", answer.how_to_open())
            }
            (
                Action::End | Action::Trailers(_),
                Self::Open { framing: Framing::Length(length), written, .. },
            ) if written < length => wrong(
                "the body is shorter than its content-length",
                "write { drop = \"fin\" } for a truncated body",
            ),
            (Action::End, Self::Open { .. } | Self::Raw) | (Action::Trailers(_), Self::Open { .. }) => {
                Ok(Self::Over)
            }
            (Action::End | Action::Trailers(_), answer) => {
                wrong("there is no open body to end", answer.how_to_open())
            }
            (Action::Drop(_), Self::None) => {
                wrong("there is no connection to drop", "a request is needed first")
            }
            (Action::Drop(_), _) => Ok(Self::Over),
            (Action::Control(_), Self::None | Self::Over) => wrong(
                "there is no stream whose connection could carry this",
                "an open response is needed first",
            ),
            (Action::Control(control), _) if control.is_loss() => Ok(Self::Over),
            (Action::Control(_), answer) => Ok(answer),
        }
    }

    /// What to do if a body must be open but is not.
    fn how_to_open(&self) -> &'static str {
        match self {
            Self::None => "a request and a response to it are needed first",
            Self::Awaited => "answer the request with \"respond\" first",
            _ => "the previous answer is complete: leave its body open, or wait for another request first",
        }
    }
}

/// The number of body bytes that an action writes.
fn length(action: &Action) -> u64 {
    match action {
        Action::Send(bytes) => bytes.len() as u64,
        Action::SendRepeat(repeat) => repeat.total(),
        _ => 0,
    }
}
