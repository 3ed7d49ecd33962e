//! Timestamps that a server writes into its events.

/// Finds a timestamp in a text. The number is in milliseconds: since 1970, or since midnight for ISO 8601. Only numbers of
/// the same format can be compared.
pub(super) fn find_timestamp(text: &str) -> Option<(TimestampFormat, i64)> {
    iso(text).map(|time| (TimestampFormat::Iso, time)).or_else(|| epoch(text))
}

/// How a timestamp is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimestampFormat {
    /// Milliseconds since 1970: 13 digits.
    Milliseconds,
    /// Seconds since 1970: 10 digits, with or without a fraction.
    Seconds,
    /// `2026-01-01T00:00:00.000Z`
    Iso,
}

fn epoch(text: &str) -> Option<(TimestampFormat, i64)> {
    let runs = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    for run in runs.map(|run| run.trim_matches('.')) {
        let (whole, fraction) = run.split_once('.').unwrap_or((run, ""));
        // From 2017 to 2033.
        if !whole.starts_with("15")
            && !whole.starts_with("16")
            && !whole.starts_with("17")
            && !whole.starts_with("18")
            && !whole.starts_with("19")
        {
            continue;
        }
        match whole.len() {
            13 => return whole.parse().ok().map(|time| (TimestampFormat::Milliseconds, time)),
            10 => {
                let seconds: i64 = whole.parse().ok()?;
                let thousandths = format!("{fraction:0<3}");
                let milliseconds: i64 = thousandths.get(..3)?.parse().ok()?;
                return Some((TimestampFormat::Seconds, seconds * 1000 + milliseconds));
            }
            _ => {}
        }
    }
    None
}

fn iso(text: &str) -> Option<i64> {
    let (at, _) = text.match_indices('T').find(|(at, _)| {
        let before = at.checked_sub(10).and_then(|start| text.get(start..*at)).unwrap_or_default();
        before.len() == 10
            && before
                .bytes()
                .enumerate()
                .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() })
    })?;
    let time = text.get(at + 1..)?;
    let number = |range: std::ops::Range<usize>| time.get(range)?.parse::<i64>().ok();
    let (hours, minutes, seconds) = (number(0..2)?, number(3..5)?, number(6..8)?);
    let fraction = time.get(8..).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
    let digits: String = fraction.chars().take_while(char::is_ascii_digit).take(3).collect();
    let thousandths: i64 = format!("{digits:0<3}").parse().ok()?;
    Some(((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths)
}

#[cfg(test)]
mod tests {
    use super::{TimestampFormat, find_timestamp};

    #[test]
    fn timestamps_are_found() {
        assert_eq!(
            find_timestamp("{\"t\":1767225600123}"),
            Some((TimestampFormat::Milliseconds, 1_767_225_600_123))
        );
        assert_eq!(find_timestamp("at 1767225600.5"), Some((TimestampFormat::Seconds, 1_767_225_600_500)));
        assert_eq!(find_timestamp("\"2026-01-01T00:00:01.250Z\""), Some((TimestampFormat::Iso, 1250)));
        assert_eq!(find_timestamp("2026-01-01T01:00:00+00:00"), Some((TimestampFormat::Iso, 3_600_000)));
        for text in ["", "hello", "12345", "42.5", "\u{e9}T12:00:00", "T", "99999999999999999999"] {
            assert_eq!(find_timestamp(text), None, "{text}");
        }
    }
}
