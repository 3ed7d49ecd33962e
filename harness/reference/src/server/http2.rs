//! A connection of HTTP/2 in clear text, with prior knowledge, <https://www.rfc-editor.org/rfc/rfc9113>.
//!
//! - `frame`: frames as bytes

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use self::frame::{Frame, Kind, flag};
use super::answer::{Answer, Content, answer};
use super::defect::ServerDefect as Defect;
use super::http1::PREFACE;
use super::outlet::{Next, Outlet};
use super::pulse::INTERVAL;
use super::request::{LONGEST, Request};
use super::site::Site;
use super::topic::{Left, Topic};
use ssespec_strict::http2::hpack::{Decoder, encode};

mod frame;

/// The window of a stream and of a connection before any is widened,
/// <https://www.rfc-editor.org/rfc/rfc9113#section-6.9.2>.
const WINDOW: i64 = 65_535;

/// The longest frame that may be sent unless the client allows more.
const LONGEST_FRAME: usize = 16_384;

/// The code of <https://www.rfc-editor.org/rfc/rfc9113#section-7> for a stream that is broken off.
const INTERNAL_ERROR: u32 = 2;

/// A stream that is under way.
#[derive(Debug)]
struct Carried {
    topic: Arc<Topic>,
    outlet: Arc<Outlet>,
    /// What was taken and not sent.
    pending: Vec<u8>,
    window: i64,
    end: Option<Next>,
}

#[derive(Debug)]
struct Connection {
    site: Arc<Site>,
    woken: Arc<Notify>,
    decoder: Decoder,
    streams: BTreeMap<u32, Carried>,
    window: i64,
    initial_window: i64,
    /// The block of fields that CONTINUATION goes on with.
    block: Vec<u8>,
    /// What is to be written.
    out: Vec<u8>,
}

/// Serves a connection whose preface has begun, until its end.
pub(super) async fn serve(mut stream: TcpStream, mut buffer: Vec<u8>, site: Arc<Site>) {
    let mut connection = Connection::new(site);
    let left = match connection.run(&mut stream, &mut buffer).await {
        Ok(()) => Left::Closed,
        Err(_) => Left::Broken,
    };
    for (_, carried) in std::mem::take(&mut connection.streams) {
        carried.topic.leave(&carried.outlet, left);
    }
}

impl Connection {
    fn new(site: Arc<Site>) -> Self {
        Self {
            site,
            woken: Arc::new(Notify::new()),
            decoder: Decoder::default(),
            streams: BTreeMap::new(),
            window: WINDOW,
            initial_window: WINDOW,
            block: Vec::new(),
            out: Frame::new(Kind::Settings, 0, 0, Vec::new()).written(),
        }
    }

    async fn run(&mut self, stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<()> {
        let rest = PREFACE.len() - 18;
        while buffer.len() < rest {
            if stream.read_buf(buffer).await? == 0 {
                return Ok(());
            }
        }
        buffer.drain(..rest);
        let site = Arc::clone(&self.site);
        let mut is_closing = false;
        loop {
            while let Some(frame) = Frame::take(buffer) {
                self.heard(frame)?;
            }
            self.pump();
            if !self.out.is_empty() {
                stream.write_all(&std::mem::take(&mut self.out)).await?;
            }
            if is_closing && self.streams.is_empty() {
                return Ok(());
            }
            tokio::select! {
                read = stream.read_buf(buffer) => if read? == 0 {
                    return Ok(());
                },
                () = self.woken.notified() => {}
                () = site.closing(), if !is_closing => {
                    is_closing = true;
                    let last = self.streams.keys().next_back().copied().unwrap_or_default();
                    let payload = [last.to_be_bytes(), [0; 4]].concat();
                    self.send(Kind::GoAway, 0, 0, payload);
                }
                () = tokio::time::sleep(INTERVAL) => self.keep_alive(),
            }
            if buffer.len() > LONGEST + LONGEST_FRAME {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    fn send(&mut self, kind: Kind, flags: u8, stream: u32, payload: Vec<u8>) {
        self.out.extend(Frame::new(kind, flags, stream, payload).written());
    }

    fn heard(&mut self, frame: Frame) -> io::Result<()> {
        match frame.kind {
            Some(Kind::Headers) => {
                let block = frame.fields().ok_or(io::ErrorKind::InvalidData)?;
                self.block = block.to_vec();
                self.fields(&frame)?;
            }
            Some(Kind::Continuation) => {
                self.block.extend_from_slice(&frame.payload);
                self.fields(&frame)?;
            }
            Some(Kind::Reset) => {
                if let Some(carried) = self.streams.remove(&frame.stream) {
                    carried.topic.leave(&carried.outlet, Left::Reset);
                }
            }
            Some(Kind::Settings) if frame.flags & flag::ACK == 0 => {
                if let Some(window) = frame.initial_window() {
                    let more = i64::from(window) - self.initial_window;
                    self.initial_window += more;
                    self.streams.values_mut().for_each(|carried| carried.window += more);
                }
                self.send(Kind::Settings, flag::ACK, 0, Vec::new());
            }
            Some(Kind::Ping) if frame.flags & flag::ACK == 0 => {
                self.send(Kind::Ping, flag::ACK, 0, frame.payload);
            }
            Some(Kind::WindowUpdate) => {
                let more = i64::from(frame.number().unwrap_or_default());
                match (frame.stream, self.streams.get_mut(&frame.stream)) {
                    (0, _) => self.window += more,
                    (_, Some(carried)) => carried.window += more,
                    (_, None) => {}
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Answers a request whose fields are complete.
    fn fields(&mut self, frame: &Frame) -> io::Result<()> {
        if frame.flags & flag::END_HEADERS == 0 {
            return if self.block.len() > LONGEST { Err(io::ErrorKind::InvalidData.into()) } else { Ok(()) };
        }
        let fields = self.decoder.decode(&std::mem::take(&mut self.block));
        let fields = fields.ok_or(io::ErrorKind::InvalidData)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let pseudo = |name: &[u8]| {
            fields.iter().find(|(other, _)| other == name).map(|(_, value)| text(value)).unwrap_or_default()
        };
        let (method, path) = (pseudo(b":method"), pseudo(b":path"));
        let fields = fields.iter().map(|(name, value)| (text(name), value.clone())).collect();
        let request = Request::new(method, path, fields);
        let answer = answer(&request, &self.site, Arc::clone(&self.woken));
        self.begin(frame.stream, answer);
        Ok(())
    }

    fn begin(&mut self, stream: u32, answer: Answer) {
        let mut fields = vec![(b":status".to_vec(), answer.status.to_string().into_bytes())];
        fields.extend(
            answer.fields.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.clone().into())),
        );
        if self.site.defects().has(Defect::ConnectionFieldInHttp2) {
            fields.push((b"connection".to_vec(), b"keep-alive".to_vec()));
        }
        let flags = flag::END_HEADERS;
        match answer.content {
            Content::Stream(topic, outlet) => {
                self.send(Kind::Headers, flags, stream, encode(&fields));
                let window = self.initial_window;
                let carried = Carried { topic, outlet, pending: Vec::new(), window, end: None };
                self.streams.insert(stream, carried);
            }
            Content::None | Content::Text("") => {
                self.send(Kind::Headers, flags | flag::END_STREAM, stream, encode(&fields));
            }
            Content::Text(text) => {
                self.send(Kind::Headers, flags, stream, encode(&fields));
                self.send(Kind::Data, flag::END_STREAM, stream, text.into());
            }
        }
    }

    /// A comment on each stream on which nothing waits.
    fn keep_alive(&mut self) {
        for carried in self.streams.values_mut().filter(|carried| carried.pending.is_empty()) {
            carried.pending.extend_from_slice(b":\n\n");
        }
    }

    /// Takes what streams carry, and writes what their windows allow.
    fn pump(&mut self) {
        let numbers: Vec<u32> = self.streams.keys().copied().collect();
        for number in numbers {
            let Some(mut carried) = self.streams.remove(&number) else { continue };
            if self.carry(number, &mut carried) {
                self.streams.insert(number, carried);
            }
        }
    }

    /// Does that for one; whether it goes on.
    fn carry(&mut self, number: u32, carried: &mut Carried) -> bool {
        loop {
            while !carried.pending.is_empty() {
                let room = carried.window.min(self.window).max(0);
                let length =
                    usize::try_from(room).unwrap_or_default().min(LONGEST_FRAME).min(carried.pending.len());
                if length == 0 {
                    return true;
                }
                let rest = carried.pending.split_off(length);
                self.send(Kind::Data, 0, number, std::mem::replace(&mut carried.pending, rest));
                let length = i64::try_from(length).unwrap_or_default();
                carried.window -= length;
                self.window -= length;
            }
            match carried.end.take().or_else(|| carried.outlet.take()) {
                None => return true,
                Some(Next::Blocks(blocks)) => {
                    blocks.iter().for_each(|block| carried.pending.extend_from_slice(&self.joined(block)));
                }
                Some(Next::End) if !self.site.defects().has(Defect::Http2EndIsReset) => {
                    self.send(Kind::Data, flag::END_STREAM, number, Vec::new());
                    return false;
                }
                Some(Next::End | Next::GiveUp) => {
                    self.send(Kind::Reset, 0, number, INTERNAL_ERROR.to_be_bytes().to_vec());
                    carried.topic.leave(&carried.outlet, Left::Broken);
                    return false;
                }
            }
        }
    }

    /// A block, as a defect joins its lines.
    fn joined(&self, block: &Bytes) -> Bytes {
        let is_joined = |bytes: &[u8]| bytes.windows(7).any(|part| part == b"\ndata: ");
        let lines = String::from_utf8_lossy(block);
        if lines.matches("data: ").nth(1).is_some()
            && is_joined(block)
            && self.site.defects().has(Defect::Http2LinesJoined)
        {
            let (first, rest) = lines.split_once("data: ").unwrap_or_default();
            return format!("{first}data: {}", rest.replace("\ndata: ", " ")).into();
        }
        block.clone()
    }
}
