//! `assay why`: every item of the demo, under every profile, is told of, and the rules that are told add up to where the
//! funnel counts it.

use std::{collections::HashSet, fs, path::Path};

use assay::{
    domain::{ItemId, Stage},
    pipeline::{
        Project,
        judge::units,
        lineage::{Answer, Lineage, Standing, lineage, lineages, resolve},
        survey::each_view,
        view::State,
    },
    rules::ProfileName,
    store::Access,
};

use crate::cli::{ok, run};

fn demo(home: &Path) -> std::path::PathBuf {
    ok(home, &["init", "p", "--demo"]);
    ok(home, &["run", "--project", "p", "--speed", "0"]);
    home.join("p")
}

fn word(state: &State) -> (&'static str, Option<&str>) {
    match state {
        State::Kept => ("kept", None),
        State::Dropped(reason) => ("dropped", Some(reason)),
        State::Failed(reason) => ("failed", Some(reason)),
        State::Pending => ("pending", None),
        State::Running => ("running", None),
        State::Stale => ("stale", None),
    }
}

/// What is told of an item agrees with itself: dropped by a rule that does not hold, kept because all do.
fn wrong(told: &Lineage) -> Vec<String> {
    let link = told.links.last().unwrap();
    assert_eq!(link.item, told.item);
    assert!(!link.stands.is_empty(), "{told:#?}");
    let adds_up = |standing: &&Standing| {
        let decided = standing.rules.iter().any(|rule| rule.key == "decision");
        let holds = standing.rules.iter().all(|rule| rule.holds);
        !standing.rules.is_empty() && (decided || holds == (standing.state == "kept"))
    };
    let wrong = link.stands.iter().filter(|standing| !adds_up(standing));
    wrong.map(|standing| format!("{} under {}: {standing:?}", told.item, told.profile)).collect()
}

/// What is wrong with what is told of an item, which the funnel counts so.
fn odd(told: &Lineage, units: &[(Stage, State)]) -> Vec<String> {
    let mut odd = wrong(told);
    let link = told.links.last().unwrap();
    for (stage, state) in units {
        let standing = link.stands.iter().find(|standing| standing.stage == Some(*stage));
        let found = standing.map(|standing| (standing.state, standing.reason.as_deref()));
        if found != Some(word(state)) {
            odd.push(format!("{} at {stage} under {}: told {found:?}, counted {state:?}", told.item, told.profile));
        }
    }
    odd
}

/// Tells of every item; how many there are, and the reasons for which some fell.
fn every_item(dir: &Path, profile: ProfileName) -> (usize, HashSet<(Stage, String)>) {
    let project = Project::open(dir, Access::Read, Some(profile)).unwrap();
    type Standings = Vec<(ItemId, Stage, State)>;
    let mut all: Vec<(ItemId, Vec<ItemId>, Standings)> = Vec::new();
    each_view(&project, |tree, view| {
        let mut found: Vec<(ItemId, Stage, State)> = Vec::new();
        units(view, tree, &project.settings, |stage, item, state| found.push((item, stage, state.clone())));
        all.push((tree.id(), tree.heads().into_iter().map(|head| head.id).collect(), found));
    })
    .unwrap();
    let (mut reasons, mut told_of, mut wrong) = (HashSet::new(), 0, Vec::new());
    for (root, there, found) in &all {
        let items: HashSet<ItemId> = there.iter().copied().chain(found.iter().map(|(item, ..)| *item)).collect();
        let items: Vec<ItemId> = items.into_iter().collect();
        for (item, told) in items.iter().zip(lineages(&project, *root, &items).unwrap()) {
            let units = found.iter().filter(|(of, ..)| of == item).map(|(_, stage, state)| (*stage, state.clone()));
            let units: Vec<(Stage, State)> = units.collect();
            let Some(told) = told else {
                let waits = units.iter().all(|(_, state)| *state == State::Pending);
                assert!(!there.contains(item) && waits, "{item} is not told of");
                continue;
            };
            told_of += 1;
            wrong.extend(odd(&told, &units));
            let fell = units.iter().filter_map(|(stage, state)| Some((*stage, word(state).1?.to_owned())));
            reasons.extend(fell);
        }
    }
    assert!(wrong.is_empty(), "{} of {told_of}:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    (told_of, reasons)
}

#[test]
fn every_item_of_the_demo_is_told_of_under_every_profile() {
    let home = tempfile::tempdir().unwrap();
    let dir = demo(home.path());
    for profile in ProfileName::ALL {
        let (told, reasons) = every_item(&dir, profile);
        println!("{profile}: {told} items, {} reasons", reasons.len());
        assert!(told > 500, "{profile}: {told} items");
        assert!(reasons.len() > 5, "{profile}: {reasons:?}");
    }
    let project = Project::open(&dir, Access::Read, None).unwrap();
    for call in project.store.calls().unwrap() {
        assert_eq!(wrong(&lineage(&project, call.slot.id, None).unwrap().unwrap()), [""; 0]);
    }
    for query in project.store.queries().unwrap() {
        assert_eq!(wrong(&lineage(&project, query.id, None).unwrap().unwrap()), [""; 0]);
    }
    from_the_command_line(&dir, &project);
}

fn from_the_command_line(dir: &Path, project: &Project) {
    ok(dir, &["export", "llamafactory", "out"]);
    let lines = |name: &str| fs::read_to_string(dir.join("out").join(name)).unwrap();
    // The second line is the first row.
    for (name, kind) in
        [("autoif_sft.json", "resp:"), ("autoif_dpo.json", "pair:"), ("autoif_dpo_instruction.json", "pair:")]
    {
        assert!(lines(name).lines().count() > 3, "{name}");
        let told = ok(dir, &["why", &format!("out/{name}:2")]);
        assert!(told.starts_with(kind) && told.contains("kept"), "{name}: {told}");
        let id = told.lines().next().unwrap();
        assert_eq!(ok(dir, &["why", id]), told, "by its id it is the same");
    }
    let root = project.store.roots().unwrap().last().unwrap().id;
    let said = ok(dir, &["why", &root.to_string()[..14]]);
    assert!(said.contains("self-instruct") && said.contains("ROUGE-L"), "{said}");
    let json: serde_json::Value = serde_json::from_str(&ok(dir, &["why", &root.to_string(), "--json"])).unwrap();
    assert_eq!(json["item"], root.to_string());
    assert!(json["links"].as_array().unwrap().len() >= 2, "a call and its line");
    assert!(matches!(resolve(project, "fn:").map(|_| ()), Ok(())), "a kind alone is the shortest beginning");
    let several = run(dir, &["why", "resp:1"]);
    assert_eq!(several.status, 2, "{}", several.err);
    assert!(several.err.contains("resp:1") && several.err.contains("write more of it"), "{}", several.err);
    for (what, status, words) in [
        ("resp:ffffffffffffffff", 1, "no item is called"),
        ("something", 2, "neither an id"),
        ("out/autoif_sft.json:1", 1, "is no row"),
        ("out/autoif_sft.json:100000", 1, "no line 100000"),
        ("nowhere.json:3", 1, "cannot be read"),
    ] {
        let said = run(dir, &["why", what]);
        assert_eq!(said.status, status, "{what}: {}", said.err);
        assert!(said.err.contains(words), "{what}: {}", said.err);
    }
    assert!(matches!(resolve(project, "resp:ffffffffffffffff").unwrap(), Answer::None));
}
