//! Where a session's URL is: at a listener of the lane, or in front of an intermediary.

use std::time::Duration;

#[cfg(feature = "intermediary")]
use ssespec_mock_server::client::Trust;
use ssespec_mock_server::wire::Listener;

use super::transcript::Names;
use crate::adapter::processes::Processes;
#[cfg(feature = "intermediary")]
use crate::upstream::downstream::Bytes;
#[cfg(feature = "intermediary")]
use crate::upstream::front::Front;
#[cfg(feature = "intermediary")]
use crate::upstream::reload::Reload;
#[cfg(feature = "intermediary")]
use crate::upstream::share::Share;

/// Where a session's URL is.
#[derive(Debug)]
pub enum Place {
    /// At a listener that no other lane uses.
    Own(Listener),
    /// In front of an intermediary, which forwards to a listener that all lanes share.
    #[cfg(feature = "intermediary")]
    Behind(Share),
}

impl Place {
    /// The URL of the root for clients, without a trailing slash.
    pub fn url(&self) -> String {
        match self {
            Self::Own(listener) => listener.url(),
            #[cfg(feature = "intermediary")]
            Self::Behind(share) => share.front(),
        }
    }

    /// Where clients reach the intermediary, and how its certificate is verified.
    #[cfg(feature = "intermediary")]
    pub(super) fn front(&self) -> Option<(&Front, &Trust)> {
        match self {
            Self::Own(_) => None,
            Self::Behind(share) => Some((share.fronts(), share.trust())),
        }
    }

    /// The processes of the intermediary, if there is one.
    pub(super) fn processes(&self) -> Option<Processes> {
        match self {
            Self::Own(_) => None,
            #[cfg(feature = "intermediary")]
            Self::Behind(share) => Some(share.processes()),
        }
    }

    /// How the intermediary is made to reload its configuration.
    #[cfg(feature = "intermediary")]
    pub(super) fn reload(&self) -> Option<&Reload> {
        match self {
            Self::Own(_) => None,
            Self::Behind(share) => share.reload(),
        }
    }

    /// The listener, if no other lane uses it.
    pub fn listener(&self) -> Option<&Listener> {
        match self {
            Self::Own(listener) => Some(listener),
            #[cfg(feature = "intermediary")]
            Self::Behind(_) => None,
        }
    }

    /// What the peers of its sessions are called in records.
    pub(super) fn names(&self) -> Names {
        match self {
            Self::Own(_) => Names::OneSide,
            #[cfg(feature = "intermediary")]
            Self::Behind(_) => Names::BothSides,
        }
    }

    /// Takes what was recorded in front of the intermediary in a session.
    #[cfg(feature = "intermediary")]
    pub(super) fn downstream(&self, session: u64) -> Vec<Bytes> {
        match self {
            Self::Own(_) => Vec::new(),
            Self::Behind(share) => share.downstream(session),
        }
    }

    /// A session begins.
    pub(super) fn begin(&self, session: u64) {
        match self {
            Self::Own(_) => {}
            #[cfg(feature = "intermediary")]
            Self::Behind(share) => share.begin(session),
        }
        let _ = session;
    }

    /// Refuses connections for this long. A listener that others use accepts them all the time.
    pub(super) fn refuse_for(&self, time: Duration) {
        if let Some(listener) = self.listener() {
            listener.refuse_for(time);
        }
    }

    /// How many streams of HTTP/2 were refused.
    pub(super) fn refused_streams(&self) -> u64 {
        self.listener().map_or(0, Listener::refused_streams)
    }

    /// Accepts connections again.
    pub(super) async fn refuse_no_more(&self) {
        if let Some(listener) = self.listener() {
            listener.refuse_no_more().await;
        }
    }

    /// Ends a session's connections.
    pub(super) async fn close_connections(&self, patience: Duration) {
        match self {
            Self::Own(listener) => listener.close_connections(patience).await,
            #[cfg(feature = "intermediary")]
            Self::Behind(share) => share.end(patience).await,
        }
    }

    /// Closes it permanently.
    pub(crate) async fn shutdown(self) {
        match self {
            Self::Own(listener) => listener.shutdown().await,
            // Other lanes use the listener.
            #[cfg(feature = "intermediary")]
            Self::Behind(_) => {}
        }
    }
}
