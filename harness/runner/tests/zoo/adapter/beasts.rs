//! The beasts: each deviates from the sound adapter in one way.

use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use super::client::Habit;
use super::sound::{Hello, Nature, closed, event, hello, roared, show};
use super::{client, page, say, sleep, sleeper, spawn_sleeper, write};

const MIB: usize = 1024 * 1024;

/// The first session after the two of the smoke check.
const FIRST: u64 = 3;

/// What a beast of this name does.
pub(super) fn nature(beast: &str) -> Option<Nature> {
    let parts = [at_hello, in_lines, in_life, at_the_end, at_work];
    parts.iter().find_map(|part| part(beast))
}

/// A beast that says hello in this way.
fn greeting(hello: fn()) -> Nature {
    Nature { hello, ..Nature::default() }
}

/// A beast that does this when the roar comes.
fn roaring(roar: fn(u64)) -> Nature {
    Nature { roar, ..Nature::default() }
}

/// A beast that does this when a session is over.
fn ending(over: fn(u64, &str)) -> Nature {
    Nature { over, ..Nature::default() }
}

fn die(words: &str, status: i32) -> ! {
    eprintln!("{words}");
    std::process::exit(status);
}

/// Beasts whose client does more with a stream than it should.
fn at_work(beast: &str) -> Option<Nature> {
    let habit = match beast {
        "rereading" => Habit::Rereads,
        "copying" => Habit::Copies,
        "hoarding" => Habit::Keeps,
        _ => return None,
    };
    Some(Nature { habit, ..Nature::default() })
}

/// Beasts that show themselves before the first session.
fn at_hello(beast: &str) -> Option<Nature> {
    Some(match beast {
        "sound" => Nature::default(),
        "page" => Nature { perform: page::perform, ..greeting(page::hello) },
        "silent" => greeting(|| {}),
        "late" => greeting(|| {
            std::thread::sleep(Duration::from_millis(300));
            hello();
        }),
        "breathless" => greeting(|| {
            write(Hello::default().line().as_bytes());
        }),
        "announcer" => greeting(|| {
            say("Listening on port 3000");
            hello();
        }),
        "hasty" => greeting(|| show(1, "before the hello")),
        "stillborn" => greeting(|| die("Error: Cannot find module 'eventsource'", 1)),
        "server" => greeting(|| Hello { role: "server", ..Hello::default() }.say()),
        "futuristic" => greeting(|| Hello { protocol: 2, ..Hello::default() }.say()),
        "misspelt" => greeting(|| Hello { capabilities: &["close", "reconect"], ..Hello::default() }.say()),
        "nameless" => greeting(|| say(r#"{"hello":{"protocol":1,"role":"client"}}"#)),
        "deaf" => greeting(|| {
            hello();
            sleep();
        }),
        "clinging" => ending(|_, _| sleep()),
        "stammering" => ending(|session, _| {
            closed(session);
            closed(session);
        }),
        "one-shot" => ending(|session, _| {
            closed(session);
            std::process::exit(0);
        }),
        _ => return None,
    })
}

/// Beasts that write what is not of the protocol.
fn in_lines(beast: &str) -> Option<Nature> {
    Some(match beast {
        "babbling" => roaring(|session| {
            say("got an event!");
            show(session, "roar");
        }),
        "colourful" => roaring(|_| say("\u{1b}[31mgot an event\u{1b}[0m \u{7}\u{202e}")),
        "latin-1" => roaring(|session| {
            let line: Vec<u8> =
                event(session, "caf~").bytes().map(|b| if b == b'~' { 0xe9 } else { b }).collect();
            write(&line);
            write(b"\n");
        }),
        "surrogate" => roaring(|session| say(&event(session, "~").replace('~', r"\ud83d"))),
        "nested" => roaring(|session| {
            let deep = "[".repeat(MIB) + &"]".repeat(MIB);
            say(&event(session, "~").replace("\"~\"", &deep));
        }),
        "double" => roaring(|session| {
            say(&format!(r#"{{"session":{session},"opened":{{}},"event":{{"data":"roar"}}}}"#))
        }),
        "empty" => roaring(|session| say(&format!(r#"{{"session":{session}}}"#))),
        "inventive" => {
            roaring(|session| say(&format!(r#"{{"session":{session},"message":{{"data":"roar"}}}}"#)))
        }
        "forgetful" => roaring(|_| say(r#"{"event":{"data":"roar"}}"#)),
        "stateless" => {
            roaring(|session| say(&format!(r#"{{"session":{session},"error":{{"readyState":7}}}}"#)))
        }
        "polite" => roaring(|_| hello()),
        "lost" => roaring(|_| show(99, "roar")),
        "only-child" => Nature {
            hello: || match std::fs::File::create_new("born") {
                Ok(_) => hello(),
                Err(_) => die("Error: the address is in use", 1),
            },
            roar: |_| die("killed by the weather", 7),
            ..Nature::default()
        },
        "painted" => roaring(|session| {
            eprintln!("\u{1b}[2J\u{7}\u{202e}");
            show(session, "\u{1b}[2J\u{1b}]0;title\u{7}\u{0}\u{202e}roar\r\n");
        }),
        "dos" => Nature {
            hello: || say(&format!("\r\n{}\r\n\n", Hello::default().line())),
            roar: |session| say(&format!("{}\r\n\r\n", event(session, "roar"))),
            ..Nature::default()
        },
        "padded" => roaring(|session| {
            let message = event(session, "roar");
            say(&(" ".repeat(63 * MIB) + &message));
        }),
        "long-winded" => roaring(|session| show(session, &"r".repeat(63 * MIB))),
        "overlong" => roaring(|session| {
            let message = event(session, "roar");
            say(&(" ".repeat(64 * MIB) + &message));
        }),
        _ => return None,
    })
}

/// Beasts that stall, flood or die in the middle of a case.
fn in_life(beast: &str) -> Option<Nature> {
    Some(match beast {
        "stalling" => roaring(|session| {
            let line = event(session, "roar");
            write(&line.as_bytes()[..line.len() / 2]);
            sleep();
        }),
        "mute" => roaring(|_| sleep()),
        "deafened" => Nature {
            connect: |session, _| {
                if session == FIRST {
                    sleep();
                }
            },
            ..Nature::default()
        },
        "endless-line" => roaring(|_| {
            flood(&[b'r'; 65536], 1024 * MIB);
            sleep();
        }),
        "endless-events" => roaring(|session| {
            flood((event(session, "roar") + "\n").repeat(500).as_bytes(), usize::MAX);
            sleep();
        }),
        "endless-openings" => roaring(|session| {
            flood(format!("{{\"session\":{session},\"opened\":{{}}}}\n").repeat(500).as_bytes(), usize::MAX);
            sleep();
        }),
        "endless-blanks" => roaring(|_| {
            flood(&[b'\n'; 65536], usize::MAX);
            sleep();
        }),
        "haunting" => ending(|session, _| {
            closed(session);
            if roared(session) {
                flood((event(session, "boo") + "\n").repeat(500).as_bytes(), usize::MAX);
                sleep();
            }
        }),
        "logging" => roaring(|session| {
            let line = "a line of the log\n".repeat(1000);
            for _ in 0..100 * MIB / line.len() {
                eprint!("{line}");
            }
            eprintln!("the last line of the log");
            show(session, "roar");
        }),
        "mortal" => roaring(|_| die("thread 'main' panicked: a byte-order mark", 101)),
        "frail" => roaring(|session| {
            if session == FIRST {
                die("killed by the weather", 7);
            }
            show(session, "roar");
        }),
        "unlucky" => Nature {
            connect: |session, _| {
                if session == FIRST + 1 {
                    die("cannot connect", 8);
                }
            },
            roar: |session| {
                if session == FIRST {
                    die("killed by the weather", 7);
                }
                show(session, "roar");
            },
            ..Nature::default()
        },
        "interrupted" => roaring(|session| {
            let line = event(session, "roar");
            write(&line.as_bytes()[..line.len() / 2]);
            std::process::exit(0);
        }),
        #[cfg(unix)]
        "withdrawn" => roaring(|_| {
            use std::os::unix::process::CommandExt as _;
            // The same process, without its stdout.
            let error = sleeper().stdout(Stdio::null()).exec();
            die(&error.to_string(), 1);
        }),
        "begetting" => roaring(|_| {
            spawn_sleeper();
            std::process::exit(0);
        }),
        _ => return None,
    })
}

/// Beasts that misbehave when a session or their life should end.
fn at_the_end(beast: &str) -> Option<Nature> {
    Some(match beast {
        "deadly-close" => ending(|session, _| {
            if roared(session) {
                die("double free", 134);
            }
            closed(session);
        }),
        "departing" => ending(|session, _| {
            closed(session);
            if roared(session) {
                std::process::exit(0);
            }
        }),
        "ignoring" => ending(|session, _| {
            if !roared(session) {
                closed(session);
            }
        }),
        "repetitive" => ending(|session, _| {
            closed(session);
            if roared(session) {
                closed(session);
            }
        }),
        "talkative" => ending(|session, _| {
            closed(session);
            if roared(session) {
                show(session, "one more thing");
            }
        }),
        "lingering" => ending(|session, url| {
            closed(session);
            if roared(session) {
                // Longer than clients may take to leave when a session is torn down.
                std::thread::sleep(Duration::from_millis(600));
                let request = client::request(url).unwrap();
                // Kept open for a while, as by a client that awaits the answer.
                std::thread::sleep(Duration::from_millis(100));
                drop::<TcpStream>(request);
            }
        }),
        "parental" => greeting(|| {
            spawn_sleeper();
            hello();
        }),
        "undying" => Nature { end: || sleep(), ..Nature::default() },
        "silent-parent" => greeting(spawn_sleeper),
        "undying-parent" => Nature {
            hello: || {
                spawn_sleeper();
                hello();
            },
            end: || sleep(),
            ..Nature::default()
        },
        _ => return None,
    })
}

/// Writes this again and again, up to so many bytes or until nobody reads any more.
fn flood(piece: &[u8], bytes: usize) {
    let mut left = bytes;
    while left > 0 && write(piece) {
        left = left.saturating_sub(piece.len());
    }
}
