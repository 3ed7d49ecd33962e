//! Servers that end, that speak another protocol, or that want a password: the probe names it.

use std::time::Duration;

use ssespec_reports::results::Verdict;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::probing::{ProbeSetup, probe};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/// Sends events until the client leaves. An error means that it reset the connection.
async fn stream(connection: &mut TcpStream) -> std::io::Result<()> {
    connection.write_all(HEAD.as_bytes()).await?;
    let mut ignored = [0; 1024];
    loop {
        connection.write_all(b"9\r\ndata: x\n\n\r\n").await?;
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
            length = connection.read(&mut ignored) => if length? == 0 { return Ok(()) },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_at_the_first_reset_fails_the_check_of_that() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let (end, mut ended) = watch::channel(());
    tokio::spawn(async move {
        loop {
            let mut connection = tokio::select! {
                accepted = listener.accept() => accepted.expect("a connection").0,
                _ = ended.changed() => return,
            };
            let (end, mut ended) = (end.clone(), ended.clone());
            tokio::spawn(async move {
                let served = async {
                    let mut request = [0; 16 * 1024];
                    if connection.read(&mut request).await? == 0 {
                        Ok(())
                    } else {
                        stream(&mut connection).await
                    }
                };
                tokio::select! {
                    served = served => if served.is_err() { end.send_replace(()) },
                    _ = ended.changed() => {}
                }
            });
        }
    });
    let filters =
        &["status", "accept-*", "coding-*", "cors-*", "hostile-id", "leave-by-*", "parallel", "resume-*"];
    let setup = ProbeSetup { filters, timeout: Duration::from_secs(2), ..ProbeSetup::default() };
    let probed = probe(&url, setup).await;
    let failed = probed.with(&[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert_eq!(failed, ["leave-by-reset"], "{}", probed.problems());
}

#[tokio::test(flavor = "multi_thread")]
async fn user_and_password_of_the_url_are_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut request = [0; 16 * 1024];
                let length = connection.read(&mut request).await.ok()?;
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                // `me:a@b`
                if request.contains("authorization: Basic bWU6YUBi\r\n") {
                    return stream(&mut connection).await.ok();
                }
                connection.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await.ok()
            });
        }
    });
    for (url, verdict) in [
        (format!("http://me:a%40b@{address}/"), Verdict::Pass),
        (format!("http://me:other@{address}/"), Verdict::Fail),
        (format!("http://{address}/"), Verdict::Fail),
    ] {
        let probed = probe(&url, ProbeSetup { filters: &["status"], ..ProbeSetup::default() }).await;
        assert_eq!(probed.verdict("status"), verdict, "{url}");
    }
}
