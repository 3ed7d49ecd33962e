//! A request and its response on their way through the intermediary.

use std::io;
use std::time::Instant;

use ssespec_strict::http::Framing;

use crate::defect::list::IntermediaryDefect as Defect;
use crate::defect::switches::IntermediaryDefects as Defects;
use crate::intermediary::asking::{Source, is_ignored, respond};
use crate::intermediary::came::{Break, Came, ResponseHead};
use crate::intermediary::coding::Coder;
use crate::intermediary::content::Passage;
use crate::intermediary::front::Front;
use crate::intermediary::head::change_head;
use crate::intermediary::request::Request;
use crate::intermediary::shared::Shared;
use crate::intermediary::sharing::{Keeping, Kept};

/// How long a flowing stream may take in an intermediary with a defect, in seconds.
const ROUTE: u64 = 15;

/// How long a stream may be silent in an intermediary with a defect, in seconds.
const IDLE: u64 = 50;

/// The text that an intermediary with a defect adds.
const ADDED: &[u8] = b"Error occurred while trying to proxy\n\n";

/// Forwards a request, and its response to the client.
///
/// # Errors
/// If the client is gone.
pub(crate) async fn relay<F: Front>(shared: &Shared, request: &Request, front: &mut F) -> io::Result<()> {
    let defects = &shared.defects;
    let is_get = request.method == "GET";
    if is_get
        && (defects.has(Defect::StreamsStored) || defects.has(Defect::StreamsShared))
        && let Some(kept) = shared.kept.find(&request.target)
        && is_served(&kept, defects)
    {
        return again(kept, front).await;
    }
    let _permit = if defects.has(Defect::HundredStreamsOnly) {
        shared.streams.clone().acquire_owned().await.ok()
    } else {
        None
    };
    let Some((source, head)) = respond(shared, request, front).await? else { return Ok(()) };
    forward(shared, request, front, (source, head)).await
}

/// Whether an intermediary with a defect serves a stream that is kept: it stores those that are complete, or shares those
/// that are open.
fn is_served(kept: &Kept, defects: &Defects) -> bool {
    let is_complete = kept.content.borrow().1;
    if defects.has(Defect::StreamsShared) { !is_complete } else { is_complete }
}

/// Sends a stream that is kept.
async fn again<F: Front>(kept: Kept, front: &mut F) -> io::Result<()> {
    front.head(&kept.head).await?;
    let mut content = kept.content;
    let mut sent = 0;
    loop {
        let (bytes, is_complete) = content.borrow_and_update().clone();
        front.content(bytes.get(sent..).unwrap_or_default()).await?;
        sent = bytes.len();
        if is_complete {
            return front.end().await;
        }
        tokio::select! {
            changed = content.changed() => if changed.is_err() {
                front.abort();
                return Ok(());
            },
            _ = front.departed() => return Ok(()),
        }
    }
}

/// Forwards a response whose head has come.
async fn forward<F: Front>(
    shared: &Shared,
    request: &Request,
    front: &mut F,
    (mut source, mut head): (Source, ResponseHead),
) -> io::Result<()> {
    let defects = &shared.defects;
    let framing = head.framing;
    change_head(&mut head, defects);
    if head.status >= 400 && defects.has(Defect::ErrorsReplaced) {
        return replaced(head, front).await;
    }
    let mut coder = Coder::new(request, &mut head, defects);
    let keeping: Option<Keeping> = (request.method == "GET"
        && (defects.has(Defect::StreamsStored) || defects.has(Defect::StreamsShared)))
    .then(|| shared.kept.keep(&request.target, &head));
    let mut passage = Passage::new(defects.clone());
    let holds_head = defects.has(Defect::HeadHeldBack) || defects.has(Defect::ResponseCollected);
    let mut held_head = Some(head);
    if !holds_head && let Some(head) = held_head.take() {
        front.head(&head).await?;
    }
    let mut send = Sending { shared, front, held_head, keeping };
    let cut = Instant::now() + shared.pace.seconds(ROUTE);
    let idle = shared.pace.seconds(IDLE);
    let mut reloads = shared.reloads.subscribe();
    let mut is_watched = true;
    loop {
        let (came, is_inside_chunk) = tokio::select! {
            biased;
            departure = send.front.departed(), if is_watched => {
                if is_ignored(departure, defects) {
                    is_watched = false;
                    continue;
                }
                return Ok(());
            }
            came = source.next() => came,
            Ok(()) = reloads.changed(), if defects.has(Defect::StreamsEndedByReload) => return send.end().await,
            () = tokio::time::sleep(idle), if defects.has(Defect::SilentStreamEnded) => return send.end().await,
            held = passage.waits() => (Came::Content(Vec::new()), { send.content(&held).await?; false }),
        };
        match came {
            Came::Head(_) => {}
            Came::Content(content) => {
                if Instant::now() > cut && defects.has(Defect::StreamCutAfterRouteTimeout) {
                    send.front.abort();
                    return Ok(());
                }
                if !content.is_empty() {
                    let passed = passage.take(content);
                    send.content(&coder.code(passed)).await?;
                }
            }
            Came::Complete => {
                let mut rest = coder.code(passage.end());
                rest.extend(coder.end());
                send.content(&rest).await?;
                return send.end().await;
            }
            Came::Broken(how) => {
                let mut rest = coder.code(passage.broken());
                rest.extend(coder.end());
                send.content(&rest).await?;
                return broken(send, (framing, how, is_inside_chunk)).await;
            }
        }
    }
}

/// The response that a client gets.
struct Sending<'s, F> {
    shared: &'s Shared,
    front: &'s mut F,
    held_head: Option<ResponseHead>,
    keeping: Option<Keeping>,
}

impl<F: Front> Sending<'_, F> {
    async fn content(&mut self, content: &[u8]) -> io::Result<()> {
        if content.is_empty() {
            return Ok(());
        }
        if let Some(head) = self.held_head.take() {
            self.front.head(&head).await?;
        }
        if let Some(keeping) = &self.keeping {
            keeping.send_modify(|kept| kept.0.extend_from_slice(content));
        }
        let _writing = if self.shared.defects.has(Defect::SlowReaderHoldsUpOthers) {
            Some(self.shared.writing.lock().await)
        } else {
            None
        };
        self.front.content(content).await
    }

    async fn end(&mut self) -> io::Result<()> {
        if let Some(head) = self.held_head.take() {
            self.front.head(&head).await?;
        }
        if let Some(keeping) = &self.keeping {
            keeping.send_modify(|kept| kept.1 = true);
        }
        self.front.end().await
    }
}

/// The origin broke off: the response must not look complete, <https://www.rfc-editor.org/rfc/rfc9112#section-8>.
async fn broken<F: Front>(
    mut send: Sending<'_, F>,
    (framing, how, is_inside_chunk): (Framing, Break, bool),
) -> io::Result<()> {
    let defects = &send.shared.defects;
    if defects.has(Defect::DeadOriginHidden) {
        send.front.departed().await;
        return Ok(());
    }
    if defects.has(Defect::TextAddedToBrokenStream) {
        send.content(ADDED).await?;
    }
    let is_end = match (framing, how) {
        (Framing::Chunked, Break::Closed) if is_inside_chunk => defects.has(Defect::EndAfterFinInsideChunk),
        (Framing::Chunked, Break::Closed) => defects.has(Defect::EndAfterFinBetweenChunks),
        (_, Break::ResetWithNoError) if defects.has(Defect::EndAfterNoError) => true,
        (Framing::Chunked, Break::Reset | Break::ResetWithNoError) => defects.has(Defect::EndAfterReset),
        (Framing::Length(_), _) => defects.has(Defect::EndBeforeLength),
        (Framing::Close, Break::Reset) => defects.has(Defect::EndAfterResetWithoutLength),
        (Framing::Close | Framing::None, _) => false,
    };
    if is_end {
        return send.end().await;
    }
    if let Some(head) = send.held_head.take() {
        send.front.head(&head).await?;
    }
    send.front.abort();
    Ok(())
}

/// Sends an error without its content, which only an intermediary with a defect does.
async fn replaced<F: Front>(mut head: ResponseHead, front: &mut F) -> io::Result<()> {
    const TEXT: &[u8] = b"<h1>Error</h1>\n";
    head.fields.remove(|name| name.eq_ignore_ascii_case("content-length"));
    head.fields.0.push(("content-length".into(), TEXT.len().to_string().into_bytes()));
    head.framing = Framing::Length(TEXT.len() as u64);
    front.head(&head).await?;
    front.content(TEXT).await?;
    front.end().await
}
