//! The events of a server, with what is wrong with them.

use std::collections::BTreeSet;

use crate::flaw::Flaw::{self, *};

/// An event, with its blank line.
pub(crate) fn frame(number: u64, flaws: &BTreeSet<Flaw>) -> Vec<u8> {
    let has = |flaw| flaws.contains(&flaw);
    let id = match number {
        _ if has(SameId) => "id: 7\n".into(),
        number if has(SomeIds) && number % 2 == 0 => String::new(),
        number if has(SpacedIds) => format!("id: {number} \n"),
        number => format!("id: {number}\n"),
    };
    let data = match number {
        _ if has(BareCr) => "data: first\rsecond line\n",
        _ if has(Unsplit) => "data: {\n  \"a\": 1\n}\n",
        _ if has(Misspelled) => "Data: x\ndata: x\n",
        _ if has(UnknownField) => "topic: x\ndata: x\n",
        _ if has(UnicodeLineEnds) => {
            return format!("id: {number}\u{2028}data: x\u{2028}\u{2028}").into_bytes();
        }
        _ if has(Base64Lines) => return b"ZGF0YTogeAoK\n".to_vec(),
        number if has(JsonLines) => return format!("{{\"id\": {number}, \"data\": \"x\"}}\n").into_bytes(),
        _ if has(QuotedTypes) => "event: \"tick\"\ndata: x\n",
        _ if has(PercentEncoded) => "data: %7B%22a%22%3A1%7D\n",
        number if has(TypePerEvent) => return format!("event: tick-{number}\ndata: x\n\n").into_bytes(),
        _ if has(BrokenJson) => "data: {\"price\": NaN}\n",
        _ if has(EmptyObjects) => "data: {}\n",
        _ if has(ErrorMessages) => "data: TypeError: Cannot read properties of undefined\n",
        _ if has(EscapedLineBreaks) => return b"data: x\\n\\n".to_vec(),
        _ if has(NoColon) => "data {\"a\":1}\n",
        _ if has(NoData) => "event: tick\n",
        number if has(EmptyKeepAlives) && number % 2 == 0 => return b"data:\n\n".to_vec(),
        _ if has(KeepAliveEvents) => "event: ping\ndata: x\n",
        _ if has(DataTwice) => "data: data: x\n",
        _ if has(ObjectAsText) => "data: [object Object]\n",
        _ if has(BytesAsText) => "data: b'{\"a\": 1}'\n",
        _ if has(UndefinedValue) => "data: undefined\n",
        number if has(ErrorPageWithin) && number % 3 == 0 => {
            return b"<!DOCTYPE html>\n<title>Internal Server Error</title>\n\n".to_vec();
        }
        number if has(OddWords) && number % 3 == 0 => "data: undefined\n",
        number if has(OddWords) && number % 3 == 1 => "data: None\n",
        number if has(OddWords) && number % 5 == 0 => "data: [object Object]\n",
        _ if has(LateBom) => "\u{feff}data: x\ndata: x\n",
        _ => "event: tick\ndata: {\"a\":1}\n",
    };
    let mut text = format!("{id}{data}").into_bytes();
    if has(InvalidUtf8) {
        text.extend(b"data: caf\xE9\n");
    }
    if !has(NoBlankLines) {
        text.push(b'\n');
    }
    text
}
