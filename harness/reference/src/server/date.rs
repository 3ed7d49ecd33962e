//! The time in the form of HTTP, <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>.

use std::time::{SystemTime, UNIX_EPOCH};

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The present time.
pub(super) fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    written(since.as_secs())
}

/// So many seconds after the start of 1970.
fn written(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (mut year, mut left) = (1970, days);
    while left >= days_of(year) {
        left -= days_of(year);
        year += 1;
    }
    let mut month = 0;
    while left >= days_in(year, month) {
        left -= days_in(year, month);
        month += 1;
    }
    let word = |list: &[&'static str], at: u64| {
        usize::try_from(at).ok().and_then(|at| list.get(at)).copied().unwrap_or_default()
    };
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    let (day, month) = (word(&DAYS, days % 7), word(&MONTHS, month));
    format!("{day}, {:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT", left + 1)
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_in(year: u64, month: u64) -> u64 {
    match month {
        1 if is_leap(year) => 29,
        1 => 28,
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn known_dates() {
        assert_eq!(written(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(written(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(written(4_107_542_399), "Sun, 28 Feb 2100 23:59:59 GMT");
    }
}
