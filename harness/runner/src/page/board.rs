//! What the page shows of the run: how many cases there are, which one is played, and the result of each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use ssespec_reports::results::{CaseResult, Level, Record};
use tokio::sync::broadcast;
use tokio::task::JoinSet;

/// How many messages a page may lag behind before it misses some; it then receives the full state again.
const BEHIND: usize = 4096;

/// How long pages may take to receive the result of a run.
const PARTING: Duration = Duration::from_secs(1);

/// The progress of a run, for all pages that show it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Board(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<BoardState>,
    news: broadcast::Sender<Arc<str>>,
    /// Pages whose lane has ended and that wait for the result of the run.
    parting: Mutex<JoinSet<()>>,
}

#[derive(Debug, Default)]
struct BoardState {
    planned: Vec<Value>,
    results: BTreeMap<(String, String), Value>,
    frames: Vec<String>,
    framed: u64,
    /// Where each requirement is written, by its id.
    links: BTreeMap<String, String>,
    has_baseline: bool,
    done: Option<Value>,
}

impl Default for Board {
    fn default() -> Self {
        Self(Arc::new(Shared {
            state: Mutex::default(),
            news: broadcast::Sender::new(BEHIND),
            parting: Mutex::default(),
        }))
    }
}

impl Board {
    /// Shows the cases, by their ids and titles.
    pub fn plan<'c>(&self, cases: impl IntoIterator<Item = (&'c str, &'c str)>) {
        let cases: BTreeMap<&str, &str> = cases.into_iter().collect();
        let planned: Vec<Value> =
            cases.into_iter().map(|(case, title)| json!({ "case": case, "title": title })).collect();
        self.tell(&json!({ "planned": planned }));
        self.state().planned = planned;
    }

    /// Shows which case is running.
    pub fn playing(&self, case: &str, title: &str) {
        self.tell(&json!({ "playing": { "case": case, "title": title } }));
    }

    /// Shows a record of the run. `decides` says whether a suite decides the exit status.
    pub fn record(&self, record: &Record, decides: impl Fn(&str) -> bool) {
        match record {
            Record::Header(header) => {
                let mut state = self.state();
                let links = header.requirements.iter();
                state.links = links.map(|one| (one.id.clone(), one.link.clone())).collect();
                state.has_baseline = !header.known_failures.is_empty();
            }
            Record::Result(result) => {
                let mut state = self.state();
                let link = result.requirements.first().and_then(|id| state.links.get(id));
                let message = reported(result, link, decides(&result.suite));
                let key = (result.case.clone(), result.delivery.to_string());
                state.results.insert(key, message.clone());
                drop(state);
                self.tell(&message);
            }
            Record::Footer(footer) => {
                let mut state = self.state();
                let done = json!({
                    "exitStatus": footer.exit_status,
                    "seconds": footer.duration_us.div_ceil(1_000_000),
                    "hasBaseline": state.has_baseline,
                });
                state.done = Some(done.clone());
                drop(state);
                self.tell(&json!({ "done": done }));
            }
        }
    }

    /// Shows the page of another lane in a frame. Returns the URL that [`remove_frame`](Self::remove_frame) takes.
    pub fn add_frame(&self, url: &str) -> String {
        let mut state = self.state();
        state.framed += 1;
        let url = format!("{url}#{}", state.framed);
        state.frames.push(url.clone());
        drop(state);
        self.tell(&json!({ "frame": { "url": url } }));
        url
    }

    /// Removes a frame that [`add_frame`](Self::add_frame) added.
    pub fn remove_frame(&self, url: &str) {
        self.state().frames.retain(|frame| frame != url);
        self.tell(&json!({ "unframe": { "url": url } }));
    }

    /// Lets a page wait for the result of the run.
    pub(crate) fn part(&self, parting: impl Future<Output = ()> + Send + 'static) {
        self.0.parting.lock().unwrap_or_else(PoisonError::into_inner).spawn(parting);
    }

    /// Waits until all pages have the result of the run, at most one second.
    pub(crate) async fn parted(&self) {
        let mut parting = std::mem::take(&mut *self.0.parting.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async { while parting.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(PARTING, all).await;
    }

    /// Everything shown so far as one message, and what follows it.
    pub(crate) fn read(&self) -> (String, broadcast::Receiver<Arc<str>>) {
        // Subscribed before the state is read, so that nothing is missed; sending something twice is harmless.
        let news = self.0.news.subscribe();
        let state = self.state();
        let all = json!({
            "planned": state.planned,
            "results": state.results.values().collect::<Vec<_>>(),
            "frames": state.frames,
            "done": state.done,
        });
        (json!({ "progress": { "all": all } }).to_string(), news)
    }

    /// Whether a message is the last of a run.
    pub(crate) fn is_last(message: &str) -> bool {
        message.starts_with(r#"{"progress":{"done":"#)
    }

    fn state(&self) -> MutexGuard<'_, BoardState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, what: &Value) {
        // There may be no page to read it.
        let _ = self.0.news.send(json!({ "progress": what }).to_string().into());
    }
}

/// A result as a page shows it. `link` leads to its main requirement.
fn reported(result: &CaseResult, link: Option<&String>, decides: bool) -> Value {
    let outcome = if result.known.is_some() { "known" } else { result.verdict.as_str() };
    let observed = result
        .failure
        .as_ref()
        .map(|failure| json!({ "expected": failure.expected, "observed": failure.observed }));
    json!({ "result": {
        "case": result.case,
        "title": result.title,
        "delivery": result.delivery.to_string(),
        "outcome": outcome,
        "must": decides && result.level == Level::Must,
        "failure": observed,
        "link": link,
        "rerun": result.rerun,
    }})
}
