//! A request that differs from the plain one.

use std::sync::Arc;

use crate::observe::observations::CheckContext;
use crate::outcome::Outcome;
use crate::wire::exchange::Exchange;
use crate::wire::request::Request;

/// The response to a request that differs from the plain one.
///
/// # Errors
/// If the plain request gets no stream.
pub(super) async fn variant(context: &CheckContext, request: Request) -> Result<Arc<Exchange>, Outcome> {
    let plain = context.response().await?;
    if !plain.is_stream() && plain.status() != Some(200) {
        return Err(Outcome::NotJudged(format!(
            "a plain request does not get a stream either: {}",
            plain.summary()
        )));
    }
    Ok(context.send(request).await)
}
