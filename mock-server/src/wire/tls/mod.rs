//! TLS, spoken by rustls.
//!
//! - [`identity`]: the certificate of a listener; without the feature `tls` there is none
//! - `session`: TLS on one connection

#[cfg(feature = "tls")]
pub mod identity;
#[cfg(not(feature = "tls"))]
#[path = "without_tls.rs"]
pub mod identity;
mod identity_error;
#[cfg(feature = "tls")]
pub(in crate::wire) mod session;

pub use self::identity::Identity;
pub use self::identity_error::IdentityError;
