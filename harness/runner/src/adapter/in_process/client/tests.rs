use super::*;

const SESSION: u64 = 7;

/// Starts a client, lets it connect, and hears this many things of it, as words.
async fn heard(
    client: &Client,
    close_in: Option<CloseIn>,
    order: Option<Order>,
    times: usize,
) -> Vec<String> {
    let mut adapter = client.start();
    let request = ConnectRequest { close_in, ..serde_json::from_str(r#"{"url":"http://h.test/"}"#).unwrap() };
    adapter.order(SESSION, Order::Connect(Box::new(request)));
    if let Some(order) = order {
        adapter.order(SESSION, order);
    }
    let mut heard = Vec::new();
    while heard.len() < times {
        heard.push(match adapter.receive().await {
            Incoming::Observation { session, shown, .. } => {
                assert_eq!(session, SESSION);
                format!("{shown:?}")
            }
            Incoming::Fault(fault) => format!("{fault}: {}", adapter.stderr()),
        });
    }
    heard
}

fn with_close(mut client: Client) -> Client {
    client.identity_mut().capabilities.insert(Capability::Close);
    client
}

#[tokio::test]
async fn a_client_that_returns_is_done() {
    let client = Client::client("c", |_, observer| async move { observer.event(Event::new("a")) });
    let event = Observation::Event(Event { data: Some("a".into()), ..Event::default() });
    assert_eq!(heard(&client, None, None, 2).await, [format!("{event:?}"), "Closed".into()]);
}

#[tokio::test]
async fn an_error_that_is_returned_is_the_last_word() {
    let client = Client::client("c", |_, _| async { Err::<(), _>("out of order") });
    let error = Observation::Error { message: "out of order".into(), ready_state: None };
    assert_eq!(heard(&client, None, None, 2).await, [format!("{error:?}"), "Closed".into()]);
}

#[tokio::test]
async fn an_error_has_the_state_that_was_told_last() {
    let client = Client::client("c", |_, observer| async move {
        observer.set_state(ReadyState::Closed);
        observer.error("lost");
    });
    let error = Observation::Error { message: "lost".into(), ready_state: Some(ReadyState::Closed) };
    assert_eq!(heard(&client, None, None, 1).await, [format!("{error:?}")]);
}

#[tokio::test]
async fn without_close_the_future_is_dropped() {
    let client = Client::client("c", |_, _| std::future::pending::<()>());
    assert_eq!(heard(&client, None, Some(Order::Close), 1).await, ["Closed"]);
}

#[tokio::test]
async fn comments_that_are_not_wanted_are_not_passed_on() {
    let client = Client::client("c", |_, observer| async move { observer.comment("unwanted") });
    let mut adapter = client.start();
    let request = serde_json::from_str(r#"{"url":"http://h.test/","comments":false}"#).unwrap();
    adapter.order(SESSION, Order::Connect(Box::new(request)));
    let heard = adapter.receive().await;
    assert!(matches!(heard, Incoming::Observation { shown: Observation::Closed, .. }), "{heard:?}");
}

#[tokio::test]
async fn close_ends_the_waiting_for_an_item() {
    let client = with_close(Client::client("c", |_, observer| async move {
        let item: Option<()> = observer.until_close(std::future::pending()).await;
        assert_eq!(item, None);
        observer.comment("closed it");
    }));
    let comment = Observation::Comment { text: "closed it".into() };
    assert_eq!(heard(&client, None, Some(Order::Close), 2).await, [format!("{comment:?}"), "Closed".into()]);
}

#[tokio::test]
async fn close_in_a_handler_comes_before_an_item_that_is_ready() {
    let client = with_close(Client::client("c", |_, observer| async move {
        while observer.until_close(async { Some(()) }).await.is_some() {
            observer.opened();
        }
    }));
    assert_eq!(
        heard(&client, Some(CloseIn::Opened), None, 2).await,
        ["Opened { ready_state: None }", "Closed"]
    );
}

#[tokio::test]
async fn a_client_that_does_not_notice_close_is_told_what_to_do() {
    let client = with_close(Client::client("c", |_, _| std::future::pending::<()>()));
    assert_eq!(heard(&client, None, Some(Order::Close), 1).await, [format!("{}: ", Fault::NotWatched)]);
}

#[tokio::test]
async fn a_panic_is_a_fault() {
    let client = Client::client("c", |_, _| async {
        if true {
            panic!("byte index 1");
        }
    });
    let words = heard(&client, None, None, 1).await;
    assert!(words[0].starts_with("the function under test panicked: byte index 1"), "{words:?}");
}

#[tokio::test]
async fn headers_are_those_that_the_user_set_last() {
    let client = Client::client("c", |_, observer| async move {
        while observer.headers().is_empty() {
            tokio::task::yield_now().await;
        }
        observer.event(Event::new(format!("{:?}", observer.headers())));
    });
    let order = Order::Refresh(vec![("authorization".into(), "2".into())]);
    let heard = heard(&client, None, Some(order), 3).await;
    assert_eq!(heard[0], "Refreshed");
    assert!(heard[1].contains("authorization"), "{heard:?}");
    assert_eq!(heard[2], "Closed");
}
