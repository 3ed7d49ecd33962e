//! The lines of data and of comments.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>

use crate::defect::list::ServerDefect as Defect;
use crate::defect::switches::ServerDefects as Defects;

/// The longest line that servers with such a limit send unbroken, in bytes.
pub(crate) const LONG: usize = 32 * 1024;

/// The lines of an event's data: one more than it has line breaks.
pub(crate) fn data_lines(data: &str, defects: &Defects) -> Vec<String> {
    let has = |defect| defects.has(defect);
    let data = data_text(data, defects);
    if data.contains(['\n', '\r']) {
        if data.contains('\n') && has(Defect::DataLineFeedSent) {
            return vec![data];
        }
        if data.contains('\r') && has(Defect::DataReturnSent) {
            return data.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect();
        }
        if data.contains("\r\n") && has(Defect::CrlfIsTwoBreaks) {
            return split(&data.replace("\r\n", "\n\n"));
        }
        if data.contains('\r') && has(Defect::ReturnsEscaped) {
            return data.replace('\r', "\\r").split('\n').map(str::to_owned).collect();
        }
        if has(Defect::LineBreaksEscaped) {
            return vec![data.replace('\r', "\\r").replace('\n', "\\n")];
        }
    }
    let data = if data.contains(['\u{85}', '\u{2028}', '\u{2029}']) && has(Defect::SplitAtSeparators) {
        data.replace(['\u{85}', '\u{2028}', '\u{2029}'], "\n")
    } else if data.contains(['\u{b}', '\u{c}', '\u{1c}']) && has(Defect::SplitAtControls) {
        data.replace(['\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}'], "\n")
    } else {
        data
    };
    let mut lines = split(&data);
    if lines.len() > 1 {
        if lines.iter().any(String::is_empty) && has(Defect::EmptyLinesLost) {
            lines.retain(|line| !line.is_empty());
        } else if lines.last().is_some_and(String::is_empty) && has(Defect::LastBreakLost) {
            lines.pop();
        } else if lines.first().is_some_and(String::is_empty) && has(Defect::FirstBreakLost) {
            lines.remove(0);
        } else if has(Defect::LinesInReverse) {
            lines.reverse();
        } else if lines.len() > 1000 && has(Defect::ManyLinesCut) {
            lines.truncate(1000);
        }
    }
    if lines.iter().any(|line| line.ends_with(' ')) && has(Defect::TrailingSpacesLost) {
        lines.iter_mut().for_each(|line| line.truncate(line.trim_end_matches(' ').len()));
    }
    if lines.iter().any(|line| line.len() > LONG) && has(Defect::LongLinesFolded) {
        lines = lines.iter().flat_map(|line| pieces(line, LONG)).collect();
    }
    lines
}

/// The text of an event's data: unchanged.
fn data_text(data: &str, defects: &Defects) -> String {
    let has = |defect| defects.has(defect);
    if data.contains('\0') && has(Defect::DataCutAtNul) {
        return data.split('\0').next().unwrap_or_default().into();
    }
    if data.contains('\0') && has(Defect::NulLost) {
        return data.replace('\0', "");
    }
    if data.starts_with('\u{feff}') && has(Defect::MarkLost) {
        return data.trim_start_matches('\u{feff}').into();
    }
    if data.contains('\u{feff}') && has(Defect::MarksLost) {
        return data.replace('\u{feff}', "");
    }
    if data.starts_with(['\t', ' ']) && data.trim() != data && has(Defect::DataTrimmed) {
        return data.trim().into();
    }
    if data.contains(['<', '&']) && has(Defect::MarkupEscaped) {
        return data.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    }
    if data.starts_with(['{', '[', '"']) && has(Defect::JsonAgain) {
        return serde_json::to_string(data).unwrap_or_default();
    }
    if data.contains('\\') && has(Defect::EscapesInterpreted) {
        return data.replace("\\n", "\n").replace("\\\\", "\\");
    }
    if ["0", "null", "false"].contains(&data) && has(Defect::FalsyDataLost) {
        return String::new();
    }
    if data.len() > 65_535 && has(Defect::LongDataCut) {
        return pieces(data, 65_535).swap_remove(0);
    }
    if data.contains(|c: char| c.len_utf8() == 4) && has(Defect::AstralReplaced) {
        return data.replace(|c: char| c.len_utf8() == 4, "??");
    }
    data.into()
}

/// The lines of a comment: each becomes a comment.
pub(crate) fn comment_lines(text: &str, defects: &Defects) -> Vec<String> {
    let has = |defect| defects.has(defect);
    let is_sent = (text.contains('\n') && has(Defect::CommentLineFeedSent))
        || (text.contains('\r') && !text.contains('\n') && has(Defect::CommentReturnSent));
    if is_sent {
        return vec![text.into()];
    }
    if text.contains(['\n', '\r']) && has(Defect::CommentFlattened) {
        return vec![text.replace(['\n', '\r'], " ")];
    }
    split(text)
}

/// Splits text at its line endings: LF, CR, or CRLF.
fn split(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        lines.push(rest[..at].to_owned());
        let end = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[at + end..];
    }
    lines.push(rest.to_owned());
    lines
}

/// Text in pieces of at most this many bytes, cut between characters.
fn pieces(text: &str, most: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for character in text.chars() {
        if pieces.last().is_some_and(|piece| piece.len() + character.len_utf8() > most) {
            pieces.push(String::new());
        }
        pieces.last_mut().into_iter().for_each(|piece| piece.push(character));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn each_line_break_makes_a_line() {
        assert_eq!(split("a\nb\rc\r\nd\n\re"), ["a", "b", "c", "d", "", "e"]);
        assert_eq!((split(""), split("\n")), (vec![String::new()], vec![String::new(), String::new()]));
    }
}
