//! What an idle stream sends.

use std::time::Duration;

use crate::describe::seconds;
use crate::observe::heads::PROMPT;
use crate::observe::long::LongObservation;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Event, Exchange};

/// Proxies close streams that are silent for longer.
const MAX_SILENCE: Duration = Duration::from_secs(30);

/// A silence that only our emission ended says nothing, unless it was long enough.
pub(super) fn keep_alive_unless_emitting(observation: &LongObservation) -> Outcome {
    let silence = observation.exchange.longest_silence;
    let is_short = silence.length < MAX_SILENCE;
    let emitted = observation.late.as_ref().and_then(|late| Some(late.opened + late.emitted?));
    let ended = silence.since + silence.length;
    if is_short && silence.length >= LONG && emitted.is_some_and(|at| at <= ended && ended <= at + PROMPT) {
        let time = seconds(silence.length);
        return Outcome::NotJudged(format!("only --emit ended a silence of {time}: probe without it"));
    }
    keep_alive(&observation.exchange)
}

/// A silence in which a keep-alive should have come.
const LONG: Duration = Duration::from_secs(20);

pub(super) fn keep_alive(exchange: &Exchange) -> Outcome {
    let silence = exchange.longest_silence;
    if silence.length >= MAX_SILENCE {
        let observed = format!("no byte for {}, from {} on", seconds(silence.length), seconds(silence.since));
        return Breach::new(exchange, "bytes about every 15 s", observed)
            .hint("proxies close streams that are silent for 30 s or 60 s; send a comment every 15 s. If the server emits events all the time, something buffers them: --emit shows it")
            .proven();
    }
    if exchange.end != End::StillOpen {
        return Outcome::NotJudged(format!("it was not idle for long enough: {}", exchange.describe_end()));
    }
    if silence.length < Duration::from_secs(10) {
        return Outcome::HoldsWithNote(
            "because of frequent events, the stream was never idle for 10 s".into(),
        );
    }
    Outcome::Holds
}

pub(super) fn keep_alive_comment(exchange: &Exchange) -> Outcome {
    const WORDS: [&str; 7] =
        ["ping", "heartbeat", "keepalive", "keep-alive", "keep_alive", "heart-beat", "heart_beat"];
    let is_keep_alive = |text: &str| WORDS.contains(&text.trim().to_ascii_lowercase().as_str());
    let found = exchange.dispatched().find(|event| {
        let block = &event.block;
        block.event.as_deref().is_some_and(is_keep_alive) || block.data.as_deref().is_some_and(is_keep_alive)
    });
    // Nothing in the text of an empty event says that it is a keep-alive, but nothing else needs several of them.
    let is_empty = |event: &&Event| {
        event.block.event.is_none() && event.block.id.is_none() && event.block.data.as_deref() == Some("")
    };
    let found = found.or_else(|| exchange.dispatched().filter(is_empty).nth(1));
    match found {
        Some(event) => {
            let observed = format!(
                "an event of type {:?} with data {:?}{}",
                event.block.event.as_deref().unwrap_or("message"),
                event.block.data.as_deref().unwrap_or_default(),
                if event.block.id.is_some() { " and an id" } else { "" }
            );
            Breach::new(exchange, "a comment, such as \": ping\"", observed)
                .hint("an event reaches the listeners of every client; a comment does not")
                .proven()
        }
        None if exchange.comments.is_empty() => Outcome::NotJudged("no keep-alive came".into()),
        None => Outcome::Holds,
    }
}
