//! The real program in a real terminal (tmux), driven by keys.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

fn tool() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/tuishot")
}

/// Whether tmux and Python are there; says so where they are not.
pub fn can_run() -> bool {
    let there = |program: &str, argument: &str| {
        let run = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
        run.is_ok_and(|status| status.success())
    };
    let both = there("tmux", "-V") && there("python3", "--version");
    if !both {
        eprintln!("skipped: the terminal tests need tmux and python3 (apt-get install tmux python3)");
    }
    both
}

/// Drives the program through steps of `tests/tools/tuishot`; gives what the steps printed.
pub fn drive(size: &str, envs: &[String], steps: &[&str], command: &[&str]) -> String {
    let mut run = Command::new("python3");
    run.arg(tool()).args(["--size", size, "--env", "ASSAY_THEME=dark"]);
    for env in envs {
        run.args(["--env", env]);
    }
    let output = run.args(steps).arg("--").args(command).output().unwrap();
    let (told, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{wrong}");
    told.into_owned()
}

pub const ASSAY: &str = env!("CARGO_BIN_EXE_assay");

/// A home of its own, with the machine's cache for the compiled Python.
pub fn home() -> (tempfile::TempDir, Vec<String>) {
    let home = tempfile::tempdir().unwrap();
    let env = format!("XDG_STATE_HOME={0}/state", home.path().display());
    (home, vec![env])
}

/// An editor that replaces a text in the file it is given.
fn editor(folder: &Path, from: &str, to: &str) -> String {
    let script = folder.join("editor.sh");
    std::fs::write(&script, format!("#!/bin/sh\nsed -i 's/{from}/{to}/' \"$1\"\n")).unwrap();
    format!("VISUAL=sh {}", script.display())
}

#[test]
fn the_demo_is_alive_on_every_screen() {
    if !can_run() {
        return;
    }
    let (_home, envs) = home();
    let steps = [
        "until:self-instruct.*━@60",
        "until:tok/s@30",
        "key:2",
        "until:balance",
        "until:accuracy@120",
        "key:Enter",
        "key:w",
        "until:def evaluate@60",
        "key:4",
        "until:query",
        "key:5",
        "until:Jobs +[0-9]+ running",
        "key:?",
        "until:Help",
        "type:undo",
        "until:take back",
        "key:Escape",
        "resize:40x10",
        "until:Nothing is lost",
        "resize:80x24",
        "until:Jobs",
        "key:q",
        "key:y",
        "exit:30",
    ];
    let told = drive("160x45", &envs, &steps, &[ASSAY, "demo", "--speed", "4"]);
    assert!(told.contains("exit status 0"), "{told}");
}

#[test]
fn decisions_and_edits_in_the_demo() {
    if !can_run() {
        return;
    }
    let (home, mut envs) = home();
    envs.push(editor(home.path(), "def evaluate", "# looked at\\ndef evaluate"));
    let steps = [
        "until:self-instruct@60",
        "key:2",
        "until:balance",
        "until:accuracy@120",
        // Reject with a reason, and take it back.
        "key:x",
        "until:why",
        "key:2",
        "until:○",
        "until:ambiguous",
        "key:u",
        "until:undone",
        "key:C-r",
        "until:done again",
        "key:u",
        // Edit a function.
        "key:Enter",
        "key:w",
        "until:def evaluate",
        "key:E",
        "until:# looked at@20",
        "until:edited",
        // Suspending where no shell waits comes straight back.
        "key:C-z",
        "wait:1",
        "until:# looked at",
        "key:q",
        "key:y",
        "exit:30",
    ];
    let told = drive("120x40", &envs, &steps, &[ASSAY, "demo", "--speed", "4"]);
    assert!(told.contains("exit status 0"), "{told}");
}

#[test]
fn starting_again_continues_where_one_was() {
    if !can_run() {
        return;
    }
    let (home, envs) = home();
    let project = home.path().join("project");
    let project = project.to_str().unwrap();
    let made = Command::new(ASSAY).args(["init", project, "--demo"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let first = [
        "until:self-instruct@60",
        "key:2",
        "until:balance",
        "key:j",
        "key:j",
        "key:a",
        "until:●",
        "key:/",
        "type:balance",
        "until:of [0-9]+",
        "key:Enter",
        "key:q",
        "key:y",
        "exit:30",
    ];
    assert!(drive("100x30", &envs, &first, &[ASSAY, project]).contains("exit status 0"));
    let second = ["until:/balance@60", "until:●", "key:Escape", "until:comma", "key:q", "key:y", "exit:30"];
    assert!(drive("100x30", &envs, &second, &[ASSAY, project]).contains("exit status 0"));
}

#[test]
fn a_signal_restores_the_terminal() {
    if !can_run() {
        return;
    }
    let (_home, envs) = home();
    // The shell that starts the program ends it from outside, then shows that the terminal echoes again.
    let script = format!(
        "(p=$BASHPID; (sleep 5; kill -TERM $p) & exec '{ASSAY}' demo); stty -a | tr ' ' '\\n' | grep -x echo; read x"
    );
    let steps = ["until:Funnel@60", r"until:(?m)^echo$@30", "absent:Funnel"];
    drive("80x24", &envs, &steps, &["bash", "-c", &script]);
}

#[test]
fn without_a_terminal_it_says_what_else_to_do() {
    let run = Command::new(ASSAY).arg("demo").stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(2), "{said}");
    assert!(said.contains("--headless"), "{said}");
}

#[test]
fn keys_work_after_a_long_silence() {
    if !can_run() {
        return;
    }
    let (_home, envs) = home();
    let steps = [
        "until:done@400",
        "wait:12",
        "key:2",
        "until:Cases@15",
        "wait:3",
        "key:4",
        "until:score +use@15",
        "wait:3",
        "key:1",
        "until:To export@15",
        "key:q",
        "exit:15",
    ];
    let told = drive("120x40", &envs, &steps, &[ASSAY, "demo", "--speed", "0"]);
    assert!(told.contains("exit status 0"), "{told}");
}
