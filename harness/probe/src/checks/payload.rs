//! Payloads that show a mistake in the server's code.

use std::collections::BTreeMap;

use ssespec_reports::visible;

use super::stream::judge_stream;
use crate::check::Check;
use crate::outcome::{Breach, Outcome};
use crate::wire::exchange::{End, Exchange};

pub(crate) const CHECKS: &[Check] = &[Check::new(
    "payload-is-text",
    "No payload shows a mistake in the server's code",
    "resilience-server/payload-is-text",
    |c| judge_stream(c, payloads),
)];

/// How many characters of a payload are shown.
const SHOWN: usize = 100;

/// A mistake in the server's code that shows in a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mistake {
    /// `data: data: x`
    FieldNameTwice,
    /// `b'x'`
    Bytes,
    /// `[object Object]`, `<Item object at 0x7f..>`, `map[a:1]`
    Object,
    /// `{'a': 1}`
    PythonLiteral,
    /// `{name}`, `${name}`, `%!d(string=x)`
    Placeholder,
    /// `x\n`, with a backslash
    EscapedLineBreak,
    /// `undefined`, `None`
    NoValue,
    /// `{"price": ${price}}`
    PlaceholderWithin,
}

impl Mistake {
    /// The mistake that this text shows, if it is the whole payload of an event.
    fn of(text: &str) -> Option<Self> {
        let is_within = |start: &str, end: &str| {
            text.strip_prefix(start).is_some_and(|rest| rest.len() >= end.len() && rest.ends_with(end))
        };
        // An id or an event may well be what a text is about.
        let is_field = |line: &str| ["event:", "id:", "retry:"].iter().any(|name| line.starts_with(name));
        let is_data = |line: &str| line.starts_with("data:");
        if is_data(text) || (is_field(text) && text.lines().any(is_data)) {
            return Some(Self::FieldNameTwice);
        }
        if is_within("b'", "'") || is_within("b\"", "\"") {
            return Some(Self::Bytes);
        }
        if is_within("[object ", "]") || is_within("map[", "]") || is_within("&{", "}") || is_object(text) {
            return Some(Self::Object);
        }
        if is_within("{'", "}") || is_within("['", "']") {
            return Some(Self::PythonLiteral);
        }
        if is_within("{{", "}}") || is_within("%!", ")") || is_placeholder(text) {
            return Some(Self::Placeholder);
        }
        if text.ends_with("\\n") {
            return Some(Self::EscapedLineBreak);
        }
        if ["undefined", "None", "NaN", "<nil>"].contains(&text) {
            return Some(Self::NoValue);
        }
        has_placeholder(text).then_some(Self::PlaceholderWithin)
    }

    /// Of how many events it must be the payload, if others of the type have another one; a word may be meant.
    fn is_sure(self, count: usize, total: usize) -> bool {
        match self {
            // One such text may be meant, too.
            Self::Bytes | Self::Object | Self::PythonLiteral => count >= 2 && count * 2 >= total,
            Self::Placeholder => count == total,
            Self::FieldNameTwice | Self::EscapedLineBreak => count == total && count >= 2,
            Self::NoValue | Self::PlaceholderWithin => count == total && count >= 3,
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::FieldNameTwice => {
                "the code adds the name of the field, and so does the framework: give it the payload alone"
            }
            Self::Bytes => "decode the bytes before they are formatted into text",
            Self::Object => "an object was converted to text; serialize it, for example as JSON",
            Self::PythonLiteral => "this is the text of a Python object, not JSON: use json.dumps()",
            Self::Placeholder | Self::PlaceholderWithin => {
                "the placeholder was not replaced by a value: it is not in a template, or the value has another type"
            }
            Self::EscapedLineBreak => "the line break is written as a backslash followed by n",
            Self::NoValue => "the value is missing in the code that formats the event",
        }
    }
}

/// Whether it is the default text of an object: `<Item object at 0x7f12>`, `#<Item:0x7f12>`, `com.example.Item@1b6d3586`.
fn is_object(text: &str) -> bool {
    let is_hexadecimal = |text: &str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_name = |text: &str| {
        text.contains('.') && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._$".contains(&byte))
    };
    if let Some(inner) = text.strip_prefix('<').or(text.strip_prefix("#<")).and_then(|t| t.strip_suffix('>'))
    {
        let address = inner.rsplit([' ', ':']).next().unwrap_or_default().strip_prefix("0x");
        return address.is_some_and(is_hexadecimal);
    }
    text.rsplit_once('@').is_some_and(|(class, hash)| {
        let last = class.rsplit('.').next().unwrap_or_default();
        is_name(class) && last.starts_with(|c: char| c.is_ascii_uppercase()) && is_hexadecimal(hash)
    })
}

/// Whether a placeholder such as `${name}` is within the text.
fn has_placeholder(text: &str) -> bool {
    text.match_indices("${").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        rest.find('}').and_then(|end| rest.get(..=end)).is_some_and(is_placeholder)
    })
}

/// Whether it is a single placeholder: `{name}`, `${name}`, `%s`.
fn is_placeholder(text: &str) -> bool {
    let inner = text.strip_prefix('$').unwrap_or(text).strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let is_path = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
    };
    inner.is_some_and(is_path) || ["%s", "%d", "%v"].contains(&text)
}

/// How many payloads are there only for the others: a greeting before them, and a last one such as `[DONE]` if the stream ended.
fn framing(payloads: &[&str], has_ended: bool) -> usize {
    let is_text = |payload: Option<&&str>| payload.is_some_and(|payload| Mistake::of(payload).is_none());
    let (greeting, rest) = payloads.split_at(usize::from(is_text(payloads.first())));
    greeting.len() + usize::from(has_ended && is_text(rest.last()))
}

fn payloads(exchange: &Exchange) -> Outcome {
    let mut types: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in exchange.dispatched() {
        let block = &event.block;
        let payload = block.data.as_deref().unwrap_or_default().trim();
        types.entry(block.event.as_deref().unwrap_or("message")).or_default().push(payload);
    }
    if types.is_empty() {
        return Outcome::NotJudged("no event came".into());
    }
    for payloads in types.into_values() {
        let mut found: BTreeMap<Mistake, Vec<&str>> = BTreeMap::new();
        for payload in &payloads {
            if let Some(mistake) = Mistake::of(payload) {
                found.entry(mistake).or_default().push(payload);
            }
        }
        let total = payloads.len().saturating_sub(framing(&payloads, exchange.end == End::Complete));
        let are_equal = payloads.windows(2).all(|pair| pair.first() == pair.last());
        let sure = found.into_iter().find(|(mistake, of)| {
            // A text about placeholders is not always the same.
            mistake.is_sure(of.len(), total) && (*mistake != Mistake::PlaceholderWithin || are_equal)
        });
        if let Some((mistake, wrong)) = sure {
            let shown = visible::line(wrong.first().copied().unwrap_or_default(), SHOWN);
            let observed = format!("{shown} in {} of {} events", wrong.len(), payloads.len());
            return Breach::new(exchange, "the text that was meant", observed)
                .hint(mistake.hint())
                .suspected();
        }
    }
    Outcome::Holds
}

#[cfg(test)]
mod tests {
    use super::{Mistake, framing};

    #[test]
    fn mistakes_are_told_from_texts() {
        for (text, mistake) in [
            ("data: {\"a\":1}", Mistake::FieldNameTwice),
            ("event: x\ndata: y", Mistake::FieldNameTwice),
            ("b'{\"a\":1}'", Mistake::Bytes),
            ("[object Object]", Mistake::Object),
            ("[object Object],[object Object]", Mistake::Object),
            ("<__main__.Item object at 0x7f3a2c1d>", Mistake::Object),
            ("#<Item:0x000078e1>", Mistake::Object),
            ("com.example.Item@1b6d3586", Mistake::Object),
            ("map[a:1 b:2]", Mistake::Object),
            ("&{1 text}", Mistake::Object),
            ("{'a': 1, 'b': None}", Mistake::PythonLiteral),
            ("{message}", Mistake::Placeholder),
            ("${event.data}", Mistake::Placeholder),
            ("{{ message }}", Mistake::Placeholder),
            ("%!d(string=x)", Mistake::Placeholder),
            ("hello\\n\\n", Mistake::EscapedLineBreak),
            ("undefined", Mistake::NoValue),
            ("None", Mistake::NoValue),
            ("{\"price\": ${stock.price}}", Mistake::PlaceholderWithin),
            ("at ${time}: ${text}", Mistake::PlaceholderWithin),
        ] {
            assert_eq!(Mistake::of(text), Some(mistake), "{text}");
        }
        for text in [
            "",
            "id: 5, temperature: 20",
            "event: login",
            "{}",
            "[]",
            "{\"a\":1}",
            "null",
            "b",
            "'x'",
            "undefined behavior",
            "a@example.com",
            "<b>x</b>",
            "{1}",
            "me@Work.cafe",
            "[1,2]",
            "%",
            "database: x",
            "\"a\\n\"",
            "${",
            "costs $5 {more}",
            "${a + b}",
        ] {
            assert_eq!(Mistake::of(text), None, "{text}");
        }
    }

    #[test]
    fn a_greeting_and_a_last_payload_do_not_count() {
        let twice = ["data: a", "data: b", "[DONE]"];
        assert_eq!((framing(&twice, true), framing(&twice, false)), (1, 0));
        assert_eq!(framing(&["hello", "data: a", "[DONE]"], true), 2);
        assert_eq!((framing(&["hello"], true), framing(&["data: a"], true), framing(&[], true)), (1, 0, 0));
    }

    #[test]
    fn a_word_may_be_meant() {
        assert!(Mistake::NoValue.is_sure(3, 3) && !Mistake::NoValue.is_sure(2, 2));
        assert!(!Mistake::NoValue.is_sure(9, 10));
        assert!(Mistake::FieldNameTwice.is_sure(2, 2) && !Mistake::FieldNameTwice.is_sure(9, 10));
        assert!(!Mistake::Object.is_sure(1, 1) && Mistake::Object.is_sure(2, 4));
        assert!(!Mistake::Object.is_sure(1, 2) && !Mistake::Object.is_sure(2, 9));
    }
}
