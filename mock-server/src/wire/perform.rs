//! Performing an action of a script on an exchange.

use super::http1::exchange::Exchange;
use super::http1::handle::PeerGone;
use super::listener::Listener;
use crate::action::Action;

impl Listener {
    /// Performs an action on an exchange of this listener. `expand` replaces the variables in a header field's value.
    ///
    /// # Errors
    ///
    /// The peer has left, or the response is already complete.
    pub async fn perform(
        &self,
        action: &Action,
        exchange: &mut Exchange,
        expand: impl Fn(&str) -> String,
    ) -> Result<(), PeerGone> {
        match action {
            Action::Respond(respond) => exchange.respond(respond, expand).await,
            Action::Send(bytes) => exchange.send(bytes).await,
            Action::SendRepeat(repeat) => exchange.send_repeat(repeat).await,
            Action::Raw(bytes) => exchange.raw(bytes).await,
            Action::End => exchange.end().await,
            Action::Trailers(fields) => exchange.trailers(fields).await,
            Action::Control(control) => exchange.control(*control).await,
            Action::Drop(how) => {
                exchange.drop_connection(*how).await;
                Ok(())
            }
            Action::Wait(time) => {
                tokio::time::sleep(*time).await;
                Ok(())
            }
            Action::Refuse(time) => {
                self.refuse_for(*time);
                Ok(())
            }
        }
    }
}
