//! The fixture with an in-process adapter: a conformance test as users of the library write it.

use std::process::{Command, ExitCode, Output};
use std::sync::Arc;

use ssespec::{Capability, ServerObserver, ServerOrder, ServerSession};

use crate::Tests;
use crate::fixture::{ConnectionObserver, Server, Wire};

/// The variable that makes this process a conformance test with the cases in this folder.
pub(crate) const CASES: &str = "SSESPEC_TEST_SERVER_CASES";

/// The variable that makes the server refuse comments.
const MUTE: &str = "SSESPEC_TEST_SERVER_MUTE";

struct Reports(ServerObserver);

impl ConnectionObserver for Reports {
    fn connected(&self, last_event_id: &str) {
        self.0.connected(Some(last_event_id));
    }

    fn disconnected(&self) {
        self.0.disconnected();
    }
}

pub(crate) fn main(cases: &str) -> ExitCode {
    let mute = std::env::var_os(MUTE).is_some();
    ssespec::server("fixture", move |session| serve(session, mute))
        .capabilities([
            Capability::EventType,
            Capability::EventId,
            Capability::Comments,
            Capability::Retry,
            Capability::End,
            Capability::Disconnects,
            Capability::NoContent,
            Capability::Http2,
        ])
        .cases(cases)
        .main()
}

async fn serve(mut session: ServerSession, mute: bool) {
    let server = Arc::new(Server::start(Wire::Correct).await);
    session.serving(server.open(1, Reports(session.observer())));
    while let Some(order) = session.next().await {
        match order {
            ServerOrder::Emit(emit) => {
                assert!(!mute || !matches!(emit, ssespec::Emit::Comment { .. }), "no comments today");
                match server.emit(1, &emit) {
                    Ok(()) => session.emitted(),
                    Err(error) => session.refused(error),
                }
            }
            ServerOrder::End => server.end(1),
            ServerOrder::Stop => {
                server.stop(1);
                session.stopped();
            }
            _ => {}
        }
    }
}

fn ran(mute: bool, arguments: &[&str]) -> (Output, String) {
    let mut command = Command::new(std::env::current_exe().expect("a path"));
    command.args(arguments).env(CASES, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server_adapters/cases"));
    if mute {
        command.env(MUTE, "1");
    }
    let output = command.output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output, text)
}

pub(crate) const TESTS: Tests = &[
    ("a_sound_server_passes_every_case", || {
        let (output, text) = ran(false, &[]);
        assert!(output.status.success(), "{text}");
        assert!(text.contains("test server/streams/many ") && text.contains("0 failed"), "{text}");
        assert!(text.contains("needs shutdown"), "{text}");
    }),
    ("a_panic_fails_the_case_in_which_it_comes_twice", || {
        let (output, text) = ran(true, &["server/emitting/"]);
        assert_eq!(output.status.code(), Some(101), "{text}");
        assert!(
            text.contains("no comments today") && text.contains("it crashed twice at this step"),
            "{text}"
        );
        assert!(text.contains("test server/emitting/events "), "{text}");
    }),
];
