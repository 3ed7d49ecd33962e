//! The manual is true: commands print what it says, snippets are checked, links lead somewhere, the generated pages
//! are current, and the language is plain.
//!
//! `SSESPEC_UPDATE=1 cargo test -p ssespec-cli --test manual` renews the generated pages and the printed output.
//!
//! A fenced block is checked by its language:
//!
//! | language | check |
//! | --- | --- |
//! | `console` | the commands run in a folder of the page's own; what follows a command is its output, and `...` stands for any lines |
//! | `toml` | `ssespec check` accepts it |
//! | `json` | it parses |
//! | `text` | lines that begin with `->` or `<-` are messages of the adapter protocol |
//! | `python`, `rust` | it is a file of this repository that is run elsewhere, or a part of one |
//!
//! Notes in HTML comments before a block say more:
//!
//! | note | meaning |
//! | --- | --- |
//! | `file: PATH` | the block is this file in the page's folder, for the commands that follow |
//! | `same as: PATH`, `part of: PATH` | the block is this file of the repository, or a part of it |
//! | `status: N` | the exit status of the last command, if it is not 0 |
//! | `stream: stderr` | the output shown is that of standard error |
//! | `background: yes` | the command runs until the next of its kind or the end of the page |
//! | `needs: NAME` | the Python environment of this folder of `ci/implementations` |
//! | `run by: PATH` | this file runs the commands |
//! | `not run: REASON` | nothing runs it; the blocks with this note are counted |

mod console;
mod links;
mod page;
mod reference;
mod repository;
mod snippets;
mod update;
mod versions;
mod words;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use page::Page;

/// How many blocks nothing runs. Raise it only with a reason that cannot be helped.
const NOT_RUN: usize = 6;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let pages = repository::pages();
    let mut trials = vec![
        trial("links", links::check),
        trial("summary", links::check_summary),
        trial("rust_version", versions::check),
        trial("words", words::check),
        trial("capabilities", reference::check_capabilities),
        trial("blocks_that_are_not_run", count_not_run),
    ];
    for reference in &reference::PAGES {
        trials.push(trial(&format!("reference/{}", reference.file), || reference::check(reference)));
    }
    for page in pages.into_iter().filter(|page| !page.blocks.is_empty()) {
        let name = format!("page/{}", page.path);
        let check = move || check_page(&page).map_err(|problems| Failed::from(problems.join("\n")));
        trials.push(Trial::ignorable_test(name, check));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(name: &str, check: impl FnOnce() -> Result<(), Vec<String>> + Send + 'static) -> Trial {
    Trial::test(name, || check().map_err(|problems| Failed::from(problems.join("\n"))))
}

fn check_page(page: &Page) -> Result<Completion, Vec<String>> {
    let folder = console::Folder::new(page);
    let mut problems = page.problems.clone();
    let mut outputs = Vec::new();
    for block in &page.blocks {
        let checked = match block.language() {
            "console" if !block.is_run_here() => snippets::check_options(block),
            "console" => folder.run(block).map(|output| outputs.extend(output)),
            _ => snippets::check(block, &folder),
        };
        problems.extend(
            checked.err().into_iter().map(|problem| format!("{}:{}: {problem}", page.path, block.line)),
        );
    }
    if update::wanted() {
        update::page(page, &outputs);
    }
    match (problems.is_empty(), folder.left_out()) {
        (false, _) => Err(problems),
        (true, left_out) if left_out.is_empty() => Ok(Completion::Completed),
        (true, left_out) => Ok(Completion::ignored_with(left_out.join("; "))),
    }
}

fn count_not_run() -> Result<(), Vec<String>> {
    let pages = repository::pages();
    let found: Vec<String> = pages
        .iter()
        .flat_map(|page| page.blocks.iter().map(move |block| (page, block)))
        .filter_map(|(page, block)| Some(format!("{}:{}: {}", page.path, block.line, block.note("not run")?)))
        .collect();
    if found.len() == NOT_RUN {
        return Ok(());
    }
    let what = format!("{} blocks are not run, NOT_RUN says {NOT_RUN}:", found.len());
    Err([vec![what], found].concat())
}
