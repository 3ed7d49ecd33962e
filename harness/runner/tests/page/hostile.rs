//! Pages that do not: each costs one case the verdict `error`, or ends the run before it began, as with any adapter.

use std::sync::LazyLock;

use serde_json::json;
use ssespec::adapter::fault::Fault;
use ssespec::protocol::HelloRole;
use ssespec::run::{Conclusion, RunError};
use ssespec_reports::results::Role;
use ssespec_reports::results::Verdict;
use tokio_tungstenite::tungstenite::Message;

use crate::browser::{Mischief, hello, launch, text};
use crate::sound::{results, run};

/// Why a run with a page that begins like this did not begin.
async fn refused(first: Message) -> Fault {
    let (launch, _) = launch(first, |_| Vec::new());
    match results(&run(launch, "client/lines/*", 1)).await.0 {
        Err(RunError::Adapter { fault, .. }) => *fault,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn beginnings() {
    let mut wrong = hello();
    wrong["hello"]["protocol"] = 2.into();
    assert_eq!(refused(text(&wrong)).await, Fault::WrongProtocol { said: 2 });
    let mut wrong = hello();
    wrong["hello"]["role"] = "server".into();
    assert_eq!(
        refused(text(&wrong)).await,
        Fault::WrongRole { said: HelloRole::Server, wanted: Role::Client }
    );
    let mut wrong = hello();
    wrong["hello"]["capabilities"] = json!(["telepathy"]);
    assert!(matches!(refused(text(&wrong)).await, Fault::UnknownCapability(_)));
    let early = json!({ "session": 1, "opened": {} });
    assert_eq!(refused(text(&early)).await, Fault::NotHello);
    assert!(matches!(refused(Message::text("hi")).await, Fault::NotProtocol(_)));
    assert!(matches!(refused(Message::binary(hello().to_string())).await, Fault::NotProtocol(_)));
    assert_eq!(refused(Message::Close(None)).await, Fault::PageGone);
}

/// Plays cases with a page that does this in its fourth session, the second after the smoke check; gives back the
/// reasons of the cases that could not be judged.
async fn errors(mischief: Mischief) -> Vec<String> {
    let (launch, _) = launch(text(&hello()), mischief);
    let (conclusion, results, _) = results(&run(launch, "client/lines/*", 1)).await;
    assert_eq!(conclusion.unwrap(), Conclusion::Error);
    let (passed, errors): (Vec<_>, Vec<_>) =
        results.into_iter().partition(|result| result.verdict == Verdict::Pass);
    assert!(passed.len() > 9, "only that session is lost: {errors:?}");
    assert!(errors.iter().all(|result| result.verdict == Verdict::Error), "{errors:?}");
    errors.into_iter().map(|result| result.reason.unwrap_or_default()).collect()
}

#[track_caller]
fn one(errors: &[String], words: &str) {
    assert!(matches!(errors, [one] if one.contains(words)), "{errors:?} are not one that says {words:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nonsense() {
    one(&errors(|n| Vec::from_iter((n == 4).then(|| Message::text("{]")))).await, "not JSON");
    one(&errors(|n| Vec::from_iter((n == 4).then(|| Message::binary("x")))).await, "a binary frame");
    one(&errors(|n| Vec::from_iter((n == 4).then(|| text(&hello())))).await, "a second hello");
    one(
        &errors(|n| {
            Vec::from_iter((n == 4).then(|| text(&json!({ "session": 4, "opened": {}, "closed": {} }))))
        })
        .await,
        "more than one message",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_session() {
    one(
        &errors(|n| Vec::from_iter((n == 4).then(|| text(&json!({ "session": 99, "opened": {} }))))).await,
        "session 99, which was not started",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_stream_holds() {
    let flood: Mischief = |n| {
        let comment = text(&json!({ "session": n, "comment": { "text": "x".repeat(1 << 20) } }));
        if n == 4 { vec![comment; 120] } else { Vec::new() }
    };
    one(&errors(flood).await, "much more than the case sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_longer_than_any_may_be() {
    // Made in advance: while a page makes it, nothing comes, and the session may be played again.
    static LONG: LazyLock<Message> =
        LazyLock::new(|| text(&json!({ "session": 4, "comment": { "text": "x".repeat(65 << 20) } })));
    LazyLock::force(&LONG);
    one(&errors(|n| Vec::from_iter((n == 4).then(|| LONG.clone()))).await, "64 MiB");
}

/// A page that is closed or crashes may have crashed over the case: the second time at the same step is its failure.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_is_lost() {
    let (launch, _) = launch(text(&hello()), |n| Vec::from_iter((n == 4).then_some(Message::Close(None))));
    let (conclusion, results, _) = results(&run(launch, "client/lines/*", 1)).await;
    assert_eq!(conclusion.unwrap(), Conclusion::AsExpected);
    let repeated: Vec<_> = results.iter().filter_map(|result| result.reason.as_deref()).collect();
    assert!(matches!(repeated.as_slice(), [one] if one.contains("the page is gone")), "{repeated:?}");
}

/// What a page logs is kept like stderr, and is no message.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logs() {
    let noisy: Mischief = |n| {
        let log = text(&json!({ "log": { "text": "TypeError: no such thing" } }));
        if n == 4 { vec![log, Message::text("{]")] } else { vec![log] }
    };
    let (launch, _) = launch(text(&hello()), noisy);
    let (_, results, _) = results(&run(launch, "client/lines/*", 1)).await;
    let error = results.iter().find(|result| result.verdict == Verdict::Error).unwrap();
    assert!(error.stderr.as_ref().unwrap().contains("TypeError: no such thing"), "{error:?}");
}
