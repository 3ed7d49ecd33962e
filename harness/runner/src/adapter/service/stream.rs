//! A stream that a test service has created, and what is asked of it.

use http::{Method, Uri};
use serde_json::json;

use super::exchange::{Answer, exchange};
use crate::protocol::ConnectRequest;

/// The type of events for which every client listens.
const MESSAGE: &str = "message";

/// The reconnection time to begin with, which services rely on although it is optional: what most clients have by default.
const INITIAL_DELAY_MS: u64 = 3000;

/// A stream of a service.
#[derive(Debug)]
pub(super) struct Stream {
    service: Uri,
    /// Its own resource.
    resource: Uri,
}

impl Stream {
    /// Creates a stream, whose service reports to this URL.
    ///
    /// # Errors
    /// If the service does not create one; in words.
    pub(super) async fn create(
        service: &Uri,
        request: &ConnectRequest,
        callback_url: &str,
        tag: &str,
    ) -> Result<Self, String> {
        let order = order(request, callback_url, tag);
        let answer = asked(&Method::POST, service, service, Some(order)).await?;
        if !answer.is_success() {
            return Err(format!("POST {service} answered with status {}", answer.status));
        }
        let location = answer.location.ok_or_else(|| format!("POST {service} answered without Location"))?;
        let resource = resource(service, &location)
            .ok_or_else(|| format!("POST {service} answered with an unusable Location: {location:?}"))?;
        Ok(Self { service: service.clone(), resource })
    }

    /// Lets the client listen for events of these types.
    ///
    /// # Errors
    /// If the service does not follow; in words.
    pub(super) async fn listen(&self, types: &[String]) -> Result<(), String> {
        for kind in types.iter().filter(|kind| *kind != MESSAGE) {
            let order = json!({ "command": "listen", "listen": { "type": kind } }).to_string();
            let answer = asked(&Method::POST, &self.service, &self.resource, Some(order)).await?;
            if !answer.is_success() {
                let resource = &self.resource;
                return Err(format!(
                    "the command listen to {resource} was answered with status {}",
                    answer.status
                ));
            }
        }
        Ok(())
    }

    /// Ends the stream. One that the service no longer knows has ended.
    ///
    /// # Errors
    /// If the service does not end it; in words.
    pub(super) async fn delete(&self) -> Result<(), String> {
        let answer = asked(&Method::DELETE, &self.service, &self.resource, None).await?;
        if answer.is_success() || answer.status == http::StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(format!("DELETE {} was answered with status {}", self.resource, answer.status))
    }
}

async fn asked(method: &Method, service: &Uri, target: &Uri, json: Option<String>) -> Result<Answer, String> {
    exchange(method, service, target, json).await.map_err(|error| format!("{method} {target}: {error}"))
}

/// The order to create a stream.
fn order(request: &ConnectRequest, callback_url: &str, tag: &str) -> String {
    let mut order = json!({
        "streamUrl": request.url,
        "callbackUrl": callback_url,
        "tag": tag,
        "initialDelayMs": INITIAL_DELAY_MS,
    });
    if let Some(time) = request.read_timeout {
        order["readTimeoutMs"] = time.into();
    }
    if !request.last_event_id.is_empty() {
        order["lastEventId"] = request.last_event_id.clone().into();
    }
    if !request.headers.is_empty() {
        let fields = request.headers.iter();
        order["headers"] = fields
            .map(|(name, value)| (name.to_ascii_lowercase(), value.clone().into()))
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    if request.method != Method::GET.as_str() {
        order["method"] = request.method.clone().into();
        order["body"] = request.body.clone().into();
    }
    order.to_string()
}

/// The resource that a `Location` names. Only its path counts: the service is where it was reached, whatever it takes for its
/// own name.
fn resource(service: &Uri, location: &str) -> Option<Uri> {
    let named: Uri = location.parse().ok()?;
    let path = named.path_and_query()?.clone();
    if !path.as_str().starts_with('/') {
        return None;
    }
    let mut parts = service.clone().into_parts();
    parts.path_and_query = Some(path);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests;
