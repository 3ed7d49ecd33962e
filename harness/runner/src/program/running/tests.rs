//! Programs that end, that do not, and what is left of them. They are shell scripts; what listens is this process.

use std::path::Path;
use std::time::Instant;

use super::*;

/// A program that runs this script with `sh`, which gets its address and its folder.
fn script(text: &str) -> Program {
    let words = ["sh", "-c", text, "sh", "{port}", "{dir}"];
    Program {
        command: words.map(str::to_owned).into(),
        templates: None,
        reload: None,
        version: None,
        version_command: Vec::new(),
    }
}

/// A script that listens: Python is on every machine that runs these tests, since the command's tests need it.
const LISTEN: &str = r#"
import os, signal, socket, sys, time
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
"#;

fn python(rest: &str) -> Program {
    let mut program = script("");
    program.command =
        vec!["python3".into(), "-c".into(), format!("{LISTEN}{rest}"), "{port}".into(), "{dir}".into()];
    program
}

async fn start(program: &Program) -> Result<Running, ProgramError> {
    Running::start(Path::new("."), program, SocketAddr::from(([127, 0, 0, 1], 9))).await
}

/// The processes whose environment names this folder.
fn left(folder: &Path) -> Vec<u32> {
    let wanted = format!("SSESPEC_PROGRAM={}", folder.display());
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let is_marked = |process: &u32| {
        let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
    };
    numbers.filter(is_marked).collect()
}

/// Ends a program; gives how long that took. Nothing may be left.
fn end(running: Running) -> Duration {
    let (folder, listen) = (running._folder.path().to_owned(), running.places.listen);
    assert!(!left(&folder).is_empty(), "this would find none");
    let began = Instant::now();
    drop(running);
    let took = began.elapsed();
    assert_eq!(left(&folder), Vec::<u32>::new());
    assert!(!folder.exists());
    assert!(TcpListener::bind(listen).is_ok(), "{listen} is free");
    took
}

#[tokio::test]
async fn one_that_ends_when_asked() {
    let running = start(&python("time.sleep(600)")).await.unwrap();
    assert!(end(running) < Duration::from_secs(3));
}

#[tokio::test]
async fn workers_end_too() {
    // Each of them ignores SIGHUP, and two have left the group: one with a parent, one without.
    let workers = r#"
signal.signal(signal.SIGHUP, signal.SIG_IGN)
if os.fork() == 0:
    time.sleep(600)
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
if os.fork() == 0:
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    os._exit(0)
os.wait()
time.sleep(600)
"#;
    let running = start(&python(workers)).await.unwrap();
    let folder = running._folder.path().to_owned();
    while left(&folder).len() < 4 {
        tokio::time::sleep(PAUSE).await;
    }
    // Those outside of the group get no SIGTERM.
    assert!(end(running) >= Duration::from_secs(3));
}

#[tokio::test]
async fn one_that_ignores_the_signal() {
    let ignoring =
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\ntime.sleep(600)";
    let running = start(&python(ignoring)).await.unwrap();
    while !running.output().contains("ready") {
        tokio::time::sleep(PAUSE).await;
    }
    let took = end(running);
    assert!(took >= Duration::from_secs(3) && took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn one_that_ends_before_it_is_ready() {
    let error = start(&script("echo no such file: \"$2\"/x >&2; exit 3")).await.unwrap_err();
    let ProgramError::EndedEarly { command, status, output } = &error else { panic!("{error}") };
    assert!(command.starts_with("sh -c ") && status.contains('3'), "{error}");
    assert!(output.starts_with("no such file: /"), "{output}");
    assert!(!Path::new(output.trim_start_matches("no such file: ").trim_end()).parent().unwrap().exists());
}

#[tokio::test]
async fn one_that_cannot_be_started() {
    let mut program = script("");
    program.command = vec!["no-such-program".into()];
    let error = start(&program).await.unwrap_err();
    assert!(error.to_string().contains("`no-such-program` could not be started"), "{error}");
}

#[tokio::test]
async fn one_that_goes_into_the_background() {
    let error = start(&script("sleep 617.203 & exit 0")).await.unwrap_err();
    let ProgramError::EndedEarly { .. } = &error else { panic!("{error}") };
    let sleeping = |line: &String| line.split('\0').eq(["sleep", "617.203", ""]);
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let mut lines = entries.filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok());
    assert!(!lines.any(|line| sleeping(&line)));
}

#[tokio::test]
async fn one_that_ends_on_its_own() {
    let mut running =
        start(&python("listener.accept()\nprint('bye', flush=True)\nsys.exit(4)")).await.unwrap();
    let error = running.ends().await;
    let ProgramError::Ended { status, output, .. } = &error else { panic!("{error}") };
    assert!(status.contains('4') && output == "bye\n", "{error}");
}

#[tokio::test]
async fn its_reload_runs_where_it_runs() {
    let home = tempfile::tempdir().unwrap();
    let program = Program { reload: Some("pwd -P > {dir}/where".into()), ..python("time.sleep(600)") };
    let running = Running::start(home.path(), &program, SocketAddr::from(([127, 0, 0, 1], 9))).await.unwrap();
    running.reload().unwrap().perform().await.unwrap();
    let printed = std::fs::read_to_string(running._folder.path().join("where")).unwrap();
    assert_eq!(Path::new(printed.trim_end()), home.path().canonicalize().unwrap());
}
