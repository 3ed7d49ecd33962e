//! One case and one implementation: everything a maintainer needs to see why it failed, and to see it again.

use askama::Template;

use super::{
    background::Background,
    frame::{Crumb, Frame, Kind, Width},
    outcome::{class, word},
    prose::{Address, Piece, address, paragraph, sentence, web_address},
    sequence::{Drawing, Line, Shape, drawing},
    source::{self, Step},
    transcript::{Transcript, transcript},
};
use crate::{
    advice::{Advice, advise},
    compare::{Comparison, DiffLine, compare},
    fold::{CaseOutcome, Outcome},
    limits,
    results::{CaseResult, Requirement, Results, Role},
    terminal, visible,
};

/// The pages around this one, relative to it.
pub(super) struct Around {
    pub(super) implementation: String,
    pub(super) case: Option<String>,
    pub(super) before: Option<Crumb>,
    pub(super) after: Option<Crumb>,
}

/// The page of a result.
#[derive(Template)]
#[template(path = "result.html")]
pub(super) struct ResultPage {
    pub(super) frame: Frame,
    around: Around,
    id: String,
    title: Vec<Piece>,
    level: String,
    class: &'static str,
    word: &'static str,
    only_in: Option<String>,
    identity: String,
    why: Vec<Piece>,
    is_error: bool,
    reason: Vec<String>,
    known: Option<(Vec<Piece>, Option<Address>)>,
    place: Option<String>,
    comparison: Option<Comparison>,
    hint: Option<String>,
    setting: Option<SettingShown>,
    steps: Vec<Step>,
    drawing: Option<Drawing>,
    path: String,
    lines: Vec<source::Line>,
    transcript: Transcript,
    delivery: String,
    deliveries: Vec<DeliveryRow>,
    requirements: Vec<RequirementBlock>,
    rerun: String,
    stderr: Vec<String>,
    late: Vec<String>,
}

/// A setting that may mend the failure.
struct SettingShown {
    program: &'static str,
    lines: String,
    place: &'static str,
    link: Address,
}

/// The verdict of one delivery.
struct DeliveryRow {
    delivery: String,
    class: &'static str,
    word: &'static str,
    step: String,
    summary: String,
}

/// A requirement with its text.
pub(super) struct RequirementBlock {
    pub(super) id: String,
    /// The anchor of the requirement on the page of its document.
    pub(super) anchor: Option<String>,
    pub(super) level: String,
    pub(super) text: Vec<Piece>,
    pub(super) link: Option<String>,
    pub(super) disputed: Option<Vec<Piece>>,
}

impl RequirementBlock {
    /// A requirement as a page shows it; without its text if the header does not have it.
    pub(super) fn of(id: &str, requirement: Option<&Requirement>) -> Self {
        Self {
            id: visible::line(id, limits::ID),
            anchor: requirement.map(|one| {
                format!("standard/{}.html#{}", crate::slug::plain(&one.suite), crate::slug::plain(&one.id))
            }),
            level: requirement.map(|one| one.level.as_str().to_uppercase()).unwrap_or_default(),
            text: requirement.map(|one| paragraph(&one.text)).unwrap_or_default(),
            link: requirement.and_then(|one| web_address(&one.link)).map(str::to_owned),
            disputed: requirement.and_then(|one| one.disputed.as_deref()).map(paragraph),
        }
    }
}

impl ResultPage {
    /// The same page in a comparison of two runs, which has no other pages than these.
    pub(super) fn in_comparison(&mut self, side: &str, slug: &str) {
        self.frame.root = "../".to_owned();
        self.frame.kind = Kind::Comparison;
        self.frame.above =
            vec![Crumb { title: "Comparison".to_owned(), href: format!("../index.html#{slug}") }];
        self.frame.title = format!("{side}: {}", self.id);
        self.requirements.iter_mut().for_each(|requirement| requirement.anchor = None);
    }
}

/// The page of an outcome. Its addresses are relative to a page two folders below the root.
pub(super) fn page(
    results: &Results,
    outcome: &CaseOutcome<'_>,
    background: &Background<'_>,
    around: Around,
) -> ResultPage {
    let header = results.header();
    let worst = outcome.worst();
    let identity = terminal::identity(header);
    let name = visible::line(header.implementation.name.trim(), limits::NAME);
    let id = visible::line(outcome.case(), limits::ID);
    let mut frame =
        Frame::new(format!("{name}: {id}")).below(2).under(identity.clone(), around.implementation.clone());
    if let Some(case) = &around.case {
        frame = frame.under(id.clone(), case.clone());
    }
    ResultPage {
        frame,
        around,
        id,
        title: sentence(&worst.title),
        level: outcome.level().as_str().to_uppercase(),
        class: class(outcome.outcome()),
        word: word(outcome.outcome()),
        only_in: outcome.only_in(),
        identity,
        why: worst.why.as_deref().map(paragraph).unwrap_or_default(),
        is_error: outcome.outcome() == Outcome::Error,
        reason: worst
            .reason
            .as_deref()
            .map(|reason| visible::lines(reason, limits::PARAGRAPH, 12))
            .unwrap_or_default(),
        known: worst
            .known
            .as_ref()
            .map(|known| (sentence(&known.reason), known.link.as_deref().map(address))),
        place: worst.failure.as_ref().map(|failure| match failure.step {
            0 => "At the implied end of the case".to_owned(),
            step => format!("Step {step}, line {}", failure.line),
        }),
        comparison: worst.failure.as_ref().map(|failure| compare(&failure.expected, &failure.observed)),
        hint: worst
            .failure
            .as_ref()
            .and_then(|failure| failure.hint.as_deref())
            .map(|hint| visible::line(hint, limits::PARAGRAPH)),
        setting: setting(results, outcome),
        steps: source::steps(background, outcome.case(), &worst.source, worst.failure.as_ref()),
        drawing: drawing(&worst.transcript, role(header.implementation.role, worst), &name),
        path: visible::line(&worst.source.path, limits::LINK),
        lines: source::lines(&worst.source, worst.failure.as_ref()),
        transcript: transcript(&worst.transcript),
        delivery: worst.delivery.to_string(),
        deliveries: outcome.results().iter().map(|result| delivery(result)).collect(),
        requirements: worst
            .requirements
            .iter()
            .map(|id| RequirementBlock::of(id, results.requirement(id)))
            .collect(),
        rerun: visible::line(&worst.rerun, limits::COMMAND),
        stderr: worst
            .stderr
            .as_deref()
            .map(|stderr| visible::last_lines(stderr, limits::STDERR, limits::STDERR_LINES))
            .unwrap_or_default(),
        late: late(outcome),
    }
}

/// The setting that may mend the failure of a case.
fn setting(results: &Results, outcome: &CaseOutcome<'_>) -> Option<SettingShown> {
    match advise(results.header(), std::slice::from_ref(outcome)) {
        Advice::Settings(program, recommendations) => {
            recommendations.into_iter().next().map(|one| SettingShown {
                program: program.title(),
                lines: one.setting,
                place: one.place,
                link: address(one.link),
            })
        }
        Advice::Nothing | Advice::NameTheProgram => None,
    }
}

/// The drawing's sides: an intermediary is tested by cases for clients too.
fn role(role: Role, result: &CaseResult) -> Role {
    match role {
        Role::Intermediary if result.transcript.iter().any(|row| row.from == "server") => Role::Server,
        other => other,
    }
}

fn delivery(result: &CaseResult) -> DeliveryRow {
    let outcome = Outcome::of(result);
    let summary = match (&result.failure, &result.reason) {
        (Some(failure), _) => visible::line(&failure.observed, limits::SENTENCE),
        (None, Some(reason)) => visible::line(reason, limits::SENTENCE),
        (None, None) => String::new(),
    };
    DeliveryRow {
        delivery: result.delivery.to_string(),
        class: class(outcome),
        word: word(outcome),
        step: result
            .failure
            .as_ref()
            .map(|failure| if failure.step == 0 { "end".to_owned() } else { failure.step.to_string() })
            .unwrap_or_default(),
        summary,
    }
}

fn late(outcome: &CaseOutcome<'_>) -> Vec<String> {
    let all =
        outcome.results().iter().flat_map(|result| result.late.iter().map(|late| (result.delivery, late)));
    let all: Vec<_> = all.collect();
    let mut lines: Vec<String> = all
        .iter()
        .take(limits::LATE)
        .map(|(delivery, late)| format!("{delivery}: {}", visible::line(late, limits::SENTENCE)))
        .collect();
    if all.len() > lines.len() {
        lines.push(format!("… and {} more", all.len() - lines.len()));
    }
    lines
}
