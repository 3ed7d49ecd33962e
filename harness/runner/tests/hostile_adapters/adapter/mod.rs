//! What the test executable is when it is started as an adapter. Plain std: an adapter in another language would have
//! no more.

mod behaviors;
mod client;
mod page;
mod sound;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

/// Longer than any test waits for a death. No process is left for ever if a test fails.
const LIFE_SPAN: Duration = Duration::from_secs(120);

/// Lives as this hostile adapter.
pub(crate) fn live(behavior: &str, liveness: &str) -> ExitCode {
    std::thread::spawn(|| {
        std::thread::sleep(LIFE_SPAN);
        std::process::exit(99);
    });
    connect(behavior, liveness);
    if behavior == SLEEPER {
        // Its parent waits for this before it goes on.
        eprintln!("asleep");
        sleep();
    }
    match behaviors::behavior(behavior) {
        Some(behavior) => sound::live(&behavior),
        None => panic!("no such behavior: {behavior}"),
    }
}

/// A process that does nothing except run. Not an adapter.
const SLEEPER: &str = "sleeper";

static LIVENESS: OnceLock<(String, TcpStream)> = OnceLock::new();

/// Connects to the test, which sees the connection end when this process does.
fn connect(behavior: &str, liveness: &str) {
    let mut stream = TcpStream::connect(liveness).unwrap();
    writeln!(stream, "{behavior}").unwrap();
    assert!(LIVENESS.set((liveness.to_owned(), stream)).is_ok(), "connected once");
}

/// Sleeps until it is killed.
fn sleep() -> ! {
    loop {
        std::thread::park();
    }
}

/// The child, which nothing waits for.
static CHILD: OnceLock<Child> = OnceLock::new();

/// Starts a child that sleeps and holds this process's stdout open.
fn spawn_sleeper() {
    let mut child =
        sleeper().stdin(Stdio::null()).stdout(Stdio::inherit()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap());
    let mut word = String::new();
    errors.read_line(&mut word).unwrap();
    assert_eq!(word, "asleep\n");
    assert!(CHILD.set(child).is_ok(), "one child each");
}

/// The command that starts a sleeper.
fn sleeper() -> Command {
    let (liveness, _) = LIVENESS.get().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["adapter", SLEEPER, liveness]);
    command
}

/// Writes a line to stdout and flushes it. Who hears no more does not care for errors.
fn say(line: &str) {
    write(format!("{line}\n").as_bytes());
}

/// Writes bytes to stdout and flushes them; tells whether somebody takes them.
fn write(bytes: &[u8]) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).is_ok()
}
