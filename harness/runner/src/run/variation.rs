//! What a run varies of a case.

use ssespec_cases::client::Expectation;
use ssespec_cases::{Case, Kept, Script};
use ssespec_reports::results::{Framing, Variation};

/// What a run that varies this much varies of a case: nothing that the case is about.
pub(super) fn of_case(case: &Case, variation: Variation) -> Variation {
    let framing = match variation.framing {
        _ if case.keeps.contains(&Kept::Framing) || asks_for_a_connection(case) => Framing::default(),
        framing => framing,
    };
    let loss = variation.loss.filter(|_| !case.keeps.contains(&Kept::Loss));
    Variation { framing, loss }
}

/// Whether a case asks on which connection a request comes: one that delimits a body cannot be used again.
fn asks_for_a_connection(case: &Case) -> bool {
    let Script::Client(steps) = &case.script else { return false };
    steps.iter().flat_map(|step| step.kind.expectations()).any(|expected| match expected {
        Expectation::Request(request) => request.connection.is_some(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use ssespec_cases::format;
    use ssespec_diagnostics::Source;
    use ssespec_reports::results::Loss;

    use super::*;

    fn of(keys: &str, steps: &str) -> Variation {
        let text = format!("title = \"T\"\nrequirements = []\n{keys}\nsteps = [{steps}]\n");
        let case = format::read(&Source::new("a.toml", &text), "client/a/one").unwrap();
        of_case(&case, Variation { framing: Framing::Close, loss: Some(Loss::End) })
    }

    #[test]
    fn a_case_keeps_what_it_is_about() {
        let all = Variation { framing: Framing::Close, loss: Some(Loss::End) };
        assert_eq!(of("", "\"end\""), all);
        assert_eq!(of("keeps = [\"framing\"]", "\"end\"").framing, Framing::Chunked);
        assert_eq!(of("keeps = [\"framing\"]", "\"end\"").loss, Some(Loss::End));
        assert!(of("keeps = [\"framing\", \"loss\"]", "\"end\"").is_none());
    }

    #[test]
    fn a_connection_can_be_used_again_only_if_it_does_not_delimit_a_body() {
        let same = "\"end\", { expect-request = { connection = \"same\" } }";
        assert_eq!(of("", same).framing, Framing::Chunked);
        let either = "\"end\", { expect-one-of = [{ expect-request = { connection = \"same\" } }, \"expect-closed\"] }";
        assert_eq!(of("", either).framing, Framing::Chunked);
    }
}
