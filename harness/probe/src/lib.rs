//! Black-box checks of a server by its URL.
//!
//! Each check is one claim, of one requirement. Observations are shared and run side by side, so that a probe takes as long
//! as its longest observation. Whatever a server does, an observation ends in bounded time and memory.
//!
//! - [`check`]: the list of all checks
//! - [`target`], [`tls`], [`content`], [`emit`]: where the server is, what is sent to it, and what makes it emit
//! - `lab`: observations, each made once
//! - `alone`: checks that are made again, beside no other
//! - `wire`: requests, connections, and what comes back
//! - `outcome`, `record`: what a check comes to, and the results that carry it
//! - `head`, `timing`, `body`, `fields`, `identity`, `negotiation`, `methods`, `cors`, `resume`, `ending`, `connections`,
//!   `http2`: the checks by area; `stamp`: times within events

mod alone;
mod body;
pub mod check;
mod connections;
pub mod content;
mod cors;
pub mod emit;
mod ending;
mod fields;
mod head;
pub(crate) mod http2;
mod identity;
mod lab;
mod methods;
mod negotiation;
mod outcome;
mod record;
mod resume;
mod stamp;
pub mod target;
mod timing;
pub mod tls;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use globset::GlobMatcher;
use ssespec_cases::{Corpus, Requirement};
use ssespec_reports::results::{CaseResult, Record};
use ssespec_reports::visible;
use tokio::task::JoinSet;

use self::check::{Check, Need, PREFIX, Takes};
use self::content::Content;
use self::emit::Emit;
use self::lab::{Bench, Lab};
use self::outcome::Outcome;
use self::target::{Security, Target};
use self::tls::Trust;
use self::wire::connection::{Connection, Offer};
use self::wire::{Ask, End, Live, Method, Watch};
use ssespec::run::{Baseline, Conclusion, Rerun, Selection};

/// How long a probe lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// As long as its longest observation.
    Whole,
    /// A few seconds: what takes longer is left out.
    Quick,
}

/// How a server is asked.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where it is.
    pub target: Target,
    /// Fields of every request, in place of ours of the same name.
    pub headers: Vec<(String, String)>,
    /// What is sent to it where the stream is had by POST.
    pub content: Option<Content>,
    /// Paths for single checks, by their names.
    pub paths: BTreeMap<String, String>,
    /// What makes it emit.
    pub emit: Option<Emit>,
    /// How long to wait for the head of an answer.
    pub timeout: Duration,
    /// How long the probe lasts.
    pub length: Length,
    /// Which certificates are trusted.
    pub trust: Trust,
}

impl Options {
    /// How the stream is had.
    pub(crate) fn method(&self) -> Method {
        self.content.as_ref().map_or(Method::Get, |content| Method::Post(content.bytes().clone()))
    }

    /// A request for the stream.
    pub(crate) fn ask(&self, watch: Watch) -> Ask {
        Ask::stream(self.method(), watch)
    }
}

/// A probe of one server.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The requirements.
    pub corpus: Arc<Corpus>,
    /// How the server is asked.
    pub options: Options,
    /// Which checks; deliveries do not matter.
    pub selection: Selection,
    /// What the server is called in the results.
    pub name: String,
    /// The URL as the user gave it.
    pub url: String,
    /// Which failures are known.
    pub baseline: Baseline,
    /// How a single check is made again.
    pub rerun: Rerun,
}

/// Why a probe could not begin.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// Nothing answers at the address.
    #[error("{url}: no connection: {problem}")]
    Unreachable {
        /// The URL.
        url: String,
        /// What the operating system said.
        problem: std::io::Error,
    },
    /// The URL is that of a redirect, and not of a stream.
    #[error("{url} redirects to {location}; probe that URL")]
    Redirects {
        /// The URL.
        url: String,
        /// Where it leads.
        location: String,
    },
    /// The selection holds no check.
    #[error("no check is selected")]
    NothingSelected,
}

/// What is seen of a server before the checks begin.
struct Survey {
    /// Where the URL leads, if it is that of a redirect.
    redirect: Option<String>,
    /// A plain request is served.
    serves: bool,
    /// A second stream is not served while the first is open.
    serves_one: bool,
}

impl Survey {
    /// Requests that wait for others say nothing but that they wait, which one check is about.
    fn excuse(&self, check: &Check, outcome: Outcome) -> Outcome {
        let waited = match &outcome {
            Outcome::Broken(breach) | Outcome::Suspected(breach) => breach.waited,
            _ => false,
        };
        if self.serves_one && waited && check.name != connections::PARALLEL {
            return Outcome::NotJudged(
                "the server serves one stream at a time, so that this one had to wait".into(),
            );
        }
        outcome
    }
}

/// How long a survey waits for an answer: a server that answers later is judged as it is.
const SURVEY: Duration = Duration::from_secs(1);

/// No check takes longer, whatever the server does; one that does is our failure.
const LONGEST: Duration = Duration::from_secs(120);

impl Probe {
    /// The checks that are selected, each with its requirement.
    pub fn checks(&self) -> Vec<(Check, Requirement)> {
        let known = |check: Check| Some((check, self.corpus.requirements.get(check.requirement)?.clone()));
        check::all()
            .into_iter()
            .filter_map(known)
            .filter(|(check, requirement)| self.selects(check, requirement))
            .collect()
    }

    fn selects(&self, check: &Check, requirement: &Requirement) -> bool {
        let Selection { filters, suites, levels, .. } = &self.selection;
        let id = check.id();
        (filters.is_empty() || filters.iter().any(|glob: &GlobMatcher| glob.is_match(&id)))
            && (suites.is_empty() || suites.iter().any(|suite| suite == requirement.suite()))
            && (levels.is_empty() || levels.contains(&requirement.judged()))
    }

    /// Runs the checks. Every record goes to `sink` in order: the header, results as they come, the footer.
    ///
    /// # Errors
    /// When the probe could not begin; nothing has gone to the sink then.
    pub async fn execute(&self, sink: &mut (dyn FnMut(Record) + Send)) -> Result<Conclusion, ProbeError> {
        let began = Instant::now();
        let checks = self.checks();
        if checks.is_empty() {
            return Err(ProbeError::NothingSelected);
        }
        let options = &self.options;
        let reached = Connection::open(&options.target, &options.trust, Offer::Http11, options.timeout).await;
        reached.map_err(|problem| ProbeError::Unreachable { url: self.url.clone(), problem })?;
        let lab = Arc::new(Lab::new(options.clone()));
        let survey = self.survey().await;
        if let Some(location) = survey.redirect {
            return Err(ProbeError::Redirects { url: self.url.clone(), location });
        }
        sink(Record::Header(Box::new(record::header(self, &checks))));
        let mut tasks = JoinSet::new();
        let mut names = BTreeMap::new();
        let mut results: Vec<CaseResult> = Vec::new();
        let mut enter = |mut result: CaseResult| {
            result.sequence = results.len() as u64 + 1;
            results.push(result.clone());
            sink(Record::Result(Box::new(result)));
        };
        let mut refused = Vec::new();
        for (index, (check, _)) in checks.iter().enumerate() {
            let bench = Bench { lab: Arc::clone(&lab), path: options.paths.get(check.name).cloned() };
            let lacking = self.lacking(check);
            let judge = check.judge;
            let task = tasks.spawn(async move {
                let started = Instant::now();
                let outcome = match lacking {
                    Some(why) => Some(Outcome::NotJudged(why)),
                    None => tokio::time::timeout(LONGEST, judge(bench)).await.ok(),
                };
                (index, outcome, started.elapsed())
            });
            names.insert(task.id(), index);
        }
        while let Some(joined) = tasks.join_next_with_id().await {
            let (index, outcome, took) = match joined {
                Ok((_, done)) => done,
                Err(error) => match names.get(&error.id()) {
                    Some(index) => (*index, None, began.elapsed()),
                    None => continue,
                },
            };
            let Some((check, requirement)) = checks.get(index) else { continue };
            let outcome = outcome.map(|outcome| survey.excuse(check, outcome));
            match outcome {
                Some(Outcome::Broken(breach)) if breach.refused && survey.serves => {
                    refused.push((check, requirement, Outcome::Broken(breach), took));
                }
                outcome => enter(record::result(self, check, requirement, outcome, took)),
            }
        }
        // Beside many others a request may be one too many.
        let limited = if refused.is_empty() { None } else { alone::recover(options).await };
        for (check, requirement, first, took) in refused {
            let started = Instant::now();
            let outcome = match limited {
                Some(status) => alone::limited(status),
                None => alone::judge(options, check, first).await,
            };
            enter(record::result(self, check, requirement, Some(outcome), took + started.elapsed()));
        }
        let (footer, conclusion) = record::footer(self, &results, began.elapsed());
        sink(Record::Footer(Box::new(footer)));
        Ok(conclusion)
    }

    /// Looks at the server before many connections keep it busy.
    async fn survey(&self) -> Survey {
        let limit = SURVEY.min(self.options.timeout);
        let ask = self.options.ask(Watch { head: limit, body: Duration::ZERO, events: 0 });
        let mut first = Live::open(&self.options, &ask).await;
        first.until(limit, |exchange| exchange.head().is_some()).await;
        let head = first.exchange.head();
        let serves = head.is_some_and(|head| !matches!(head.status, 429 | 503));
        let redirect = head.filter(|head| [301, 302, 303, 307, 308].contains(&head.status));
        let location = redirect.and_then(|head| head.first("location"));
        let mut serves_one = false;
        if head.is_some() && first.exchange.end == End::Left {
            let mut second = Live::open(&self.options, &ask).await;
            second.until(limit, |exchange| exchange.head().is_some()).await;
            serves_one = second.exchange.head().is_none();
        }
        Survey { serves, redirect: location.map(|location| visible::line(&location, 500)), serves_one }
    }

    /// Why a check cannot be made at all.
    fn lacking(&self, check: &Check) -> Option<String> {
        let options = &self.options;
        for need in check.needs {
            match need {
                Need::Emit if options.emit.is_none() => {
                    return Some("needs what makes the server emit: --emit COMMAND or URL".into());
                }
                Need::Tls if options.target.security != Security::Tls => {
                    return Some("needs a server that is reached over TLS".into());
                }
                Need::Get if options.content.is_some() => {
                    return Some("is about a stream that is had by GET".into());
                }
                Need::Emit | Need::Tls | Need::Get => {}
            }
        }
        let is_long = check.takes == Takes::WholeObservation && options.length == Length::Quick;
        is_long.then(|| "takes longer than a quick probe".into())
    }
}

/// The name of a check from its id, or from its name.
pub fn name_of(id: &str) -> &str {
    id.strip_prefix(PREFIX).unwrap_or(id)
}
