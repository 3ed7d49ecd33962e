//! The page from the other end: a raw WebSocket, and plain HTTP.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod sound;
