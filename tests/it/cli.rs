//! Tests of the command line: exit statuses, messages, and what goes where.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// The program, kept away from the user's own folders. The compiled sandbox is shared by all tests.
pub fn assay(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assay"));
    command
        .args(args)
        .current_dir(home)
        .stdin(Stdio::null())
        .env("HOME", home)
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .env_remove("ASSAY_LOG");
    command
}

/// What a command gave back.
pub struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { status: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Runs the program to its end.
pub fn run(home: &Path, args: &[&str]) -> Said {
    assay(home, args).output().unwrap().into()
}

/// Runs the program, which must succeed, and gives what it printed.
pub fn ok(home: &Path, args: &[&str]) -> String {
    let said = run(home, args);
    assert_eq!(said.status, 0, "{args:?}: {}", said.err);
    said.out
}

fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A project that needs no endpoint to be looked at.
fn project(home: &Path) -> PathBuf {
    let dir = home.join("p");
    ok(home, &["init", "p", "--demo"]);
    dir
}

#[test]
fn help_and_version() {
    let home = home();
    let help = ok(home.path(), &["--help"]);
    assert!(help.contains("assay demo --headless") && help.contains("Exit status"), "{help}");
    for verb in
        ["demo", "init", "run", "status", "digest", "import", "export", "doctor", "gc", "why", "completions", "man"]
    {
        let help = ok(home.path(), &[verb, "--help"]);
        assert!(help.contains("Example"), "{verb} has no example");
    }
    assert!(ok(home.path(), &["--version"]).starts_with("assay "));
}

#[test]
fn wrong_usage_ends_with_2() {
    let home = home();
    let table: &[(&[&str], &str)] = &[
        (&["run", "--no-such-flag"], "--no-such-flag"),
        (&["run", "--until", "verifers"], "cross-validate"),
        (&["run", "--profile", "mine"], "paper, released or recommended"),
        (&["demo", "--speed", "fast"], "0 as fast as possible"),
        (&["demo", "--headless", "--project", "x"], "a project of its own"),
        (&["run", "--limit", "0"], "--limit"),
        (&["run", "--limit", "-1"], "--limit"),
        (&["rnu"], "did you mean `assay run`?"),
        (&["no/such/folder"], "there is no folder no/such/folder"),
        (&["export", "llamafactory"], "FOLDER"),
        (&["some/project", "run"], "--project some/project"),
        (&["import", "pictures", "x"], "seeds"),
        (&[], "needs a terminal"),
        (&["demo"], "needs a terminal"),
    ];
    for (args, word) in table {
        let said = run(home.path(), args);
        assert_eq!(said.status, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(word), "{args:?} said {:?}, wanted {word:?}", said.err);
        assert!(said.out.is_empty(), "{args:?} wrote to stdout: {}", said.out);
    }
}

#[test]
fn without_a_project_the_message_says_how_to_make_one() {
    let home = home();
    for args in [&["status"][..], &["run"], &["digest"], &["config", "check"], &["import", "seeds", "x"]] {
        let said = run(home.path(), args);
        assert_eq!(said.status, 1, "{args:?}");
        assert!(said.err.contains("no assay.toml") && said.err.contains("assay init DIR"), "{args:?}: {}", said.err);
    }
}

#[test]
fn a_bad_assay_toml_is_named_by_line_and_key() {
    let home = home();
    let dir = project(home.path());
    let file = dir.join("assay.toml");
    let good = fs::read_to_string(&file).unwrap();
    let table = [
        ("\n[pipelin]\n", "did you mean `pipeline`?"),
        ("\n[rules]\nfunctionkept = 1\n", "did you mean `function_kept`?"),
        ("\n[rules]\npairs = 3\n", "rules.pairs"),
    ];
    for (more, word) in table {
        let text = good.replace("\n[rules]\n", "\n") + more;
        fs::write(&file, &text).unwrap();
        for args in [&["config", "check"][..], &["status"], &["run"]] {
            let said = run(&dir, args);
            assert_eq!(said.status, 1, "{args:?} with {more:?}");
            let line = text.lines().count();
            assert!(said.err.contains(word) && said.err.contains(&format!("assay.toml:{line}:")), "{}", said.err);
        }
    }
    fs::write(&file, good).unwrap();
    assert!(ok(&dir, &["config", "check"]).contains("is in order: profile recommended"));
}

#[test]
fn a_bad_template_is_named() {
    let home = home();
    let dir = project(home.path());
    fs::write(dir.join("templates/en/score.md.j2"), "{% if %}").unwrap();
    let said = run(&dir, &["config", "check"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("templates/en/score.md.j2:1:"), "{}", said.err);
}

#[test]
fn init_makes_a_project_once() {
    let home = home();
    let said = ok(home.path(), &["init", "mine", "--seed", "7"]);
    assert!(said.contains("[endpoints.main]"), "{said}");
    let dir = home.path().join("mine");
    for file in ["assay.toml", "seeds/instructions.en.jsonl", "seeds/queries.zh.jsonl", "templates/zh/verifiers.md.j2"]
    {
        assert!(dir.join(file).is_file(), "{file} is missing");
    }
    assert!(fs::read_to_string(dir.join("assay.toml")).unwrap().contains("seed = 7"));
    ok(&dir, &["config", "check"]);
    let said = run(home.path(), &["init", "mine"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("is a project already"), "{}", said.err);

    let other = home.path().join("other");
    fs::create_dir_all(other.join("seeds")).unwrap();
    fs::write(other.join("seeds/README.md"), "mine").unwrap();
    let said = run(home.path(), &["init", "other"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("was left alone"), "{}", said.err);
    assert_eq!(fs::read_to_string(other.join("seeds/README.md")).unwrap(), "mine");
}

#[test]
fn status_has_the_contract_s_object_and_the_digest_follows_the_content() {
    let home = home();
    let dir = project(home.path());
    ok(home.path(), &["init", "q", "--demo"]);
    let status: serde_json::Value = serde_json::from_str(&ok(&dir, &["status", "--json"])).unwrap();
    assert_eq!((&status["project"], &status["profile"]), (&"p".into(), &"recommended".into()));
    let stages = status["stages"].as_array().unwrap();
    assert_eq!(stages.len(), 11);
    for stage in stages {
        let n = |key: &str| stage[key].as_u64().unwrap();
        let parts = ["kept", "dropped", "failed", "pending", "running", "stale"].map(n).iter().sum::<u64>();
        assert_eq!(n("in"), parts, "{stage}");
    }
    assert!(stages[0]["kept"].as_u64().unwrap() > 0, "the seeds are candidates");
    assert!(ok(&dir, &["status"]).contains("self-instruct"));

    let digest = |dir: &Path| ok(dir, &["digest"]);
    assert_eq!(digest(&dir), digest(&home.path().join("q")));
    fs::write(home.path().join("s.txt"), "Use no commas at all in what you write.\n").unwrap();
    ok(home.path(), &["--project", "p", "import", "seeds", "s.txt"]);
    assert_ne!(digest(&dir), digest(&home.path().join("q")));
}

#[test]
fn imports_are_counted_and_taken_once() {
    let home = home();
    let dir = project(home.path());
    fs::write(home.path().join("q.txt"), "Why is the sky blue at noon?\n\nWhy is the sky blue at noon?\n").unwrap();
    let args = ["import", "queries", "q.txt", "--project", "p"];
    assert_eq!(ok(home.path(), &args), "queries: 3 read, 1 new, 0 there already, 2 skipped (duplicate 1, empty 1)\n");
    assert_eq!(ok(home.path(), &args), "queries: 3 read, 0 new, 1 there already, 2 skipped (duplicate 1, empty 1)\n");

    let before = ok(&dir, &["digest"]);
    fs::write(home.path().join("l.txt"), b"Write in capitals only.\ncaf\xe9\n").unwrap();
    let said = run(home.path(), &["import", "seeds", "l.txt", "--project", "p"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("l.txt: line 2 is not UTF-8 (byte 0xE9 at column 4)"), "{}", said.err);
    assert_eq!(ok(&dir, &["digest"]), before, "a broken file brings nothing in");
}

#[test]
fn an_export_is_checked_against_its_manifest() {
    let home = home();
    let dir = project(home.path());
    let said = run(&dir, &["export", "llamafactory", "out"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.err.contains("there are no rows yet"), "{}", said.err);
    ok(&dir, &["export", "--check", "out"]);
    fs::write(dir.join("out/autoif_sft.json"), "[1]\n").unwrap();
    let said = run(&dir, &["export", "--check", "out"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("autoif_sft.json: has 4 bytes"), "{}", said.err);
    let said = run(&dir, &["export", "--check", "templates"]);
    assert_eq!(said.status, 1);
    let said = run(&dir, &["export", "llamafactory", "templates"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("no export of Assay"), "{}", said.err);
}

#[test]
fn a_second_engine_is_refused_and_names_the_first() {
    let home = home();
    let dir = project(home.path());
    let lease = assay::store::Lease::acquire(&dir).unwrap();
    let said = run(&dir, &["run", "--speed", "0"]);
    assert_eq!(said.status, 1, "{}", said.err);
    assert!(said.err.contains(&std::process::id().to_string()), "{}", said.err);
    drop(lease);
}

#[test]
fn a_server_that_is_down_leaves_the_run_incomplete() {
    let home = home();
    ok(home.path(), &["init", "mine"]);
    let dir = home.path().join("mine");
    // Bound, then let go: nobody listens there.
    let port = crate::llm::live::free_port();
    let file = dir.join("assay.toml");
    let text = fs::read_to_string(&file).unwrap().replace(":8000/", &format!(":{port}/"));
    fs::write(&file, text.replace("# attempts = 5", "attempts = 1")).unwrap();
    let said = run(&dir, &["run", "--limit", "1", "--patience", "0"]);
    assert_eq!(said.status, 3, "{}", said.err);
    assert!(said.err.contains(&format!("127.0.0.1:{port}")) && said.err.contains("start the server"), "{}", said.err);
}

#[test]
fn items_that_are_not_there_are_wrong_usage() {
    let home = home();
    let dir = project(home.path());
    let said = run(&dir, &["run", "--only", "ins:0123", "--speed", "0"]);
    assert_eq!(said.status, 2, "{}", said.err);
    assert!(said.err.contains("no item is called `ins:0123`"), "{}", said.err);
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let home = home();
    let mut child =
        assay(home.path(), &["config", "keys"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let said: Said = child.wait_with_output().unwrap().into();
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}

#[test]
fn keys_completions_and_the_manual() {
    let home = home();
    let keys = ok(home.path(), &["config", "keys"]);
    assert!(keys.contains("calls.*.temperature") && keys.contains("rules.function_kept"), "{keys}");
    for shell in ["bash", "zsh", "fish"] {
        assert!(ok(home.path(), &["completions", shell]).contains("assay"));
    }
    let manual = ok(home.path(), &["man"]);
    assert!(manual.contains(".TH assay 1") && manual.contains("ASSAY EXPORT"), "{manual}");
}

#[test]
fn a_missing_or_foreign_database_is_named() {
    let home = home();
    let dir = project(home.path());
    fs::write(dir.join("assay.db"), "this is no database, but quite long for a text of that kind".repeat(90)).unwrap();
    for args in [&["status"][..], &["run"], &["digest"]] {
        let said = run(&dir, args);
        assert_eq!(said.status, 1, "{args:?}");
        assert!(said.err.contains("assay.db"), "{}", said.err);
    }
    fs::remove_file(dir.join("assay.db")).unwrap();
    for left in ["assay.db-wal", "assay.db-shm"] {
        fs::remove_file(dir.join(left)).ok();
    }
    assert!(ok(&dir, &["status"]).contains("self-instruct"), "a project that was never run has an empty funnel");
}
