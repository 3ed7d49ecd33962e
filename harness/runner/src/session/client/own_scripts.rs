//! Scripts of service workers, which a browser fetches again whenever it likes.
//!
//! After a navigation and after some events a browser looks for a newer version of the script
//! (<https://w3c.github.io/ServiceWorker/#soft-update>), and until it has an answer, it neither registers nor
//! unregisters anything. No case is about that, so the harness answers such requests on its own.

use std::collections::BTreeMap;

use ssespec_mock_server::action::Respond;
use ssespec_mock_server::wire::{Exchange, Request};

/// The responses with scripts that a case has sent, by the target of their request.
#[derive(Debug, Default)]
pub(super) struct OwnScripts(BTreeMap<String, Respond>);

impl OwnScripts {
    /// Remembers a response, if it is one with the script of a service worker.
    pub(super) fn remember(&mut self, request: &Request, respond: &Respond) {
        if is_for_script(request) {
            self.0.insert(request.target.clone(), respond.clone());
        }
    }

    /// Answers a request for a script that has been sent before; gives back any other.
    pub(super) fn answer(&self, mut exchange: Exchange) -> Result<(), Exchange> {
        let request = exchange.request();
        match self.0.get(&request.target).filter(|_| is_for_script(request)) {
            Some(respond) => {
                let respond = respond.clone();
                // Scripts contain no variables. A browser that leaves meanwhile needs no answer.
                tokio::spawn(async move { exchange.respond(&respond, str::to_owned).await });
                Ok(())
            }
            None => Err(exchange),
        }
    }
}

/// Whether a request is for the script of a service worker,
/// <https://w3c.github.io/ServiceWorker/#service-worker-script-request>.
fn is_for_script(request: &Request) -> bool {
    request.header("service-worker").any(|value| value == b"script")
}
