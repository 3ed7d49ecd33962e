//! Other methods than GET.

use std::time::Duration;

use super::check::Check;
use super::head::lines;
use super::lab::Bench;
use super::outcome::{Breach, Outcome};
use super::wire::exchange::seconds;
use super::wire::{End, Exchange, Live, Method};
use ssespec_strict::FindingKind;

pub(super) const CHECKS: &[Check] = &[
    Check::in_seconds("head", "HEAD is answered by a head alone, and ends", "http/head-ends", |b| {
        Box::pin(head_ends(b))
    })
    .of_get(),
    Check::in_seconds("head-length", "HEAD invents no Content-Length", "http/head-length", |b| {
        Box::pin(head_length(b))
    })
    .of_get(),
    Check::in_seconds("head-fields", "HEAD is answered with the fields of GET", "http/head-fields", |b| {
        Box::pin(head_fields(b))
    })
    .of_get(),
    Check::in_seconds("options", "OPTIONS is answered, and ends", "http/options", |b| Box::pin(options(b))),
    Check::in_seconds("allow", "A 405 says which methods are allowed", "http/allow-with-405", |b| {
        Box::pin(allow(b))
    }),
    Check::in_seconds(
        "other-method",
        "A method that is not offered opens no stream",
        "http/method-not-offered",
        |b| Box::pin(other_method(b)),
    ),
];

/// The same, where GET is answered at once.
const AT_ONCE: Duration = Duration::from_secs(3);

/// How long content is waited for that should not come.
const A_MOMENT: Duration = Duration::from_millis(2000);

/// How long an answer that should end at once is waited for: a server that takes its time for GET may take it here too.
fn at_once(get: &Exchange) -> Duration {
    AT_ONCE + get.head().map_or(Duration::ZERO, |head| head.at * 2)
}

async fn head_ends(bench: Bench) -> Outcome {
    let get = match bench.opened().await {
        Ok(get) => get,
        Err(outcome) => return outcome,
    };
    let at_once = at_once(&get);
    let ask = bench.ask(bench.head_only()).method(Method::Head).path(bench.path.clone());
    let _place = bench.lab.places.acquire().await;
    let mut live = Live::open(bench.options(), &ask).await;
    live.until(at_once, |exchange| exchange.head().is_some()).await;
    let hint = "end the response to HEAD after its head; do not register the client";
    let Some(head) = live.exchange.head() else {
        let exchange = live.finish();
        let observed = if exchange.end == End::Left && exchange.http.is_empty() {
            format!("nothing within {}", seconds(exchange.watched))
        } else {
            exchange.instead()
        };
        return Breach::of(&exchange, "the head that GET would have", observed).hint(hint).broken();
    };
    let status = head.status;
    let will_close = head.lists("connection", "close") || head.minor_version == 0;
    if status >= 400 {
        return Outcome::HeldWith(format!("HEAD is refused with status {status}"));
    }
    if will_close {
        // Whether it ends shows in the end of the connection.
        if let Some(problem) = live.closing(AT_ONCE).await {
            let exchange = live.finish();
            return Breach::of(&exchange, "the end of the connection after the head", problem)
                .hint(hint)
                .broken();
        }
        return Outcome::Held;
    }
    live.linger(A_MOMENT).await;
    if live.exchange.http.iter().any(|finding| finding.kind == FindingKind::AfterEnd) {
        let exchange = live.finish();
        return Breach::of(&exchange, "no content", "content after the head")
            .hint("what follows the head of an answer to HEAD is read as the next response")
            .broken();
    }
    // The next answer on the connection comes when this one is over.
    let heads = live.exchange.heads.len();
    let options = bench.options();
    let target = &options.target;
    let path = bench.path.as_deref().unwrap_or(&target.path);
    let next = bench.ask(bench.head_only()).method(Method::Head).and("connection", "close");
    if !live.again(&next.bytes(&target.authority, path, &options.headers), &Method::Head).await {
        return Outcome::HeldWith("the server closed the connection after HEAD".into());
    }
    let limit = live.elapsed() + at_once;
    live.until(limit, |exchange| exchange.heads.len() > heads).await;
    let exchange = live.finish();
    if exchange
        .http
        .iter()
        .any(|finding| matches!(finding.kind, FindingKind::AfterEnd | FindingKind::NotHttp))
    {
        return Breach::of(&exchange, "no content", exchange.instead())
            .hint("what follows the head is read as the next response")
            .broken();
    }
    if exchange.heads.len() > heads || exchange.end != End::Left {
        return Outcome::Held;
    }
    // To the client the answer is over with its head; it is the connection that cannot be used any more.
    let observed = format!("no answer to a second request on the connection within {}", seconds(at_once));
    Breach::of(&exchange, "the end of the answer to HEAD", observed)
        .hint("the handler writes a stream that nobody sees, and never ends it: end the response to HEAD")
        .broken()
}

async fn head_length(bench: Bench) -> Outcome {
    let get = match bench.opened().await {
        Ok(get) => get,
        Err(outcome) => return outcome,
    };
    let exchange = bench.exchange(bench.ask(bench.head_only()).method(Method::Head)).await;
    let Some(head) = exchange.head() else {
        return Outcome::NotJudged(format!("HEAD is not answered: {}", exchange.instead()));
    };
    let of_get = get.head().and_then(|head| head.first("content-length"));
    if head.status >= 400 || head.status == 204 {
        return Outcome::NotJudged(format!("HEAD is answered with status {}", head.status));
    }
    match head.first("content-length") {
        None => Outcome::Held,
        length if length == of_get => Outcome::Held,
        Some(length) => {
            Breach::of(&exchange, "no Content-Length, as with GET", format!("content-length: {length}"))
                .broken()
        }
    }
}

async fn head_fields(bench: Bench) -> Outcome {
    let get = match bench.opened().await {
        Ok(get) => get,
        Err(outcome) => return outcome,
    };
    let exchange = bench.exchange(bench.ask(bench.head_only()).method(Method::Head)).await;
    let (Some(head), Some(of_get)) = (exchange.head(), get.head()) else {
        return Outcome::NotJudged(format!("HEAD is not answered: {}", exchange.instead()));
    };
    if head.status == 405 || head.status == 501 {
        return Outcome::HeldWith(format!("HEAD is refused with status {}", head.status));
    }
    if head.status == of_get.status && exchange.essence() == get.essence() {
        return Outcome::Held;
    }
    let of = |status: u16, head| format!("status {status}\n{}", lines(head, &["content-type"]));
    Breach::of(&exchange, of(of_get.status, of_get), of(head.status, head)).broken()
}

async fn options(bench: Bench) -> Outcome {
    let get = match bench.opened().await {
        Ok(get) => get,
        Err(outcome) => return outcome,
    };
    let at_once = at_once(&get);
    let watch = super::wire::Watch { head: at_once, body: AT_ONCE, events: 1 };
    let exchange = bench.exchange(bench.ask(watch).method(Method::Options)).await;
    let Some(head) = exchange.head() else {
        let observed = format!("{} within {}", exchange.instead(), seconds(exchange.watched));
        return Breach::of(&exchange, "an answer", observed)
            .hint("OPTIONS must not wait for events")
            .broken();
    };
    if exchange.is_stream() || (exchange.end == End::Left && exchange.status() == Some(200)) {
        let observed =
            format!("status {}\n{}; {}", head.status, lines(head, &["content-type"]), exchange.ending());
        return Breach::of(&exchange, "an answer that ends", observed)
            .hint("answer OPTIONS with 204 and Allow, instead of a stream")
            .broken();
    }
    let says = head.fields.iter().any(|field| {
        field.name.eq_ignore_ascii_case(b"allow")
            || field.name.to_ascii_lowercase().starts_with(b"access-control-")
    });
    if head.status >= 300 {
        return match head.status {
            405 | 501 => Outcome::HeldWith(format!("OPTIONS is refused with status {}", head.status)),
            status => {
                Breach::of(&exchange, "status 200 or 204 with Allow", format!("status {status}")).broken()
            }
        };
    }
    if says {
        return Outcome::Held;
    }
    Breach::of(&exchange, "Allow, or the fields of CORS", "neither").broken()
}

/// PROPFIND is safe, is known to HTTP libraries, and is offered by no server of event streams.
async fn strange(bench: &Bench) -> Result<std::sync::Arc<Exchange>, Outcome> {
    let get = bench.opened().await?;
    let at_once = at_once(&get);
    let watch = super::wire::Watch { head: at_once, body: Duration::from_millis(500), events: 1 };
    Ok(bench.exchange(bench.ask(watch).method(Method::Propfind)).await)
}

async fn allow(bench: Bench) -> Outcome {
    let exchange = match strange(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    match exchange.head() {
        Some(head) if head.status == 405 => {
            if head.values("allow").next().is_some() {
                return Outcome::Held;
            }
            Breach::of(&exchange, "an Allow field with the 405", lines(head, &["allow"])).broken()
        }
        Some(head) => {
            Outcome::NotJudged(format!("an unusual method is answered with status {}", head.status))
        }
        None => Outcome::NotJudged(format!("an unusual method is not answered: {}", exchange.instead())),
    }
}

async fn other_method(bench: Bench) -> Outcome {
    let exchange = match strange(&bench).await {
        Ok(exchange) => exchange,
        Err(outcome) => return outcome,
    };
    if exchange.status() == Some(200) && exchange.end == End::Left && exchange.may_be_stream() {
        return Breach::of(&exchange, "status 405 or 501", "a stream")
            .hint("look at the method before a stream is opened")
            .broken();
    }
    if exchange.head().is_none() && exchange.end == End::Left {
        let observed = format!("nothing within {}", seconds(exchange.watched));
        return Breach::of(&exchange, "status 405 or 501", observed).broken();
    }
    Outcome::Held
}
