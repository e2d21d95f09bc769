//! What survives: runs that are killed, interrupted, cut off from their server, or not alone.

pub mod answers;
mod disk;
mod faults;
mod points;
mod server;

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::OnceLock,
    time::Duration,
};

use assay::{
    domain::{InstructionBody, Language, QueryBody},
    pipeline::Project,
    store::Access,
};

use server::Server;

const PATIENCE: Duration = Duration::from_secs(240);

/// A project folder whose endpoint is the test's server.
struct Folder {
    dir: tempfile::TempDir,
}

impl Folder {
    /// Few instructions, but every stage has work and every kind of fault.
    fn new(server: &Server, concurrency: u32) -> Self {
        Self::new_in(&std::env::temp_dir(), server, concurrency)
    }

    fn new_in(parent: &Path, server: &Server, concurrency: u32) -> Self {
        let dir = tempfile::tempdir_in(parent).unwrap();
        let config = format!(
            "[endpoints.main]\nkind = \"openai\"\nbase_url = \"http://{}/v1\"\nmodel = \"test\"\n\
             concurrency = {concurrency}\nattempts = 2\n\n[calls]\nself_instruct = {{ samples = 2 }}\n\
             verifiers = {{ samples = 4 }}\nrespond = {{ samples = 4 }}\n\n[pipeline]\nqueries_per_instruction = 2\n",
            server.address
        );
        std::fs::write(dir.path().join("assay.toml"), config).unwrap();
        let project = Project::open(dir.path(), Access::Write, None).unwrap();
        let language = Language::English;
        let seeds = ["Answer in exactly two sentences.", "Do not use the letter e.", "Begin with a question."];
        let seeds = seeds.map(|text| InstructionBody { text: text.into(), category: None, language });
        project.add_seeds(&seeds).unwrap();
        let queries = ["How do bees find flowers?", "Why is the sky blue at noon?", "What makes bread rise?"];
        let query = |text: &str| QueryBody { text: text.into(), language, topic: None, source: None };
        project.add_queries(&queries.map(query)).unwrap();
        Self { dir }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Starts `assay run`.
    fn run(&self) -> Child {
        assay(&["run"], self.path()).spawn().unwrap()
    }

    /// The digest, as `assay digest` prints it.
    fn digest(&self) -> String {
        let output = assay(&["digest"], self.path()).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The program, with a cache folder of the tests' own in which the guest is compiled.
fn assay(arguments: &[&str], dir: &Path) -> Command {
    let mut command = program(arguments);
    command.arg("--project").arg(dir);
    command
}

fn program(arguments: &[&str]) -> Command {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    let bare = |cache: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
        command.env("XDG_CACHE_HOME", cache).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let cache = CACHE.get_or_init(|| {
        let cache = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("kill-cache");
        let compiled = bare(&cache).args(["sandbox", "compile"]).output().unwrap();
        assert!(compiled.status.success(), "{}", said(&compiled));
        cache
    });
    let mut command = bare(cache);
    command.args(arguments);
    command
}

fn said(output: &Output) -> String {
    format!(
        "{}\nstdout: {}\nstderr: {}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Waits for a process without holding up the server; the output too.
async fn ended(child: Child) -> Output {
    let waiting = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    tokio::time::timeout(PATIENCE, waiting).await.expect("the run did not end").unwrap()
}

/// Waits until something holds, or the process has ended.
async fn until(child: &mut Child, holds: impl Fn() -> bool) -> Option<ExitStatus> {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if holds() {
            return None;
        }
        assert!(tokio::time::Instant::now() < deadline, "nothing happens");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
