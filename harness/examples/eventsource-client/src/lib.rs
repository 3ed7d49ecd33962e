//! An application that collects the data of events.

use std::error::Error;

use eventsource_client::{Client, ClientBuilder, SSE};
use futures_util::StreamExt;
use launchdarkly_sdk_transport::HyperTransport;

/// The data of the first `count` events, however often the connection is lost meanwhile.
///
/// # Errors
/// If the URL is not one, or the client gives up.
pub async fn collect(url: &str, count: usize) -> Result<Vec<String>, Box<dyn Error>> {
    let transport = HyperTransport::builder().build_http()?;
    let mut stream = ClientBuilder::for_url(url)?.build_with_transport(transport).stream();
    let mut collected = Vec::new();
    while collected.len() < count {
        match stream.next().await {
            Some(Ok(SSE::Event(event))) => collected.push(event.data),
            // A lost connection is an error, after which the client reconnects.
            Some(Ok(SSE::Connected(_) | SSE::Comment(_)) | Err(_)) => {}
            None => return Err("the client gave up".into()),
        }
    }
    Ok(collected)
}
