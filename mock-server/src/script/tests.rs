use std::time::Duration;

use toml::de::DeTable;

use super::*;
use crate::action::BodyKind;
use crate::action::http2::{Control, ErrorCode, GoAway, LastStream, Settings};
use ssespec_diagnostics::Source;

/// Reads one step, which must be of the shape.
fn read_step(step: &str) -> Result<Option<Action>, String> {
    let source = Source::new("test", format!("steps = [{step}]"));
    let document = DeTable::parse(source.text()).expect("TOML");
    let steps = value::get(document.get_ref(), "steps").expect("steps");
    let entry = value::list(steps).next().expect("a step");
    let (verb, span, argument) = value::step(entry).expect("a verb");
    let mut findings = Findings::default();
    let action = read(verb, span, argument, &mut findings);
    findings.or(&source, Some(action)).map_err(|reported| reported.list()[0].message.clone())
}

#[track_caller]
fn action(step: &str) -> Action {
    read_step(step).expect("no mistake").expect("an action")
}

#[track_caller]
fn respond(options: &str) -> Respond {
    match action(&format!("{{ respond = {options} }}")) {
        Action::Respond(respond) => respond,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn mistake(step: &str) -> String {
    read_step(step).expect_err("a mistake")
}

#[test]
fn each_verb_is_read() {
    for (step, expected) in [
        (r#"{ send = "a\r\n\u0000\uFEFF" }"#, Action::Send("a\r\n\0\u{feff}".into())),
        (r#"{ send-hex = "ef bb" }"#, Action::Send(vec![0xef, 0xbb])),
        (r#"{ wait = "300ms" }"#, Action::Wait(Duration::from_millis(300))),
        (r#""end""#, Action::End),
        (r#"{ drop = "fin" }"#, Action::Drop(Drop::Fin)),
        (r#"{ drop = "reset" }"#, Action::Drop(Drop::Reset)),
        (r#"{ drop = { reset = "CANCEL" } }"#, Action::Drop(Drop::ResetWith(ErrorCode::Cancel))),
        (r#"{ trailers = { a = "1" } }"#, Action::Trailers(vec![("a".into(), "1".into())])),
        (r#""ping""#, Action::Control(Control::Ping)),
        (
            r#""goaway""#,
            Action::Control(Control::GoAway(GoAway { last: LastStream::This, code: ErrorCode::NoError })),
        ),
        (
            r#"{ goaway = { last-stream = "none", code = "ENHANCE_YOUR_CALM" } }"#,
            Action::Control(Control::GoAway(GoAway {
                last: LastStream::None,
                code: ErrorCode::EnhanceYourCalm,
            })),
        ),
        (
            r#"{ settings = { max-concurrent-streams = 3 } }"#,
            Action::Control(Control::Settings(Settings {
                max_concurrent_streams: Some(3),
                ..Settings::default()
            })),
        ),
        (r#"{ refuse = "2s" }"#, Action::Refuse(Duration::from_secs(2))),
        (r#"{ raw = "HTTP/1.1 200\r\n" }"#, Action::Raw("HTTP/1.1 200\r\n".into())),
        (r#""respond""#, Action::Respond(Respond::default())),
        (r#"{ respond = {} }"#, Action::Respond(Respond::default())),
    ] {
        assert_eq!(action(step), expected, "{step}");
    }
}

#[test]
fn every_action_can_be_read() {
    for verb in ACTIONS {
        let step = match verb.name {
            "respond" | "end" => format!("\"{}\"", verb.name),
            "send" | "raw" => format!("{{ {} = \"a\" }}", verb.name),
            "send-hex" => "{ send-hex = \"00\" }".to_owned(),
            "send-repeat" => "{ send-repeat = { text = \"a\", times = 1 } }".to_owned(),
            "drop" => "{ drop = \"fin\" }".to_owned(),
            "trailers" => "{ trailers = { a = \"1\" } }".to_owned(),
            name => format!("{{ {name} = \"1s\" }}"),
        };
        assert!(matches!(read_step(&step), Ok(Some(_))), "{step}");
    }
}

#[test]
fn other_verbs_are_left_to_the_caller() {
    assert_eq!(read_step("\"close\""), Ok(None));
    assert_eq!(read_step("{ expect-event = {} }"), Ok(None));
}

#[test]
fn a_response_has_what_is_written() {
    let full = respond(
        r#"{ status = 206, reason = "Part", headers = { X-A = "1", a = ["2", "3"], X-a = "" }, framing = "close" }"#,
    );
    assert_eq!(
        (full.status, full.reason.as_deref(), full.framing),
        (206, Some("Part"), Some(Framing::Close))
    );
    let fields = full.headers.expect("fields");
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("X-A", "1"), ("a", "2"), ("a", "3"), ("X-a", "")]);
}

#[test]
fn no_fields_are_something_else_than_none_named() {
    assert_eq!(respond("{}").headers, None);
    assert_eq!(respond("{ headers = {} }").headers, Some(Vec::new()));
    assert_eq!(respond("{ headers = { a = [] } }").headers, Some(Vec::new()));
}

#[test]
fn what_follows_a_head_is_as_the_format_says() {
    for (options, kind) in [
        ("{}", BodyKind::Open(Framing::Chunked)),
        ("{ status = 204 }", BodyKind::Complete),
        ("{ status = 404 }", BodyKind::Complete),
        ("{ status = 404, framing = \"chunked\" }", BodyKind::Open(Framing::Chunked)),
        ("{ framing = \"close\" }", BodyKind::Open(Framing::Close)),
        ("{ framing = \"length\", length = 9 }", BodyKind::Open(Framing::Length(9))),
        ("{ body = \"\" }", BodyKind::Complete),
        ("{ framing = \"length\", length = 9, body = \"a\" }", BodyKind::Complete),
        ("{ status = 100 }", BodyKind::Interim),
        ("{ status = 103, body = \"a\" }", BodyKind::Interim),
        ("{ status = 101 }", BodyKind::Complete),
    ] {
        assert_eq!(respond(options).body_kind(), kind, "{options}");
    }
}

#[test]
fn length_and_framing_go_together() {
    let needs = "framing = \"length\" needs a length";
    assert_eq!(mistake("{ respond = { framing = \"length\" } }"), needs);
    assert_eq!(mistake("{ respond = { framing = \"length\", body = \"a\" } }"), needs);
    let goes = "`length` requires framing = \"length\"";
    assert_eq!(mistake("{ respond = { length = 1 } }"), goes);
    assert_eq!(mistake("{ respond = { length = 1, framing = \"close\" } }"), goes);
}

#[test]
fn what_would_break_the_head_is_refused() {
    for end in ["\\r", "\\n", "\\r\\nx: y"] {
        assert_eq!(
            mistake(&format!("{{ respond = {{ reason = \"a{end}\" }} }}")),
            "a reason phrase with a line ending"
        );
        let value = "a header field value with a line ending";
        assert_eq!(mistake(&format!("{{ respond = {{ headers = {{ a = \"b{end}\" }} }} }}")), value);
        assert_eq!(mistake(&format!("{{ respond = {{ headers = {{ a = [\"b\", \"b{end}\"] }} }} }}")), value);
    }
    for name in ["\"\"", "\"a b\"", "\"a:\"", "\"é\"", "\"a\\n\"", "\"(a)\""] {
        let step = format!("{{ respond = {{ headers = {{ {name} = \"b\" }} }} }}");
        assert_eq!(mistake(&step), "this is not a header field name", "{step}");
    }
    assert!(respond("{ headers = { \"a!#$%&'*+.^_`|~9\" = \"é\\t\\u0000\" } }").headers.is_some());
}

#[test]
fn settings_set_something() {
    assert_eq!(mistake("{ settings = {} }"), "`settings` sets nothing");
}

#[test]
fn raw_writes_something() {
    assert_eq!(mistake("{ raw = \"\" }"), "`raw` writes nothing");
}

#[test]
fn a_repeated_pattern_is_text_or_bytes() {
    let repeat =
        |pattern: &[u8], times, write| Action::SendRepeat(Repeat { pattern: pattern.into(), times, write });
    assert_eq!(action("{ send-repeat = { text = \"ab\", times = 3 } }"), repeat(b"ab", 3, None));
    assert_eq!(
        action("{ send-repeat = { hex = \"00 ff\", times = 1, write = 1 } }"),
        repeat(&[0, 255], 1, Some(1))
    );
    for none in ["times = 1", "text = \"\", times = 1", "hex = \"\", times = 1"] {
        assert_eq!(
            mistake(&format!("{{ send-repeat = {{ {none} }} }}")),
            "`send-repeat` needs a pattern",
            "{none}"
        );
    }
    let two = "{ send-repeat = { text = \"a\", hex = \"00\", times = 1 } }";
    assert_eq!(mistake(two), "`send-repeat` has two patterns");
}
