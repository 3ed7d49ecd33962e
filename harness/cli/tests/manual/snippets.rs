//! Blocks that are not commands: files in TOML, messages in JSON, programs that run elsewhere.

use std::process::Command;

use ssespec::protocol::Message;

use crate::console::Folder;
use crate::page::Block;
use crate::{repository, update};

/// Checks a block by its language.
pub(crate) fn check(block: &Block, folder: &Folder) -> Result<(), String> {
    if let Some(name) = block.note("file").filter(|_| block.language() != "toml") {
        folder.write(name, &block.text);
    }
    if let Some(path) = block.note("same as") {
        return if update::wanted() || repository::read(path)? == block.text {
            Ok(())
        } else {
            Err(format!("this differs from {path}"))
        };
    }
    if let Some(path) = block.note("part of") {
        let whole = repository::read(path)?;
        return if whole.contains(&block.text) { Ok(()) } else { Err(format!("this is not in {path}")) };
    }
    match block.language() {
        "toml" => toml(block, folder),
        "json" => serde_json::from_str::<serde_json::Value>(&block.text).map(drop).map_err(|e| e.to_string()),
        "text" | "mermaid" => messages(block),
        "yaml" | "sh" | "rust" | "python" | "dockerfile" if !block.is_run_here() => check_options(block),
        language => {
            Err(format!("nothing checks a block of \"{language}\"; see tests/manual/main.rs for the notes"))
        }
    }
}

/// The options of `ssespec` in a block that is not run exist.
pub(crate) fn check_options(block: &Block) -> Result<(), String> {
    if let Some(path) = block.note("run by")
        && !repository::root().join(path).exists()
    {
        return Err(format!("{path} runs this, and does not exist"));
    }
    for line in block.text.lines() {
        let Some((_, command)) = line.split_once("ssespec ") else { continue };
        let ours = command.split(" -- ").next().unwrap_or_default();
        let mut words = ours.split_whitespace();
        let Some(name) = words.next().filter(|name| name.chars().all(char::is_alphabetic)) else { continue };
        let help = help(name)?;
        for option in words.filter(|word| word.starts_with("--") && word.len() > 2) {
            let option = option.split('=').next().unwrap_or(option);
            if !help.split_whitespace().any(|word| word == option) {
                return Err(format!("`ssespec {name}` has no option {option}"));
            }
        }
    }
    Ok(())
}

fn help(command: &str) -> Result<String, String> {
    let mut ssespec = Command::new(env!("CARGO_BIN_EXE_ssespec"));
    let output = ssespec.args([command, "--help"]).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("there is no command `ssespec {command}`"))
}

/// A file in TOML, of the kind that its keys say.
fn toml(block: &Block, folder: &Folder) -> Result<(), String> {
    let document: toml::Table = block.text.parse().map_err(|error| format!("{error}"))?;
    let has = |key: &str| document.contains_key(key);
    let (name, option) = if has("steps") {
        ("snippet/client/snippet.toml", None)
    } else if has("route") {
        ("snippet/scenario.toml", Some("--scenario"))
    } else if has("name") || has("known-failure") {
        ("snippet/ssespec.toml", None)
    } else if has("dev-dependencies") || has("test") {
        return packages(&document);
    } else {
        return Err("this file is not for ssespec; expected steps, routes, a name or known failures".into());
    };
    // A file with only known failures needs an implementation that has them.
    let lead = if has("known-failure") && !has("name") {
        "name = \"a\"\nrole = \"client\"\ncommand = [\"a\"]\n"
    } else {
        ""
    };
    let path = folder.write(block.note("file").unwrap_or(name), &format!("{lead}{}", block.text));
    let mut ssespec = Command::new(env!("CARGO_BIN_EXE_ssespec"));
    ssespec.arg("check").args(option).arg(&path);
    let output = ssespec.output().map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// A part of a Cargo.toml: our crates in it exist.
fn packages(document: &toml::Table) -> Result<(), String> {
    let workspace: toml::Table =
        repository::read("Cargo.toml")?.parse().map_err(|error| format!("{error}"))?;
    let known = workspace["workspace"]["dependencies"].as_table().cloned().unwrap_or_default();
    let dependencies = document.get("dev-dependencies").and_then(toml::Value::as_table);
    let unknown =
        dependencies.into_iter().flat_map(|table| table.keys()).find(|name| !known.contains_key(*name));
    unknown.map_or(Ok(()), |name| Err(format!("the workspace has no dependency {name}")))
}

/// The orders that an adapter can get, by their keys.
const ORDERS: [&str; 12] = [
    "connect", "close", "state", "refresh", "enter", "run", "evaluate", "serve", "emit", "end", "stop",
    "shutdown",
];

/// Messages of the adapter protocol in a text: `<-` to the harness, `->` to the adapter.
fn messages(block: &Block) -> Result<(), String> {
    for line in block.text.lines() {
        if let Some(message) = line.strip_prefix("<- ") {
            Message::from_line(message.as_bytes()).map_err(|error| error.to_string())?;
        } else if let Some(order) = line.strip_prefix("-> ") {
            let order: serde_json::Value =
                serde_json::from_str(order).map_err(|e| format!("{order}: {e}"))?;
            let keys: Vec<&String> = order.as_object().into_iter().flat_map(|object| object.keys()).collect();
            let is_order = |key: &&String| ORDERS.contains(&key.as_str());
            if keys.len() != 2
                || !order["session"].is_u64()
                || keys.iter().filter(|key| is_order(key)).count() != 1
            {
                return Err(format!("{order} is no order to an adapter"));
            }
        }
    }
    Ok(())
}
