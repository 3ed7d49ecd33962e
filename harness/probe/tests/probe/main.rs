//! The probe, against servers over raw sockets.
//!
//! - [`server`]: a sound server whose [`flaw`]s can be switched on; [`event_log`]: the events that it sends
//! - [`request`]: a request that it gets, and the fields for other origins
//! - [`probing`]: probes a server and reads the results
//! - [`sound_server`]: the sound server passes every check
//! - [`flawed_servers`]: each flaw is found by the check for it
//! - [`hostile_servers`]: servers that send garbage, floods or nothing
//! - [`scarce_servers`]: [right servers](scarce_server) that serve few streams, or respond late
//! - the others: the tests, by topic

#[cfg(test)]
mod broadcasting_servers;
#[cfg(test)]
mod check_list;
#[cfg(test)]
mod date;
#[cfg(test)]
mod emit_trigger;
#[cfg(test)]
mod emitting_servers;
#[cfg(test)]
mod event_log;
#[cfg(test)]
mod fan_out;
#[cfg(test)]
mod flaw;
#[cfg(test)]
mod flawed_servers;
#[cfg(test)]
mod frame;
#[cfg(test)]
mod hostile_servers;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod http2_only;
#[cfg(test)]
mod odd_servers;
#[cfg(test)]
mod opened_with_post;
#[cfg(test)]
mod output;
#[cfg(test)]
mod probing;
#[cfg(test)]
mod request;
#[cfg(test)]
mod scarce_server;
#[cfg(test)]
mod scarce_servers;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sound_server;
