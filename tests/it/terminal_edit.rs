//! Editing in a real terminal: a verifier mended where it stands, a case turned around, a text that outlives its
//! workbench.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use crate::terminal::{ASSAY, can_run, drive, home};

fn project(home: &Path) -> String {
    let project = home.join("project").to_str().unwrap().to_owned();
    let made = Command::new(ASSAY).args(["init", &project, "--demo"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    project
}

#[test]
fn a_verifier_is_mended_where_it_stands_and_a_case_turned_around() {
    if !can_run() {
        return;
    }
    let (_home, envs) = home();
    let steps = [
        "until:self-instruct@60",
        "key:2",
        "until:balance",
        "key:Enter",
        // Until the functions are judged: what is stale then is made so by us.
        "until:used · accuracy@200",
        // A case turned around: accuracies before and after, and back.
        "key:f",
        "until:expects (true|false) now@20",
        "until:before@20",
        "key:u",
        "until:undone",
        "key:w",
        // A mistake is said before it is stored.
        "key:e",
        "until:Editing function f",
        "type:def evaluate(response",
        "key:Enter",
        "until:not saved",
        "key:C-s",
        "until:does not compile@30",
        "until:ctrl-s once more",
        "key:Escape",
        "until:not saved, and kept",
        "key:c",
        "until:discarded",
        // Mended: what was made from it is stale, and made again.
        "key:e",
        "until:Editing function f",
        "type:# looked at",
        "key:Enter",
        "key:C-s",
        "until:edited",
        "until:stale and (is|are) made again@30",
        "until:# looked at@20",
        // What was made from it is made again: the demo's next reading of the code may agree or not.
        "until:(used|dropped: contradiction) · accuracy@60",
        "until:entailed|contradicted@60",
        "absent:Editing",
        "key:q",
        "key:y",
        "exit:30",
    ];
    let told = drive("120x40", &envs, &steps, &[ASSAY, "demo", "--speed", "4"]);
    assert!(told.contains("exit status 0"), "{told}");
}

/// Ends a program as soon as a text was written below a folder.
fn kill_once_written(pid: &Path, folder: &Path, text: &str) {
    let until = Instant::now() + Duration::from_secs(120);
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
        let runs = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = runs.filter_map(|run| std::fs::read_dir(run.path()).ok()).flatten().flatten();
        let mut texts = files.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        if texts.any(|written| written.contains(text)) {
            let pid = std::fs::read_to_string(pid).unwrap();
            assert!(Command::new("kill").args(["-9", pid.trim()]).status().unwrap().success());
            return;
        }
    }
}

#[test]
fn unsaved_text_outlives_its_workbench() {
    if !can_run() {
        return;
    }
    let (home, envs) = home();
    let project = project(home.path());
    let (pid, drafts) = (home.path().join("pid"), Path::new(&project).join(".assay/drafts"));
    let script = format!("echo $$ > '{}'; exec '{ASSAY}' '{project}'", pid.display());
    let killer = std::thread::spawn(move || kill_once_written(&pid, &drafts, "never saved"));
    let first = [
        "until:self-instruct@60",
        "key:2",
        "until:balance",
        "key:Enter",
        "key:w",
        "until:def evaluate@120",
        "key:e",
        "until:Editing function",
        "type:# never saved",
        "exit:120",
    ];
    drive("100x30", &envs, &first, &["sh", "-c", &script]);
    killer.join().unwrap();
    let second = [
        "until:was not saved@60",
        "until:never saved",
        "key:Enter",
        "until:Editing function",
        "until:# never saved",
        "key:Escape",
        "until:not saved, and kept",
        "key:c",
        "until:discarded",
        "key:q",
        "key:y",
        "exit:30",
    ];
    assert!(drive("100x30", &envs, &second, &[ASSAY, &project]).contains("exit status 0"));
    let third = ["until:Verifiers@60", "wait:1", "absent:was not saved", "key:q", "key:y", "exit:30"];
    assert!(drive("100x30", &envs, &third, &[ASSAY, &project]).contains("exit status 0"));
}
