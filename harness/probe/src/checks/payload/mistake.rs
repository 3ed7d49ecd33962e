//! Mistakes in a server's code that show in payloads.

use super::{encoded, object};

/// A mistake in the server's code that shows in a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mistake {
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
    /// `{&quot;a&quot;:1}`
    EscapedForHtml,
    /// `"{\"a\":1}"`
    EncodedTwice,
    /// `%7B%22a%22%3A1%7D`
    PercentEncoded,
    /// UTF-8 that was read as Latin-1 and encoded again
    Utf8Twice,
    /// `undefined`, `None`
    NoValue,
    /// `{"price": ${price}}`
    PlaceholderWithin,
    /// `{"price": NaN}`
    NotJson,
    /// `TypeError: Cannot read properties of undefined`
    ErrorMessage,
    /// Text with U+FFFD
    Replaced,
}

impl Mistake {
    /// The mistake that this text shows, if it is the whole payload of an event.
    pub(super) fn of(text: &str) -> Option<Self> {
        let is_within = |start: &str, end: &str| {
            text.strip_prefix(start).is_some_and(|rest| rest.len() >= end.len() && rest.ends_with(end))
        };
        // An id or an event may well be what a text is about.
        let is_field = |line: &str| ["event:", "id:", "retry:"].iter().any(|name| line.starts_with(name));
        let is_data = |line: &str| line.starts_with("data:");
        if is_data(text) || (is_field(text) && text.lines().any(is_data)) {
            return Some(Self::FieldNameTwice);
        }
        if is_within("b'", "'") || is_within("b\"", "\"") || encoded::is_list_of_bytes(text) {
            return Some(Self::Bytes);
        }
        if text.contains("[object Object]")
            || is_within("[object ", "]")
            || is_within("map[", "]")
            || is_within("&{", "}")
            || object::is_text_of(text)
        {
            return Some(Self::Object);
        }
        if is_within("{'", "}")
            || is_within("['", "']")
            || object::is_python_call(text)
            || object::is_python_tuple(text)
        {
            return Some(Self::PythonLiteral);
        }
        if is_within("{{", "}}") || is_within("%!", ")") || is_misused_format(text) || is_placeholder(text) {
            return Some(Self::Placeholder);
        }
        if text.starts_with(['{', '[']) && text.contains("&quot;") && !text.contains('"') {
            return Some(Self::EscapedForHtml);
        }
        if encoded::is_percent_encoded_json(text) {
            return Some(Self::PercentEncoded);
        }
        if encoded::is_json_in_a_string(text) {
            return Some(Self::EncodedTwice);
        }
        if encoded::is_utf8_twice(text) {
            return Some(Self::Utf8Twice);
        }
        if text.contains('\u{FFFD}') {
            return Some(Self::Replaced);
        }
        if is_error_message(text) {
            return Some(Self::ErrorMessage);
        }
        if text.ends_with("\\n") {
            return Some(Self::EscapedLineBreak);
        }
        if ["undefined", "None", "NaN", "<nil>", "Array", "Object", "[Circular]"].contains(&text) {
            return Some(Self::NoValue);
        }
        if has_placeholder(text) {
            return Some(Self::PlaceholderWithin);
        }
        encoded::is_broken_json(text).then_some(Self::NotJson)
    }

    /// Of how many events it must be the payload, if others of the type have another one; a word may be meant.
    pub(super) fn is_sure(self, count: usize, total: usize) -> bool {
        match self {
            // One such text may be meant, too.
            Self::Bytes | Self::Object | Self::PythonLiteral => count >= 2 && count * 2 >= total,
            Self::Utf8Twice | Self::Replaced => count >= 2,
            // A text may well be about an error, or come in pieces of which one begins like this.
            Self::ErrorMessage => count >= 3 && count * 2 >= total,
            // A document may be cut into several events by mistake.
            Self::NotJson => count >= 3 && count * 4 >= total,
            Self::Placeholder => count == total,
            Self::FieldNameTwice | Self::EscapedLineBreak => count == total && count >= 2,
            Self::NoValue
            | Self::PlaceholderWithin
            | Self::EscapedForHtml
            | Self::EncodedTwice
            | Self::PercentEncoded => count == total && count >= 3,
        }
    }

    /// Whether it shows as the same text each time: what differs is a text about such words.
    pub(super) fn is_always_the_same(self) -> bool {
        matches!(self, Self::NoValue | Self::PlaceholderWithin)
    }

    pub(super) fn hint(self) -> &'static str {
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
            Self::EscapedForHtml => "the JSON was escaped for HTML: an event stream needs no escaping",
            Self::EncodedTwice => {
                "the JSON was encoded as JSON once more: give the framework the value, or send the text as it is"
            }
            Self::PercentEncoded => {
                "the JSON was encoded as part of a URL: an event stream needs no escaping, and clients do not decode it"
            }
            Self::Utf8Twice => "bytes of UTF-8 were read as another encoding, and encoded again",
            Self::NotJson => {
                "it begins like JSON, but no parser takes it: it is cut off, or not written by a JSON library"
            }
            Self::ErrorMessage => "the text of an error was sent instead of a payload",
            Self::Replaced => {
                "characters were lost: bytes were decoded with the wrong encoding, or piece by piece"
            }
            Self::NoValue => "the value is missing in the code that formats the event",
        }
    }
}

/// Whether it begins like the message of an error that a language made.
fn is_error_message(text: &str) -> bool {
    const STARTS: [&str; 12] = [
        "TypeError: ",
        "ReferenceError: ",
        "RangeError: ",
        "SyntaxError: ",
        "KeyError: ",
        "ValueError: ",
        "AttributeError: ",
        "json: unsupported type: ",
        "runtime error: ",
        "java.lang.",
        "Traceback (most recent call last)",
        "Uncaught ",
    ];
    // The stack of an error of JavaScript.
    let has_stack = text.lines().nth(1).is_some_and(|line| line.trim_start().starts_with("at "));
    STARTS.iter().any(|start| text.starts_with(start)) || (text.starts_with("Error: ") && has_stack)
}

/// Whether Go reports that a format has too few or too many arguments.
fn is_misused_format(text: &str) -> bool {
    text.contains("%!") && (text.contains("(MISSING)") || text.contains("%!(EXTRA "))
}

/// Whether a placeholder such as `${name}` or `%d` is within the text.
fn has_placeholder(text: &str) -> bool {
    let is_directive = |(at, directive): (usize, &str)| {
        let after = text.get(at + directive.len()..).and_then(|rest| rest.chars().next());
        let before = text.get(..at).and_then(|rest| rest.chars().next_back());
        !after.is_some_and(char::is_alphanumeric) && !before.is_some_and(|c| c.is_ascii_digit() || c == '%')
    };
    if ["%s", "%d", "%v"].iter().any(|directive| text.match_indices(directive).any(is_directive)) {
        return true;
    }
    text.match_indices("${").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        rest.find('}').and_then(|end| rest.get(..=end)).is_some_and(is_placeholder)
    })
}

/// Whether it is a single placeholder: `{name}`, `${name}`, `#{name}`, `%s`.
fn is_placeholder(text: &str) -> bool {
    let inner =
        text.strip_prefix(['$', '#']).unwrap_or(text).strip_prefix('{').and_then(|t| t.strip_suffix('}'));
    let is_path = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
    };
    inner.is_some_and(is_path) || ["%s", "%d", "%v"].contains(&text)
}

#[cfg(test)]
mod tests {
    use super::Mistake;

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
            ("System.Collections.Generic.List`1[System.String]", Mistake::Object),
            ("System.Byte[]", Mistake::Object),
            ("[B@1b6d3586", Mistake::Object),
            ("function () { return 1 }", Mistake::Object),
            ("() => 1", Mistake::Object),
            ("0xc00001230f", Mistake::Object),
            ("Price(seq=1, symbol=ABC)", Mistake::Object),
            ("{\"type\":\"Buffer\",\"data\":[123,34]}", Mistake::Object),
            ("Decimal('1.20')", Mistake::PythonLiteral),
            ("datetime.datetime(2026, 11, 30, 9, 1)", Mistake::PythonLiteral),
            ("OrderedDict([('a', 1)])", Mistake::PythonLiteral),
            ("#{price}", Mistake::Placeholder),
            ("price is %d EUR", Mistake::PlaceholderWithin),
            ("{&quot;a&quot;:1}", Mistake::EscapedForHtml),
            ("%7B%22a%22%3A1%7D", Mistake::PercentEncoded),
            ("('item', 5, None, 1.5)", Mistake::PythonLiteral),
            ("\"{\\\"a\\\":1}\"", Mistake::EncodedTwice),
            ("{\"name\":\"JosÃ©\"}", Mistake::Utf8Twice),
            ("hello\\n\\n", Mistake::EscapedLineBreak),
            ("undefined", Mistake::NoValue),
            ("None", Mistake::NoValue),
            ("{\"price\": ${stock.price}}", Mistake::PlaceholderWithin),
            ("{\"price\": NaN}", Mistake::NotJson),
            ("{\"price\": undefined}", Mistake::NotJson),
            ("{\"price\": 1,}", Mistake::NotJson),
            ("[{\"text\": \"cut o", Mistake::NotJson),
            ("TypeError: Cannot read properties of undefined (reading 'price')", Mistake::ErrorMessage),
            ("Error: x\n    at f (/app/x.js:1:2)", Mistake::ErrorMessage),
            ("json: unsupported type: func()", Mistake::ErrorMessage),
            ("{\"name\":\"Caf\u{FFFD}\"}", Mistake::Replaced),
            ("a: 1,[object Object]", Mistake::Object),
            ("Price { seq: 1, name: Some(\"x\") }", Mistake::Object),
            ("main.price{Seq:1}", Mistake::Object),
            ("0x35ac8f12e0e0", Mistake::Object),
            ("{5 0x35ac8f12e0e0}", Mistake::Object),
            ("{5 item <nil>}", Mistake::Object),
            ("[123 34 115 101 113 34 58 49 125]", Mistake::Bytes),
            ("\"eyJzZXEiOjF9\"", Mistake::EncodedTwice),
            ("5 %!s(MISSING)", Mistake::Placeholder),
            ("Array", Mistake::NoValue),
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
            "\"text\"",
            "\"{not JSON\"",
            "José",
            "50%d",
            "%7Bnothing",
            "('it', she said)",
            "(1, 2)",
            "100 % done",
            "f(x)",
            "functions are nice",
            "0xdeadbeef",
            "0xc0ffee",
            "a &quot; b",
            "see (x=1)",
            "Price (seq=1)",
            "Decimal",
            "System.online",
            "{\"a\": \"\\ud83d\"}",
            "{\"a\": 1e999}",
            "{name} joined",
            "[INFO] started",
            "Error: disk full",
            "Room { open }",
            "[1 2 3]",
            "0x52908400098527886e0f7030069857d2e4169ee7",
            "\"eyJhbGciOiJIUzI1NiJ9.e30.x\"",
            "Arrays",
        ] {
            assert_eq!(Mistake::of(text), None, "{text}");
        }
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
