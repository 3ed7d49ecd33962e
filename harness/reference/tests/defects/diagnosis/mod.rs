//! Whether a run's diagnosis names the defects that an implementation has, and where its tables come from.
//!
//! - `survey`: which decisions each case reaches
//! - `playing`: playing the cases that defects can change
//! - `generate`: the tables, made by `cargo test -p ssespec-reference --test defects -- --ignored generate`
//! - `growth`: its rows that are written by hand
//! - `sets`: several defects together name themselves

mod by_hand;
mod generate;
mod playing;
mod sets;
mod survey;
