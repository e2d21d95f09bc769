//! The user's own keys, through the program.

use std::fs;

use crate::cli::{Said, assay};

fn run(home: &std::path::Path, args: &[&str]) -> Said {
    assay(home, args).env("XDG_CONFIG_HOME", home.join("config")).output().unwrap().into()
}

#[test]
fn keys_are_listed_checked_and_told_wrong_with_their_place() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config/assay/keys.toml");
    let listed = run(home.path(), &["config", "keys"]);
    assert_eq!(listed.status, 0, "{}", listed.err);
    assert!(listed.out.contains(&format!("{} (not there yet)", file.display())), "{}", listed.out);
    assert!(listed.out.contains("[review]\n# accept = [\"a\"]"), "{}", listed.out);
    assert_eq!(run(home.path(), &["init", "p", "--demo"]).status, 0);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "[review]\naccept = \"+\"\n").unwrap();
    let checked = run(home.path(), &["config", "check", "--project", "p"]);
    assert_eq!(checked.status, 0, "{}", checked.err);
    assert!(checked.out.contains("keys.toml is in order"), "{}", checked.out);
    fs::write(&file, "[review]\naccept = \"+\"\n[global]\nundo = \"+\"\n[globl]\n").unwrap();
    let checked = run(home.path(), &["config", "check", "--project", "p"]);
    assert_eq!(checked.status, 1);
    assert!(checked.err.contains("keys.toml:5:2: [globl]"), "{}", checked.err);
    fs::write(&file, "[review]\naccept = \"+\"\n[global]\nundo = \"+\"\n").unwrap();
    let checked = run(home.path(), &["config", "check", "--project", "p"]);
    assert!(
        checked.err.contains("keys.toml:4:8: `+`") && checked.err.contains("`accept` in [review]"),
        "{}",
        checked.err
    );
}
