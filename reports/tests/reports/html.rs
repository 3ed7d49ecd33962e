//! The site: its pages, their links, and what hostile text can do in them (nothing).

use std::collections::{BTreeMap, BTreeSet};

use insta::assert_snapshot;
use ssespec_reports::{
    Results,
    coverage::{Section, Statement, Suite},
    diff::diff,
    html::{Background, CapabilityMeaning, ExplainedStep, Site, SiteError, comparison},
    markdown::MatrixError,
    results::{Level, Role, Source},
};

use crate::files::{ALL, results};
use crate::hostile::everywhere;

/// Pages by path.
type Pages = BTreeMap<String, String>;

fn explain(case: &str, source: &Source) -> Option<Vec<ExplainedStep>> {
    if source.text.is_empty() {
        return None;
    }
    let step = |number, text: &str| ExplainedStep { number, text: text.to_owned() };
    Some(vec![
        step(None, "The client connects."),
        step(Some(1), &format!("The server sends what {case} says.")),
        step(Some(2), "Expected next: an event."),
        step(Some(3), "Expected next: another event."),
        step(None, "The client is torn down."),
    ])
}

/// What the command knows about cases, in small.
fn background() -> Background<'static> {
    let statement = |id: &str, untestable: Option<&str>| Statement {
        id: format!("whatwg/{id}"),
        level: Level::Must,
        binds: vec!["parser".to_owned()],
        roles: vec!["client".to_owned()],
        text: "A CR and the LF of the `next` read are one.".to_owned(),
        link: format!("https://example.org/standard#{id}"),
        evidence: vec!["https://example.org/issue/1".to_owned()],
        untestable: untestable.map(str::to_owned),
        disputed: None,
        cases: Vec::new(),
        missing: Vec::new(),
        results: Vec::new(),
    };
    let requirements = vec![
        statement("line-crlf-split-across-reads", None),
        statement("hidden", Some("Nobody can see it.")),
    ];
    let suite = Suite {
        name: "whatwg".to_owned(),
        title: Some("HTML Standard".to_owned()),
        url: Some("https://html.spec.whatwg.org/".to_owned()),
        sections: vec![Section { title: Some("Lines".to_owned()), requirements }],
    };
    let capability = |name: &str, meaning: &str| CapabilityMeaning {
        role: Role::Client,
        name: name.to_owned(),
        meaning: meaning.to_owned(),
    };
    Background {
        documents: vec![suite],
        capabilities: vec![
            capability("reconnect", "reconnects on its own"),
            capability("comments", "reports comments"),
        ],
        explain: Some(&explain),
    }
}

fn pages_with(runs: &[Results], problems: &[&str], background: &Background<'_>) -> Result<Pages, SiteError> {
    let mut pages = Pages::new();
    let mut write = |path: &str, text: &str| {
        assert!(pages.insert(path.to_owned(), text.to_owned()).is_none(), "{path} is written twice");
        Ok(())
    };
    let mut site = Site::new(background);
    for run in runs {
        site.add(run, &mut write)?;
    }
    problems.iter().for_each(|problem| site.problem(problem));
    site.finish(&mut write)?;
    Ok(pages)
}

fn pages(runs: &[Results]) -> Pages {
    pages_with(runs, &[], &background()).expect("any run is a site")
}

fn pages_of_comparison(before: &Results, after: &Results) -> Pages {
    let mut pages = Pages::new();
    let mut write = |path: &str, text: &str| {
        assert!(pages.insert(path.to_owned(), text.to_owned()).is_none(), "{path} is written twice");
        Ok(())
    };
    comparison(&diff(before, after), &background(), &mut write).expect("any two runs can be compared");
    pages
}

/// Everything that is written for the results files, by name.
fn sites() -> Vec<(String, Pages)> {
    let mut sites: Vec<(String, Pages)> =
        ALL.iter().map(|name| ((*name).to_owned(), pages(&[results(name)]))).collect();
    sites.push(("probe".into(), pages(&[results("probe")])));
    sites.push(("many".into(), pages(&many())));
    sites.push(("comparison".into(), pages_of_comparison(&results("before"), &results("after"))));
    sites.push(("hostile comparison".into(), pages_of_comparison(&results("all-pass"), &results("hostile"))));
    sites
}

/// Runs that can be shown side by side.
fn many() -> Vec<Results> {
    ["verdicts", "other", "hostile", "empty", "incomplete"]
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let run = results(name);
            let mut header = run.header().clone();
            header.implementation.version = format!("{at}.{}", header.implementation.version);
            Results::new(format!("{name}.jsonl"), header, run.results().to_vec(), run.footer().cloned())
        })
        .collect()
}

#[test]
fn the_first_page() {
    for name in ALL {
        assert_snapshot!(format!("html-index-{name}"), pages(&[results(name)])["index.html"]);
    }
}

#[test]
fn every_other_kind_of_page() {
    let pages = pages(&[results("verdicts")]);
    for (name, path) in [
        ("result", "results/eventsource-5.1.5/client.lines.crlf-split-across-reads.html"),
        ("result-error", "results/eventsource-5.1.5/client.limits.long-line.html"),
        ("case", "cases/client.lines.crlf-split-across-reads.html"),
        ("implementation", "implementations/eventsource-5.1.5.html"),
        ("standard", "standard/whatwg.html"),
        ("documents", "standard.html"),
        ("facts", "facts.html"),
    ] {
        assert_snapshot!(format!("html-{name}"), pages[path]);
    }
}

#[test]
fn a_comparison() {
    let pages = pages_of_comparison(&results("before"), &results("after"));
    assert_snapshot!("html-comparison", pages["index.html"]);
    assert!(
        pages.keys().any(|path| path.starts_with("before/"))
            && pages.keys().any(|path| path.starts_with("after/"))
    );
}

#[test]
fn without_a_background_the_files_are_enough() {
    let pages = pages_with(&[results("verdicts")], &[], &Background::default()).unwrap();
    assert!(pages["standard/whatwg.html"].contains("whatwg/line-crlf-split-across-reads"));
    let result = &pages["results/eventsource-5.1.5/client.lines.crlf-split-across-reads.html"];
    assert!(!result.contains("The case in English") && result.contains("Transcript"));
}

/// The values of an attribute, with or without quotes.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let mut values = Vec::new();
    for part in page.split(&format!(" {name}=")).skip(1) {
        values.push(match part.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next().unwrap_or_default(),
            None => part.split([' ', '>']).next().unwrap_or_default(),
        });
    }
    values
}

/// Where a link leads: the path of a page, and its anchor.
fn target(page: &str, href: &str) -> (String, String) {
    let (path, anchor) = href.split_once('#').unwrap_or((href, ""));
    let mut parts: Vec<&str> = page.split('/').collect();
    if !path.is_empty() {
        parts.pop();
    }
    for part in path.split('/').filter(|part| !part.is_empty()) {
        if part == ".." {
            assert!(parts.pop().is_some(), "{href} in {page} leaves the site");
        } else {
            parts.push(part);
        }
    }
    (parts.join("/"), anchor.to_owned())
}

#[test]
fn every_link_resolves_and_no_anchor_is_twice_on_a_page() {
    for (site, pages) in sites() {
        for (path, text) in pages.iter().filter(|(path, _)| path.ends_with(".html")) {
            let ids = attributes(text, "id");
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{site}: {path}");
            for href in attributes(text, "href").into_iter().chain(attributes(text, "src")) {
                if href.starts_with("https://") || href.starts_with("http://") || href == "data:," {
                    continue;
                }
                let (to, anchor) = target(path, href);
                let page =
                    pages.get(&to).unwrap_or_else(|| panic!("{site}: {href} in {path} leads to no page"));
                assert!(
                    anchor.is_empty() || attributes(page, "id").contains(&anchor.as_str()),
                    "{site}: {href} in {path} leads to no anchor"
                );
            }
        }
    }
}

/// Asserts that a page has no markup but that of the templates, and nothing that is hidden or runs.
fn assert_harmless(path: &str, page: &str) {
    let hidden = page.chars().find(|c| {
        c.is_control() && *c != '\n'
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    });
    assert_eq!(hidden, None, "{path}");
    if !path.ends_with(".html") {
        return;
    }
    for (at, _) in page.match_indices('<') {
        let tag: String =
            page[at + 1..].chars().take_while(|c| c.is_ascii_alphanumeric() || "/!-".contains(*c)).collect();
        let tag = tag.trim_start_matches('/');
        assert!(TAGS.contains(&tag), "{path}: <{tag}>");
        let rest = page[at..].split('>').next().unwrap_or_default();
        let handler = rest
            .match_indices(" on")
            .find(|(at, _)| rest[at + 3..].contains('=') && !rest[..*at].contains('"'));
        assert_eq!(handler, None, "{path}: {rest}");
    }
    for href in attributes(page, "href") {
        let (scheme, _) = href.split_once(':').unwrap_or_default();
        assert!(matches!(scheme, "" | "http" | "https" | "data"), "{path}: {href}");
    }
}

/// The elements of the templates.
const TAGS: [&str; 60] = [
    "!DOCTYPE", "html", "head", "meta", "title", "link", "script", "body", "a", "header", "nav", "main",
    "ol", "ul", "li", "p", "h1", "h2", "h3", "dl", "div", "dt", "dd", "section", "span", "form", "label",
    "input", "select", "option", "output", "table", "thead", "tbody", "tr", "th", "td", "caption", "b",
    "code", "pre", "del", "ins", "strong", "svg", "rect", "line", "text", "path", "circle", "article",
    "details", "summary", "caption", "em", "i", "u", "s", "q", "br",
];

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    for (_, pages) in sites() {
        for (path, page) in &pages {
            assert_harmless(path, page);
            assert!(path.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c)), "{path}");
            assert!(!path.contains("..") && !path.starts_with('/'), "{path}");
        }
    }
    let page = &pages(&[results("hostile")])["index.html"];
    assert!(page.contains("&#60;script&#62;alert(1)"), "it is shown as text");
}

#[test]
fn a_megabyte_everywhere_stays_a_page() {
    let text = "\u{1b}é<".repeat(250_000);
    let row = results("hostile").results()[0].transcript[0].clone();
    for (path, page) in pages(&[everywhere(&text, row)]) {
        assert_harmless(&path, &page);
        assert!(page.len() < 250_000 && path.len() < 300, "{} of {} bytes", path.len(), page.len());
    }
}

#[test]
fn the_order_of_the_files_changes_nothing() {
    let runs = many();
    let reversed: Vec<Results> = runs.iter().rev().cloned().collect();
    let (pages, other) = (pages(&runs), pages(&reversed));
    assert_eq!(pages.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (path, page) in &pages {
        // Banners are in the order of the files.
        if path != "index.html" {
            assert_eq!(*page, other[path], "{path}");
        }
    }
}

#[test]
fn versions_are_columns_next_to_each_other() {
    let version = |version: &str, name: &str| {
        let run = results(name);
        let mut header = run.header().clone();
        header.implementation.version = version.to_owned();
        Results::new(format!("{version}.jsonl"), header, run.results().to_vec(), run.footer().cloned())
    };
    let pages = pages(&[version("1.10.0", "before"), version("1.9.0", "after"), results("other")]);
    let index = &pages["index.html"];
    let places: Vec<usize> = ["1.9.0</span></a></th>", "1.10.0</span></a></th>"]
        .iter()
        .map(|text| index.find(text).unwrap_or_else(|| panic!("no column {text}")))
        .collect();
    assert!(places[0] < places[1]);
    assert!(!index[places[0] + 30..places[1]].contains("</a></th>"), "no other column is between them");
}

#[test]
fn runs_that_cannot_be_next_to_each_other_are_refused_before_anything_is_written() {
    let background = background();
    let mut site = Site::new(&background);
    site.add(&results("verdicts"), &mut |_, _| Ok(())).unwrap();
    let mut never = |path: &str, _: &str| -> std::io::Result<()> { panic!("{path} is written") };
    let same = site.add(&results("verdicts"), &mut never);
    assert!(matches!(same, Err(SiteError::Matrix(MatrixError::Duplicate { .. }))));
    let other = results("other");
    let mut header = other.header().clone();
    header.suite_version = "9.9.9".to_owned();
    let other = Results::new("other", header, other.results().to_vec(), other.footer().cloned());
    assert!(matches!(
        site.add(&other, &mut never),
        Err(SiteError::Matrix(MatrixError::SuiteVersions { .. }))
    ));
    assert!(matches!(
        Site::new(&background).finish(&mut never),
        Err(SiteError::Matrix(MatrixError::Nothing))
    ));
}

#[test]
fn what_cannot_be_shown_is_on_the_first_page() {
    let pages = pages_with(&[results("verdicts")], &["a.jsonl:3: <b>damaged</b>"], &background()).unwrap();
    assert!(pages["index.html"].contains("Not shown: a.jsonl:3: &#60;b&#62;damaged"));
}

#[test]
fn a_failing_write_names_the_page() {
    let background = background();
    let mut full = |_: &str, _: &str| Err(std::io::Error::other("no space left"));
    let error = Site::new(&background).add(&results("verdicts"), &mut full).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot write results/eventsource-5.1.5/client.close.cancels-reconnect.html: no space left"
    );
}
