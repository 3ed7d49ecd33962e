//! What is recorded for the report.

use ssespec_cases::client::ClientFact;

use super::session::Session;

impl Session<'_> {
    pub(super) fn record(&mut self, name: &str, of: &ClientFact) {
        let value = match of {
            ClientFact::Delay => self.delay.map(|delay| {
                // Half seconds: facts should not differ from run to run.
                let halves = (delay.as_secs_f64() * 2.0).round() / 2.0;
                format!("{halves:.1} s")
            }),
            ClientFact::Target => {
                let target = self.exchange.as_ref().map(|exchange| exchange.request().target.clone());
                target.map(|target| match self.relative(&target) {
                    Some(path) if path.is_empty() => "the session's URL".into(),
                    Some(path) => path,
                    None => target,
                })
            }
            ClientFact::Header(name) => self.exchange.as_ref().map(|exchange| {
                let values: Vec<String> = exchange
                    .request()
                    .header(name)
                    .map(|v| String::from_utf8_lossy(v).into_owned())
                    .collect();
                if values.is_empty() { "absent".into() } else { values.join(", ") }
            }),
            ClientFact::Attempts => self.attempts.map(|attempts| attempts.to_string()),
            ClientFact::Alternative { names } => self.progress.alternative(names),
        };
        self.progress.record(name, value);
    }
}
