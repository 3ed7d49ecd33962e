//! One implementation: who it is, how it was run, and everything that it did not pass.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;

use super::{
    all::All,
    cases::Case,
    frame::{Frame, Kind, Width},
    outcome::{class, word},
    prose::{Address, Piece, address, paragraph, sentence},
    result::RequirementBlock,
    run::{Cell, Run},
    summary::{Bar, bar},
};
use crate::{
    advice::{Advice, Recommendation},
    fold::Outcome,
    limits,
    origin::{Origin, origin},
    results::{Cause, KnownFailure, Level, NamedMistake, Protocol},
    terminal, visible,
};

/// The page of an implementation.
#[derive(Template)]
#[template(path = "implementation.html")]
pub(super) struct ImplementationPage {
    frame: Frame,
    identity: String,
    facts_of_run: Vec<(&'static str, String)>,
    shares: Vec<SuiteShares>,
    withheld: Option<&'static str>,
    capabilities: Vec<Capability>,
    lacking: Vec<Capability>,
    causes_heading: Option<String>,
    no_cause: Option<String>,
    causes: Vec<CauseShown>,
    unexplained: Vec<CaseLink>,
    program: Option<&'static str>,
    settings: Vec<SettingShown>,
    failures: Vec<FailedRequirement>,
    baseline: Vec<Entry>,
    stale: Vec<Entry>,
    unmatched: Vec<Entry>,
    skips: Vec<Skips>,
    facts: Vec<FactShown>,
    notes: Vec<String>,
}

/// The numbers of one suite.
struct SuiteShares {
    suite: String,
    must: Bar,
    should: Bar,
}

struct Capability {
    name: String,
    meaning: String,
}

/// A cause with links to its cases.
struct CauseShown {
    mistakes: Vec<MistakeShown>,
    cases: Vec<CaseLink>,
    more: usize,
    unjudged: usize,
}

/// A setting that may mend failures.
struct SettingShown {
    lines: String,
    place: &'static str,
    mends: String,
    link: Address,
    cases: Vec<CaseLink>,
}

struct MistakeShown {
    description: Vec<Piece>,
    origin: Address,
}

/// A case, linked to its evidence or to its own page.
struct CaseLink {
    id: String,
    href: String,
    class: &'static str,
    word: &'static str,
    title: Vec<Piece>,
    detail: String,
}

struct FailedRequirement {
    requirement: RequirementBlock,
    cases: Vec<CaseLink>,
}

/// An entry of the baseline.
struct Entry {
    case: String,
    reason: Vec<Piece>,
    link: Option<Address>,
    limits: Vec<String>,
}

struct Skips {
    reason: String,
    cases: Vec<CaseLink>,
}

struct FactShown {
    case: CaseLink,
    facts: Vec<String>,
}

/// How many cases of a cause are linked.
const CASES: usize = 12;

/// The page of an implementation.
pub(super) fn page(run: &Run, all: &All<'_>) -> ImplementationPage {
    let identity = run.identity();
    let mut frame = Frame::new(identity.clone()).below(1).under("Results", "../index.html");
    frame.banners = run.banners();
    let role = run.header.implementation.role;
    let stated: BTreeSet<&str> = run.header.adapter.capabilities.iter().map(String::as_str).collect();
    let known = || all.background.capabilities.iter().filter(|one| one.role == role);
    let meaning = |name: &str| known().find(|one| one.name == name).map(|one| one.meaning.clone());
    ImplementationPage {
        frame,
        facts_of_run: facts_of_run(run),
        shares: run
            .totals
            .suites
            .iter()
            .map(|suite| SuiteShares {
                suite: visible::line(&suite.suite, limits::ID),
                must: bar(run, &suite.suite, Level::Must),
                should: bar(run, &suite.suite, Level::Should),
            })
            .collect(),
        withheld: run.totals.percentages.withheld(),
        capabilities: stated
            .iter()
            .map(|name| Capability {
                name: visible::line(name, limits::NAME),
                meaning: meaning(name).unwrap_or_default(),
            })
            .collect(),
        lacking: known()
            .filter(|one| !stated.contains(one.name.as_str()))
            .map(|one| Capability { name: one.name.clone(), meaning: one.meaning.clone() })
            .collect(),
        causes_heading: (!run.diagnosis.causes.is_empty()).then(|| terminal::causes_heading(&run.diagnosis)),
        no_cause: run.diagnosis.lacking.as_ref().map(|capability| {
            format!(
                "Every failing case needs the capability {}, and no case that needs it passes. Perhaps the implementation does not have it.",
                visible::line(capability, limits::NAME)
            )
        }),
        causes: run.diagnosis.causes.iter().map(|cause| shown(cause, run, all)).collect(),
        unexplained: match run.diagnosis.causes.is_empty() {
            true => Vec::new(),
            false => run.diagnosis.unexplained.iter().filter_map(|id| link_to(id, run, all)).collect(),
        },
        program: match &run.advice {
            Advice::Settings(program, _) => Some(program.title()),
            Advice::Nothing | Advice::NameTheProgram => None,
        },
        settings: run.advice.recommendations().iter().map(|one| setting(one, run, all)).collect(),
        failures: failures(run, all),
        baseline: run.header.known_failures.iter().map(entry).collect(),
        stale: run.footer.iter().flat_map(|footer| &footer.stale).map(entry).collect(),
        unmatched: run.footer.iter().flat_map(|footer| &footer.unmatched).map(entry).collect(),
        skips: skips(run, all),
        facts: facts(run, all),
        notes: run.notes.clone(),
        identity,
    }
}

/// How and where it was run, as pairs of words.
fn facts_of_run(run: &Run) -> Vec<(&'static str, String)> {
    let header = &run.header;
    let name = |text: &str| visible::line(text.trim(), limits::NAME);
    let machine = format!("{} {}", header.platform.os, header.platform.arch);
    let mut facts = vec![
        ("Role", header.implementation.role.to_string()),
        ("Language", name(&header.implementation.language)),
        ("Reached over", header.adapter.transport.to_string()),
        ("Machine", name(&machine)),
        ("Started", name(&header.started)),
        ("Suite", format!("ssespec {}", name(&header.suite_version))),
        ("Selected", visible::line(&terminal::selection(header), limits::PARAGRAPH)),
        (
            "Cases",
            format!(
                "{} of {} ran, in {} sessions",
                run.totals.counts.ran(),
                run.totals.counts.total(),
                run.totals.sessions
            ),
        ),
    ];
    if let Some(footer) = &run.footer {
        facts.push(("Duration", format!("{} s", footer.duration_us / 1_000_000)));
        if let Some(died) = footer.adapters.map(|adapters| adapters.died).filter(|died| *died > 0) {
            facts.push(("Adapter", format!("died and was restarted {died} times")));
        }
    }
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

fn shown(cause: &Cause, run: &Run, all: &All<'_>) -> CauseShown {
    let mut cases: Vec<CaseLink> = cause.cases.iter().filter_map(|id| link_to(id, run, all)).collect();
    let best = visible::line(&cause.best, limits::ID);
    cases.sort_by_key(|case| case.id != best);
    let more = cases.len().saturating_sub(CASES);
    cases.truncate(CASES);
    CauseShown {
        mistakes: cause.mistakes.iter().map(mistake).collect(),
        cases,
        more,
        unjudged: cause.unjudged,
    }
}

fn setting(one: &Recommendation, run: &Run, all: &All<'_>) -> SettingShown {
    SettingShown {
        lines: one.setting.clone(),
        place: one.place,
        mends: one.mends.clone(),
        link: address(one.link),
        cases: one.cases.iter().filter_map(|id| link_to(id, run, all)).collect(),
    }
}

fn mistake(mistake: &NamedMistake) -> MistakeShown {
    let origin = match origin(&mistake.origin) {
        Origin::Issue { name, link } | Origin::Advisory { name, link } => Address {
            text: format!("seen in {}", visible::line(name, limits::NAME)),
            link: address(&link).link,
        },
        Origin::Requirement(id) => Address {
            text: format!("breaks {}", visible::line(id, limits::ID)),
            link: id.split_once('/').map(|(suite, _)| {
                format!("../standard/{}.html#{}", crate::slug::plain(suite), crate::slug::plain(id))
            }),
        },
    };
    MistakeShown { description: paragraph(&mistake.description), origin }
}

fn link_to(id: &str, run: &Run, all: &All<'_>) -> Option<CaseLink> {
    let (case, cell) = (all.cases.get(id)?, run.cells.get(id)?);
    Some(link(case, cell, run))
}

fn link(case: &Case, cell: &Cell, run: &Run) -> CaseLink {
    let detail = match (&cell.only_in, &cell.summary) {
        (Some(only), Some(summary)) => format!("in {only}: {summary}"),
        (Some(only), None) => format!("in {only}"),
        (None, Some(summary)) => summary.to_string(),
        (None, None) => String::new(),
    };
    CaseLink {
        id: visible::line(&case.id, limits::ID),
        href: match cell.has_page() {
            true => format!("../results/{}/{}.html", run.slug, case.slug),
            false => format!("../cases/{}.html", case.slug),
        },
        class: class(cell.outcome),
        word: word(cell.outcome),
        title: sentence(&case.title),
        detail,
    }
}

/// Everything that did not hold, by requirement. A case counts against every requirement that it names; it is listed under the
/// first.
fn failures(run: &Run, all: &All<'_>) -> Vec<FailedRequirement> {
    let mut by_requirement: BTreeMap<(usize, &str), Vec<CaseLink>> = BTreeMap::new();
    for (id, cell) in run.cells.iter().filter(|(_, cell)| cell.has_page()) {
        let Some(case) = all.cases.get(id) else { continue };
        let requirement = case.requirements.first().map(String::as_str).unwrap_or_default();
        let key = (crate::totals::suite_rank(&case.suite), requirement);
        by_requirement.entry(key).or_default().push(link(case, cell, run));
    }
    let block = |((_, id), cases): ((usize, &str), Vec<CaseLink>)| FailedRequirement {
        requirement: RequirementBlock::of(id, all.requirement(id)),
        cases,
    };
    by_requirement.into_iter().map(block).collect()
}

fn entry(known: &KnownFailure) -> Entry {
    let mut limits_of: Vec<String> = Vec::new();
    if !known.deliveries.is_empty() {
        let names: Vec<&str> = known.deliveries.iter().map(|kind| kind.name()).collect();
        limits_of.push(format!("only in {}", names.join(", ")));
    }
    if !known.protocols.is_empty() {
        let names: Vec<String> = known.protocols.iter().map(Protocol::to_string).collect();
        limits_of.push(format!("only over {}", names.join(", ")));
    }
    if known.flaky {
        limits_of.push("flaky".to_owned());
    }
    if let Some(fails) = &known.fails {
        limits_of.push(format!("only if it shows {}", visible::line(fails, limits::SENTENCE)));
    }
    Entry {
        case: visible::line(&known.case, limits::ID),
        reason: sentence(&known.reason),
        link: known.link.as_deref().map(address),
        limits: limits_of,
    }
}

fn skips(run: &Run, all: &All<'_>) -> Vec<Skips> {
    let mut by_reason: BTreeMap<String, Vec<CaseLink>> = BTreeMap::new();
    for (id, cell) in run.cells.iter().filter(|(_, cell)| cell.outcome == Outcome::Skip) {
        let Some(case) = all.cases.get(id) else { continue };
        let reason = cell.summary.as_deref().unwrap_or("no reason given");
        by_reason.entry(reason.to_owned()).or_default().push(link(case, cell, run));
    }
    by_reason.into_iter().map(|(reason, cases)| Skips { reason, cases }).collect()
}

fn facts(run: &Run, all: &All<'_>) -> Vec<FactShown> {
    let with_facts = run.cells.iter().filter(|(_, cell)| !cell.facts.is_empty());
    let fact = |(id, cell): (&std::rc::Rc<str>, &Cell)| {
        Some(FactShown {
            case: link(all.cases.get(id)?, cell, run),
            facts: cell
                .facts
                .iter()
                .map(|fact| {
                    let only = fact.only_in.as_ref().map(|only| format!(" (in {only})")).unwrap_or_default();
                    format!("{}: {}{only}", fact.fact, fact.value)
                })
                .collect(),
        })
    };
    with_facts.filter_map(fact).collect()
}
