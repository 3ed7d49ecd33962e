//! The page from the other end: a raw WebSocket, and HTTP by hand.

mod browser;
mod hostile;
mod serving;
mod sound;
