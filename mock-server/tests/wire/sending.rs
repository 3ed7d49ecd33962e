//! Patterns that are sent many times.

use ssespec_mock_server::action::{Action, Drop, Framing, Repeat, Respond};
use ssespec_mock_server::wire::{PeerGone, WireEventKind};

use crate::peer::{GET, Server, as_is, both};

fn repeat(pattern: &[u8], times: u64, write: usize) -> Repeat {
    Repeat { pattern: pattern.to_vec(), times, write: Some(write) }
}

#[tokio::test]
async fn a_pattern_is_cut_into_writes() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    server.reported();
    let expected = "4\r\nabca\r\n4\r\nbcab\r\n4\r\ncabc\r\n3\r\nabc\r\n";
    both(exchange.send_repeat(&repeat(b"abc", 5, 4)), peer.expect(expected))
        .await
        .0
        .expect("the peer is there");
    let WireEventKind::Sent(captured) = server.next().await else { panic!("nothing sent") };
    assert_eq!((captured.bytes.as_slice(), captured.length), (&b"abcabcabcabcabc"[..], 15));
    for (nothing, write) in [(repeat(b"", 5, 4), 4), (repeat(b"a", 0, 4), 4), (repeat(b"", u64::MAX, 1), 1)] {
        exchange.send_repeat(&Repeat { write: Some(write), ..nothing }).await.expect("the peer is there");
    }
    both(exchange.send_repeat(&repeat(b"z", 1, 0)), peer.expect("1\r\nz\r\n"))
        .await
        .0
        .expect("the peer is there");
    both(exchange.end(), peer.expect("0\r\n\r\n")).await.0.expect("the peer is there");
}

#[tokio::test]
async fn a_repeated_pattern_counts_towards_a_promised_length() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let framing = Some(Framing::Length(10));
    let respond = Respond { framing, headers: Some(Vec::new()), ..Respond::default() };
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    both(exchange.respond(&respond, as_is), peer.expect(head)).await.0.expect("the peer is there");
    let pattern = repeat(b"ab", 5, 1 << 40);
    both(exchange.send_repeat(&pattern), peer.expect("ababababab")).await.0.expect("the peer is there");
    exchange.end().await.expect("the peer is there");
    peer.write(GET).await;
    assert_eq!(server.request().await.connection(), exchange.connection());
}

#[tokio::test]
async fn a_peer_that_leaves_in_the_middle_is_noticed() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.stream().await;
    server.reported();
    let leave = async {
        peer.expect("10000\r\nxxxx").await;
        drop(peer);
    };
    let (result, ()) = both(exchange.send_repeat(&repeat(b"x", 1 << 40, 65536)), leave).await;
    assert_eq!(result, Err(PeerGone));
    let WireEventKind::Sent(captured) = server.next().await else { panic!("nothing sent") };
    assert_eq!((captured.bytes.len(), captured.length), (4096, 1 << 40));
    let WireEventKind::CutShort { written } = server.next().await else { panic!("not cut short") };
    assert!(written > 65536 && written < 1 << 40);
    assert_eq!(server.until("closed").await, ["disconnected Reset", "closed"]);
}

#[tokio::test]
async fn actions_are_performed() {
    let mut server = Server::start().await;
    let (mut peer, mut exchange) = server.exchange(GET).await;
    let actions = [
        Action::Respond(Respond { headers: Some(Vec::new()), ..Respond::default() }),
        Action::Send(b"a".to_vec()),
        Action::Wait(std::time::Duration::from_millis(1)),
        Action::SendRepeat(repeat(b"b", 2, 2)),
        Action::Drop(Drop::Fin),
    ];
    let listener = &server.listener;
    let work = async {
        for action in &actions {
            listener.perform(action, &mut exchange, as_is).await.expect("the peer is there");
        }
    };
    let ((), rest) = both(work, peer.rest()).await;
    assert_eq!(rest, "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbb\r\n");

    let (mut peer, mut exchange) = server.exchange(GET).await;
    let refuse = Action::Refuse(std::time::Duration::from_secs(60));
    server.listener.perform(&refuse, &mut exchange, as_is).await.expect("the peer is there");
    assert!(tokio::net::TcpStream::connect(server.listener.address()).await.is_err());
    let listener = &server.listener;
    let work = async {
        listener.perform(&Action::Raw(b"x".to_vec()), &mut exchange, as_is).await.expect("the peer is there");
        listener.perform(&Action::End, &mut exchange, as_is).await.expect("the peer is there");
    };
    assert_eq!(both(work, peer.rest()).await.1, "x");
}
