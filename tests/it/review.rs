//! An audit in a real terminal (tmux): ten items, many at once, undo, resize, a kill, two workbenches.

use std::process::Command;

use crate::terminal::{ASSAY, can_run, drive, home};

fn demo_project(home: &std::path::Path) -> String {
    let project = home.join("project");
    let project = project.to_str().unwrap().to_owned();
    let made = Command::new(ASSAY).args(["init", &project, "--demo"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    project
}

#[test]
fn ten_are_reviewed_and_many_rejected_at_once_and_taken_back() {
    if !can_run() {
        return;
    }
    let (home, envs) = home();
    let project = demo_project(home.path());
    let mut steps = vec!["until:self-instruct@60", "key:p", "until:paused", "key:2", "until:balance"];
    steps.extend(["key:a"; 10]);
    steps.extend([
        "until:10 of [0-9]+ reviewed@30",
        // Narrow to what is not reviewed, all of it, reject, and take it back in one step.
        "key:/",
        "type:unreviewed",
        "key:Enter",
        "key:*",
        "until:[0-9]+ selected",
        "key:x",
        "until:Reject [0-9]+ instructions: why",
        "key:1",
        "until:or type cannot be checked",
        "key:Enter",
        "until:rejected [0-9]+ items@60",
        "key:u",
        "until:undone: rejected [0-9]+ items@60",
        "resize:80x24",
        "until:unreviewed",
        "resize:160x45",
        "until:Origin",
        "key:C-z",
        "wait:1",
        "until:Origin",
        "key:q",
        "key:y",
        "exit:30",
    ]);
    let told = drive("120x40", &envs, &steps, &[ASSAY, &project]);
    assert!(told.contains("exit status 0"), "{told}");
}

#[test]
fn a_killed_workbench_comes_back_where_it_was() {
    if !can_run() {
        return;
    }
    let (home, envs) = home();
    let project = demo_project(home.path());
    let go = home.path().join("go").display().to_string();
    let killer = format!("(until [ -e '{go}' ]; do sleep 0.1; done; kill -KILL $p)");
    let script = format!("(p=$BASHPID; {killer} & exec '{ASSAY}' '{project}'); echo killed; read x");
    let go = format!("touch:{go}");
    let steps = [
        "until:self-instruct@60",
        "key:2",
        "until:balance",
        "key:a",
        "until:●",
        "key:s",
        "key:d",
        "until:↓dis",
        // Where one is, is written a moment after it changed.
        "wait:4",
        &go,
        "until:killed@60",
    ];
    drive("160x45", &envs, &steps, &["bash", "-c", &script]);
    let steps = ["until:↓dis@60", "until:●", "key:q", "key:y", "exit:30"];
    drive("160x45", &envs, &steps, &[ASSAY, &project]);
}

#[test]
fn two_workbenches_see_each_others_decisions() {
    if !can_run() {
        return;
    }
    let (home, envs) = home();
    let project = demo_project(home.path());
    let first =
        ["until:self-instruct@60", "key:2", "until:balance", "until:●@90", "until:undo", "key:q", "key:y", "exit:30"];
    let second = ["until:following@60", "key:2", "until:balance", "key:a", "until:●@30", "key:q", "exit:30"];
    std::thread::scope(|scope| {
        let one = scope.spawn(|| drive("160x45", &envs, &first, &[ASSAY, &project]));
        // The second follows the first one only if that has the project by then.
        while !one.is_finished() && !std::path::Path::new(&project).join("assay.lock").exists() {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let two = scope.spawn(|| drive("160x45", &envs, &second, &[ASSAY, &project]));
        for told in [one.join().unwrap(), two.join().unwrap()] {
            assert!(told.contains("exit status 0"), "{told}");
        }
    });
}
