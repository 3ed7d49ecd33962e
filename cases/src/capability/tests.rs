use super::*;

#[test]
fn every_capability_has_a_word_and_a_meaning() {
    for (capability, word) in Capability::ALL.iter().zip(Capability::WORDS) {
        assert_eq!(capability.to_string(), *word);
        assert_eq!(word.parse(), Ok(*capability));
        for role in Role::ALL {
            assert!(!capability.meaning(*role).is_empty());
        }
    }
}

#[test]
fn words_differ() {
    let mut words = Capability::WORDS.to_vec();
    words.sort_unstable();
    words.dedup();
    assert_eq!(words.len(), Capability::ALL.len());
}

#[test]
fn a_near_miss_is_named() {
    let error = |name: &str| name.parse::<Capability>().expect_err("it is not a capability").to_string();
    assert_eq!(error("error"), "unknown capability \"error\", did you mean \"errors\"?");
    assert_eq!(error("event_id"), "unknown capability \"event_id\", did you mean \"event-id\"?");
    let far = error("teleport");
    assert!(far.starts_with("unknown capability \"teleport\"; known are requests, reconnect,"), "{far}");
}

#[test]
fn a_client_that_reconnects_makes_requests() {
    let among = |capability: Capability, stated: &[Capability]| {
        capability.is_among(&stated.iter().copied().collect())
    };
    assert!(among(Capability::Requests, &[Capability::Requests]));
    assert!(among(Capability::Requests, &[Capability::Close, Capability::Reconnect]));
    assert!(!among(Capability::Requests, &[Capability::Close, Capability::Headers]));
    assert!(!among(Capability::Reconnect, &[Capability::Requests]));
}
