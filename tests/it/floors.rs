//! Tests of the floors: a module uses what stands below it, never above, and modules on one floor do not use each
//! other. ARCHITECTURE.md has the picture.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The floor of each module.
const FLOORS: [(&str, u8); 18] = [
    ("term", 0),
    ("diag", 0),
    ("domain", 1),
    ("prompts", 1),
    ("config", 1),
    ("rules", 2),
    ("store", 3),
    ("sandbox", 3),
    ("llm", 3),
    ("nli", 3),
    ("dataset", 4),
    ("analysis", 4),
    ("pipeline", 5),
    ("workbench", 6),
    ("ui", 7),
    ("app", 8),
    ("cli", 9),
    ("main", 9),
];

/// What may be used on one's own floor.
const EXCEPTIONS: [(&str, &str); 3] = [("prompts", "domain"), ("config", "domain"), ("main", "cli")];

/// Longest file, in lines.
const LONGEST: usize = 400;

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

fn may_use(user: &str, used: &str) -> bool {
    user == used || floor(used) < floor(user) || EXCEPTIONS.contains(&(user, used))
}

/// Every source file, by its path below `src/`.
fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let read = |path: PathBuf| (path.strip_prefix(&root).unwrap().to_owned(), fs::read_to_string(&path).unwrap());
    files.into_iter().map(read).collect()
}

/// The path of a file's module: `llm/openai/mod.rs` is `[llm, openai]`.
fn module_of(file: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        file.with_extension("").components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// Words and marks of a source text, without comments, strings and characters.
fn tokens(text: &str) -> Vec<String> {
    let pattern = regex::Regex::new(
        r##"(?xs) //[^\n]* | /\*.*?\*/ | b?r\#{2}".*?"\#{2} | b?r\#".*?"\# | b?r"[^"]*" | b?"(?:\\.|[^"\\])*"
        | b?'(?:\\.[^']*|[^'\\])' | (?P<token>[A-Za-z_][A-Za-z0-9_]*|::|[^\s])"##,
    )
    .unwrap();
    pattern.captures_iter(text).filter_map(|found| found.name("token").map(|token| token.as_str().to_owned())).collect()
}

/// The top-level modules that a file names.
fn used(module: &[String], text: &str) -> BTreeSet<String> {
    let tokens = tokens(text);
    let mut found = BTreeSet::new();
    for start in 0..tokens.len() {
        let after = match tokens[start].as_str() {
            "crate" | "assay" => start + 1,
            "super" if start == 0 || tokens[start - 1] != "::" => {
                let mut at = start + 1;
                let mut ups = 1;
                while at + 1 < tokens.len() && tokens[at] == "::" && tokens[at + 1] == "super" {
                    (at, ups) = (at + 2, ups + 1);
                }
                if ups < module.len() {
                    continue;
                }
                at
            }
            _ => continue,
        };
        if tokens.get(after).map(String::as_str) != Some("::") {
            continue;
        }
        found.extend(heads(&tokens[after + 1..]));
    }
    found.retain(|name| floor(name).is_some());
    found
}

/// The first names of a path or of a group of paths.
fn heads(tokens: &[String]) -> Vec<String> {
    if tokens.first().map(String::as_str) != Some("{") {
        return tokens.first().cloned().into_iter().collect();
    }
    let (mut depth, mut names, mut fresh) = (0, Vec::new(), false);
    for token in tokens {
        match token.as_str() {
            "{" => (depth, fresh) = (depth + 1, depth == 0),
            "}" if depth == 1 => break,
            "}" => depth -= 1,
            "," if depth == 1 => fresh = true,
            name if fresh => {
                names.push(name.to_owned());
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn no_module_uses_what_stands_above_or_beside_it() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let module = module_of(&file);
        let Some(top) = module.first() else { continue };
        assert!(floor(top).is_some(), "{}: `{top}` stands on no floor; give it one here", file.display());
        for name in used(&module, &text) {
            if !may_use(top, &name) {
                wrong.push(format!("src/{}: `{top}` may not use `{name}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn rooms_are_small() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(file, lines)| format!("src/{}: {lines} lines", file.display()))
        .collect();
    assert!(long.is_empty(), "files over {LONGEST} lines:\n{}", long.join("\n"));
}

#[test]
fn unsafe_code_stays_in_the_sandbox() {
    let outside: Vec<PathBuf> = sources()
        .into_iter()
        .filter(|(file, text)| !file.starts_with("sandbox") && tokens(text).iter().any(|token| token == "unsafe"))
        .map(|(file, _)| file)
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
}

/// The reader itself must see what it is to hold.
#[test]
fn paths_are_read_as_they_are_written() {
    let module = ["llm".to_owned(), "tail".to_owned()];
    let names = |text: &str| used(&module, text).into_iter().collect::<Vec<_>>();
    assert_eq!(names("use crate::{domain::{Stage, Kind}, store::Store};"), ["domain", "store"]);
    assert_eq!(names("fn f() -> crate::ui::View { super::super::app::run() }"), ["app", "ui"]);
    assert_eq!(names("use super::config; // crate::cli\n let s = \"crate::cli\"; let c = '\"';"), Vec::<String>::new());
    assert!(may_use("config", "domain") && !may_use("domain", "config") && !may_use("llm", "store"));
}
