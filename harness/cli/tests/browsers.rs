//! Real browsers: they run cases, and leave nothing behind, however a run ends.
//!
//! A browser that is not installed is left out and says so, unless `SSESPEC_ALL_IMPLEMENTATIONS` is set. If
//! `SSESPEC_IMPLEMENTATIONS` is set, only the browsers that it names run.

#[cfg(target_os = "linux")]
mod choice;

fn main() -> std::process::ExitCode {
    let mut arguments = libtest_mimic::Arguments::from_args();
    // They look at all processes of this one, and share the cores.
    arguments.test_threads = Some(1);
    #[cfg(target_os = "linux")]
    let trials = linux::trials();
    #[cfg(not(target_os = "linux"))]
    let trials = Vec::new();
    libtest_mimic::run(&arguments, trials).exit_code()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod linux {
    use std::cell::RefCell;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use libtest_mimic::{Completion, Failed, Trial};
    use ssespec::engine::Engine;
    use ssespec::page::opener::Browser as _;
    use ssespec_browser::{Shared, find};

    use super::choice;

    /// The variable by which a test knows its processes. Children inherit it.
    const MARK: &str = "SSESPEC_TEST";

    /// How long anything may take on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(90);

    type Test = fn(Engine) -> Result<(), Failed>;

    const TESTS: [(&str, Test); 9] = [
        ("one_page_after_another", one_page_after_another),
        ("a_run_that_conforms", a_run_that_conforms),
        ("over_tls", over_tls),
        ("a_run_that_does_not", a_run_that_does_not),
        ("windows_that_vanish", windows_that_vanish),
        ("interrupted", interrupted),
        ("killed", killed),
        ("panic", panic),
        ("a_browser_that_died_is_started_anew", a_browser_that_died_is_started_anew),
    ];

    pub(crate) fn trials() -> Vec<Trial> {
        let all = Engine::ALL.iter().copied();
        all.flat_map(|engine| {
            TESTS.map(|(name, test)| {
                Trial::ignorable_test(format!("{engine}/{name}"), move || {
                    if let Some(reason) = choice::not_chosen(engine.word()) {
                        return Ok(Completion::ignored_with(reason));
                    }
                    match find(engine) {
                        Err(missing) if !choice::none_may_be_left_out() => {
                            Ok(Completion::ignored_with(format!("{missing}; {}", missing.hint())))
                        }
                        _ => test(engine).map(|()| Completion::Completed),
                    }
                })
            })
        })
        .collect()
    }

    /// A command under test, its folder for temporary files, and the mark of all its processes.
    struct Marked {
        folder: tempfile::TempDir,
        mark: String,
        groups: RefCell<BTreeSet<String>>,
    }

    /// The process group of a process that has not ended.
    fn group(process: &Path) -> Option<String> {
        let stat = std::fs::read_to_string(process.join("stat")).ok()?;
        let mut fields = stat.rsplit_once(") ")?.1.split(' ');
        let (state, group) = (fields.next()?, fields.nth(1)?);
        (state != "Z" && state != "X").then(|| group.to_owned())
    }

    impl Marked {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("tmp")).unwrap();
            let mark = folder.path().display().to_string();
            Self { folder, mark, groups: RefCell::default() }
        }

        fn command(&self, engine: Engine, cases: &Path) -> Command {
            let mut command = Command::new(env!("CARGO_BIN_EXE_ssespec"));
            command
                .args(["client", "--lanes", "2", "--delivery", "as-written", "--browser", engine.word()])
                .arg("--cases")
                .arg(cases)
                .env(MARK, &self.mark)
                .env("TMPDIR", self.folder.path().join("tmp"))
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            command
        }

        /// A folder with one case of these steps.
        fn case(&self, steps: &str) -> PathBuf {
            let folder = self.folder.path().join("cases");
            std::fs::create_dir_all(folder.join("client/mine")).unwrap();
            let text = format!("title = \"Mine\"\nrequirements = [\"whatwg/line-lf\"]\nsteps = [{steps}]\n");
            std::fs::write(folder.join("client/mine/one.toml"), text).unwrap();
            folder
        }

        /// The processes of this command: those with the mark, and those of a group that one with the mark leads or
        /// led, since Chromium writes over the environment of its children.
        fn living(&self) -> Vec<String> {
            let wanted = format!("{MARK}={}", self.mark);
            let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
            let all: Vec<(PathBuf, String)> =
                entries.filter_map(|entry| Some((entry.path(), group(&entry.path())?))).collect();
            let mut groups = self.groups.borrow_mut();
            let is_marked = |path: &Path| {
                let environment = std::fs::read(path.join("environ")).unwrap_or_default();
                environment.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes())
            };
            groups.extend(
                all.iter()
                    .filter(|(path, group)| path.ends_with(group) && is_marked(path))
                    .map(|(_, g)| g.clone()),
            );
            all.iter()
                .filter(|(path, group)| groups.contains(group) || is_marked(path))
                .map(|(path, _)| {
                    let words = std::fs::read(path.join("cmdline")).unwrap_or_default();
                    String::from_utf8_lossy(&words).replace('\0', " ")
                })
                .collect()
        }

        /// Asserts that no process and no temporary file is left.
        fn assert_nothing_left(&self) -> Result<(), Failed> {
            let living = self.living();
            if !living.is_empty() {
                return Err(format!("left behind: {}", living.join("\n")).into());
            }
            let files: Vec<_> = std::fs::read_dir(self.folder.path().join("tmp")).unwrap().collect();
            if files.is_empty() { Ok(()) } else { Err(format!("left behind: {files:?}").into()) }
        }

        /// Waits until no process is left.
        fn await_death(&self) -> Result<(), Failed> {
            until(|| self.living().is_empty())
                .map_err(|()| format!("left behind: {}", self.living().join("\n")).into())
        }

        /// Waits until the browser plays: it has several processes by then, one of which is a page's.
        fn await_browser(&self) -> Result<(), Failed> {
            until(|| self.living().iter().filter(|process| !process.contains("--cases")).count() >= 4)
                .map_err(|()| format!("no browser: {:?}", self.living()).into())
        }
    }

    fn until(holds: impl Fn() -> bool) -> Result<(), ()> {
        let deadline = Instant::now() + PATIENCE;
        while !holds() {
            if Instant::now() > deadline {
                return Err(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    fn signal(child: &Child, signal: &str) {
        let words = [format!("-{signal}"), child.id().to_string()];
        assert!(Command::new("kill").args(words).status().unwrap().success());
    }

    const EVENT: &str = r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }"#;
    const ENDLESS: &str =
        r#"{ send = "data: a\n\n" }, { expect-event = { data = "a" } }, { wait = "10min" }"#;

    fn a_run_that_conforms(engine: Engine) -> Result<(), Failed> {
        let marked = Marked::new();
        let output = marked.command(engine, &marked.case(EVENT)).output()?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.code() != Some(0) || !printed.contains("over page") {
            return Err(
                format!("{}\n{printed}{}", output.status, String::from_utf8_lossy(&output.stderr)).into()
            );
        }
        marked.assert_nothing_left()
    }

    /// Streams and the files of the page share connections over HTTP/2, and the WebSocket has its own over HTTP/1.1.
    fn over_tls(engine: Engine) -> Result<(), Failed> {
        let marked = Marked::new();
        // The report of a failure has the requests.
        let cases = marked.case(r#"{ send = "data: a\n\n" }, { expect-event = { data = "b" } }"#);
        let file = marked.folder.path().join("results.jsonl");
        let mut command = marked.command(engine, &cases);
        let output = command.args(["--http", "both", "--tls", "--output"]).arg(&file).output()?;
        if output.status.code() != Some(1) {
            return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
        }
        let results = std::fs::read_to_string(&file)?;
        for (protocol, request) in [("http1-tls", "/ HTTP/1.1"), ("http2-tls", ":method: GET")] {
            let delivery = format!("\"delivery\":\"as-written@{protocol}\"");
            let result = results.lines().find(|line| line.contains(&delivery));
            let result = result.ok_or_else(|| format!("no result over {protocol}"))?;
            if !result.contains(request) {
                return Err(format!("{protocol}: {result}").into());
            }
        }
        marked.assert_nothing_left()
    }

    fn a_run_that_does_not(engine: Engine) -> Result<(), Failed> {
        let marked = Marked::new();
        let wrong = r#"{ send = "data: a\n\n" }, { expect-event = { data = "b" } }"#;
        let output = marked.command(engine, &marked.case(wrong)).output()?;
        if output.status.code() != Some(1) {
            return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
        }
        marked.assert_nothing_left()
    }

    /// What drives a browser may look at a window that is gone by then; the pages that come after open all the same.
    fn windows_that_vanish(engine: Engine) -> Result<(), Failed> {
        let marked = Marked::new();
        let cases = marked.case(EVENT);
        let vanishing = "for (let i = 0; i < 30; i += 1) { const one = open('about:blank'); \
                         if (one) setTimeout(() => one.close(), i) }";
        for number in 0..4 {
            let text = format!(
                "title = \"Windows {number}\"\nrequirements = [\"whatwg/line-lf\"]\nneeds = [\"dom\"]\nisolated = true\n\
                 steps = [{{ enter = \"window\" }}, {{ run = \"{vanishing}\" }}, {{ wait = \"100ms\" }}]\n"
            );
            std::fs::write(cases.join(format!("client/mine/windows-{number}.toml")), text)?;
        }
        let output = marked.command(engine, &cases).output()?;
        if output.status.code() != Some(0) {
            return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stdout)).into());
        }
        marked.assert_nothing_left()
    }

    fn interrupted(engine: Engine) -> Result<(), Failed> {
        for name in ["INT", "TERM"] {
            let marked = Marked::new();
            let mut child = marked.command(engine, &marked.case(ENDLESS)).spawn()?;
            marked.await_browser()?;
            signal(&child, name);
            let status = child.wait()?;
            if status.code() != Some(130) {
                return Err(format!("{name}: {status}").into());
            }
            marked.assert_nothing_left()?;
        }
        Ok(())
    }

    /// Nobody can tidy up after that, but the browser ends, and the next run removes its folder.
    fn killed(engine: Engine) -> Result<(), Failed> {
        let marked = Marked::new();
        let mut child = marked.command(engine, &marked.case(ENDLESS)).spawn()?;
        marked.await_browser()?;
        signal(&child, "KILL");
        child.wait()?;
        marked.await_death()?;
        let output = marked.command(engine, &marked.case(EVENT)).output()?;
        if output.status.code() != Some(0) {
            return Err(format!("{}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
        }
        marked.assert_nothing_left()
    }

    /// An unrelated page, on a listener that answers.
    fn page() -> (String, std::thread::JoinHandle<()>) {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let body = "<link rel=icon href='data:,'>";
            let length = body.len();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close";
            let _ = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}");
        });
        (url, answering)
    }

    /// The processes of this one that are a browser's.
    fn browsers() -> Vec<PathBuf> {
        let own = std::env::temp_dir().join("ssespec-browser-").display().to_string();
        let wanted = format!("SSESPEC_BROWSER={own}");
        let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
        entries
            .filter(|path| {
                let environment = std::fs::read(path.join("environ")).unwrap_or_default();
                environment.split(|byte| *byte == 0).any(|variable| variable.starts_with(wanted.as_bytes()))
            })
            .collect()
    }

    fn panic(engine: Engine) -> Result<(), Failed> {
        let runtime = tokio::runtime::Runtime::new()?;
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            runtime.block_on(async {
                let (url, answering) = page();
                let browser = Shared::new(engine);
                let page = browser.open(&url).await.unwrap();
                answering.join().unwrap();
                assert!(!browsers().is_empty());
                // A panic without its message, which would clutter the log of the tests.
                std::panic::resume_unwind(Box::new((browser.engine(), page.name().cloned())));
            })
        }));
        assert!(panicked.is_err());
        let left = browsers();
        if left.is_empty() { Ok(()) } else { Err(format!("left behind: {left:?}").into()) }
    }

    fn one_page_after_another(engine: Engine) -> Result<(), Failed> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let browser = Shared::new(engine);
            for _ in 0..3 {
                let (url, answering) = page();
                let opened = browser.open(&url).await.map_err(|error| error.to_string())?;
                answering.join().unwrap();
                drop(opened);
                // Whether it is closed by now or after the next is opened makes no difference.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(())
        })
    }

    fn a_browser_that_died_is_started_anew(engine: Engine) -> Result<(), Failed> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let browser = Shared::new(engine);
            let (url, answering) = page();
            let first = browser.open(&url).await.map_err(|error| error.to_string())?;
            answering.join().unwrap();
            for process in browsers() {
                let id = process.file_name().unwrap().to_owned();
                let _ = Command::new("kill").arg("-KILL").arg(id).status()?;
            }
            let (url, answering) = page();
            let second = browser.open(&url).await.map_err(|error| error.to_string())?;
            answering.join().unwrap();
            drop((first, second));
            Ok(())
        })
    }
}
