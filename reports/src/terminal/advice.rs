//! The settings that may mend the failures of a run.

use std::fmt::Write;

use super::paint::Paint;
use crate::advice::{Advice, KnownProxy, Recommendation};
use crate::limits;
use crate::visible;

/// The settings that may mend the failures of a run; empty if there are none.
pub(super) fn advice(advice: &Advice, paint: Paint) -> String {
    let mut text = String::new();
    match advice {
        Advice::Nothing => {}
        Advice::NameTheProgram => {
            let programs = KnownProxy::ALL.map(KnownProxy::word).join(", ");
            let note = format!(
                "Settings of some proxies mend such failures. --kind names the proxy, which was not recognized: {programs}"
            );
            let _ = writeln!(text, "\n{}", paint.quiet(note));
        }
        Advice::Settings(program, recommendations) => {
            let heading =
                format!("Settings of {} that mend such failures, if they are missing", program.title());
            let _ = writeln!(text, "\n{}", paint.strong(heading));
            for one in recommendations {
                text.push_str(&setting(one, paint));
            }
        }
    }
    text
}

fn setting(one: &Recommendation, paint: Paint) -> String {
    let mut text = String::new();
    for line in one.setting.lines() {
        let _ = writeln!(text, "  {}", paint.good(line));
    }
    let cases = match one.cases.as_slice() {
        [case] => visible::line(case, limits::ID),
        cases => format!("{} cases", cases.len()),
    };
    let _ = writeln!(text, "    {}; against {} ({cases})", one.place, one.mends);
    let _ = writeln!(text, "    {}", paint.quiet(one.link));
    text
}
