//! Which fields an intermediary adds to messages and removes from them.

use std::collections::BTreeSet;

use ssespec_cases::intermediary::FieldChange;

use super::session::Session;
use crate::session::server::outlet;

/// The fields of the connection and of the framing, which are each connection's own.
const OF_THE_CONNECTION: [&str; 4] = ["connection", "content-length", "keep-alive", "transfer-encoding"];

impl Session<'_> {
    /// The names of the fields that were added to, or removed from, the last request. `None` if there was none.
    pub(super) fn request_fields(&self, change: FieldChange) -> Option<String> {
        let front = self.fronts.last()?;
        let (place, _) = self.stage.base.front()?;
        let sent = outlet::fields(place.of(front.stream.request.http), &front.stream.request);
        let came = self.groups.get(&self.current)?.requests.last()?;
        let came = &came.exchange.request().headers;
        Some(changed(
            change,
            &names(sent.iter().map(|(name, _)| name)),
            &names(came.iter().map(|(name, _)| name)),
        ))
    }

    /// The names of the fields that were added to, or removed from, the last response. `None` if there was none.
    pub(super) fn response_fields(&self, change: FieldChange) -> Option<String> {
        let came = &self.fronts.last()?.stream.head.as_ref()?.fields;
        let sent = self.groups.get(&self.current)?.requests.last()?.sent_fields.as_ref()?;
        Some(changed(change, &names(sent.iter()), &names(came.iter().map(|(name, _)| name))))
    }
}

fn names<'n>(names: impl Iterator<Item = &'n String>) -> BTreeSet<String> {
    let names = names.map(|name| name.to_ascii_lowercase());
    names.filter(|name| !OF_THE_CONNECTION.contains(&name.as_str())).collect()
}

/// The names that one side has and the other lacks.
fn changed(change: FieldChange, sent: &BTreeSet<String>, came: &BTreeSet<String>) -> String {
    let changed: Vec<&str> = match change {
        FieldChange::Added => came.difference(sent).map(String::as_str).collect(),
        FieldChange::Removed => sent.difference(came).map(String::as_str).collect(),
    };
    if changed.is_empty() { "none".into() } else { changed.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_case_and_without_framing() {
        let of = |list: &[&str]| names(list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>().iter());
        let sent = of(&["Host", "accept", "TE", "Connection"]);
        let came = of(&["host", "Accept", "Via", "transfer-encoding", "X-Forwarded-For"]);
        assert_eq!(changed(FieldChange::Added, &sent, &came), "via, x-forwarded-for");
        assert_eq!(changed(FieldChange::Removed, &sent, &came), "te");
        assert_eq!(changed(FieldChange::Removed, &sent, &sent), "none");
    }
}
