//! What the harness does: on the wire, and with the implementation.

use std::time::{Duration, Instant};

use ssespec_cases::Capability;
use ssespec_cases::client::{ClientStep, Connect, Trust};
use ssespec_mock_server::action::http2::Control;
use ssespec_mock_server::action::{self, Action, BodyKind, Drop, Repeat, Respond};
use ssespec_mock_server::wire::PeerGone;
use ssespec_reports::results::{Framing, Loss};
use tokio::time::timeout;

use super::attempts;
use super::session::{Answer, Closing, ResponseKind, Session};
use crate::protocol::page::Place;
use crate::protocol::{ConnectRequest, Order};
use crate::session::deadline::Came;
use crate::session::describe;
use crate::session::outcome::Stop;
use crate::session::patience::Allowance;

/// How many times its patience the harness spends at most on a client that goes on reading.
const LONGEST: u32 = 20;

impl ResponseKind {
    /// The body as judged after its end: raw bytes count as a lost stream.
    fn when_over(self) -> Self {
        if self == Self::Raw { Self::Stream } else { self }
    }
}

impl Session<'_> {
    pub(super) fn connect(&mut self, connect: &Connect) {
        let request = self.connect_request(connect);
        self.progress.transcript.harness("connect", "");
        if connect.close_in.is_some() {
            self.closing = Closing::InHandler;
        }
        let order = if self.capabilities.contains(&Capability::Dom) {
            let constructor_url = connect.url.as_ref().map(|url| self.expand(url));
            let place = Place { constructor_url, ..self.place(connect.scope) };
            Order::ConnectIn(Box::new(request), place)
        } else {
            Order::Connect(Box::new(request))
        };
        self.queues.listening = false;
        self.stage.adapter.order(self.number, order);
    }

    /// What a user would pass to the client.
    pub(super) fn connect_request(&self, connect: &Connect) -> ConnectRequest {
        ConnectRequest {
            url: connect.userinfo.as_ref().map_or_else(
                || self.base_url(),
                |userinfo| self.base_url().replacen("://", &format!("://{userinfo}@"), 1),
            ),
            types: self.ops.types.clone(),
            headers: connect.headers.clone(),
            last_event_id: connect.last_event_id.clone(),
            method: connect.method.clone().unwrap_or_else(|| "GET".into()),
            body: connect.body.clone(),
            with_credentials: connect.with_credentials,
            close_in: connect.close_in.map(Into::into),
            read_timeout: connect
                .read_timeout
                .map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            pause: connect.pause,
            comments: !self.measures(),
            http2: self.stage.protocol.is_http2(),
            ca_file: self
                .stage
                .ca_file
                .as_ref()
                .filter(|_| connect.trust == Trust::Server)
                .map(|file| file.display().to_string()),
        }
    }

    pub(super) fn close(&mut self) {
        self.progress.transcript.harness("close", "");
        self.closing = Closing::Ordered;
        self.stage.adapter.order(self.number, Order::Close);
    }

    pub(super) async fn write(&mut self, writes: &[Vec<u8>]) -> Result<(), Stop> {
        for bytes in writes {
            let Some(exchange) = &mut self.exchange else { return Ok(()) };
            match timeout(self.full_patience.request, exchange.send(bytes)).await {
                Ok(Ok(())) => {}
                // A client that left is judged by what it shows, not by our write.
                Ok(Err(PeerGone)) => return Ok(()),
                Err(_) => return Err(self.not_read(self.full_patience.request)),
            }
        }
        Ok(())
    }

    /// Whether the script measures the implementation.
    fn measures(&self) -> bool {
        let mut steps = self.ops.list.iter().filter_map(|op| op.kind.step());
        steps.any(|step| matches!(step, ClientStep::Measure(_)))
    }

    /// A client that holds its connection and reads nothing.
    fn not_read(&self, patience: Duration) -> Stop {
        let observed = format!("it read nothing for {}", describe::time(patience));
        self.progress
            .silence("the client reads what is sent", observed, Allowance::final_after(patience))
            .into()
    }

    pub(super) async fn act(&mut self, action: &Action) -> Result<(), Stop> {
        match action {
            Action::Wait(time) => {
                self.progress.transcript.harness("wait", describe::time(*time).to_string());
                self.stage.turn.waits_for(*time);
                tokio::time::sleep(*time).await;
            }
            Action::Refuse(time) => {
                self.progress.transcript.harness("refuse", describe::time(*time).to_string());
                self.refused_before = attempts::refused();
                self.refused_streams_before = self.stage.base.refused_streams();
                self.stage.base.refuse_for(*time);
            }
            Action::Respond(respond) => self.respond(respond).await,
            Action::Send(bytes) => self.write(std::slice::from_ref(bytes)).await?,
            Action::SendRepeat(repeat) => self.send_repeat(repeat).await?,
            Action::End => self.end().await,
            Action::Trailers(fields) => self.end_with(fields).await,
            Action::Control(control) => self.control(*control).await,
            Action::Drop(how) => match self.varied_loss() {
                None => self.drop_connection(*how).await,
                Some(Loss::Fin) => self.drop_connection(Drop::Fin).await,
                Some(Loss::Reset) => self.drop_connection(Drop::Reset).await,
                Some(Loss::End) => self.end().await,
            },
            Action::Raw(bytes) => {
                if let Some(exchange) = &mut self.exchange {
                    let _ = exchange.raw(bytes).await;
                }
                self.answer = Answer::Open(ResponseKind::Raw);
                self.framed_by_case = true;
            }
        }
        Ok(())
    }

    /// Writes a pattern, and meanwhile takes in what the implementation shows of it. A client may read as slowly as it
    /// likes, as long as it goes on reading. One that has stopped need not read the rest.
    async fn send_repeat(&mut self, repeat: &Repeat) -> Result<(), Stop> {
        let Some(mut exchange) = self.exchange.take() else { return Ok(()) };
        let patience = self.full_patience.request;
        let written = exchange.written();
        let began = Instant::now();
        let (mut seen, mut deadline) = (written.bytes(), began + patience);
        let mut write = Box::pin(exchange.send_repeat(repeat));
        let result = loop {
            tokio::select! {
                biased;
                // As with any write.
                _ = &mut write => break Ok(()),
                came = self.take_in(deadline) => match came {
                    Ok(Came::Something) if self.queues.closed => break Ok(()),
                    Ok(Came::Something) => {}
                    Ok(Came::Nothing) if written.bytes() > seen && began.elapsed() < patience * LONGEST => {
                        (seen, deadline) = (written.bytes(), Instant::now() + patience);
                    }
                    Ok(Came::Nothing) => break Err(self.not_read(patience)),
                    Err(stop) => break Err(stop),
                }
            }
        };
        drop(write);
        self.exchange = Some(exchange);
        result
    }

    /// How the run loses the current connection, if not as the case says. A case that says how the answer is framed also
    /// says how it is lost, and where no stream is open there is no stream to lose.
    fn varied_loss(&self) -> Option<Loss> {
        let is_open = self.answer == Answer::Open(ResponseKind::Stream);
        self.ops.variation.loss.filter(|_| is_open && !self.framed_by_case)
    }

    async fn end(&mut self) {
        self.ended_at = Some(Instant::now());
        if let Some(exchange) = &mut self.exchange {
            let _ = exchange.end().await;
        }
        self.answer = match self.answer {
            Answer::Open(body) => Answer::Over(body.when_over()),
            other => other,
        };
    }

    async fn end_with(&mut self, trailers: &[(String, String)]) {
        self.ended_at = Some(Instant::now());
        if let Some(exchange) = &mut self.exchange {
            let _ = exchange.trailers(trailers).await;
        }
        self.answer = match self.answer {
            Answer::Open(body) => Answer::Over(body.when_over()),
            other => other,
        };
    }

    async fn control(&mut self, control: Control) {
        if control.is_loss() {
            self.ended_at = Some(Instant::now());
            self.answer = Answer::Over(ResponseKind::Stream);
        }
        self.progress.transcript.harness("control", control.words());
        if let Some(exchange) = &mut self.exchange {
            // A client that left is judged by what it shows.
            let _ = exchange.control(control).await;
        }
    }

    async fn drop_connection(&mut self, how: Drop) {
        self.ended_at = Some(Instant::now());
        if let Some(exchange) = &mut self.exchange {
            exchange.drop_connection(how).await;
        }
        self.answer = match self.answer {
            Answer::Open(body) => Answer::Over(body.when_over()),
            // A connection lost before its answer is a network error, after which a client connects again.
            _ => Answer::Over(ResponseKind::Stream),
        };
        self.progress.transcript.harness("dropped", how.to_string());
    }

    pub(super) async fn respond(&mut self, respond: &Respond) {
        let (base, other, origin) = (self.base_url(), self.other_url(), self.stage.base.url());
        let body = if is_event_stream(respond) { ResponseKind::Stream } else { ResponseKind::Other };
        self.framed_by_case = says_framing(respond);
        let varied = match self.ops.variation.framing {
            // Only an open body can end with the connection without changing what it is.
            Framing::Close if !self.framed_by_case && matches!(respond.body_kind(), BodyKind::Open(_)) => {
                Some(Respond { framing: Some(action::Framing::Close), ..respond.clone() })
            }
            Framing::Close | Framing::Chunked => None,
        };
        let respond = varied.as_ref().unwrap_or(respond);
        let began = Instant::now();
        if let Some(exchange) = &mut self.exchange {
            self.own_scripts.remember(exchange.request(), respond);
            let expand = |value: &str| {
                value.replace("{base}", &base).replace("{other}", &other).replace("{origin}", &origin)
            };
            // As with any write.
            let _ = exchange.respond(respond, expand).await;
        }
        self.answer = match respond.body_kind() {
            BodyKind::Interim => Answer::Awaited,
            BodyKind::Open(_) => Answer::Open(body),
            BodyKind::Complete => {
                self.ended_at = Some(began);
                Answer::Over(body)
            }
        };
    }
}

/// Whether a response says how its body is framed.
fn says_framing(respond: &Respond) -> bool {
    let fields = respond.headers.iter().flatten();
    let names =
        |name: &str| ["transfer-encoding", "content-length"].iter().any(|own| name.eq_ignore_ascii_case(own));
    respond.framing.is_some() || fields.map(|(name, _)| name).any(|name| names(name))
}

/// Whether a response is an event stream: status 200 and the type, whatever its parameters.
fn is_event_stream(respond: &Respond) -> bool {
    let typed = respond.headers.as_ref().is_none_or(|fields| {
        fields.iter().any(|(name, value)| {
            let essence = value.split(';').next().unwrap_or_default().trim();
            name.eq_ignore_ascii_case("content-type") && essence.eq_ignore_ascii_case("text/event-stream")
        })
    });
    respond.status == 200 && typed
}
