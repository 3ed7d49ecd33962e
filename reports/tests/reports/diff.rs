//! Two runs compared.

use insta::assert_snapshot;
use ssespec_reports::{
    diff::{ChangeKind, diff},
    terminal::Style,
};

use crate::files::{read, results, text};

#[test]
fn two_versions() {
    let (before, after) = (results("before"), results("after"));
    let forward = diff(&before, &after);
    assert!(forward.broken_any());
    assert_snapshot!("diff-text", forward.text(Style::default()));
    assert_snapshot!("diff-markdown", forward.markdown());
}

#[test]
fn backwards_what_was_broken_is_fixed() {
    let (before, after) = (results("before"), results("after"));
    let (forward, backward) = (diff(&before, &after), diff(&after, &before));
    let ids = |diff: &ssespec_reports::diff::Diff<'_>, kind| -> Vec<String> {
        diff.of(kind).map(|change| change.case.to_owned()).collect()
    };
    for (one, other) in [
        (ChangeKind::Broken, ChangeKind::Fixed),
        (ChangeKind::New, ChangeKind::Gone),
        (ChangeKind::Changed, ChangeKind::Changed),
    ] {
        assert_eq!(ids(&forward, one), ids(&backward, other));
        assert_eq!(ids(&forward, other), ids(&backward, one));
    }
}

#[test]
fn a_run_and_itself() {
    let run = results("verdicts");
    let same = diff(&run, &run);
    assert!(!same.broken_any());
    assert_eq!(same.same(), 16);
    assert_snapshot!("diff-same", same.text(Style::default()));
    assert_snapshot!("diff-same-markdown", same.markdown());
}

#[test]
fn an_incomplete_run_says_so() {
    let (before, after) = (results("all-pass"), results("incomplete"));
    assert_snapshot!("diff-incomplete", diff(&before, &after).text(Style::default()));
}

#[test]
fn hostile_runs() {
    let (before, after) = (results("all-pass"), results("hostile"));
    assert_snapshot!("diff-hostile", diff(&before, &after).text(Style::default()));
    assert_snapshot!("diff-hostile-markdown", diff(&before, &after).markdown());
}

#[test]
fn a_comment_stays_short() {
    let mut many = text("all-pass");
    let line = many.lines().nth(1).unwrap().to_owned();
    let footer = many.lines().last().unwrap().to_owned();
    many.truncate(many.len() - footer.len() - 1);
    for number in 0..3000 {
        many.push_str(&line.replace("data-appends", &format!("case-number-{number}")));
        many.push('\n');
    }
    many.push_str(&footer);
    let (before, after) = (results("all-pass"), read("many", &many));
    let page = diff(&before, &after).markdown();
    assert!(page.chars().count() < 60_000);
    assert!(page.contains("more cases are omitted"));
    assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
}
