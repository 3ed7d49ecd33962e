//! Checking adapters: what the reference implementations are told when they claim what they do, and when they claim nothing.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use ssespec::adapter_check::{AdapterCheck, Found, Subject, check};
use ssespec::run::{Baseline, Deaths, Launch, Rerun, Run, Selection, Tls};
use ssespec::session::Patience;
use ssespec_cases::{Capability, Corpus};
use ssespec_mock_server::wire::BarrierMode;
use ssespec_mock_server::wire::tls::Identity;

async fn checked(launch: Launch) -> AdapterCheck {
    let identity = Identity::generate(&[]).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, identity.authority()).expect("a file");
    let run = Run {
        corpus: Arc::new(Corpus::default()),
        launch,
        selection: Selection::default(),
        baseline: Baseline::default(),
        patience: Patience::default(),
        lanes: 1,
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        barrier: BarrierMode::Auto,
        tls: Some(Tls { identity, ca_file }),
        deaths: Deaths::Counted,
        rerun: Rerun::Command("check".into()),
    };
    check(&run).await.expect("an adapter that works")
}

/// The outcome for a capability, if there is one.
fn of(check: &AdapterCheck, capability: Capability) -> Option<&Found> {
    let finding = check.findings.iter().find(|finding| finding.subject == Subject::Capability(capability));
    finding.map(|finding| &finding.outcome)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_does_what_it_claims() {
    for launch in [ssespec_reference::client().into(), ssespec_reference::server().into()] {
        let check = checked(launch).await;
        assert!(check.is_sound(), "{:?}", check.findings);
        for capability in &check.identity.capabilities {
            let found = of(&check, *capability);
            // Browsers have capabilities of their own.
            assert!(matches!(found, Some(Found::Works | Found::LeftToCases)), "{capability}: {found:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_claimed_is_seen() {
    let mut client = ssespec_reference::client();
    client.identity_mut().capabilities.clear();
    let check = checked(client.into()).await;
    assert!(check.is_sound(), "{:?}", check.findings);
    for capability in [Capability::EventType, Capability::EventId, Capability::Opened, Capability::Reconnect]
    {
        assert_eq!(of(&check, capability), Some(&Found::Unclaimed), "{capability}");
    }
    // It gets no orders that it may not know.
    assert_eq!(of(&check, Capability::Close), None);
}
