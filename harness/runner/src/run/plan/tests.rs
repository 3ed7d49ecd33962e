//! Which cases are planned, and in which order.

use ssespec_cases::format;
use ssespec_diagnostics::Source;

use super::*;
use crate::run::baseline::id_glob;
use crate::run::second_pass::PassOf;

/// A corpus of the built-in requirements and these cases: an id, a requirement, needs and steps each.
fn corpus(cases: &[(&str, &str, &str, &str)]) -> Corpus {
    let mut corpus = Corpus::embedded().unwrap();
    corpus.cases.clear();
    for (id, requirement, needs, steps) in cases {
        let text = format!(
            "title = \"{id}\"\nrequirements = [\"{requirement}\"]\nneeds = [{needs}]\nsteps = [{steps}]\n"
        );
        corpus.cases.insert((*id).to_owned(), format::read(&Source::new(id, text), id).unwrap());
    }
    corpus
}

const EVENT: &str = r#"{ send = "data: a\n\n" }, "expect-event""#;
const MUST: &str = "whatwg/line-lf";
const SHOULD: &str = "whatwg/buffering-timely-dispatch";
const MAY: &str = "whatwg/http-network-error-futile-may-fail";
const DISPUTED: &str = "whatwg/redirect-reconnect-uses-final-url";
const RESILIENCE: &str = "resilience/oversize-reported";

fn all() -> BTreeSet<Capability> {
    Capability::ALL.iter().copied().collect()
}

fn ids(plan: &Plan) -> Vec<&str> {
    let mut ids: Vec<&str> = plan.trials.iter().map(|trial| trial.case.id.as_str()).collect();
    ids.dedup();
    ids
}

#[test]
fn each_case_is_played_in_each_delivery() {
    let corpus = corpus(&[("client/a/b", MUST, "", EVENT)]);
    let plan = Plan::new(&corpus, &Selection::default(), &all());
    let deliveries: Vec<String> =
        plan.trials.iter().map(|trial| trial.program.delivery.to_string()).collect();
    assert_eq!(deliveries, ["as-written", "bytes"]);
    assert_eq!((plan.cases(), plan.is_empty()), (1, false));
    let selection = Selection { deliveries: vec![DeliveryKind::Splits], ..Selection::default() };
    assert_eq!(Plan::new(&corpus, &selection, &all()).trials.len(), 8);
}

#[test]
fn soak_cases_are_played_once_by_runs_that_have_the_time() {
    let ids = ["client/a/a", "client/a/b"];
    let mut corpus = corpus(&[
        (ids[0], MUST, "", EVENT),
        (
            ids[1],
            MUST,
            "",
            "{ wait = \"70s\" }, { send = \"data: a\\n\\n\" }, { wait = \"50s\" }, \"expect-event\"",
        ),
    ]);
    corpus.cases.get_mut(ids[1]).unwrap().soak = true;
    let planned = |soak: Option<u64>, filter: &str| {
        let filters = vec![id_glob(filter).unwrap().compile_matcher()];
        let selection = Selection { filters, soak: soak.map(Duration::from_secs), ..Selection::default() };
        let plan = Plan::new(&corpus, &selection, &all());
        let trials =
            plan.trials.iter().map(|trial| (trial.case.id.clone(), trial.program.delivery.to_string()));
        (trials.collect::<Vec<_>>(), selection.longest_soak(Role::Client, &corpus))
    };
    let two_minutes = Some(Duration::from_secs(120));
    for soak in [None, Some(1), Some(109)] {
        let (trials, longest) = planned(soak, "*");
        assert!(trials.iter().all(|(id, _)| id == ids[0]), "{trials:?}");
        assert_eq!(longest, two_minutes);
        assert_eq!(planned(soak, ids[1]), (Vec::new(), two_minutes));
    }
    // It may take a tenth longer.
    for soak in [Some(110), Some(120)] {
        assert_eq!(planned(soak, ids[1]).0, [(ids[1].to_owned(), "as-written".to_owned())]);
    }
    assert_eq!(planned(None, ids[0]).1, None);
}

#[test]
fn what_a_client_cannot_reach_is_skipped_once() {
    let corpus = corpus(&[("client/a/b", MUST, "\"comments\", \"state\", \"opened\"", EVENT)]);
    let plan = Plan::new(&corpus, &Selection::default(), &BTreeSet::from([Capability::State]));
    assert!(plan.trials.is_empty() && plan.skipped.len() == 1);
    assert_eq!(
        plan.skipped[0].reason,
        SkipReason::Lacking(vec![Capability::Comments, Capability::Opened]),
        "in the order of the case"
    );
    assert_eq!((plan.cases(), plan.is_empty()), (1, false));
}

#[test]
fn suite_and_level_are_those_of_the_requirements() {
    let cases = [
        ("client/a/must", MUST, "", EVENT),
        ("client/a/should", SHOULD, "", EVENT),
        ("client/a/may", MAY, "", EVENT),
        ("client/a/disputed", DISPUTED, "", EVENT),
        ("client/a/resilience", RESILIENCE, "", EVENT),
    ];
    let corpus = corpus(&cases);
    let planned = |suites: &[&str], levels: &[Level]| {
        let suites = suites.iter().map(|suite| (*suite).to_owned()).collect();
        let selection = Selection { suites, levels: levels.to_vec(), ..Selection::default() };
        let plan = Plan::new(&corpus, &selection, &all());
        ids(&plan).iter().map(|id| id.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(planned(&[], &[]), ["disputed", "may", "must", "resilience", "should"]);
    assert_eq!(planned(&["resilience"], &[]), ["resilience"]);
    assert_eq!(planned(&["whatwg"], &[Level::Must]), ["must"]);
    assert_eq!(planned(&[], &[Level::May]), ["disputed", "may"], "what is disputed is judged as may");
    assert_eq!(planned(&[], &[Level::Should, Level::Must]), ["must", "resilience", "should"]);
    let nothing = planned(&["http"], &[Level::May]);
    assert!(nothing.is_empty());
}

#[test]
fn filters_select_by_id() {
    let case = |id| (id, MUST, "", EVENT);
    let corpus = corpus(&[case("client/a/b"), case("client/a/c"), case("client/ab/c")]);
    let planned = |filters: &[&str]| {
        let filters = filters.iter().map(|filter| id_glob(filter).unwrap().compile_matcher()).collect();
        let plan = Plan::new(&corpus, &Selection { filters, ..Selection::default() }, &all());
        ids(&plan).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(planned(&["client/a/*"]), ["client/a/b", "client/a/c"]);
    assert_eq!(planned(&["*/c"]), ["client/a/c", "client/ab/c"], "a star goes over folders");
    assert_eq!(planned(&["client/a/b", "client/ab/*"]), ["client/a/b", "client/ab/c"]);
    assert_eq!(planned(&["client/a"]), [""; 0], "a pattern is for the whole id");
    assert_eq!(planned(&["client/{a,b}/?"]), ["client/a/b", "client/a/c"]);
}

#[test]
fn clients_and_servers_have_their_own_cases() {
    let server = r#"{ emit = { data = "a" } }, "expect-event""#;
    let corpus = corpus(&[("server/a/b", MUST, "", server), ("client/a/b", MUST, "", EVENT)]);
    assert_eq!(ids(&Plan::new(&corpus, &Selection::default(), &all())), vec!["client/a/b"]);
    // A server case has no writes to cut.
    let plan = Plan::of_role(Role::Server, &corpus, &Selection::default(), &all());
    assert_eq!((ids(&plan), plan.trials.len()), (vec!["server/a/b"], 1));
}

#[test]
fn long_waits_come_first() {
    let waits = |time: &str| format!(r#"{{ wait = "{time}" }}, {EVENT}"#);
    let (short, long) = (waits("10ms"), waits("100ms"));
    let after = format!(r#"{EVENT}, "end", {{ expect-request = {{ after = "200ms" }} }}"#);
    let silence = format!(r#"{EVENT}, "close", {{ expect-no-request = "300ms" }}"#);
    let (closed, either) = (
        r#"{ respond = { status = 404 } }, "expect-closed""#,
        r#"{ respond = { status = 404 } }, { expect-one-of = ["expect-closed", { expect-no-request = "300ms" }] }"#,
    );
    let corpus = corpus(&[
        ("client/a/1-at-once", MUST, "", EVENT),
        ("client/a/2-short", MUST, "", &short),
        ("client/a/3-long", MUST, "", &long),
        ("client/a/4-after", MUST, "\"reconnect\"", &after),
        ("client/a/5-silence", MUST, "\"close\"", &silence),
        ("client/a/6-closed", MUST, "", closed),
        ("client/a/7-either", MUST, "", either),
    ]);
    let plan = Plan::new(&corpus, &Selection::default(), &all());
    // Those that say they are done are watched for longest.
    let expected = ["7-either", "6-closed", "5-silence", "4-after", "3-long", "2-short", "1-at-once"];
    assert_eq!(ids(&plan).iter().map(|id| &id[9..]).collect::<Vec<_>>(), expected);
}

#[test]
fn what_decides() {
    let usual = Selection::default();
    assert!(usual.decides("whatwg") && usual.decides("http"));
    assert!(!usual.decides("resilience") && !usual.decides("llm"));
    let asked = Selection { suites: vec!["resilience".into()], ..Selection::default() };
    assert!(asked.decides("resilience") && !asked.decides("whatwg"));
}

#[test]
fn a_selection_in_words() {
    let filter = id_glob("client/a/*").unwrap().compile_matcher();
    let usual = Selection::default();
    assert!(usual.is_whole() && usual.has_deliveries(&[]));
    assert_eq!(usual.describe(), "the suite is empty");
    let narrow = Selection {
        filters: vec![filter],
        suites: vec!["http".into()],
        levels: vec![Level::Must, Level::May],
        deliveries: vec![DeliveryKind::Whole, DeliveryKind::Splits],
        ..Selection::default()
    };
    assert!(!narrow.is_whole() && !narrow.has_deliveries(&[]));
    assert_eq!(narrow.describe(), "--filter 'client/a/*' --suite http --level must --level may");
}

#[test]
fn shards_are_disjoint_and_together_everything() {
    let ids: Vec<String> = (0..20).map(|number| format!("client/a/case-{number:02}")).collect();
    let planned = |ids: &[String], shard: Option<&str>| {
        let cases: Vec<_> = ids.iter().map(|id| (id.as_str(), MUST, "", EVENT)).collect();
        let shard = shard.map(|word| word.parse().unwrap());
        let plan = Plan::new(&corpus(&cases), &Selection { shard, ..Selection::default() }, &all());
        assert_eq!(plan.cases() + plan.elsewhere, ids.len());
        plan.trials.iter().map(|trial| trial.case.id.clone()).collect::<BTreeSet<_>>()
    };
    let shards = ["1/3", "2/3", "3/3"].map(|word| planned(&ids, Some(word)));
    assert_eq!(shards.iter().map(BTreeSet::len).sum::<usize>(), ids.len());
    assert_eq!(shards.iter().flatten().cloned().collect::<BTreeSet<_>>(), planned(&ids, None));
    assert!(shards.iter().all(|part| part.len() >= ids.len() / 3), "they cost the same");
}

#[test]
fn a_filter_moves_no_case_to_another_shard() {
    let ids: Vec<String> = (0..20).map(|number| format!("client/a/case-{number:02}")).collect();
    let cases: Vec<_> = ids.iter().map(|id| (id.as_str(), MUST, "", EVENT)).collect();
    let corpus = corpus(&cases);
    let planned = |filters| {
        let selection = Selection { filters, shard: Some("2/3".parse().unwrap()), ..Selection::default() };
        let plan = Plan::new(&corpus, &selection, &all());
        plan.trials.iter().map(|trial| trial.case.id.clone()).collect::<BTreeSet<_>>()
    };
    let filtered = planned(vec![id_glob("client/a/case-1*").unwrap().compile_matcher()]);
    let kept = planned(Vec::new()).into_iter().filter(|id| id.contains("case-1")).collect();
    assert!(!filtered.is_empty());
    assert_eq!(filtered, kept);
}

#[test]
fn a_shard_without_a_case_is_not_an_empty_selection() {
    let corpus = corpus(&[("client/a/b", MUST, "", EVENT)]);
    let planned = |filters, word: &str| {
        let selection = Selection { filters, shard: Some(word.parse().unwrap()), ..Selection::default() };
        Plan::new(&corpus, &selection, &all())
    };
    let plans = ["1/2", "2/2"].map(|word| planned(Vec::new(), word));
    let mut cases = plans.each_ref().map(Plan::cases);
    cases.sort_unstable();
    assert_eq!(cases, [0, 1]);
    assert!(plans.iter().all(|plan| !plan.is_empty()));
    let nothing = vec![id_glob("client/c/*").unwrap().compile_matcher()];
    assert!(["1/2", "2/2"].iter().all(|word| planned(nothing.clone(), word).is_empty()));
}

/// The deliveries in which each case is played, and the reasons why it is skipped.
fn played(plan: &Plan) -> Vec<String> {
    let trials = plan.trials.iter().map(|trial| format!("{} {}", trial.case.id, trial.program.delivery));
    let skipped = plan.skipped.iter().map(|skipped| format!("{} {}", skipped.trial.case.id, skipped.reason));
    let mut all: Vec<String> = trials.chain(skipped).collect();
    all.sort();
    all
}

#[test]
fn a_second_pass_plays_what_is_about_the_wire() {
    let corpus = corpus(&[
        ("client/a/bytes", MUST, "", EVENT),
        ("client/a/loss", MUST, "", "{ drop = \"reset\" }"),
        ("client/a/ping", MUST, "\"http2\"", "\"ping\""),
        ("client/a/raw", MUST, "", "{ raw = \"x\" }, { drop = \"reset\" }"),
    ]);
    let selection = Selection { second_pass: Some(SecondPass::USUAL), ..Selection::default() };
    assert_eq!(
        played(&Plan::new(&corpus, &selection, &all())),
        [
            "client/a/bytes as-written",
            "client/a/bytes bytes",
            "client/a/loss as-written",
            "client/a/loss as-written@http2-tls",
            "client/a/ping as-written@http2-tls",
            "client/a/raw as-written",
        ]
    );
    let of = PassOf::Needing;
    let needing = SecondPass { of, ..SecondPass::USUAL };
    let plan = Plan::new(&corpus, &Selection { second_pass: Some(needing), ..selection.clone() }, &all());
    assert!(!played(&plan).contains(&"client/a/loss as-written@http2-tls".to_owned()));
    // Cases that are also played over the first protocol are played as they are written, if at all.
    let deliveries = vec![DeliveryKind::Bytes];
    let plan = Plan::new(&corpus, &Selection { deliveries, ..selection.clone() }, &all());
    assert_eq!(
        played(&plan),
        [
            "client/a/bytes bytes",
            "client/a/loss bytes",
            "client/a/ping bytes@http2-tls",
            "client/a/raw bytes"
        ]
    );
    // A client that does not speak it has none.
    let without: BTreeSet<Capability> = all().into_iter().filter(|own| *own != Capability::Tls).collect();
    let plan = Plan::new(&corpus, &selection, &without);
    assert_eq!(plan.protocols(), BTreeSet::from([Protocol::Http1]));
    assert!(played(&plan).contains(&"client/a/ping is about HTTP/2".to_owned()));
}
