//! Many connections, and how they are left.

use std::sync::Arc;
use std::time::Duration;

use super::check::{Check, Need, Takes};
use super::lab::Bench;
use super::outcome::{Breach, Outcome, told};
use super::wire::exchange::seconds;
use super::wire::{Ask, End, Exchange, Live, Watch};

pub(super) const CHECKS: &[Check] = &[
    Check::in_seconds(
        PARALLEL,
        "Many streams are served side by side",
        "resilience-server/parallel-streams",
        |b| Box::pin(parallel(b)),
    ),
    Check::in_seconds(
        "leave-by-fin",
        "Clients that leave disturb no other",
        "resilience-server/clients-leave",
        |b| Box::pin(leaving(b, Leave::Fin)),
    ),
    Check::in_seconds(
        "leave-by-reset",
        "Clients that break off disturb no other",
        "resilience-server/clients-break-off",
        |b| Box::pin(leaving(b, Leave::Reset)),
    ),
    Check::in_seconds("half-close", "What a client that closes its direction gets", "http/half-close", |b| {
        Box::pin(half_close(b))
    }),
    Check {
        name: "tls-close",
        title: "How a connection over TLS is closed",
        requirement: "http/tls-close",
        needs: &[Need::Tls],
        takes: Takes::Observation,
        judge: |bench| Box::pin(tls_close(bench)),
    },
];

/// The check that tells whether streams are served side by side.
pub(super) const PARALLEL: &str = "parallel";

/// How many connections a browser opens to one host.
const OF_A_BROWSER: usize = 6;

/// How many streams are opened side by side.
const STREAMS: u32 = 20;

async fn parallel(bench: Bench) -> Outcome {
    let alone = match bench.streaming().await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    let _places = bench.places(STREAMS).await;
    let mut tasks = tokio::task::JoinSet::new();
    let open = Arc::new(tokio::sync::Barrier::new(STREAMS as usize));
    for _ in 0..STREAMS {
        let (bench, open) = (bench.clone(), Arc::clone(&open));
        tasks.spawn(async move {
            let ask = bench.ask(bench.head_only()).path(bench.path.clone());
            let mut live = Live::open(bench.options(), &ask).await;
            live.until(bench.options().timeout, |exchange| exchange.head().is_some()).await;
            // Nobody leaves before all are served.
            open.wait().await;
            live.finish()
        });
    }
    let exchanges: Vec<Exchange> = tasks.join_all().await;
    let refused = exchanges.iter().find(|exchange| !exchange.is_like(&alone));
    let slow = alone.head().is_some_and(|head| head.at > bench.options().timeout);
    match refused {
        None => Outcome::Held,
        Some(_) if slow => Outcome::NotJudged("the head comes too late to tell".into()),
        // Whoever says so limits streams on purpose, where there are as many as a browser opens.
        Some(exchange)
            if exchanges
                .iter()
                .all(|other| other.is_like(&alone) || matches!(other.status(), Some(429 | 503)))
                && exchanges.iter().filter(|other| other.is_like(&alone)).count() >= OF_A_BROWSER =>
        {
            let status = exchange.status().unwrap_or_default();
            let served = exchanges.iter().filter(|exchange| exchange.is_like(&alone)).count();
            Outcome::HeldWith(format!(
                "the server limits streams: it served {served} of {STREAMS}, and others got status {status}"
            ))
        }
        Some(exchange) => {
            let count = exchanges.iter().filter(|exchange| !exchange.is_like(&alone)).count();
            let observed = format!("{count} of {STREAMS} got no stream; one of them: {}", exchange.instead());
            Breach::of(exchange, format!("{STREAMS} streams at once"), observed)
                .hint("a server with a process or a thread for each stream soon has none left")
                .broken()
        }
    }
}

/// How clients leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leave {
    Fin,
    Reset,
}

/// How many clients come and go.
const CYCLES: u32 = 10;

async fn leaving(bench: Bench, leave: Leave) -> Outcome {
    let alone = match bench.streaming().await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    if alone.head().is_some_and(|head| head.at > bench.options().timeout) {
        return Outcome::NotJudged("the head comes too late to tell".into());
    }
    let limit = bench.options().timeout;
    let watch = Watch { head: limit, body: Duration::ZERO, events: 0 };
    let ask = bench.ask(watch).path(bench.path.clone());
    let _places = bench.places(CYCLES).await;
    let mut witness = Live::open(bench.options(), &ask).await;
    witness.until(limit, |exchange| exchange.head().is_some()).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CYCLES {
        let (bench, ask) = (bench.clone(), ask.clone());
        tasks.spawn(async move {
            let mut live = Live::open(bench.options(), &ask).await;
            live.until(limit, |exchange| exchange.head().is_some()).await;
            if leave == Leave::Reset {
                live.reset();
            }
        });
    }
    tasks.join_all().await;
    // What the departures do to the others shows within a moment.
    let moment = witness.elapsed() + Duration::from_secs(1);
    witness.until(moment, |_| false).await;
    let witness = witness.finish();
    let how = if leave == Leave::Fin { "closed" } else { "reset" };
    if matches!(witness.end, End::Cut | End::Broken(_)) {
        let observed = format!("{} after {CYCLES} others were {how}", witness.ending());
        return Breach::of(&witness, "a stream that goes on", observed).broken();
    }
    let mut after = Live::open(bench.options(), &ask).await;
    after.until(limit, |exchange| exchange.head().is_some()).await;
    let after = after.finish();
    if after.is_like(&alone) {
        return Outcome::Held;
    }
    let observed = format!("{} after {CYCLES} others were {how}", after.instead());
    Breach::of(&after, "a stream", observed)
        .hint("the server does not free what a client that left has held")
        .broken()
}

async fn half_close(bench: Bench) -> Outcome {
    if let Err(outcome) = bench.opened().await {
        return outcome;
    }
    let watch = Watch { head: bench.options().timeout, body: Duration::from_secs(1), events: 0 };
    let exchange = bench.exchange(Ask { half_close: true, ..bench.ask(watch) }).await;
    let value = match (&exchange.end, exchange.head()) {
        (_, None) => "no answer",
        (End::Left, Some(_)) => "the stream goes on",
        (_, Some(_)) => "the stream ends",
    };
    told("after the client has closed its direction", value)
}

async fn tls_close(bench: Bench) -> Outcome {
    let watched = match bench.stream().await {
        Ok(watched) => watched,
        Err(outcome) => return outcome,
    };
    match &watched.exchange.end {
        End::Broken(why) if why.contains("close_notify") => told("TLS", "closed without close_notify"),
        End::Complete | End::Cut => told("TLS", "closed with close_notify, or kept"),
        _ => Outcome::NotJudged(format!(
            "the connection did not end within {}",
            seconds(watched.exchange.watched)
        )),
    }
}
