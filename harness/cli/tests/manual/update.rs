//! Renewing what the pages show.

use crate::console::Output;
use crate::page::Page;
use crate::repository;

/// Whether files are renewed instead of compared.
pub(crate) fn wanted() -> bool {
    std::env::var_os("SSESPEC_UPDATE").is_some()
}

/// Writes what commands printed into the page, and the files that it shows. Only the lines that differ in more than
/// times and ports change, and `...` stays where it is.
pub(crate) fn page(page: &Page, outputs: &[Output]) {
    let path = repository::root().join(&page.path);
    let text = std::fs::read_to_string(&path).expect("a page");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let printed = outputs.iter().map(|o| (o.first, o.indent, o.shown.len(), o.renewed()));
    let files = page.blocks.iter().filter_map(|block| {
        let file = repository::read(block.note("same as")?).expect("a file");
        Some((
            block.line,
            block.indent,
            block.text.lines().count(),
            file.lines().map(str::to_owned).collect(),
        ))
    });
    let mut changes: Vec<(usize, usize, usize, Vec<String>)> = printed.chain(files).collect();
    changes.sort();
    for (first, indent, length, new) in changes.into_iter().rev() {
        let new = new.into_iter().map(|line| format!("{}{line}", " ".repeat(indent)).trim_end().to_owned());
        lines.splice(first..first + length, new);
    }
    let renewed = lines.join("\n") + "\n";
    if renewed != text {
        std::fs::write(path, renewed).expect("a page that can be written");
    }
}
