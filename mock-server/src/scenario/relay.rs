//! Passes on the response of an upstream, as far as the steps of a script say.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::journal::EntryKind;
use super::step::{Forward, Script, Step};
use super::writer::Writer;
use crate::action::{Drop, Respond};
use crate::forward::{BodyLength, ContentCodings, ForwardError, Forwarding, Limit, Upstream, UpstreamEnd};
use crate::wire::{Exchange, PeerGone};

/// The response of the upstream to the request that a script answers.
#[derive(Debug)]
pub(super) struct Relay {
    upstream: Option<Arc<Upstream>>,
    codings: ContentCodings,
    length: BodyLength,
    /// The host and port of this server.
    own: String,
    /// Where it reports what it forwarded, with the number of the connection.
    notes: mpsc::UnboundedSender<(u32, EntryKind)>,
    forwarding: Option<Forwarding>,
}

/// How far a response was passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// As far as the step says.
    Part,
    /// Up to its end, which was passed on too.
    End,
}

impl Relay {
    /// A relay for the steps of this script. `base` is the URL of this server.
    pub(super) fn new(
        script: &Script,
        upstream: Option<Arc<Upstream>>,
        base: &str,
        notes: mpsc::UnboundedSender<(u32, EntryKind)>,
    ) -> Self {
        let adds = script.iter().any(Step::adds_to_a_body);
        let reads = adds || script.iter().any(Step::counts_events);
        let codings = if reads { ContentCodings::Identity } else { ContentCodings::AsAccepted };
        let length = if adds { BodyLength::Unknown } else { BodyLength::Kept };
        let own = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { upstream, codings, length, own, notes, forwarding: None }
    }

    /// Closes the connection to the upstream.
    pub(super) fn close(&mut self) {
        self.forwarding = None;
    }

    /// Passes on a part of the response. The first part forwards the request.
    ///
    /// # Errors
    /// If the client has left.
    pub(super) async fn pass_on(
        &mut self,
        part: Forward,
        exchange: &mut Exchange,
        writer: &mut Writer,
    ) -> Result<Passed, PeerGone> {
        if self.forwarding.is_none() {
            match self.open(exchange).await? {
                Ok(forwarding) => self.forwarding = Some(forwarding),
                Err(failure) => return self.fail(failure, exchange).await,
            }
        }
        let mut limit = match part {
            Forward::Head if exchange.is_open() => return Ok(Passed::Part),
            Forward::Head | Forward::Rest => Limit::None,
            Forward::Events(events) => Limit::Events(events),
            Forward::Bytes(bytes) => Limit::Bytes(bytes),
        };
        let Some(forwarding) = &mut self.forwarding else { return Err(PeerGone) };
        let end = match body(forwarding, &mut limit, exchange, writer).await? {
            None => return Ok(Passed::Part),
            Some(end) => end,
        };
        let events = forwarding.events();
        self.close();
        self.note(exchange, EntryKind::UpstreamEnded { how: end.to_string(), events });
        break_off(&end, exchange).await?;
        Ok(Passed::End)
    }

    /// Forwards the request, and passes on the head of the response unless the script wrote one.
    async fn open(&self, exchange: &mut Exchange) -> Result<Result<Forwarding, Failure>, PeerGone> {
        let unknown = |error: ForwardError| Failure { url: None, error };
        let Some(upstream) = &self.upstream else {
            let none = ForwardError::Response("there is no server to forward to".into());
            return Ok(Err(unknown(none)));
        };
        let failed = |error: ForwardError| Failure { url: Some(upstream.url()), error };
        let opened = Forwarding::open(upstream, exchange.request(), self.codings, &self.own).await;
        let mut forwarding = match opened {
            Ok(forwarding) => forwarding,
            Err(error) => return Ok(Err(failed(error))),
        };
        loop {
            let status = forwarding.head().status;
            if !forwarding.head().is_interim() {
                break;
            }
            // The request had its body, so 100 is no news to the client.
            if status != 100 && exchange.awaits_head() {
                let (bytes, kind) = forwarding.encoded_head(exchange.request(), self.length);
                exchange.pass_on_head(bytes, kind).await?;
            }
            if let Err(error) = forwarding.next_head(exchange.request()).await {
                return Ok(Err(failed(error)));
            }
        }
        if let (ContentCodings::Identity, Some(coding)) = (self.codings, forwarding.content_coding()) {
            let problem = format!("its content coding is {coding:?}, so its events cannot be seen");
            return Ok(Err(failed(ForwardError::Response(problem))));
        }
        let entry = EntryKind::Forwarded {
            url: forwarding.url().to_owned(),
            status: forwarding.head().status,
            content_type: forwarding
                .head()
                .all("content-type")
                .next()
                .map(|value| String::from_utf8_lossy(value).into_owned()),
        };
        self.note(exchange, entry);
        if exchange.awaits_head() {
            let (bytes, kind) = forwarding.encoded_head(exchange.request(), self.length);
            exchange.pass_on_head(bytes, kind).await?;
        }
        Ok(Ok(forwarding))
    }

    /// Answers with 502, or breaks off the response that the script began.
    async fn fail(&self, failure: Failure, exchange: &mut Exchange) -> Result<Passed, PeerGone> {
        let Failure { url, error } = failure;
        let reason = error.to_string();
        let to = url.as_ref().map(|url| format!(" to {url}")).unwrap_or_default();
        let text = format!("ssespec cannot forward this request{to}: {reason}\n");
        self.note(exchange, EntryKind::NotForwarded { url, reason });
        if !exchange.awaits_head() {
            break_off(&UpstreamEnd::Reset, exchange).await?;
            return Ok(Passed::End);
        }
        let headers = vec![("content-type".to_owned(), "text/plain; charset=utf-8".to_owned())];
        let body = Some(text.into_bytes());
        let respond = Respond { status: 502, headers: Some(headers), body, ..Respond::default() };
        exchange.respond(&respond, str::to_owned).await?;
        Ok(Passed::End)
    }

    fn note(&self, exchange: &Exchange, kind: EntryKind) {
        // The server may be stopping.
        let _ = self.notes.send((exchange.connection(), kind));
    }
}

/// Why a request was not forwarded, or its response not passed on.
struct Failure {
    url: Option<String>,
    error: ForwardError,
}

/// Passes on the body up to the limit: each read is one write. Returns how the body ended if it ended first.
async fn body(
    forwarding: &mut Forwarding,
    limit: &mut Limit,
    exchange: &mut Exchange,
    writer: &mut Writer,
) -> Result<Option<UpstreamEnd>, PeerGone> {
    loop {
        loop {
            if limit.is_reached() {
                exchange.flush().await?;
                return Ok(None);
            }
            match forwarding.take(limit) {
                Ok(Some(part)) => writer.write(exchange, part).await?,
                Ok(None) => break,
                Err(broken) => {
                    exchange.flush().await?;
                    return Ok(Some(broken));
                }
            }
        }
        exchange.flush().await?;
        // A heartbeat inside an event would change it.
        let due = writer.heartbeat_due(exchange).filter(|_| forwarding.at_block_boundary());
        tokio::select! {
            end = forwarding.more() => if end.is_some() {
                return Ok(end);
            },
            () = sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() => {
                writer.beat(exchange).await?;
            }
        }
    }
}

/// Ends a response as that of the upstream ended: one that is incomplete must not look complete.
async fn break_off(end: &UpstreamEnd, exchange: &mut Exchange) -> Result<(), PeerGone> {
    match end {
        UpstreamEnd::Complete => exchange.end().await,
        UpstreamEnd::Fin if !exchange.ends_with_fin() => {
            exchange.drop_connection(Drop::Fin).await;
            Ok(())
        }
        UpstreamEnd::Fin | UpstreamEnd::Reset | UpstreamEnd::Broken(_) => {
            exchange.drop_connection(Drop::Reset).await;
            Ok(())
        }
    }
}
