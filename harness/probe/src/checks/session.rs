//! Streams of the same session.

use std::time::Duration;

use crate::check::{Check, judging};
use crate::describe::seconds;
use crate::observe::heads::PROMPT;
use crate::observe::observations::CheckContext;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "same-session",
    "Streams of the same session are served simultaneously",
    "resilience-server/parallel-streams",
    |c| judging(same_session(c)),
)];

/// How long the response to the second request may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long it may take once the first stream is closed: the server notices that when it writes.
const RELEASED: Duration = Duration::from_secs(12);

/// Two streams, one without a cookie, and one that was closed but may still count.
const STREAMS: u32 = 4;

async fn same_session(context: CheckContext) -> Result<Outcome, Outcome> {
    let plain = context.prompt_stream_response().await?;
    let Some(cookies) = cookies(&plain) else {
        return Err(Outcome::NotJudged("the response sets no cookie".into()));
    };
    if context.places().total() < STREAMS {
        return Err(Outcome::NotJudged("the server serves too few streams at the same time".into()));
    }
    let _places = context.reserve(STREAMS).await;
    let without = context.request(context.until_head()).path(context.path.clone());
    let with = without.clone().set_field("cookie", cookies);
    let patience = PATIENCE.min(context.options().timeout);
    let mut first = context.places().open(context.options(), &with).await;
    first.read_head(patience).await;
    if !first.exchange.may_be_stream() || first.exchange.end != End::StillOpen {
        return Err(Outcome::NotJudged("with its cookie, a request gets no stream that stays open".into()));
    }
    let mut second = context.places().open(context.options(), &with).await;
    second.read_head(patience).await;
    if second.exchange.head().is_some() || second.exchange.end != End::StillOpen {
        return Ok(Outcome::Holds);
    }
    let mut other = context.places().open(context.options(), &without).await;
    other.read_head(PROMPT).await;
    if other.exchange.head().is_none() {
        return Err(Outcome::NotJudged("responses were late without a cookie too".into()));
    }
    let waited = second.elapsed();
    let first = first.finish();
    second.read_head(waited + RELEASED).await;
    let second = second.finish();
    let Some(head) = second.head() else {
        return Err(Outcome::NotJudged("the second request with the same cookie gets no response".into()));
    };
    let observed = format!(
        "no response for {} while another stream with the same cookie was open, and one {} after that was closed",
        seconds(waited),
        seconds(head.at.saturating_sub(waited)),
    );
    let expected = "an immediate response, as without the cookie";
    Ok(Breach::new(&second, expected, observed)
        .with_exchange(&first, 2)
        .hint("the session is locked for as long as a request runs: release it before the stream begins, in PHP with session_write_close()")
        .proven())
}

/// The cookies that the response sets, as a request sends them back.
fn cookies(response: &Exchange) -> Option<String> {
    let pairs = response.head()?.values("set-cookie").filter_map(|value| {
        let text = String::from_utf8_lossy(value).into_owned();
        let pair = text.split(';').next()?.trim().to_owned();
        pair.contains('=').then_some(pair)
    });
    let pairs: Vec<String> = pairs.collect();
    (!pairs.is_empty()).then(|| pairs.join("; "))
}
