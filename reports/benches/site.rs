//! How long a site takes, and how much memory: 800 cases by 40 implementations, and a third of them.
//!
//! `cargo bench -p ssespec-reports --bench site [-- RESULTS...]` prints a table, and fails where the site takes too much. The runs
//! are made from the given results files, or from those in `tests/files`: their cases are repeated under other ids until there are
//! enough. Each run is read from a file, as `ssespec report` does. The seconds are processor time, so that a busy machine changes
//! nothing.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its figures")]

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ssespec_reports::Results;
use ssespec_reports::html::{Background, Site};
use ssespec_reports::results::{CaseResult, ResultsWriter};

const CASES: usize = 800;
const IMPLEMENTATIONS: usize = 40;

/// The most that a site may take.
const LONGEST: Duration = Duration::from_secs(3);
const MEMORY_KIB: u64 = 300 * 1024;
const INDEX: u64 = 2_000_000;

/// How much longer three times the implementations may take.
const RATIO: f64 = 3.5;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let result = match words.split_first() {
        Some((first, [folder, count])) if first == "site" => site(Path::new(folder), count),
        _ => bench(&words),
    };
    result.map_or_else(
        |error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

/// Makes the runs, and a site of all and of a third of them, each in a process of its own.
fn bench(files: &[String]) -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("ssespec-bench-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let result = runs(files, &folder).and_then(|()| measure(&folder));
    fs::remove_dir_all(&folder)?;
    result
}

/// Writes the results files.
fn runs(files: &[String], folder: &Path) -> Result<(), Box<dyn Error>> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let files: Vec<PathBuf> = match files {
        [] => ["verdicts", "all-pass", "other"].map(|name| own.join(format!("{name}.jsonl"))).to_vec(),
        files => files.iter().map(PathBuf::from).collect(),
    };
    let models = files.iter().map(|file| Results::open(file)).collect::<Result<Vec<_>, _>>()?;
    for number in 0..IMPLEMENTATIONS {
        let Some(model) = models.get(number % models.len()) else { continue };
        let mut header = model.header().clone();
        header.implementation.name = format!("{}-{number}", header.implementation.name);
        let mut writer = ResultsWriter::new(Vec::new());
        writer.header(&header)?;
        let cases: Vec<&[CaseResult]> = model.results().chunk_by(|a, b| a.case == b.case).collect();
        for (at, results) in cases.iter().cycle().take(CASES).enumerate() {
            for result in *results {
                let case = match at / cases.len() {
                    0 => result.case.clone(),
                    round => result.case.replacen('/', &format!("/round-{round}-"), 1),
                };
                writer.result(&CaseResult { case, ..result.clone() })?;
            }
        }
        if let Some(footer) = model.footer() {
            writer.footer(footer)?;
        }
        fs::write(folder.join(format!("{number:02}.jsonl")), writer.into_inner())?;
    }
    Ok(())
}

fn measure(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut times = Vec::new();
    println!("| implementations | seconds | MiB | pages | bytes of the first page |");
    println!("| ---: | ---: | ---: | ---: | ---: |");
    for count in [IMPLEMENTATIONS.div_ceil(3), IMPLEMENTATIONS] {
        let output = Command::new(std::env::current_exe()?)
            .args(["site".as_ref(), folder.as_os_str(), count.to_string().as_ref()])
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let numbers: Vec<u64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        let [milliseconds, kib, pages, index] = numbers[..] else {
            return Err(format!("the site failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        };
        let seconds = Duration::from_millis(milliseconds).as_secs_f64();
        println!("| {count} | {seconds:.2} | {} | {pages} | {index} |", kib / 1024);
        times.push(seconds / count as f64);
        for (what, is_too_much) in [
            ("time", seconds > LONGEST.as_secs_f64()),
            ("memory", kib > MEMORY_KIB),
            ("a first page", index > INDEX),
        ] {
            if is_too_much {
                return Err(format!("the site of {count} implementations takes too much: {what}").into());
            }
        }
    }
    match times[..] {
        [one, other] if other * 3.0 > one * RATIO => {
            Err(format!("three times the implementations take {:.1} times as long", 3.0 * other / one).into())
        }
        _ => Ok(()),
    }
}

/// Writes a site of the first runs, and prints the milliseconds, the KiB of memory, the pages, and the size of the first page.
fn site(folder: &Path, count: &str) -> Result<(), Box<dyn Error>> {
    let output = folder.join("site");
    let (mut pages, mut index) = (0_u64, 0);
    let mut folders = BTreeSet::new();
    let start = processor_time();
    let mut write = |path: &str, text: &str| {
        pages += 1;
        if path == "index.html" {
            index = text.len();
        }
        let path = output.join(path);
        if let Some(folder) = path.parent()
            && folders.insert(folder.to_owned())
        {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    };
    let background = Background::default();
    let mut site = Site::new(&background);
    for number in 0..count.parse()? {
        site.add(&Results::open(&folder.join(format!("{number:02}.jsonl")))?, &mut write)?;
    }
    site.finish(&mut write)?;
    let milliseconds = processor_time().saturating_sub(start).as_millis();
    println!("{milliseconds} {} {pages} {index}", peak_memory().unwrap_or_default());
    fs::remove_dir_all(output)?;
    Ok(())
}

/// The processor time of this process, which has one thread; where the system does not say, the time of day.
fn processor_time() -> Duration {
    let nanoseconds = fs::read_to_string("/proc/self/schedstat").ok();
    let nanoseconds = nanoseconds.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(
        || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        Duration::from_nanos,
    )
}

/// The most memory that this process had, in KiB; only Linux says.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
