use super::*;

#[test]
fn every_capability_has_a_name_and_a_meaning() {
    assert_eq!(Capability::ALL.len(), Capability::NAMES.len());
    for (capability, name) in Capability::ALL.iter().zip(Capability::NAMES) {
        assert_eq!(capability.name(), *name);
        assert_eq!(capability.to_string(), *name);
        assert_eq!(name.parse(), Ok(*capability));
        assert!(!capability.meaning().trim().is_empty());
    }
}

#[test]
fn names_differ() {
    let mut names = Capability::NAMES.to_vec();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Capability::NAMES.len());
}

#[test]
fn a_near_miss_is_named() {
    let error = |name: &str| name.parse::<Capability>().expect_err("it is none").to_string();
    assert_eq!(error("error"), "unknown capability \"error\", did you mean \"errors\"?");
    assert_eq!(error("event_id"), "unknown capability \"event_id\", did you mean \"event-id\"?");
    let far = error("teleport");
    assert!(far.starts_with("unknown capability \"teleport\"; known are reconnect, close,"), "{far}");
}
