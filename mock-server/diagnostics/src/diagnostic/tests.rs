use super::*;

/// Findings with these starts and ends.
fn diagnostics(text: &str, spans: &[(usize, usize)]) -> Diagnostics {
    let one = |(start, end): &(usize, usize)| Diagnostic {
        span: *start..*end,
        message: "it is wrong".into(),
        label: "here".into(),
        hint: Some("right it".into()),
    };
    Diagnostics::new(Source::new("a.toml", text), spans.iter().map(one).collect())
}

#[test]
fn one_shows_its_line_and_what_to_do() {
    let expected = "\
error: it is wrong
 --> a.toml:2:5
  |
2 | b = 2
  |     ^ here
  |
  = help: right it";
    assert_eq!(diagnostics("a = 1\nb = 2\n", &[(10, 11)]).to_string(), expected);
}

#[test]
fn they_come_in_the_order_of_the_text_and_once() {
    let reported = diagnostics("a\nb\nc\n", &[(4, 5), (0, 1), (4, 5), (2, 3)]);
    let starts: Vec<usize> = reported.list().iter().map(|finding| finding.span.start).collect();
    assert_eq!(starts, [0, 2, 4]);
}

#[test]
fn places_outside_the_text_are_shown_at_its_end() {
    for (text, span) in [
        ("", (0, 0)),
        ("", (5, 9)),
        ("a", (1, 1)),
        ("é", (1, 1)),
        ("é", (0, 1)),
        ("é\n", (1, 2)),
        ("a\n", (2, 2)),
        ("abc", (2, 1)),
    ] {
        let reported = diagnostics(text, &[span]).to_string();
        assert!(reported.contains("--> a.toml:"), "{text:?} {span:?}\n{reported}");
        assert!(reported.contains("it is wrong") && reported.contains("here"), "{reported}");
    }
}

#[test]
fn many_are_cut_and_counted() {
    let text = "a\n".repeat(20);
    let spans = |count: usize| (0..count).map(|line| (line * 2, line * 2 + 1)).collect::<Vec<_>>();
    let shown = |count| diagnostics(&text, &spans(count)).to_string().matches("it is wrong").count();
    assert_eq!((shown(1), shown(SHOWN), shown(SHOWN + 1), shown(20)), (1, SHOWN, SHOWN, SHOWN));
    let last =
        |count| diagnostics(&text, &spans(count)).to_string().lines().last().unwrap_or_default().to_owned();
    assert_eq!(last(SHOWN + 1), "... and one more mistake in a.toml");
    assert_eq!(last(SHOWN + 2), "... and 2 more mistakes in a.toml");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let mut reported = diagnostics("a\u{1b}[31m\u{9b}1mb\n", &[(0, 1)]);
    reported.list[0].message = "\u{1b}[2J".into();
    reported.list[0].label = "\u{7}".into();
    reported.list[0].hint = Some("\u{9b}2J".into());
    let text = reported.to_string();
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
}

#[test]
fn findings_become_an_error_or_a_value() {
    let source = Source::new("a.toml", "a");
    assert_eq!(Findings::default().or(&source, Some(5)).ok(), Some(5));
    let mut findings = Findings::default();
    assert!(findings.is_empty());
    findings.add(0..1, "it is wrong", "here");
    assert_eq!(findings.len(), 1);
    let reported = findings.or(&source, Some(5)).expect_err("something was found");
    assert_eq!((reported.source().name(), reported.list().len()), ("a.toml", 1));
}
