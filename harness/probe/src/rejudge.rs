//! Judges a check again, alone: the server may have refused or delayed a response because of the load of other checks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::check::{Check, LateResponse};
use crate::checks::leaving::never_admitted;
use crate::describe::seconds;
use crate::observe::capacity;
use crate::observe::heads::{Heads, PROMPT};
use crate::observe::observations::CheckContext;
use crate::options::{Length, Options};
use crate::outcome::{Breach, Outcome};
use crate::survey::Survey;
use crate::wire::exchange::Exchange;
use crate::wire::ongoing::OngoingExchange;
use crate::wire::request::ReadLimits;

/// How long the server may take to recover.
const RECOVERY: Duration = Duration::from_secs(5);

/// How long it may take to notice that all clients have left: when it sends the next keep-alive.
const RELEASE: Duration = Duration::from_secs(16);

/// The time between two requests that show whether it has recovered.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a check may take when it is judged again.
const LIMIT: Duration = Duration::from_secs(30);

/// Checks are not judged again if the server needs longer to notice that a client has left.
const SLOW_RELEASE: Duration = Duration::from_secs(3);

/// A response that was waited for this many times as long as for the slowest other one does not come.
const CLEARLY_LONGER: u32 = 3;

/// The check that reports a server that does not release the places of clients that left.
const LEAVING: &str = "leave-by-fin";

/// Why an outcome is doubtful.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// The server may have refused a request because there were too many.
    Refused,
    /// The server may have been busy with other requests, or its responses are always late.
    Late,
}

/// Why this outcome is doubtful; `None` if it is not.
pub(crate) fn doubt(outcome: &Outcome, survey: &Survey) -> Option<Doubt> {
    if matches!(outcome, Outcome::JudgeAlone(_)) {
        return Some(Doubt::Late);
    }
    let breach = breach(outcome)?;
    if breach.vain_wait.is_some() || breach.is_about_time {
        return Some(Doubt::Late);
    }
    (breach.may_be_refusal && survey.is_served && matches!(outcome, Outcome::Broken(_)))
        .then_some(Doubt::Refused)
}

fn breach(outcome: &Outcome) -> Option<&Breach> {
    match outcome {
        Outcome::Broken(breach) | Outcome::Suspected(breach) => Some(breach),
        Outcome::Holds
        | Outcome::HoldsWithNote(_)
        | Outcome::Facts(_)
        | Outcome::NotJudged(_)
        | Outcome::JudgeAlone(_)
        | Outcome::SetupFailed(_) => None,
    }
}

/// Judges doubtful outcomes, one after the other.
pub(crate) struct SecondLook<'p> {
    options: &'p Options,
    survey: &'p Survey,
    /// When the heads of all responses came.
    heads: &'p Heads,
    /// When the probe must end.
    deadline: Instant,
    /// Whether a check was found that ended the server.
    has_culprit: AtomicBool,
    /// Whether the server did not respond for as long as it may take.
    is_mute: AtomicBool,
}

/// The response to a plain request.
enum Plain {
    /// A response, which may be an error.
    Served,
    /// 409, 429 or 503: the server limits requests.
    Limited(u16, Box<Exchange>),
    /// No response, although there was a connection: the server may be busy.
    Unanswered,
    /// No connection, or one that ended without a response.
    Gone,
}

impl<'p> SecondLook<'p> {
    /// A look at outcomes in the order in which the checks were judged.
    ///
    /// `culprit` is a check that may have ended the server, and whose outcome is certain.
    pub(crate) fn new(
        options: &'p Options,
        survey: &'p Survey,
        heads: &'p Heads,
        deadline: Instant,
        culprit: Option<&str>,
    ) -> Self {
        let (has_culprit, is_mute) = (AtomicBool::new(culprit.is_some()), AtomicBool::new(!survey.is_served));
        Self { options, survey, heads, deadline, has_culprit, is_mute }
    }

    /// The outcome of a check whose first outcome is doubtful.
    pub(crate) async fn at(&self, check: &Check, first: Outcome, doubt: Doubt) -> Outcome {
        if doubt == Doubt::Late
            && let Some(excuse) = self.excuse(check, &first)
        {
            return Outcome::NotJudged(excuse);
        }
        if Instant::now() >= self.deadline {
            return self.without_time(check, first, doubt);
        }
        if self.survey.is_limited()
            && check.late_response == LateResponse::Counted
            && self.survey.capacity.release > SLOW_RELEASE
        {
            return first;
        }
        let alone = async {
            let is_about_release = check.name == LEAVING;
            match self.wait_for_recovery(if is_about_release { RELEASE } else { RECOVERY }).await {
                Some((_, refused)) if is_about_release => {
                    never_admitted(&refused, "after the probe closed its streams", RELEASE)
                }
                Some((status, _)) => limited(status),
                None => self.most_often(check, &first, doubt).await,
            }
        };
        let left = self.deadline.saturating_duration_since(Instant::now()).min(LIMIT);
        match tokio::time::timeout(left, alone).await {
            Ok(outcome) => outcome,
            Err(_) => self.without_time(check, first, doubt),
        }
    }

    /// Judges the check again. One about time is judged until two outcomes agree.
    async fn most_often(&self, check: &Check, first: &Outcome, doubt: Doubt) -> Outcome {
        let outcome = self.judge(check, first.clone(), doubt).await;
        let is_about_time = |outcome: &Outcome| breach(outcome).is_some_and(|breach| breach.is_about_time);
        if !is_about_time(first) && !is_about_time(&outcome) {
            return outcome;
        }
        let again = self.judge(check, first.clone(), doubt).await;
        if breach(&outcome).is_some() == breach(&again).is_some() {
            return again;
        }
        self.judge(check, first.clone(), doubt).await
    }

    /// Why a response that did not come in time says nothing; `None` if it may.
    fn excuse(&self, check: &Check, outcome: &Outcome) -> Option<String> {
        let waited = breach(outcome)?.vain_wait.unwrap_or_default();
        if check.late_response == LateResponse::Excused && self.heads.come_with_events() {
            let slowest = self.heads.slowest();
            if waited < slowest * CLEARLY_LONGER {
                return Some(format!(
                    "the response head comes only with the first event (after up to {} here), so it says nothing that no \
                     response came within {}",
                    seconds(slowest),
                    seconds(waited),
                ));
            }
        }
        let is_slow = self.survey.is_limited() && self.survey.capacity.release > SLOW_RELEASE;
        (is_slow && check.late_response != LateResponse::Counted)
            .then(|| format!("{}, so this request had to wait", self.survey.describe_limit()))
    }

    /// The outcome if there is no time to judge the check again.
    fn without_time(&self, check: &Check, first: Outcome, doubt: Doubt) -> Outcome {
        if self.survey.is_limited() {
            return Outcome::NotJudged(format!(
                "{}, and there was no time to judge this alone",
                self.survey.describe_limit()
            ));
        }
        let is_excused = check.late_response == LateResponse::Excused;
        if doubt == Doubt::Late && is_excused && self.heads.slowest() > PROMPT {
            return Outcome::NotJudged(
                "responses were late, and there was no time to judge this alone".into(),
            );
        }
        first
    }

    /// Judges the check again. If the server no longer serves anybody, the first outcome stands.
    async fn judge(&self, check: &Check, first: Outcome, doubt: Doubt) -> Outcome {
        match self.send_plain_request().await {
            Plain::Served => {}
            Plain::Limited(status, _) => return limited(status),
            // A server that never responded is what the first outcome says.
            _ if !self.survey.is_served => return first,
            _ if check.may_end_server && !self.has_culprit.swap(true, Ordering::Relaxed) => {
                return first;
            }
            _ if self.survey.is_limited() => {
                let limit = self.survey.describe_limit();
                return Outcome::NotJudged(format!("{limit}, so this request had to wait"));
            }
            Plain::Unanswered | Plain::Gone => return no_longer(),
        }
        // The place of the plain request must be free again.
        if self.survey.is_limited() {
            tokio::time::sleep(self.survey.places.release().clamp(PAUSE, SLOW_RELEASE)).await;
        }
        let options = Options { length: Length::Quick, ..self.options.clone() };
        let path = options.paths.get(check.name).cloned();
        let places = self.survey.places.anew();
        let context = CheckContext::new(options, path, places).alone();
        if check.late_response == LateResponse::Counted && context.path.is_none() {
            // The larger count is true: places may still have been taken.
            let capacity = capacity::measure(self.options, None).await;
            if capacity.served <= self.survey.capacity.served {
                return first;
            }
            context.know(Arc::new(capacity)).await;
        } else if !self.survey.is_limited() && context.path.is_none() {
            // What came before any client had left can be seen only once.
            context.know(Arc::clone(&self.survey.capacity)).await;
        }
        let outcome = (check.judge)(context).await;
        let is_refusal = breach(&outcome).is_some_and(|breach| breach.may_be_refusal);
        match doubt {
            Doubt::Refused if is_refusal => match self.send_plain_request().await {
                // It serves plain requests and refuses this one; or it has crashed.
                Plain::Served | Plain::Unanswered | Plain::Gone => outcome,
                Plain::Limited(status, _) => limited(status),
            },
            Doubt::Refused | Doubt::Late => outcome,
        }
    }

    /// Waits until the server has recovered from our requests. Returns the response with which it still refuses a plain one,
    /// and its status.
    async fn wait_for_recovery(&self, limit: Duration) -> Option<(u16, Box<Exchange>)> {
        let started = Instant::now();
        loop {
            match self.send_plain_request().await {
                Plain::Limited(status, refused) if started.elapsed() > limit => {
                    return Some((status, refused));
                }
                Plain::Limited(..) => tokio::time::sleep(PAUSE).await,
                // Streams that were closed may still hold its threads.
                Plain::Unanswered if !self.is_mute.load(Ordering::Relaxed) => {
                    self.is_mute.store(started.elapsed() > RELEASE, Ordering::Relaxed);
                }
                // A server that no longer responds has crashed; that is for the checks to report.
                Plain::Served | Plain::Unanswered | Plain::Gone => return None,
            }
        }
    }

    async fn send_plain_request(&self) -> Plain {
        let limits = ReadLimits { head: self.options.timeout, body: Duration::ZERO, events: None };
        let mut ongoing = OngoingExchange::open(self.options, &self.options.request(limits)).await;
        ongoing.read_head(self.options.timeout).await;
        let exchange = ongoing.finish();
        match exchange.status() {
            Some(status @ (409 | 429 | 503)) => Plain::Limited(status, Box::new(exchange)),
            Some(_) => Plain::Served,
            None if exchange.vain_wait().is_some() => Plain::Unanswered,
            None => Plain::Gone,
        }
    }
}

/// The outcome of a check that cannot be judged because the server has ended meanwhile.
fn no_longer() -> Outcome {
    let reason =
        "the server responded at first, and then no longer; see leave-by-fin, leave-by-reset and hostile-id";
    Outcome::NotJudged(reason.into())
}

/// The outcome of a check that cannot be judged because a plain request gets this status.
fn limited(status: u16) -> Outcome {
    Outcome::NotJudged(format!("the server limits requests: a plain request got status {status} too"))
}
