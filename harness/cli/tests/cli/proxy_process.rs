//! The test executable as a proxy: the reference intermediary in a process of its own, which `ssespec run` starts.
//!
//! It is started with a configuration file, whose lines are `listen ADDRESS` and `upstream ADDRESS`. Options:
//!
//! - `observer=ADDRESS`: it connects there, and keeps the connection open until it exits
//! - `worker`: it starts another process, in a process group of its own, which also connects to the observer
//! - `deaf`: it ignores SIGTERM, as if it waited for its streams to end
//! - `exit`: it prints its configuration and exits
//! - `stops=SECONDS`: it exits after that time
//! - `version`: it prints `small 1.2.3` and exits

use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// Longer than any test takes. No process is left for ever if a test fails.
const LIFE_SPAN: Duration = Duration::from_secs(180);

/// Lives as a proxy.
pub(crate) fn live(options: &[String]) -> ExitCode {
    let is_told = |word: &str| options.iter().any(|option| option == word);
    let option = |name: &str| options.iter().find_map(|option| option.strip_prefix(name)?.strip_prefix('='));
    if is_told("version") {
        println!("small 1.2.3");
        return ExitCode::SUCCESS;
    }
    let configuration = std::fs::read_to_string(Path::new(&options[0])).unwrap();
    if is_told("exit") {
        eprintln!("cannot use this:\n{configuration}");
        return ExitCode::FAILURE;
    }
    let _observer = option("observer").map(|address| TcpStream::connect(address).unwrap());
    let _worker = is_told("worker").then(|| {
        let mut worker = Command::new(std::env::current_exe().unwrap());
        worker.arg("as-worker").args(option("observer"));
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut worker, 0);
        let mut worker = worker.spawn().unwrap();
        std::thread::spawn(move || worker.wait())
    });
    let address = |key: &str| {
        let mut lines = configuration.lines();
        lines.find_map(|line| line.strip_prefix(key)?.trim().parse().ok()).unwrap()
    };
    let life_span =
        option("stops").map_or(LIFE_SPAN, |seconds| Duration::from_secs(seconds.parse().unwrap()));
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        #[cfg(unix)]
        let _deaf = is_told("deaf").then(|| {
            use tokio::signal::unix::{SignalKind, signal};
            signal(SignalKind::terminate()).unwrap()
        });
        let _proxy = ssespec_reference::intermediary(address("listen "), address("upstream ")).await.unwrap();
        tokio::time::sleep(life_span).await;
    });
    println!("bye");
    ExitCode::from(7)
}

/// Lives as the other process of a proxy.
pub(crate) fn work(options: &[String]) -> ExitCode {
    let _observer = options.first().map(|address| TcpStream::connect(address).unwrap());
    std::thread::sleep(LIFE_SPAN);
    ExitCode::SUCCESS
}
