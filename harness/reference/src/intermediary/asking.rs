//! Asking the origin, and waiting for the head of its response.

use std::io;

use ssespec_strict::http::Framing;
use tokio::sync::mpsc;

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::came::{Break, Came, ResponseHead};
use crate::intermediary::fields::Fields;
use crate::intermediary::front::{Departure, Front};
use crate::intermediary::origin::Origin;
use crate::intermediary::request::Request;
use crate::intermediary::shared::Shared;

/// How often an intermediary with a defect sends a GET request.
const AGAIN: usize = 4;

/// How many redirects an intermediary with a defect follows.
const REDIRECTS: usize = 5;

/// Where the response comes from.
pub(super) enum Source {
    Origin(Origin),
    /// From a task that reads it without waiting for the client. Only an intermediary with a defect does this.
    Pumped(mpsc::UnboundedReceiver<(Came, bool)>),
}

impl Source {
    /// What comes next, and whether it comes inside a chunk.
    pub(super) async fn next(&mut self) -> (Came, bool) {
        match self {
            Self::Origin(origin) => {
                let came = origin.next().await;
                (came, origin.is_inside_chunk())
            }
            Self::Pumped(pumped) => match pumped.recv().await {
                Some(came) => came,
                None => std::future::pending().await,
            },
        }
    }
}

/// Asks the origin, and waits for the head of its final response. `None` if the client has its response, or has left.
pub(super) async fn respond<F: Front>(
    shared: &Shared,
    request: &Request,
    front: &mut F,
) -> io::Result<Option<(Source, ResponseHead)>> {
    let defects = &shared.defects;
    let (mut attempts, mut redirects, mut request) = (1, 0, request.clone());
    loop {
        let Ok(origin) = Origin::ask(shared, &request).await else { return bad_gateway(front).await };
        let mut source = source(origin, defects);
        loop {
            let came = tokio::select! {
                came = source.next() => came.0,
                departure = front.departed() => {
                    if !is_ignored(departure, defects) {
                        return Ok(None);
                    }
                    continue;
                }
            };
            match came {
                Came::Head(head) if (100..200).contains(&head.status) => front.interim(&head).await?,
                Came::Head(head) => {
                    let target = location(&head).filter(|_| redirects < REDIRECTS);
                    if let Some(target) = target
                        && defects.has(Defect::RedirectsFollowed)
                    {
                        redirects += 1;
                        request.target = target;
                        break;
                    }
                    return Ok(Some((source, *head)));
                }
                Came::Broken(how) => {
                    let is_post = request.method == "POST";
                    let again = how == Break::Reset
                        && (is_post && attempts == 1 && defects.has(Defect::PostSentAgain)
                            || !is_post && attempts < AGAIN && defects.has(Defect::GetSentAgainAndAgain));
                    if !again && defects.has(Defect::FailureHidden) {
                        front.departed().await;
                        return Ok(None);
                    }
                    if !again {
                        return bad_gateway(front).await;
                    }
                    attempts += 1;
                    break;
                }
                Came::Content(_) | Came::Complete => {}
            }
        }
    }
}

fn source(mut origin: Origin, defects: &Defects) -> Source {
    if !defects.has(Defect::OriginReadWithoutBound) {
        return Source::Origin(origin);
    }
    let (tell, pumped) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let came = tokio::select! {
                came = origin.next() => came,
                () = tell.closed() => return,
            };
            if tell.send((came, origin.is_inside_chunk())).is_err() {
                return;
            }
        }
    });
    Source::Pumped(pumped)
}

/// The target of a redirect at the same origin.
fn location(head: &ResponseHead) -> Option<String> {
    let value = head.fields.values("location").next()?;
    let text = str::from_utf8(value).ok().filter(|_| (300..400).contains(&head.status))?;
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.find('/').map(|at| rest[at..].to_owned())?,
        None => text.to_owned(),
    };
    path.starts_with('/').then_some(path)
}

/// Whether an intermediary with a defect ignores that a client has left.
pub(super) fn is_ignored(departure: Departure, defects: &Defects) -> bool {
    match departure {
        Departure::Fin => defects.has(Defect::FinNotPassedOn),
        Departure::Reset => defects.has(Defect::ResetNotPassedOn),
        Departure::Stream => defects.has(Defect::StreamResetNotPassedOn),
    }
}

/// <https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3>
async fn bad_gateway<F: Front, T>(front: &mut F) -> io::Result<Option<T>> {
    let fields = Fields(vec![("content-length".into(), b"0".to_vec())]);
    let head =
        ResponseHead { status: 502, reason: b"Bad Gateway".to_vec(), fields, framing: Framing::Length(0) };
    front.head(&head).await?;
    front.end().await?;
    Ok(None)
}
