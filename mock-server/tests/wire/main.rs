//! The wire, seen from the other end: raw sockets that know nothing of HTTP.

mod barrier;
mod diversion;
mod endings;
mod framing;
mod listener;
mod peer;
mod requests;
mod sending;
