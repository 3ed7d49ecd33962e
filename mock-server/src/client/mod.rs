//! Connections to servers, over TCP or TLS, for those who send requests: recordings, forwarding and probes.
//!
//! - [`target`]: the URL of a server
//! - [`connection`]: a connection to it; [`offer`]: the protocol that its TLS handshake offers
//! - [`response_head`]: the head of a response
//! - [`tls`]: which certificates are trusted, and the handshake

pub mod connection;
pub mod offer;
pub mod response_head;
pub mod target;
pub mod tls;

pub use self::connection::Connection;
pub use self::offer::Offer;
pub use self::response_head::ResponseHead;
pub use self::target::{Security, Target, TargetError};
pub use self::tls::roots::{Roots, RootsError};
pub use self::tls::trust::Trust;
