//! The Funnel in a real terminal: a threshold turned, put in force and taken back; a reason opened; the log.

use std::{path::Path, process::Command};

use crate::terminal::{ASSAY, can_run, drive, home};

/// A demo project that has been run to its end.
fn finished(home: &Path) -> String {
    let project = home.join("project").to_str().unwrap().to_owned();
    for arguments in [&["init", &project, "--demo"][..], &["run", "--project", &project, "--speed", "0"]] {
        let ran = Command::new(ASSAY).args(arguments).env("XDG_STATE_HOME", home.join("state")).output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    project
}

#[test]
fn a_threshold_is_turned_applied_and_taken_back_and_a_reason_opened() {
    if !can_run() {
        return;
    }
    let (home, envs) = home();
    let project = finished(home.path());
    let steps = [
        "until:done@60",
        "until:SFT rows 57",
        "key:t",
        "until:nothing turned",
        "until:score kept",
        // Up to the first value, then to the one that is turned.
        "key:g",
        "type:jjjjjj",
        "until:response kept.*share",
        "key:j",
        "until:mean score of the judges",
        "type:lll",
        "until:57 → [0-9]+ .-@20",
        "until:1 value turned",
        "key:a",
        "until:judged again@20",
        "until:nothing turned@20",
        "key:u",
        "until:undone: rules: score_kept@20",
        "key:Escape",
        "until:SFT rows 57@20",
        // The reasons of cross-validation, and the instructions behind one.
        "type:jj",
        "key:l",
        "until:open these",
        "key:Enter",
        "until:cross-validate: (one-sided|no-)@20",
        // And back to the reason, with esc.
        "key:Escape",
        "until:open these",
        "key:5",
        "key:L",
        "until:Log",
        "key:Escape",
        "key:q",
        "exit:30",
    ];
    let told = drive("160x45", &envs, &steps, &[ASSAY, &project]);
    assert!(told.contains("exit status 0"), "{told}");
    let file = std::fs::read_to_string(Path::new(&project).join("assay.toml")).unwrap();
    assert!(!file.lines().any(|line| line.starts_with("score_kept")), "{file}");
}
