//! How every session of an intermediary ends: what the origin has left open it ends, and that must be seen in front.

use std::time::Duration;

use ssespec_cases::intermediary::Observed;
use ssespec_cases::server::{Expected, Reading};
use ssespec_mock_server::action::Action;

use super::group::{AtOrigin, Front};
use super::session::Session;
use crate::session::late_arrivals::late_request;
use crate::session::outcome::Stop;
use crate::session::server::outlet::Left;
use crate::session::server::stream::StreamState;

/// How long the intermediary may take to close its connections to the origin before they are reset.
const LEAVING: Duration = Duration::from_millis(50);

impl Session<'_> {
    /// Ends the responses that are open, and expects their ends in front.
    pub(super) async fn settle(&mut self) -> Result<(), Stop> {
        let names: Vec<String> = self.groups.keys().cloned().collect();
        for name in names {
            let is_open = |request: &AtOrigin| !request.is_over && request.exchange.has_head();
            let is_read = |number: usize| self.fronts.get(number).is_some_and(is_read);
            let Some(group) = self.groups.get(&name) else { continue };
            let ends = !group.requests.is_empty()
                && group.requests.iter().all(is_open)
                && group.streams.iter().all(|number| is_read(*number));
            if ends {
                self.current.clone_from(&name);
                self.act(&Action::End).await?;
                self.expect(&Observed::InFront(Expected::End { stream: name, within: None })).await?;
            }
        }
        self.take_in_all()?;
        if let Some(arrival) = self.arrivals.front() {
            let seen = crate::session::describe::request(arrival.exchange.request(), Vec::new());
            return Err(self.progress.failure("no more requests at the origin", seen).into());
        }
        Ok(())
    }

    /// Ends the session: all streams are left, then what the origin has left open is closed.
    pub(super) async fn tear_down(&mut self) {
        for front in &mut self.fronts {
            if front.stream.state != StreamState::Left {
                front.stream.leave(Left::Forgotten);
            }
        }
        for front in &mut self.fronts {
            front.stream.gone().await;
        }
        self.groups.clear();
        for arrival in self.arrivals.drain(..) {
            late_request(&mut self.stage.late, arrival.exchange);
        }
        self.stage.late.clear();
        self.stage.base.close_connections(LEAVING).await;
    }
}

/// Whether what a stream shows is judged: somebody reads it.
fn is_read(front: &Front) -> bool {
    front.stream.state == StreamState::Open && front.stream.reading == Reading::AsItComes
}
