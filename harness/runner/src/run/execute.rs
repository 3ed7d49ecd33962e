//! Executing a run: the header, the lanes, the footer.

use std::sync::Arc;
use std::time::Instant;

#[cfg(feature = "intermediary")]
use ssespec_cases::Capability;
use ssespec_reports::results::{
    Adapter as AdapterRecord, Header, Implementation, Platform, Protocol, Record, Role,
    Selection as SelectionRecord, Transport, V1,
};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::conclusion::{Conclusion, timestamp};
use super::error::RunError;
use super::ledger::Ledger;
use super::open_stage;
use super::over_page::beyond_a_page;
use super::over_service::beyond_a_service;
#[cfg(feature = "intermediary")]
use super::plan::Trial;
use super::plan::{self, Plan, Selection, SkipReason};
#[cfg(feature = "command")]
use super::processor_time::ProcessorClock;
use super::protocol_needs::lacking_for;
use super::schedule::Schedule;
use super::settings::Run;
use super::{setting, smoke, verdict};
use crate::adapter::fault::Fault;
use crate::adapter::identity::Identity;
#[cfg(feature = "intermediary")]
use crate::session::intermediary::preflight;
use crate::session::outcome::Close;
use crate::session::stage::Stage;

impl Run {
    /// Runs the plan. Every record goes to `sink` in order: the header, each result immediately, the footer.
    ///
    /// # Errors
    /// If the run cannot begin; then the sink got nothing.
    pub async fn execute(&self, sink: &mut (dyn FnMut(Record) + Send)) -> Result<Conclusion, RunError> {
        let began = Instant::now();
        #[cfg(feature = "command")]
        let clock = ProcessorClock::read();
        self.check_pages()?;
        let mut stage = self.open(self.first_protocol()).await?;
        if let Err(error) = self.check_spoken(stage.adapter.identity()) {
            open_stage::close(stage).await;
            return Err(error);
        }
        let close = smoke::check(&mut stage, &self.launch, self.patience).await.map_err(adapter_error)?;
        self.check_others(stage.adapter.identity()).await?;
        #[cfg(feature = "intermediary")]
        let abilities = match self.launch.proxy() {
            Some(proxy) => Some(preflight::check(proxy).await?),
            None => None,
        };
        #[cfg_attr(not(feature = "intermediary"), expect(unused_mut, reason = "intermediaries change it"))]
        let mut identity = stage.adapter.identity().clone();
        #[cfg(feature = "intermediary")]
        if let Some(abilities) = &abilities {
            abilities.name.clone_into(&mut identity.name);
            abilities.version.clone_into(&mut identity.version);
            identity.language.clear();
            // Those of the client are not its own.
            identity.capabilities.remove(&Capability::Http2);
            identity.capabilities.remove(&Capability::Tls);
            identity.capabilities.extend(abilities.http2.then_some(Capability::Http2));
            identity.capabilities.extend(abilities.reloads.then_some(Capability::Reload));
            identity.capabilities.extend(abilities.http2_upstream.then_some(Capability::Http2Upstream));
        }
        let starts = stage.lane_page.starts.clone();
        let mut plan = self.plan(&identity);
        match self.launch.transport() {
            Transport::Service => plan.skip(|case| beyond_a_service(case).map(SkipReason::NotOfService)),
            Transport::Page => plan.skip(|case| beyond_a_page(case).map(SkipReason::NotOfPage)),
            _ => {}
        }
        // Failures often show as timeouts, and long waits should start early.
        plan.trials.sort_by_key(|trial| !self.baseline.expects(&trial.case.id));
        if plan.is_empty() {
            open_stage::close(stage).await;
            return Err(RunError::NothingSelected(self.selection.describe()));
        }
        #[cfg(feature = "page")]
        let mut shown = |record: Record| {
            if let Some(board) = self.launch.board() {
                board.record(&record, |suite| self.selection.decides(suite));
            }
            sink(record);
        };
        #[cfg(feature = "page")]
        let sink: &mut (dyn FnMut(Record) + Send) = &mut shown;
        #[cfg(feature = "page")]
        if let Some(board) = self.launch.board() {
            let trials = plan.trials.iter().chain(plan.skipped.iter().map(|skipped| &skipped.trial));
            board.plan(trials.map(|trial| (trial.case.id.as_str(), trial.case.title.as_str())));
        }
        #[cfg(feature = "intermediary")]
        if abilities.is_some() {
            // The others are those of the client in front of it.
            identity.capabilities.retain(|capability| Capability::INTERMEDIARY.contains(&capability.word()));
        }
        let header = self.header(&identity);
        #[cfg(feature = "intermediary")]
        let header = {
            let mut header = header;
            header.implementation.program =
                abilities.as_ref().and_then(|abilities| abilities.program).map(|program| program.to_string());
            header
        };
        sink(Record::Header(Box::new(header)));
        let mut ledger = Ledger::new(self, began);
        for skipped in &plan.skipped {
            let result = verdict::skipped(self, skipped);
            ledger.enter(result, sink);
        }
        #[cfg(feature = "intermediary")]
        if abilities.is_some_and(|abilities| !abilities.passes_events) {
            let is_client_case = |trial: &Trial| trial.case.role() == ssespec_cases::Role::Client;
            let (through, others) = plan.trials.into_iter().partition(is_client_case);
            plan.trials = others;
            for trial in through {
                ledger.enter(verdict::held_back(self, &trial), sink);
            }
        }
        if !self.launch.can_be_measured() {
            let (measured, others) = plan.trials.into_iter().partition(setting::measures);
            plan.trials = others;
            for trial in measured {
                ledger.enter(verdict::not_measured(self, &trial), sink);
            }
        }
        self.play((stage, close), plan, &mut ledger, sink).await;
        ledger.compare_facts(sink);
        #[cfg_attr(not(feature = "command"), expect(unused_mut, reason = "only the command measures it"))]
        let (mut footer, conclusion) = ledger.footer(starts.total());
        #[cfg(feature = "command")]
        {
            footer.processor = clock.zip(ProcessorClock::read()).map(|(earlier, now)| now.since(earlier));
        }
        sink(Record::Footer(Box::new(footer)));
        #[cfg(feature = "page")]
        if let Some(board) = self.launch.board() {
            board.parted().await;
        }
        Ok(conclusion)
    }

    async fn play(
        &self,
        (first, close): (Stage, Close),
        plan: Plan,
        ledger: &mut Ledger<'_>,
        sink: &mut (dyn FnMut(Record) + Send),
    ) {
        let (tell, mut news) = mpsc::unbounded_channel();
        let schedule = Arc::new(Schedule::new(self.clone(), (first, close), tell));
        // A set, so that everything ends if the run is dropped.
        let mut playing = JoinSet::new();
        playing.spawn(schedule.play(plan.trials));
        // The schedule is gone when nothing more can come.
        while let Some(item) = news.recv().await {
            ledger.take(item, sink);
            if ledger.is_over() {
                break;
            }
        }
    }

    /// Checks that no page is asked to speak what browsers do not.
    fn check_pages(&self) -> Result<(), RunError> {
        let other = self.selection.protocols.iter().find(|protocol| **protocol == Protocol::Http2);
        match other.filter(|_| self.launch.transport() == Transport::Page) {
            Some(protocol) => Err(RunError::NotForPages(*protocol)),
            None => Ok(()),
        }
    }

    /// Checks that a client speaks the first protocol.
    fn check_spoken(&self, identity: &Identity) -> Result<(), RunError> {
        let protocol = self.first_protocol();
        let lacking = lacking_for(protocol, &identity.capabilities);
        if lacking.is_empty() || self.launch.role() != Role::Client {
            return Ok(());
        }
        Err(RunError::NotSpoken { name: identity.name.clone(), protocol, lacking })
    }

    /// Plays the smoke check over the other protocols that a client speaks.
    async fn check_others(&self, identity: &Identity) -> Result<(), RunError> {
        if self.launch.role() != Role::Client {
            return Ok(());
        }
        let others = self.plan(identity).protocols();
        for protocol in others.into_iter().filter(|protocol| *protocol != self.first_protocol()) {
            let mut stage = self.open(protocol).await?;
            let checked = smoke::check(&mut stage, &self.launch, self.patience).await;
            open_stage::close(stage).await;
            checked.map_err(adapter_error)?;
        }
        Ok(())
    }

    /// What is played with this implementation.
    fn plan(&self, identity: &Identity) -> Plan {
        Plan::of_role(self.launch.role(), &self.corpus, &self.selection, &identity.capabilities)
    }

    /// The protocols of a run, which are those of all its shards, unless they are the usual one.
    fn protocol_names(&self, identity: &Identity) -> Vec<String> {
        let mut protocols = self.selection.protocols.clone();
        let whole = Selection { shard: None, ..self.selection.clone() };
        let plan = Plan::of_role(self.launch.role(), &self.corpus, &whole, &identity.capabilities);
        protocols.extend(
            plan.protocols().into_iter().filter(|protocol| !self.selection.protocols.contains(protocol)),
        );
        let is_usual = protocols.iter().all(|protocol| *protocol == Protocol::Http1);
        protocols.iter().filter(|_| !is_usual).map(|protocol| protocol.name().into()).collect()
    }

    fn header(&self, identity: &Identity) -> Header {
        Header {
            v: V1,
            suite_version: env!("CARGO_PKG_VERSION").into(),
            implementation: Implementation {
                name: identity.name.clone(),
                version: identity.version.clone(),
                language: identity.language.clone(),
                role: self.launch.role(),
                program: None,
            },
            adapter: AdapterRecord {
                transport: self.launch.transport(),
                capabilities: identity.capabilities.iter().map(ToString::to_string).collect(),
            },
            platform: Platform { os: std::env::consts::OS.into(), arch: std::env::consts::ARCH.into() },
            started: timestamp(),
            selection: SelectionRecord {
                filters: self.selection.filters.iter().map(|filter| filter.glob().to_string()).collect(),
                deliveries: plan::deliveries(self.launch.role(), &self.selection)
                    .iter()
                    .map(|kind| kind.name().into())
                    .collect(),
                protocols: self.protocol_names(identity),
                suites: self.selection.suites.clone(),
                levels: self.selection.levels.iter().map(|level| verdict::level(*level)).collect(),
                shard: self.selection.shard,
                deciding: self.selection.deciding,
                variation: self.selection.variation,
            },
            requirements: self.corpus.requirements.values().map(verdict::requirement).collect(),
            known_failures: self.baseline.entries().cloned().collect(),
        }
    }
}

fn adapter_error((fault, stderr): (Fault, String)) -> RunError {
    RunError::Adapter { fault: Box::new(fault), stderr }
}
