//! One report of a test service.

use serde::Deserialize;

use crate::protocol::{Event, Observation};

/// A report. Fields that are not known are ignored, as services of later versions may have them.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Callback {
    Event {
        event: Reported,
    },
    Comment {
        comment: String,
    },
    Error {
        #[serde(default)]
        error: Option<String>,
    },
}

/// An event as a service reports it.
#[derive(Debug, Deserialize)]
struct Reported {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    data: String,
    #[serde(default)]
    id: Option<String>,
}

/// What a report shows.
///
/// # Errors
/// If it is none; in words.
pub(super) fn shown(json: &[u8]) -> Result<Observation, String> {
    let callback = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    Ok(match callback {
        Callback::Event { event: Reported { kind, data, id } } => {
            let event = Event::new(data);
            // The protocol leaves out the type of an event that has none of its own.
            let event = event.kind(kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "message".into()));
            Observation::Event(match id {
                Some(id) => event.id(id),
                None => event,
            })
        }
        // The text is what follows the colon, here and there.
        Callback::Comment { comment } => Observation::Comment { text: comment },
        Callback::Error { error } => {
            Observation::Error { message: error.unwrap_or_default(), ready_state: None }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: &str) -> Result<Observation, String> {
        shown(json.as_bytes())
    }

    #[test]
    fn an_event_without_a_type_is_a_message() {
        let event = Event::new("a").kind("message");
        assert_eq!(text(r#"{"kind":"event","event":{"data":"a"}}"#), Ok(Observation::Event(event.clone())));
        assert_eq!(text(r#"{"kind":"event","event":{"type":"","data":"a"}}"#), Ok(Observation::Event(event)));
    }

    #[test]
    fn all_of_an_event_is_shown() {
        let event = Event::new("a").kind("put").id("5");
        let json = r#"{"kind":"event","event":{"type":"put","data":"a","id":"5"},"later":1}"#;
        assert_eq!(text(json), Ok(Observation::Event(event)));
    }

    #[test]
    fn comments_and_errors_are_shown() {
        let comment = Observation::Comment { text: " a".into() };
        assert_eq!(text(r#"{"kind":"comment","comment":" a"}"#), Ok(comment));
        let error = Observation::Error { message: "lost".into(), ready_state: None };
        assert_eq!(text(r#"{"kind":"error","error":"lost"}"#), Ok(error));
    }

    #[test]
    fn what_is_no_report_is_said() {
        assert!(text("{}").is_err_and(|error| error.contains("missing field `kind`")));
        assert!(
            text(r#"{"kind":"event","event":{}}"#).is_err_and(|error| error.contains("missing field `data`"))
        );
        assert!(text(r#"{"kind":"other"}"#).is_err_and(|error| error.contains("unknown variant `other`")));
    }
}
