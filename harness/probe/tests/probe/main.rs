//! The probe, against servers over raw sockets: a careful one, one for each mistake, and beasts.
//!
//! - [`server`]: a server whose [`mistake`]s are switched on one by one; [`feed`]: the events that it sends
//! - [`probing`]: probes a server, and looks at the results
//! - the others: the tests

#[cfg(test)]
mod beasts;
#[cfg(test)]
mod careful;
#[cfg(test)]
mod careless;
#[cfg(test)]
mod emitting;
#[cfg(test)]
mod feed;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod list;
#[cfg(test)]
mod mistake;
#[cfg(test)]
mod posting;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod server;
