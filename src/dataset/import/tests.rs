//! Tests of importing.

use std::{fs, path::PathBuf};

use super::*;
use crate::domain::Language;

fn write(name: &str, bytes: &[u8]) -> (tempfile::TempDir, Vec<PathBuf>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    (dir, vec![path])
}

fn seeds(name: &str, bytes: &[u8]) -> Result<Imported<SeedRow>, String> {
    let (_dir, files) = write(name, bytes);
    import_seeds(&files).map_err(|error| error.to_string())
}

fn queries(name: &str, bytes: &[u8]) -> Result<Imported<QueryRow>, String> {
    let (_dir, files) = write(name, bytes);
    import_queries(&files).map_err(|error| error.to_string())
}

fn texts(found: &Imported<QueryRow>) -> Vec<&str> {
    found.rows.iter().map(|row| row.text.as_str()).collect()
}

#[test]
fn text_lines_with_what_editors_leave_in_them() {
    let found =
        seeds("s.txt", "\u{feff}- Use no commas.\r\n\r\n用中文回答。\nUse no commas.\n  End with a dot.  ".as_bytes())
            .unwrap();
    let rows: Vec<_> = found.rows.iter().map(|row| (row.text.as_str(), row.language)).collect();
    assert_eq!(
        rows,
        [
            ("Use no commas.", Language::English),
            ("用中文回答。", Language::Chinese),
            ("End with a dot.", Language::English)
        ]
    );
    assert_eq!((found.read, found.taken()), (5, 3));
    assert_eq!(found.skipped, BTreeMap::from([("duplicate", 1), ("empty", 1)]));
}

#[test]
fn json_lines_of_seeds() {
    let rows = br#"{"text": "Use no commas.", "category": "punctuation", "language": "en", "id": 7, "more": [1]}
{"instruction": "Repondez en majuscules.", "language": "fr"}
{"instruction": "Count to ten.", "language": "zh-CN"}
"#;
    let found = seeds("s.jsonl", rows).unwrap();
    assert_eq!(found.rows[0].category.as_deref(), Some("punctuation"));
    assert_eq!(found.rows[0].id.as_deref(), Some("7"));
    assert_eq!(found.rows[1].language, Language::Chinese, "the file's word counts");
    assert_eq!(found.skipped, BTreeMap::from([("language", 1)]));
}

#[test]
fn conversations_give_their_first_human_turn() {
    let rows = r#"[
      {"id": "a", "conversations": [{"from": "gpt", "value": "…"}, {"from": "human", "value": "Why is it late?"}, {"from": "human", "value": "x"}]},
      {"id": "b", "conversations": []},
      {"id": "c", "conversations": [{"from": "human", "value": "Why is it late?"}]},
      {"id": "d", "conversations": [{"from": "human", "value": " "}]}
    ]"#;
    let found = queries("sharegpt.json", rows.as_bytes()).unwrap();
    assert_eq!(texts(&found), ["Why is it late?"]);
    assert_eq!((found.rows[0].source.as_str(), found.rows[0].id.as_deref()), ("sharegpt.json", Some("a")));
    assert_eq!(found.skipped, BTreeMap::from([("duplicate", 1), ("empty", 1), ("no-human-turn", 1)]));
    assert_eq!(found.read, 4);
}

#[test]
fn messages_and_alpaca() {
    let rows = br#"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "Name a "}, {"type": "image_url", "image_url": {}}, {"type": "text", "text": "herb."}]}]}
{"instruction": "Translate.", "input": "Guten Tag", "output": "x"}
{"instruction": "List herbs.", "input": "", "output": "x"}
{"query": "Who?"}
"#;
    let found = queries("anything", rows).unwrap();
    assert_eq!(texts(&found), ["Name a herb.", "Translate.\nGuten Tag", "List herbs.", "Who?"]);
}

#[test]
fn latin_1_is_named_with_its_place() {
    for (name, bytes) in [
        ("s.txt", b"one\ntwo\ncaf\xe9 three\n".to_vec()),
        ("s.jsonl", b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n{\"caf\xe9\":\"c\"}\n".to_vec()),
        ("s.json", b"[{\"text\":\"a\"},\n\n {\"text\":\"\xe9\"}]".to_vec()),
    ] {
        let said = seeds(name, &bytes).unwrap_err();
        assert!(said.contains("line 3 is not UTF-8 (byte 0xE9 at column"), "{said}");
        assert!(said.contains("`iconv -f latin1 -t utf8`"), "{said}");
    }
    let said = seeds("s.txt", b"one\ntwo\ncaf\xe9 three\n").unwrap_err();
    assert!(said.contains("at column 4)"), "{said}");
    let said = seeds("s.txt", b"\xff\xfeU\0s\0e\0").unwrap_err();
    assert!(said.contains("iconv -f utf-16"), "{said}");
}

#[test]
fn lines_of_a_megabyte_are_skipped_and_counted() {
    let long = "x".repeat(1 << 20);
    let found = seeds("s.txt", format!("Use no commas.\n{long}\n{long}\nEnd with a dot.\n").as_bytes()).unwrap();
    assert_eq!((found.read, found.taken()), (4, 2));
    assert_eq!(found.skipped, BTreeMap::from([("too-long", 2)]));

    let rows = format!(
        "{{\"text\":\"{long}\"}}\n{{\"messages\":[{{\"role\":\"user\",\"content\":\"Short?\"}},{{\"role\":\"assistant\",\"content\":\"{long}\"}}]}}\n"
    );
    let found = queries("s.jsonl", rows.as_bytes()).unwrap();
    assert_eq!(texts(&found), ["Short?"]);
    assert_eq!(found.skipped, BTreeMap::from([("too-long", 1)]));
}

#[test]
fn broken_files_say_where_and_what_to_do() {
    let table: &[(&str, &str, &[&str])] = &[
        (
            "s.jsonl",
            "{\"text\":\"a\"}\n{\"text\": 5}\n",
            &["s.jsonl: line 2: field `text` is a number", "`text` or `instruction`"],
        ),
        (
            "s.jsonl",
            "{\"text\":\"a\"}\n{\"txt\":\"b\"}\n",
            &["line 2: no field holds the text; did you mean `text` for `txt`?"],
        ),
        ("s.jsonl", "{\"text\":\"a\"}\n{\"text\":\"b\",}\n", &["line 2 is not JSON", "at column", "mend or remove"]),
        ("s.jsonl", "{\"text\":\n\"a\"}\n", &["line 1 is not JSON", "write a file of many lines as an array"]),
        ("s.jsonl", "[1, 2]\n", &["line 1"]),
        ("s.json", "[{\"text\":\"a\"}, {\"text\":[1]}]", &["row 2: field `text` is a list"]),
        ("s.json", "[{\"text\":\"a\"},\n{\"text\" \"b\"}]", &["row 2 is not JSON", "line 2 column"]),
        ("s.json", "[{\"text\":\"a\"}", &["row 2 is not JSON", "EOF"]),
    ];
    for (name, text, words) in table {
        let said = seeds(name, text.as_bytes()).unwrap_err();
        for word in *words {
            assert!(said.contains(word), "{text:?} said {said:?}, wanted {word:?}");
        }
    }
    let said = queries("q.json", br#"[{"conversations": "hello"}]"#).unwrap_err();
    assert!(said.contains("row 1: field `conversations` is a text"), "{said}");
    let said = import_seeds(&[PathBuf::from("not/there.txt")]).unwrap_err().to_string();
    assert!(said.contains("not/there.txt: cannot be opened"), "{said}");
}

#[test]
fn several_files_are_one_import() {
    let (_a, mut files) = write("a.txt", b"one\ntwo\n");
    let (_b, more) = write("b.jsonl", b"{\"text\":\"two\"}\n{\"text\":\"three\"}\n");
    files.extend(more);
    let found = import_queries(&files).unwrap();
    assert_eq!(texts(&found), ["one", "two", "three"]);
    assert_eq!(found.rows[2].source, "b.jsonl");
    let (_c, empty) = write("empty.txt", b"");
    assert!(import_queries(&empty).unwrap().rows.is_empty());
}
