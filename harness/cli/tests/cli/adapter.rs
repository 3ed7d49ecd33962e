//! The test executable as an adapter: a reader that supports LF and complete UTF-8 only, and does not reconnect. It uses
//! only std, like an adapter in another language.
//!
//! Options:
//!
//! - `name=NAME`: its name in hello
//! - `observer=ADDRESS`: it connects there, keeps the connection open until it exits, and writes each URL that it receives as a line
//! - `stderr=TEXT`: it writes this to stderr first
//! - `exit`: it exits without a hello
//! - `silent`: it keeps running without a hello
//! - `claims=NAME,NAME`: the capabilities in its hello
//! - `forgets-the-end`: it does not report that its client has stopped on its own
//! - `prints`: it writes a line that is no message when a session starts

use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::ExitCode;
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::{Value, json};

/// Longer than any test takes. No process is left for ever if a test fails.
const LIFE_SPAN: Duration = Duration::from_secs(180);

/// Lives as an adapter.
pub(crate) fn live(options: &[String]) -> ExitCode {
    std::thread::spawn(|| {
        std::thread::sleep(LIFE_SPAN);
        std::process::exit(99);
    });
    let is_told = |word: &str| options.iter().any(|option| option == word);
    let option = |name: &str| options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('='));
    let mut observer = option("observer").map(|address| TcpStream::connect(address).unwrap());
    if let Some(text) = option("stderr") {
        eprintln!("{text}");
    }
    if is_told("exit") {
        return ExitCode::FAILURE;
    }
    if is_told("silent") {
        std::thread::sleep(LIFE_SPAN);
    }
    say(&json!({ "hello": {
        "protocol": 1, "role": "client", "name": option("name").unwrap_or("small"), "version": "1", "language": "Rust",
        "capabilities": option("claims").unwrap_or("close").split(',').collect::<Vec<_>>(),
    } }));
    let mut current: Option<Session> = None;
    for line in io::stdin().lock().lines() {
        let order: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let number = order["session"].as_u64().unwrap();
        if let Some(url) = order["connect"]["url"].as_str() {
            if let Some(observer) = &mut observer {
                writeln!(observer, "{url}").unwrap();
            }
            if is_told("prints") {
                println!("connecting");
            }
            current = Some(Session::start(number, url, !is_told("forgets-the-end")));
        } else if order.get("close").is_some()
            && let Some(session) = current.take()
        {
            session.close();
        }
    }
    ExitCode::SUCCESS
}

/// Writes a line of the protocol and flushes it. Errors are ignored: the harness may have closed the pipe.
fn say(message: &Value) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{message}").and_then(|()| out.flush());
}

/// A session: its connection, and the thread that reads it.
struct Session {
    stream: TcpStream,
    reader: JoinHandle<()>,
    number: u64,
    reports_the_end: bool,
}

impl Session {
    fn start(number: u64, url: &str, reports_the_end: bool) -> Self {
        let stream = request(url).unwrap();
        let reading = stream.try_clone().unwrap();
        let reader = std::thread::spawn(move || {
            // However the stream ends, this client is done then.
            let _ = read(reading, |data| say(&json!({ "session": number, "event": { "data": data } })));
            if reports_the_end {
                say(&json!({ "session": number, "closed": {} }));
            }
        });
        Self { stream, reader, number, reports_the_end }
    }

    /// Ends the connection, upon which the reader says that the session is over, if it has not done so already.
    fn close(self) {
        let _ = self.stream.shutdown(Shutdown::Both);
        self.reader.join().unwrap();
        if !self.reports_the_end {
            say(&json!({ "session": self.number, "closed": {} }));
        }
    }
}

fn request(url: &str) -> io::Result<TcpStream> {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/event-stream\r\n\r\n")?;
    Ok(stream)
}

/// Reads a chunked stream to its end, and calls `event` with the data of each event.
fn read(stream: TcpStream, mut event: impl FnMut(&str)) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while !line(&mut stream)?.is_empty() {
        // This client ignores the response headers.
    }
    let (mut rest, mut data) = (Vec::new(), None);
    loop {
        let size = u64::from_str_radix(&line(&mut stream)?, 16).map_err(io::Error::other)?;
        if size == 0 {
            return Ok(());
        }
        (&mut stream).take(size).read_to_end(&mut rest)?;
        line(&mut stream)?;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let line = String::from_utf8_lossy(&line[..end]);
            if line.is_empty() {
                data.take().into_iter().for_each(|data: String| event(&data));
            } else if let Some(value) = line.strip_prefix("data:") {
                let value = value.strip_prefix(' ').unwrap_or(value);
                data = Some(data.map_or_else(|| value.to_owned(), |before| format!("{before}\n{value}")));
            }
        }
    }
}

/// The next line of HTTP, without its end.
fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    match stream.read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}
