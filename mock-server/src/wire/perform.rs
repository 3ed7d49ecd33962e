//! Performing the actions of a script on an exchange.

use super::exchange::Exchange;
use super::handle::PeerGone;
use super::listener::Listener;
use crate::action::Action;

impl Exchange {
    /// Performs an action. `listener` is the one that refuses connections; `expand` is as in [`respond`](Self::respond).
    ///
    /// # Errors
    ///
    /// The peer has left, or the response is complete already.
    pub async fn perform(
        &mut self,
        action: &Action,
        listener: &Listener,
        expand: impl Fn(&str) -> String,
    ) -> Result<(), PeerGone> {
        match action {
            Action::Respond(respond) => self.respond(respond, expand).await,
            Action::Send(bytes) => self.send(bytes).await,
            Action::SendRepeat(repeat) => self.send_repeat(repeat).await,
            Action::Raw(bytes) => self.raw(bytes).await,
            Action::End => self.end().await,
            Action::Drop(how) => {
                self.drop_connection(*how).await;
                Ok(())
            }
            Action::Wait(time) => {
                tokio::time::sleep(*time).await;
                Ok(())
            }
            Action::Refuse(time) => {
                listener.refuse_for(*time);
                Ok(())
            }
        }
    }
}
