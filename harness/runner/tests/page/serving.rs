//! What is served beneath the token, and to whom.

use std::net::Ipv4Addr;
use std::time::Duration;

use futures_util::StreamExt as _;
use ssespec::page::Site;
use ssespec_mock_server::wire::{Listener, Options, WireEventKind};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::browser::{get, hello, launch, socket, text};
use crate::sound::{results, run};

async fn site() -> (Listener, mpsc::UnboundedReceiver<ssespec_mock_server::wire::WireEvent>, Site) {
    let (events, wire) = mpsc::unbounded_channel();
    let listener =
        Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), Options::default(), events, 0).await.unwrap();
    let site = Site::open(&listener, None).unwrap();
    (listener, wire, site)
}

#[tokio::test]
async fn files() {
    let (_listener, mut wire, site) = site().await;
    let (head, body) = get("GET", site.url()).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n"), "{head}");
    assert!(head.contains("\r\nconnection: close") && head.contains("\r\ncache-control: no-store"), "{head}");
    let named = |start: &str| {
        body.split(start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect::<Vec<_>>()
    };
    let mut files = named("src=\"");
    files.extend(named("href=\"").iter().filter(|link| !link.starts_with("data:")));
    // Workers and frames are named by scripts.
    files.extend(["dedicated-worker.js", "shared-worker.js", "frame.html"]);
    assert!(files.len() >= 7, "{files:?}");
    for file in files {
        let (head, body) = get("GET", &format!("{}{file}?now", site.url())).await;
        assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && !body.is_empty(), "{file}: {head}");
        assert!(!body.contains("http://") && !body.contains("https://"), "{file} names another origin");
        let (alone, none) = get("HEAD", &format!("{}{file}", site.url())).await;
        assert_eq!((alone, none.as_str()), (head, ""));
    }
    for (path, status) in [("nothing", "404 "), ("socket", "426 "), ("../7/", "404 ")] {
        let (head, _) = get("GET", &format!("{}{path}", site.url())).await;
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {head}");
    }
    while let Ok(event) = wire.try_recv() {
        assert!(!matches!(event.kind, WireEventKind::Request(_)), "a case would see it: {event:?}");
    }
}

#[tokio::test]
async fn tokens_differ() {
    let (_one, _, first) = site().await;
    let (_two, _, second) = site().await;
    let token = |site: &Site| site.url().rsplit('/').nth(1).unwrap().to_owned();
    assert_ne!(token(&first), token(&second));
    assert_eq!(token(&first).len(), 32);
}

/// One page runs the suite, and a second page gets the message `busy`.
#[tokio::test]
async fn a_page_too_many() {
    let (_listener, _wire, site) = site().await;
    let (coming, _turn) = site.next_page();
    let _first = socket(site.url()).await;
    tokio::time::timeout(Duration::from_secs(10), coming).await.unwrap().unwrap();
    let mut second = socket(site.url()).await;
    assert_eq!(second.next().await.unwrap().unwrap(), Message::text(r#"{"busy":{}}"#));
    assert!(matches!(second.next().await, Some(Ok(Message::Close(_)))));
}

/// A person's page connects again on its own if the harness needs a fresh one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_called_again() {
    let (codes, mut code) = mpsc::unbounded_channel();
    let (calm, _) = launch(text(&hello()), |_| Vec::new());
    let ssespec::run::Launch::Page(calm) = calm else { unreachable!() };
    let tell = move |url: &str| {
        let (url, codes) = (url.to_owned(), codes.clone());
        tokio::spawn(async move {
            let mut page = socket(&url).await;
            // No hello arrives: the harness times out, or gets nonsense immediately.
            futures_util::SinkExt::send(&mut page, Message::text("nonsense")).await.unwrap();
            while let Some(Ok(message)) = page.next().await {
                if let Message::Close(frame) = message {
                    let _ = codes.send(frame.map(|frame| frame.code));
                }
            }
            let _ = codes.send(None);
        });
    };
    let opener = ssespec::page::Opener::Person(ssespec::page::opener::Invitation::new(tell));
    let launch = ssespec::run::Launch::Page(ssespec::run::page_launch::PageLaunch { opener, ..calm });
    assert!(results(&run(launch, "client/lines/*", 1)).await.0.is_err());
    let code = tokio::time::timeout(Duration::from_secs(10), code.recv()).await.unwrap().unwrap();
    assert_ne!(code, Some(CloseCode::Restart), "the run is over");
}
