//! The table as committed, and what a user may do to it.

use super::*;

fn keys(text: &str) -> Keys {
    text.parse().unwrap()
}

#[test]
fn the_table_as_committed_is_sound() {
    let keymap = Keymap::builtin().unwrap();
    assert_eq!(keymap.pressed(Context::Code, &keys("a")), Pressed::Does(Action::Accept));
    assert_eq!(keymap.pressed(Context::Reader, &keys("a")), Pressed::Nothing);
    assert_eq!(keymap.pressed(Context::Instructions, &keys("s")), Pressed::Begins);
    assert_eq!(keymap.pressed(Context::Instructions, &keys("s p")), Pressed::Does(Action::SortPassRate));
    let next: Vec<_> = keymap.continuations(Context::Instructions, &keys("s").0).map(|(keys, _)| keys).collect();
    assert!(next.contains(&keys("p")), "{next:?}");
}

#[test]
fn every_action_has_a_key_or_is_in_the_palette_alone() {
    let keymap = Keymap::builtin().unwrap();
    for action in Action::ALL {
        let bound = Context::ALL.iter().any(|of| keymap.bindings(*of).iter().any(|row| row.action == *action));
        assert!(bound, "{} stands nowhere in the table", action.name());
        let by_serde: Action = serde_json::from_str(&format!("{:?}", action.name())).unwrap();
        assert_eq!(by_serde, *action);
    }
}

#[test]
fn conflicts_are_told_with_both_places() {
    let twice = BUILTIN.replace("on = [\"P\"]", "on = [\"q\"]");
    let error = Keymap::parse(&twice).unwrap_err().to_string();
    assert!(
        error.contains("`q`") && error.contains("`pause-stage` in [funnel]") && error.contains("`quit`"),
        "{error}"
    );
}

#[test]
fn a_user_gives_actions_other_keys() {
    let keymap = Keymap::builtin().unwrap();
    let mine =
        keymap.with("[review]\naccept = ['+', 'ctrl-a']\n[global]\npause = []\nhelp = 'g h'\n[move]\ntop = 'g g'\n");
    let mine = mine.unwrap();
    assert_eq!(mine.pressed(Context::Samples, &keys("+")), Pressed::Does(Action::Accept));
    assert_eq!(mine.pressed(Context::Samples, &keys("a")), Pressed::Nothing);
    assert_eq!(mine.pressed(Context::Samples, &keys("p")), Pressed::Nothing);
    assert_eq!(mine.pressed(Context::Samples, &keys("g")), Pressed::Begins);
    assert_eq!(mine.pressed(Context::Samples, &keys("g g")), Pressed::Does(Action::Top));
    assert_eq!(mine.name_of(Context::Funnel, Action::Pause), ":pause");
    assert_eq!(mine.name_of(Context::Funnel, Action::Quit), "q");
}

fn problems(text: &str) -> Vec<String> {
    let problems = Keymap::builtin().unwrap().with(text).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_wrong_with_a_users_file_is_told_with_its_place() {
    insta::assert_snapshot!(
        problems("[review]\naccept = 'x'\nrejct = 'X'\nopen = 'o'\n[globl]\n[move]\ntop = ['g', 'ctrl-enterr', 3]\n")
            .join("\n")
    );
    insta::assert_snapshot!(
        problems("[review]\naccept = 'x'\n[global]\nundo = 's'\n[typing]\nconfirm = 'y'\n").join("\n")
    );
    assert_eq!(problems("[review\n").len(), 1);
}

#[test]
fn the_docs_say_what_the_table_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
    let made = table(&Keymap::builtin().unwrap());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == made, "docs/keys.md is not what the table says; run this test with UPDATE_DOCS=1");
}

#[test]
fn the_example_is_a_file_that_changes_nothing() {
    let keymap = Keymap::builtin().unwrap();
    let example = example(&keymap);
    keymap.with(&example).unwrap();
    // Uncommented, it says what holds already.
    let whole = example.lines().map(|line| if line.contains(" = [") { line.trim_start_matches("# ") } else { line });
    keymap.with(&whole.collect::<Vec<_>>().join("\n")).unwrap();
}
