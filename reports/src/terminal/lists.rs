//! Lists of cases by their groups.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::{limits, visible};

/// The width of a line that lists cases.
const WIDTH: usize = 110;

/// How many lines of cases a cause has.
const LINES: usize = 6;

/// Cases by group: `client/lines: cr, crlf, lf`.
pub(super) fn lists(cases: &[String]) -> Vec<String> {
    let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for case in cases {
        let (group, name) = case.rsplit_once('/').unwrap_or(("", case));
        groups.entry(group).or_default().insert(name);
    }
    let (mut lines, mut left_out) = (Vec::new(), 0);
    for (group, names) in groups {
        let mut line = format!("{}:", visible::line(group, limits::ID));
        for (at, name) in names.iter().enumerate() {
            let name = visible::line(name, limits::ID);
            let comma = if at + 1 < names.len() { "," } else { "" };
            if line.len() + name.len() + 2 > WIDTH {
                lines.push(std::mem::replace(&mut line, "   ".to_owned()));
            }
            let _ = write!(line, " {name}{comma}");
            left_out += usize::from(lines.len() >= LINES);
        }
        lines.push(line);
    }
    lines.truncate(LINES);
    if left_out > 0 {
        lines.push(format!("… and {left_out} more"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_are_listed_by_group() {
        let cases = ["client/a/x", "client/b/y", "client/a/z"].map(str::to_owned);
        assert_eq!(lists(&cases), ["client/a: x, z", "client/b: y"]);
    }

    #[test]
    fn long_lists_are_cut() {
        let cases: Vec<String> = (0..300).map(|n| format!("client/a/a-long-name-{n:03}")).collect();
        let lines = lists(&cases);
        assert_eq!(lines.len(), LINES + 1);
        assert!(lines.iter().all(|line| line.len() <= WIDTH));
        let shown = lines.join(" ").matches("a-long-name").count();
        assert_eq!(lines[LINES], format!("… and {} more", 300 - shown));
    }
}
