//! The Date field.

use std::time::Duration;

use crate::describe::seconds;
use crate::observe::observations::CheckContext;
use crate::options::Length;
use crate::outcome::{Breach, Outcome};

/// Parses `Sun, 06 Nov 1994 08:49:37 GMT` into year, month, day and time.
pub(super) fn imf_date(text: &str) -> Option<(u32, usize, u32, String)> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_whitespace().skip(1);
    let day = words.next()?.parse().ok()?;
    let month = words.next()?;
    let month = MONTHS.iter().position(|m| *m == month)?;
    Some((words.next()?.parse().ok()?, month, day, words.next()?.to_owned()))
}

/// After this time, the Date of another response must be another one: it counts seconds, and may be cached for one.
const LATER: Duration = Duration::from_millis(2500);

pub(super) async fn date(context: CheckContext) -> Result<Outcome, Outcome> {
    let exchange = context.response().await?;
    let Some(value) = exchange.head().and_then(|head| head.first("date")) else {
        return Ok(Breach::new(&exchange, "a Date field", "no Date field").proven());
    };
    if imf_date(&value).is_none() {
        let expected = "a date such as Sun, 06 Nov 1994 08:49:37 GMT";
        return Ok(Breach::new(&exchange, expected, format!("date: {value}")).proven());
    }
    // A short probe has no time for another look.
    if context.options().length == Length::Quick {
        return Ok(Outcome::Holds);
    }
    tokio::time::sleep(LATER).await;
    let later = context.request(context.until_head()).add_field("x-ssespec-probe", "later");
    let later = context.send(later).await;
    // A shared cache, which would be another finding, keeps the date and adds Age.
    let is_same = later.head().is_some_and(|head| {
        head.first("date").as_ref() == Some(&value) && head.values("age").next().is_none()
    });
    if !is_same {
        return Ok(Outcome::Holds);
    }
    let observed = format!("date: {value}, also {} later", seconds(LATER));
    Ok(Breach::new(&later, "the time of the response", observed)
        .hint("the code sets the field once: leave it to the server")
        .proven())
}
