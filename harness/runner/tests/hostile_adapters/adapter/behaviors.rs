//! The hostile adapters: each deviates from the sound adapter in one way.

use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::client::Habit;
use super::sound::{Behavior, Hello, closed, event, hello, show, triggered};
use super::{client, page, say, sleep, sleeper, spawn_sleeper, write};

const MIB: usize = 1024 * 1024;

/// Whether this process is to block.
static BLOCKS: AtomicBool = AtomicBool::new(false);

/// The first session after the two of the smoke check.
const FIRST: u64 = 3;

/// What a hostile adapter of this name does.
pub(super) fn behavior(behavior: &str) -> Option<Behavior> {
    let parts = [at_hello, in_lines, in_a_case, at_the_end, at_work];
    parts.iter().find_map(|part| part(behavior))
}

/// A hostile adapter that says hello in this way.
fn at_hello_do(hello: fn()) -> Behavior {
    Behavior { hello, ..Behavior::default() }
}

/// A hostile adapter that does this when the trigger comes.
fn on_trigger(trigger: fn(u64)) -> Behavior {
    Behavior { trigger, ..Behavior::default() }
}

/// A hostile adapter that does this when a session is over.
fn at_end_do(over: fn(u64, &str)) -> Behavior {
    Behavior { over, ..Behavior::default() }
}

fn die(words: &str, status: i32) -> ! {
    eprintln!("{words}");
    std::process::exit(status);
}

/// Adapters whose client does more with a stream than it should.
fn at_work(behavior: &str) -> Option<Behavior> {
    let habit = match behavior {
        "rescans-line" => Habit::Rereads,
        "copies-rest" => Habit::Copies,
        "keeps-everything" => Habit::Keeps,
        _ => return None,
    };
    Some(Behavior { habit, ..Behavior::default() })
}

/// Adapters that show themselves before the first session.
fn at_hello(behavior: &str) -> Option<Behavior> {
    Some(match behavior {
        "sound" => Behavior::default(),
        "page" => Behavior { perform: page::perform, ..at_hello_do(page::hello) },
        "no-hello" => at_hello_do(|| {}),
        "late-hello" => at_hello_do(|| {
            std::thread::sleep(Duration::from_millis(300));
            hello();
        }),
        "hello-without-newline" => at_hello_do(|| {
            write(Hello::default().line().as_bytes());
        }),
        "prints-before-hello" => at_hello_do(|| {
            say("Listening on port 3000");
            hello();
        }),
        "event-before-hello" => at_hello_do(|| show(1, "before the hello")),
        "exits-at-start" => at_hello_do(|| die("Error: Cannot find module 'eventsource'", 1)),
        "wrong-role" => at_hello_do(|| Hello { role: "server", ..Hello::default() }.say()),
        "wrong-protocol" => at_hello_do(|| Hello { protocol: 2, ..Hello::default() }.say()),
        "misspelled-capability" => {
            at_hello_do(|| Hello { capabilities: &["close", "reconect"], ..Hello::default() }.say())
        }
        "hello-without-name" => at_hello_do(|| say(r#"{"hello":{"protocol":1,"role":"client"}}"#)),
        "never-reads" => at_hello_do(|| {
            hello();
            sleep();
        }),
        "never-closes" => at_end_do(|_, _| sleep()),
        "closes-twice" => at_end_do(|session, _| {
            closed(session);
            closed(session);
        }),
        "exits-after-close" => at_end_do(|session, _| {
            closed(session);
            std::process::exit(0);
        }),
        _ => return None,
    })
}

/// Adapters that write what is not of the protocol.
fn in_lines(behavior: &str) -> Option<Behavior> {
    Some(match behavior {
        "print-statement" => on_trigger(|session| {
            say("got an event!");
            show(session, "trigger");
        }),
        "control-characters" => on_trigger(|_| say("\u{1b}[31mgot an event\u{1b}[0m \u{7}\u{202e}")),
        "latin-1" => on_trigger(|session| {
            let line: Vec<u8> =
                event(session, "caf~").bytes().map(|b| if b == b'~' { 0xe9 } else { b }).collect();
            write(&line);
            write(b"\n");
        }),
        "lone-surrogate" => on_trigger(|session| say(&event(session, "~").replace('~', r"\ud83d"))),
        "deep-nesting" => on_trigger(|session| {
            let deep = "[".repeat(MIB) + &"]".repeat(MIB);
            say(&event(session, "~").replace("\"~\"", &deep));
        }),
        "two-messages-in-a-line" => on_trigger(|session| {
            say(&format!(r#"{{"session":{session},"opened":{{}},"event":{{"data":"trigger"}}}}"#))
        }),
        "no-message" => on_trigger(|session| say(&format!(r#"{{"session":{session}}}"#))),
        "unknown-message" => {
            on_trigger(|session| say(&format!(r#"{{"session":{session},"message":{{"data":"trigger"}}}}"#)))
        }
        "no-session" => on_trigger(|_| say(r#"{"event":{"data":"trigger"}}"#)),
        "unknown-state" => {
            on_trigger(|session| say(&format!(r#"{{"session":{session},"error":{{"readyState":7}}}}"#)))
        }
        "second-hello" => on_trigger(|_| hello()),
        "unknown-session" => on_trigger(|_| show(99, "trigger")),
        "cannot-restart" => Behavior {
            hello: || match std::fs::File::create_new("born") {
                Ok(_) => hello(),
                Err(_) => die("Error: the address is in use", 1),
            },
            trigger: |_| die("out of memory", 7),
            ..Behavior::default()
        },
        "hostile-text" => on_trigger(|session| {
            eprintln!("\u{1b}[2J\u{7}\u{202e}");
            show(session, "\u{1b}[2J\u{1b}]0;title\u{7}\u{0}\u{202e}trigger\r\n");
        }),
        "crlf-and-blank-lines" => Behavior {
            hello: || say(&format!("\r\n{}\r\n\n", Hello::default().line())),
            trigger: |session| say(&format!("{}\r\n\r\n", event(session, "trigger"))),
            ..Behavior::default()
        },
        "padded-line" => on_trigger(|session| {
            let message = event(session, "trigger");
            say(&(" ".repeat(63 * MIB) + &message));
        }),
        "long-event" => on_trigger(|session| show(session, &"r".repeat(63 * MIB))),
        "too-long-line" => on_trigger(|session| {
            let message = event(session, "trigger");
            say(&(" ".repeat(64 * MIB) + &message));
        }),
        _ => return None,
    })
}

/// Adapters that stall, flood or die in the middle of a case.
fn in_a_case(behavior: &str) -> Option<Behavior> {
    Some(match behavior {
        "half-a-line" => on_trigger(|session| {
            let line = event(session, "trigger");
            write(&line.as_bytes()[..line.len() / 2]);
            sleep();
        }),
        "never-reports" => on_trigger(|_| sleep()),
        "ignores-connect" => Behavior {
            connect: |session, _| {
                if session == FIRST {
                    sleep();
                }
            },
            ..Behavior::default()
        },
        "endless-line" => on_trigger(|_| {
            flood(&[b'r'; 65536], 1024 * MIB);
            sleep();
        }),
        "endless-events" => on_trigger(|session| {
            flood((event(session, "trigger") + "\n").repeat(500).as_bytes(), usize::MAX);
            sleep();
        }),
        "endless-openings" => on_trigger(|session| {
            flood(format!("{{\"session\":{session},\"opened\":{{}}}}\n").repeat(500).as_bytes(), usize::MAX);
            sleep();
        }),
        "endless-blanks" => on_trigger(|_| {
            flood(&[b'\n'; 65536], usize::MAX);
            sleep();
        }),
        "endless-late-events" => at_end_do(|session, _| {
            closed(session);
            if triggered(session) {
                flood((event(session, "boo") + "\n").repeat(500).as_bytes(), usize::MAX);
                sleep();
            }
        }),
        "long-log" => on_trigger(|session| {
            let line = "a line of the log\n".repeat(1000);
            for _ in 0..100 * MIB / line.len() {
                eprint!("{line}");
            }
            eprintln!("the last line of the log");
            show(session, "trigger");
        }),
        "always-crashes" => on_trigger(|_| die("thread 'main' panicked: a byte-order mark", 101)),
        // The first process is blocked from the first case on. It notes what it should do, and does nothing.
        "blocks-and-shares" => Behavior {
            hello: || {
                let first = std::fs::File::create_new("born").is_ok();
                BLOCKS.store(first, Ordering::SeqCst);
                say(r#"{"hello":{"protocol":1,"role":"client","name":"hostile","sessions":64}}"#);
            },
            perform: |session, order| {
                let blocked = BLOCKS.load(Ordering::SeqCst) && session >= FIRST;
                if blocked && order.get("connect").is_some() {
                    std::fs::write(format!("begun-{session}"), "").unwrap();
                }
                blocked
            },
            ..Behavior::default()
        },
        "dies-without-comments" => Behavior {
            perform: |_, order| {
                if order["connect"]["comments"] == false {
                    die("told not to report comments", 9);
                }
                false
            },
            ..Behavior::default()
        },
        "crashes-once" => on_trigger(|session| {
            if session == FIRST {
                die("out of memory", 7);
            }
            show(session, "trigger");
        }),
        "crashes-elsewhere" => Behavior {
            connect: |session, _| {
                if session == FIRST + 1 {
                    die("cannot connect", 8);
                }
            },
            trigger: |session| {
                if session == FIRST {
                    die("out of memory", 7);
                }
                show(session, "trigger");
            },
            ..Behavior::default()
        },
        "exits-mid-line" => on_trigger(|session| {
            let line = event(session, "trigger");
            write(&line.as_bytes()[..line.len() / 2]);
            std::process::exit(0);
        }),
        #[cfg(unix)]
        "closes-stdout" => on_trigger(|_| {
            use std::os::unix::process::CommandExt as _;
            // The same process, without its stdout.
            let error = sleeper().stdout(Stdio::null()).exec();
            die(&error.to_string(), 1);
        }),
        "exits-leaving-a-child" => on_trigger(|_| {
            spawn_sleeper();
            std::process::exit(0);
        }),
        _ => return None,
    })
}

/// Adapters that misbehave when a session or their life should end.
fn at_the_end(behavior: &str) -> Option<Behavior> {
    Some(match behavior {
        "crashes-on-close" => at_end_do(|session, _| {
            if triggered(session) {
                die("double free", 134);
            }
            closed(session);
        }),
        "exits-between-sessions" => at_end_do(|session, _| {
            closed(session);
            if triggered(session) {
                std::process::exit(0);
            }
        }),
        "ignores-close" => at_end_do(|session, _| {
            if !triggered(session) {
                closed(session);
            }
        }),
        "closes-late-and-shares" => Behavior {
            hello: || {
                say(r#"{"hello":{"protocol":1,"role":"client","name":"hostile","sessions":2}}"#);
            },
            over: |session, _| {
                if triggered(session) {
                    // Longer than the patience of the test.
                    std::thread::sleep(Duration::from_millis(2400));
                }
                closed(session);
            },
            ..Behavior::default()
        },
        "closed-twice" => at_end_do(|session, _| {
            closed(session);
            if triggered(session) {
                closed(session);
            }
        }),
        "event-after-closed" => at_end_do(|session, _| {
            closed(session);
            if triggered(session) {
                show(session, "one more thing");
            }
        }),
        "error-after-closed" => at_end_do(|session, _| {
            closed(session);
            if triggered(session) {
                // A later turn of the event loop.
                std::thread::sleep(Duration::from_millis(20));
                error_while_closed(session);
            }
        }),
        "error-before-closed" => at_end_do(|session, _| {
            if triggered(session) {
                error_while_closed(session);
            }
            closed(session);
        }),
        "late-request" => at_end_do(|session, url| {
            closed(session);
            if triggered(session) {
                // Longer than clients may take to leave when a session is torn down.
                std::thread::sleep(Duration::from_millis(600));
                let request = client::request(url).unwrap();
                // Kept open for a while, as by a client that awaits the answer.
                std::thread::sleep(Duration::from_millis(100));
                drop::<TcpStream>(request);
            }
        }),
        "with-a-child" => at_hello_do(|| {
            spawn_sleeper();
            hello();
        }),
        "ignores-stdin-end" => Behavior { end: || sleep(), ..Behavior::default() },
        "no-hello-with-a-child" => at_hello_do(spawn_sleeper),
        "ignores-stdin-end-with-a-child" => Behavior {
            hello: || {
                spawn_sleeper();
                hello();
            },
            end: || sleep(),
            ..Behavior::default()
        },
        _ => return None,
    })
}

/// Reports an error of a client that is closed.
fn error_while_closed(session: u64) {
    say(&format!(r#"{{"session":{session},"error":{{"message":"aborted","readyState":2}}}}"#));
}

/// Writes this repeatedly, up to this many bytes or until it is no longer read.
fn flood(piece: &[u8], bytes: usize) {
    let mut left = bytes;
    while left > 0 && write(piece) {
        left = left.saturating_sub(piece.len());
    }
}
