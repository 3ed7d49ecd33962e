//! The mock server with a scenario of three routes.

use std::net::Ipv4Addr;

use ssespec_mock_server::MockServer;
use ssespec_mock_server::scenario::settings::{Limits, Settings};
use ssespec_mock_server::wire::Detail;

use crate::Outcome;

/// How many flat-out routes there may be, each with its number of events.
pub(crate) const COUNTS: [usize; 6] = [2_000_000, 200_000, 20_000, 2_000, 200, 20];

pub(crate) fn serve() -> Outcome<()> {
    let event = std::env::var("EVENT")?;
    let mut scenario = String::new();
    let mut route = |path: String, step: String| {
        scenario.push_str(&format!("[[route]]\npath = {path:?}\n[[route.connection]]\nsteps = [{step}]\n"));
    };
    for count in COUNTS {
        let steps =
            format!("{{ repeat = {{ times = {count}, steps = [{{ send = {event:?} }}] }} }}, \"end\"");
        route(format!("/flat/{count}"), steps);
    }
    let count = crate::TIMED;
    let steps =
        format!("{{ repeat = {{ times = {count}, every = \"100ms\", steps = [{{ send = {event:?} }}] }} }}");
    route(format!("/timed/{count}"), steps);
    route("/timed/1".into(), format!("{{ send = {event:?} }}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut settings = Settings::default();
        settings.limits = Limits::default().connections(19_000);
        settings.detail = Detail::Outline;
        let server = MockServer::start_with(&*scenario, (Ipv4Addr::LOCALHOST, 0).into(), settings).await?;
        println!("{}", server.address().port());
        std::future::pending::<()>().await;
        Ok(())
    })
}
