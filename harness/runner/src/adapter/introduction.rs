//! Waiting for an adapter to introduce itself.

use std::time::Duration;

use tokio::sync::oneshot;

use super::fault::Fault;
use super::identity::Identity;

/// Where an adapter's task sends what its hello says.
pub(super) type Introduction = oneshot::Receiver<Result<Identity, Fault>>;

/// Waits for the hello for at most `patience`; `unfinished` is how many bytes the adapter has written without a newline.
///
/// # Errors
/// If the adapter sends none in time, or an unusable one.
pub(super) async fn introduced(
    introduction: Introduction,
    patience: Duration,
    unfinished: impl FnOnce() -> usize,
) -> Result<Identity, Fault> {
    match tokio::time::timeout(patience, introduction).await {
        Ok(Ok(introduced)) => introduced,
        // The task ends with an introduction or a fault, unless the runtime ends first.
        Ok(Err(_)) => Err(Fault::Gone),
        Err(_) => match unfinished() {
            0 => Err(Fault::NoHello(patience)),
            bytes => Err(Fault::HalfLine(bytes)),
        },
    }
}
