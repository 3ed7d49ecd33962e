//! Everything that is measured, with all servers side by side.

use crate::Outcome;
use crate::process::{KINDS, Kind, Server, build_go, go_program, is_installed};

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Full,
    Quick,
}

/// How many streams there are at a time.
pub(crate) const WIDTHS: [usize; 3] = [1, 100, 10_000];

/// How many events a stream has of which the cost is measured.
pub(crate) const PER_STREAM: usize = 200;

/// How many idle streams are held.
pub(crate) const IDLE: [usize; 2] = [1_000, 10_000];

/// How many streams the mock server must hold.
pub(crate) const MOST: usize = 15_000;

/// How many timed streams there are.
pub(crate) const TIMED_WIDTH: usize = 1_000;

/// The figures of one server.
#[derive(Debug, Clone)]
pub(crate) struct Figures {
    pub(crate) kind: Kind,
    /// Events a second at each width.
    pub(crate) rates: Vec<f64>,
    /// Microseconds of processor time of the server per event at each width.
    pub(crate) costs: Vec<f64>,
    /// Microseconds of processor time of the server per stream of [`PER_STREAM`] events, of 100 and of 10,000 streams.
    pub(crate) per_stream: Vec<f64>,
    /// KiB per idle stream.
    pub(crate) memory: Vec<f64>,
    /// How far events are from their times: p50, p99 and most, in milliseconds.
    pub(crate) errors: Vec<f64>,
    /// Until it listens, in milliseconds.
    pub(crate) startup: f64,
}

/// The figures of all servers.
pub(crate) struct Results {
    pub(crate) scale: Scale,
    pub(crate) servers: Vec<Figures>,
    /// How far events are from their times if a thread does nothing but write them: the delay of the client.
    pub(crate) client_errors: Vec<f64>,
    /// KiB per stream with the most streams.
    pub(crate) most: Result<f64, String>,
}

pub(crate) fn all(scale: Scale) -> Outcome<Results> {
    if let Err(error) = build_go() {
        eprintln!("without Go: {error}");
    }
    let kinds: Vec<Kind> = KINDS.into_iter().filter(|kind| is_installed(*kind)).collect();
    let rounds = if scale == Scale::Full { 5 } else { 3 };
    let total = if scale == Scale::Full { 2_000_000 } else { 200_000 };
    let mut servers = Vec::new();
    let mut rates = vec![vec![Vec::new(); WIDTHS.len()]; kinds.len()];
    let mut costs = rates.clone();
    for (place, width) in WIDTHS.into_iter().enumerate() {
        // Side by side: what else the machine does meanwhile concerns all of them.
        for _ in 0..rounds {
            for (number, kind) in kinds.iter().enumerate() {
                let server = Server::start(*kind)?;
                let before = server.cpu()?;
                let count = (total / width).to_string();
                let seconds = server.client(&["flat", &width.to_string(), &count])?[0];
                let cost = (server.cpu()? - before).as_secs_f64() * 1e6 / total as f64;
                eprintln!("{} to {width}: {:.0}/s, {cost:.2} us", kind.name(), total as f64 / seconds);
                rates[number][place].push(total as f64 / seconds);
                costs[number][place].push(cost);
            }
        }
    }
    for (number, kind) in kinds.iter().enumerate() {
        let mut memory = Vec::new();
        for width in IDLE {
            memory.push(idle(*kind, width)?);
        }
        let per_stream = vec![per_stream(*kind, 100, 100)?, per_stream(*kind, 10_000, 1)?];
        let errors = timed(*kind)?;
        let mut startup = Vec::new();
        for _ in 0..rounds * 4 {
            startup.push(Server::start(*kind)?.startup.as_secs_f64() * 1000.0);
        }
        eprintln!("{}: {memory:.1?} KiB, {errors:.2?} ms", kind.name());
        servers.push(Figures {
            kind: *kind,
            rates: rates[number].iter().map(|rates| median(rates)).collect(),
            costs: costs[number].iter().map(|costs| median(costs)).collect(),
            per_stream,
            memory,
            errors,
            startup: median(&startup),
        });
    }
    let client_errors = timed(Kind::Exact)?;
    let most = idle(Kind::Ssespec, MOST).map_err(|error| error.to_string());
    // It may not have been built.
    let _ = std::fs::remove_file(go_program());
    Ok(Results { scale, servers, client_errors, most })
}

/// Prints only how far events are from their times.
pub(crate) fn times() -> Outcome<()> {
    for kind in [Kind::Ssespec, Kind::Hyper, Kind::Exact] {
        println!("{}: {:.2?} ms", kind.name(), timed(kind)?);
    }
    Ok(())
}

/// Microseconds of processor time per stream, of this many streams, this often in turn.
fn per_stream(kind: Kind, width: usize, times: usize) -> Outcome<f64> {
    let server = Server::start(kind)?;
    let before = server.cpu()?;
    for _ in 0..times {
        server.client(&["flat", &width.to_string(), &PER_STREAM.to_string()])?;
    }
    Ok((server.cpu()? - before).as_secs_f64() * 1e6 / (width * times) as f64)
}

/// How far events are from their times: p50, p99 and most, in milliseconds.
fn timed(kind: Kind) -> Outcome<Vec<f64>> {
    Server::start(kind)?.client(&["timed", &TIMED_WIDTH.to_string()])
}

/// KiB per idle stream.
fn idle(kind: Kind, width: usize) -> Outcome<f64> {
    let server = Server::start(kind)?;
    // What the first stream needs is not what each needs.
    drop(server.hold(10)?);
    let before = server.memory()?;
    let _held = server.hold(width)?;
    let after = server.memory()?;
    Ok(after.saturating_sub(before) as f64 / 1024.0 / width as f64)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}
