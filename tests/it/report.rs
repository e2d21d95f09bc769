//! `assay report` on the demo project: what it says, in three formats, and why the profiles differ.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use assay::{
    domain::{Decision, ItemId, Ruling, journal::Change},
    pipeline::Project,
    store::{Access, Op, Txn},
};
use serde_json::Value;

use crate::cli::{ok, run};

/// The folder's name is hostile to Markdown and HTML.
const NAME: &str = "a&b|c<i>";

fn report(home: &Path) -> Value {
    serde_json::from_str(&ok(home, &["report", "--project", NAME, "--format", "json"])).unwrap()
}

/// Runs a profile to its end; the status that it ended with.
fn run_under(home: &Path, profile: &str) -> Value {
    let out = ok(home, &["run", "--project", NAME, "--speed", "0", "--profile", profile, "--json"]);
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"], "finished");
    last
}

fn column<'r>(report: &'r Value, profile: &str) -> &'r Value {
    let columns = report["comparison"]["columns"].as_array().unwrap();
    columns.iter().find(|column| column["profile"] == profile).unwrap()
}

fn differences(report: &Value) -> &[Value] {
    report["comparison"]["differences"].as_array().unwrap()
}

#[test]
fn the_method_in_three_profiles_with_every_difference_explained() {
    let home = tempfile::tempdir().unwrap();
    ok(home.path(), &["init", "empty"]);
    let nothing = run(home.path(), &["report", "--project", "empty"]);
    assert_eq!(nothing.status, 1);
    assert!(nothing.err.contains("nothing has run yet") && nothing.err.contains("`assay run`"), "{}", nothing.err);

    ok(home.path(), &["init", NAME, "--demo"]);
    let mut finished = BTreeMap::from([("recommended", run_under(home.path(), "recommended"))]);
    before_the_others_ran(&report(home.path()));
    for profile in ["paper", "released"] {
        finished.insert(profile, run_under(home.path(), profile));
    }
    let whole = report(home.path());
    for (profile, finished) in &finished {
        let column = column(&whole, profile);
        assert_eq!(column["stages"], finished["stages"], "{profile}: as the run ended");
        assert_eq!(column["datasets"], finished["datasets"], "{profile}");
        assert!(column["unknown"].as_object().unwrap().values().all(|n| *n == 0), "{profile}: {column}");
        assert_eq!(column["in_force"], *profile == "recommended");
    }
    every_difference_follows_from_its_numbers(&whole);
    what_differs_is_grouped(&whole);
    numbers_add_up(&whole);
    only_the_time_differs(home.path());
    documents(home.path(), &whole);
    decisions_and_exports(home.path());
}

/// `released` sees other names than the rest, so that nothing is known under it before it ran; it says what that takes.
fn before_the_others_ran(report: &Value) {
    let released = &column(report, "released")["unknown"];
    assert!(released["instructions"].as_u64().unwrap() > 0 && released["checks"].as_u64().unwrap() > 0, "{released}");
    let own = &column(report, "recommended")["unknown"];
    assert_eq!((own["calls"].as_u64(), own["checks"].as_u64()), (Some(0), Some(0)));
    assert!(report["comparison"]["unknown_items"].as_u64().unwrap() > 0);
    let found = differences(report);
    assert!(found.len() >= 10, "paper and recommended share their outcomes");
    for difference in found {
        let released = &difference["standings"][1];
        let known_without = ["dropped", "unreached"].contains(&released["fate"].as_str().unwrap());
        assert!(released["fate"] == "unknown" || known_without, "{difference}");
    }
}

struct Numbers<'v>(&'v Value);

impl Numbers<'_> {
    fn get(&self, name: &str) -> f64 {
        self.0["numbers"][name].as_f64().unwrap_or_else(|| panic!("{name}: {}", self.0))
    }

    fn share(&self, part: &str, whole: &str) -> f64 {
        let whole = self.get(whole);
        if whole == 0.0 { 0.0 } else { self.get(part) / whole }
    }
}

/// What the design's table says of an item, from the numbers alone; nothing where other facts decide.
fn expected(kind: &str, profile: &str, standing: &Value) -> Option<bool> {
    let (numbers, reason) = (Numbers(standing), standing["reason"].as_str().unwrap_or(""));
    let judged = standing["fate"] == "kept" || ["below-threshold", "too-few-booleans"].contains(&reason);
    if !judged {
        return None;
    }
    Some(match (kind, profile) {
        ("case", "paper") => numbers.share("agreeing functions", "functions") > 0.5,
        ("case", "released") => numbers.get("agreeing functions") >= 1.0,
        ("case", _) => {
            let enough = numbers.get("functions with a boolean") >= numbers.get("functions").clamp(1.0, 2.0);
            enough && numbers.share("agreeing functions", "functions with a boolean") > 0.5
        }
        ("function", "paper") => numbers.share("agreeing cases", "cases") > 0.5,
        ("function", _) => numbers.share("agreeing kept cases", "kept cases") >= 0.8,
        ("response", "released") => numbers.get("accuracy") > 0.0 && scored(&numbers, |score| score > 8.0),
        ("response", _) => numbers.get("accuracy") > 0.5 && scored(&numbers, |score| score >= 8.0),
        _ => return None,
    })
}

fn scored(numbers: &Numbers<'_>, passes: fn(f64) -> bool) -> bool {
    numbers.0["numbers"].get("mean score").and_then(Value::as_f64).is_some_and(passes)
}

fn every_difference_follows_from_its_numbers(report: &Value) {
    let profiles = ["paper", "released", "recommended"];
    let mut checked: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for difference in differences(report) {
        let kind = difference["kind"].as_str().unwrap();
        let explanation = difference["explanation"].as_str().unwrap();
        let standings = difference["standings"].as_array().unwrap();
        let fates: Vec<bool> = standings.iter().map(|standing| standing["fate"] == "kept").collect();
        assert!(fates.contains(&true) && fates.contains(&false), "{difference}");
        for (profile, standing) in profiles.iter().zip(standings) {
            assert!(explanation.contains(profile), "{explanation}");
            let asked = standing["fate"] != "unreached";
            assert_eq!(
                asked,
                !standing["rule"].as_str().unwrap().is_empty(),
                "a rule that decided is named: {difference}"
            );
            assert!(standing["fate"] == "kept" || standing["reason"].is_string(), "{difference}");
            if let Some(kept) = expected(kind, profile, standing) {
                assert_eq!(kept, standing["fate"] == "kept", "{profile}: {difference}");
                *checked.entry((kind, profile)).or_default() += 1;
            }
        }
    }
    println!("differences whose numbers were held to the table: {checked:?}");
    for kind in ["case", "function", "response"] {
        for profile in profiles {
            assert!(checked[&(kind, profile)] >= 10, "{kind}, {profile}: {checked:?}");
        }
    }
}

fn what_differs_is_grouped(report: &Value) {
    let comparison = &report["comparison"];
    let groups = comparison["groups"].as_array().unwrap();
    let sum: u64 = groups.iter().map(|group| group["items"].as_u64().unwrap()).sum();
    assert_eq!((sum, differences(report).len() as u64), (comparison["differing_items"].as_u64().unwrap(), sum));
    let kinds: std::collections::BTreeSet<&str> = groups.iter().map(|group| group["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 5, "{kinds:?}");
    let rules = comparison["different_rules"].as_array().unwrap();
    assert!(rules.contains(&"case_accuracy".into()) && !rules.contains(&"functions_after".into()), "{rules:?}");
}

fn numbers_add_up(report: &Value) {
    for stage in report["stages"].as_array().unwrap() {
        let parts = ["kept", "dropped", "failed", "pending", "running", "stale"];
        let sum: u64 = parts.iter().map(|part| stage[part].as_u64().unwrap()).sum();
        assert_eq!(stage["in"].as_u64(), Some(sum), "{stage}");
    }
    for histogram in report["distributions"].as_array().unwrap() {
        let sum: u64 = histogram["bins"].as_array().unwrap().iter().map(|bin| bin["count"].as_u64().unwrap()).sum();
        assert!(sum > 0 && histogram["count"] == sum, "{histogram}");
    }
    let calls = report["calls"].as_array().unwrap();
    for (part, whole) in [("prompt_tokens", "prompt_tokens"), ("completion_tokens", "completion_tokens")] {
        let sum: u64 = calls.iter().map(|call| call["usage"][part].as_u64().unwrap()).sum();
        assert_eq!(report["usage"]["usage"][whole], sum);
    }
    let completions: u64 = calls.iter().map(|call| call["completions"].as_u64().unwrap()).sum();
    assert_eq!(report["usage"]["requests"], completions);
    let tokens = report["usage"]["usage"]["prompt_tokens"].as_f64().unwrap()
        + report["usage"]["usage"]["completion_tokens"].as_f64().unwrap();
    let per_row = report["usage"]["tokens_per_sft_row"].as_f64().unwrap();
    assert!((per_row * report["datasets"]["sft"].as_f64().unwrap() - tokens).abs() < 1e-6);
    assert_eq!(report["project"]["profile"], "recommended");
    assert_eq!(report["project"]["changed_rules"], Value::Array(Vec::new()));
}

fn only_the_time_differs(home: &Path) {
    for format in ["md", "html", "json"] {
        let made = || ok(home, &["report", "--project", NAME, "--format", format]);
        let (first, second) = (made(), made());
        let other: Vec<&str> =
            first.lines().zip(second.lines()).filter(|(a, b)| a != b).map(|(line, _)| line).collect();
        assert!(other.len() <= 1 && other.iter().all(|line| line.contains("generated")), "{format}: {other:?}");
        assert!(!first.contains(home.to_str().unwrap()), "{format} names a folder of this machine");
    }
}

fn documents(home: &Path, whole: &Value) {
    let html = home.join("out.html");
    let said = run(home, &["report", "--project", NAME, "-o", "out.html", "--items", "3"]);
    assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
    assert!(said.err.contains("out.html"), "{}", said.err);
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains("<title>Report on a&amp;b|c&lt;i&gt;</title>") && html.contains("Content-Security-Policy"));
    for never in ["<script", "<i>", "http://", "https://", "<img", "<link", "onclick"] {
        assert!(!html.contains(never), "{never}");
    }
    let count = |what: &str| html.matches(what).count();
    assert!(count("<table>") >= 12 && count("<table>") == count("<caption>"), "every table says what it shows");
    assert_eq!(count("<tr>"), count("<thead>") + count("<th scope=\"row\">"), "and every row its name");
    assert_eq!(count("<dt>"), 15, "three of each of five kinds");
    assert!(html.contains("prefers-color-scheme: dark") && html.contains("<html lang=\"en\">"));

    let md = ok(home, &["report", "--project", NAME]);
    assert!(md.starts_with("# Report on a&b\\|c\\<i>\n\ngenerated "), "{}", &md[..80]);
    for section in ["In short", "Funnel", "Distributions", "Tokens and cost", "Profiles compared", "and why"] {
        assert!(md.contains(section), "{section}");
    }
    let sft = whole["datasets"]["sft"].as_u64().unwrap();
    assert!(md.contains(&format!("{sft} SFT rows")), "{}", &md[..400]);
    assert!(md.lines().all(|line| !line.contains('\u{1b}')));

    let refused = run(home, &["report", "--project", NAME, "-o", "no/such/folder/r.md"]);
    assert_eq!(refused.status, 1);
    assert!(refused.err.contains("no/such/folder/r.md cannot be written"), "{}", refused.err);
    ok(home, &["report", "--project", NAME, "-o", "out.json"]);
    let written: Value = serde_json::from_str(&fs::read_to_string(home.join("out.json")).unwrap()).unwrap();
    assert_eq!(written["comparison"], whole["comparison"]);
}

fn decisions_and_exports(home: &Path) {
    let dir: PathBuf = home.join(NAME);
    let before = report(home);
    let row =
        differences(&before).iter().find(|item| item["kind"] == "response" && item["standings"][2]["fate"] == "kept");
    let item: ItemId = row.unwrap()["id"].as_str().unwrap().parse().unwrap();
    decide(&dir, item);
    ok(home, &["export", "llamafactory", &format!("{NAME}/exports/first"), "--project", NAME]);
    let after = report(home);
    assert_eq!(after["decisions"]["in_force"], 1);
    assert_eq!(after["decisions"]["by_kind"]["response"]["accepted"], 1);
    let audit = &after["decisions"]["audit"][0];
    assert_eq!((audit["part"].as_u64(), &audit["whole"]), (Some(1), &after["datasets"]["sft"]));
    let export = &after["exports"][0];
    assert_eq!((export["folder"].as_str(), export["format"].as_str()), (Some("exports/first"), Some("llamafactory")));
    assert_eq!(
        (&export["datasets"]["sft"], &export["differences"]),
        (&after["datasets"]["sft"], &Value::Array(Vec::new()))
    );

    let file = fs::read_dir(dir.join("exports/first")).unwrap().map(|entry| entry.unwrap().path());
    let file = file.filter(|path| path.file_name().is_some_and(|name| name != "manifest.json")).min().unwrap();
    fs::write(&file, "[]").unwrap();
    let changed = report(home)["exports"][0]["differences"][0].as_str().unwrap().to_owned();
    assert!(changed.contains(file.file_name().unwrap().to_str().unwrap()), "{changed}");
}

fn decide(dir: &Path, item: ItemId) {
    let project = Project::open(dir, Access::Write, None).unwrap();
    let decision = Decision { ruling: Ruling::Accepted, reason: None, version: Some(0) };
    let changes = vec![Change::Decide { item, before: None, after: Some(decision) }];
    let (author, at) = ("tester".to_owned(), "2026-11-20T10:00:00Z".to_owned());
    let act = Op::Act { author, at, label: "accept".to_owned(), changes };
    project.store.write_blocking(Txn::from(act)).unwrap();
}
