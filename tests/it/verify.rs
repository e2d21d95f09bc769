//! Tests of `assay verify`, through the program.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read, Write},
    process::Stdio,
};

use serde_json::{Value as Json, json};

use crate::files::{Desk, interrupt, rows};

fn function(id: &str, source: &str) -> String {
    format!("{}\n", json!({"id": id, "source": source}))
}

fn input(id: &str, text: &str) -> String {
    format!("{}\n", json!({"id": id, "text": text}))
}

const LENGTH: &str = "def evaluate(response):\n    return len(response) > 2";

#[test]
fn rows_are_as_the_contract_says() {
    let desk = Desk::new();
    let print = "def evaluate(response):\n    print('seen', response)\n    return 1";
    desk.write("f.jsonl", function("long", LENGTH) + &function("print", print));
    desk.write("i.jsonl", input("a", "no") + "\n" + &input("b", "yes"));
    let said = desk.ok(&["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl"]);
    assert_eq!(said.err, "");
    let head = r#"{"function": "long", "input": "a", "verdict": "fail", "kind": "returned", "value": "False", "error": null, "line": null, "stdout": "", "cpu_us": "#;
    assert!(said.out.starts_with(head), "{}", said.out);
    let rows = said.rows();
    let names: Vec<_> = rows.iter().map(|row| format!("{}{}", row["function"], row["input"])).collect();
    assert_eq!(names, [r#""long""a""#, r#""long""b""#, r#""print""a""#, r#""print""b""#]);
    let last = &rows[3];
    assert_eq!((&last["verdict"], &last["value"]), (&json!("pass"), &json!("1")));
    assert_eq!(last["stdout"], "seen yes\n");
    assert!(rows.iter().all(|row| row["cpu_us"].is_u64()));
}

#[test]
fn every_way_to_end_has_its_words() {
    let body = |body: &str| format!("def evaluate(response):\n    {body}");
    let table = [
        (body("return 'TRUE '"), "pass", "returned", "'TRUE '", Json::Null),
        (body("return 0.0"), "fail", "returned", "0.0", Json::Null),
        (body("return None"), "invalid", "returned", "None", Json::Null),
        (body("return [1]"), "invalid", "returned", "[1]", Json::Null),
        (body("\n    return {}['x']"), "error", "raised", "KeyError: 'x'", json!(3)),
        (body("while True: pass"), "timeout", "timeout", "no result within 300 ms of CPU time", Json::Null),
        (body("return bytearray(10**9)"), "error", "memory", "more than 64 MiB of memory wanted", Json::Null),
        (body("raise SystemExit"), "error", "exit", "left the interpreter", Json::Null),
        (body("import os; os.abort()"), "error", "forbidden", "tried to abort the interpreter", Json::Null),
        ("def evaluate(x)\n  pass".into(), "error", "load", "SyntaxError: expected ':'", json!(1)),
        ("\n1/0".into(), "error", "load", "ZeroDivisionError: division by zero", json!(2)),
        ("x = 1".into(), "error", "load", "no function named evaluate", Json::Null),
        ("while True: pass".into(), "timeout", "timeout", "no result within 300 ms of CPU time", Json::Null),
        ("import sys; sys.exit()".into(), "error", "exit", "left the interpreter", Json::Null),
    ];
    let desk = Desk::new();
    desk.write("f.jsonl", table.iter().map(|(source, ..)| function("f", source)).collect::<String>());
    desk.write("i.jsonl", input("a", "x"));
    let limits = ["--timeout-ms", "300", "--memory-mib", "64"];
    let said = desk.ok(&[&["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl"], &limits[..]].concat());
    let rows = said.rows();
    assert_eq!(rows.len(), table.len());
    for (row, (source, verdict, kind, words, line)) in rows.iter().zip(&table) {
        assert_eq!((row["verdict"].as_str(), row["kind"].as_str()), (Some(*verdict), Some(*kind)), "{source}: {row}");
        let (said, silent) = if *kind == "returned" { ("value", "error") } else { ("error", "value") };
        assert_eq!((row[said].as_str(), &row[silent]), (Some(*words), &Json::Null), "{source}");
        assert_eq!(row["line"], *line, "{source}");
    }
}

#[test]
fn lone_surrogates_and_nul_go_through() {
    let desk = Desk::new();
    let same = r"def evaluate(response):\n    return response == '\\ud800\\x00\\U0001f600'";
    let shown = r"def evaluate(response):\n    return response";
    desk.write(
        "f.jsonl",
        format!(
            "{{\"id\":\"f\\udfff\",\"source\":\"{same}\"}}\n{{\"id\":\"g\",\"source\":\"{shown}\"}}\n\
             {{\"id\":\"h\",\"source\":\"'\\ud800'\"}}\n"
        ),
    );
    desk.write("i.jsonl", "{\"id\":\"a\\ud800\",\"more\":\"\\udc00\",\"text\":\"\\ud800\\u0000\\ud83d\\ude00\"}\n");
    let said = desk.ok(&["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert!(lines[0].starts_with(r#"{"function": "f\udfff", "input": "a\ud800", "verdict": "pass""#), "{}", lines[0]);
    assert!(lines[1].contains(r#""value": "'\\ud800\\x00😀'""#), "{}", lines[1]);
    assert!(lines[2].contains(r#""kind": "load", "value": null, "error": "UnicodeEncodeError"#), "{}", lines[2]);
}

#[test]
fn zip_keeps_the_order_of_inputs() {
    let desk = Desk::new();
    desk.write("f.jsonl", function("long", LENGTH) + &function("short", "def evaluate(r): return len(r) < 3"));
    let row = |n: usize| {
        let name = if n.is_multiple_of(3) { "long" } else { "short" };
        format!("{}\n", json!({"id": format!("i{n}"), "text": "x".repeat(n % 5), "function": name}))
    };
    desk.write("i.jsonl", (0..2500).map(row).collect::<String>());
    let said = desk.ok(&["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl", "--zip", "--jobs", "3"]);
    let rows = said.rows();
    assert_eq!(rows.len(), 2500);
    for (n, row) in rows.iter().enumerate() {
        let pass = if n % 3 == 0 { n % 5 > 2 } else { n % 5 < 3 };
        let expected = (format!("i{n}"), if pass { "pass" } else { "fail" });
        assert_eq!((row["input"].as_str(), row["verdict"].as_str()), (Some(&*expected.0), Some(expected.1)));
    }

    desk.write("bad.jsonl", r#"{"id": "a", "text": "x", "function": "other"}"#);
    let said = desk.run(&["verify", "--functions", "f.jsonl", "--inputs", "bad.jsonl", "--zip"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("bad.jsonl: line 1: field `function` names no function of f.jsonl"), "{}", said.err);
    desk.write("twice.jsonl", function("f", "x") + "\n" + &function("f", "y"));
    let said = desk.run(&["verify", "--functions", "twice.jsonl", "--inputs", "i.jsonl", "--zip"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("twice.jsonl: line 3: field `id` repeats that of line 1"), "{}", said.err);
}

#[test]
fn a_matrix_from_a_pipe_is_that_from_a_file() {
    let desk = Desk::new();
    let sources = [LENGTH, "def evaluate(r): return 'x' in r", "def evaluate(r): return int(r)"];
    desk.write("f.jsonl", sources.iter().enumerate().map(|(n, s)| function(&n.to_string(), s)).collect::<String>());
    let inputs: String = (0..700).map(|n| input(&n.to_string(), &n.to_string().replace('7', "x"))).collect();
    desk.write("i.jsonl", &inputs);
    let parts = |text: &str| -> Vec<Json> {
        let mut rows = rows(text);
        rows.iter_mut().for_each(|row| row["cpu_us"] = json!(0));
        rows
    };
    let file = parts(&desk.ok(&["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl"]).out);
    let mut piped = desk
        .command(&["verify", "--functions", "f.jsonl", "--inputs", "-", "--matrix"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(inputs.as_bytes()).unwrap();
    assert_eq!(parts(&String::from_utf8(piped.wait_with_output().unwrap().stdout).unwrap()), file);
    let order: Vec<_> =
        file.iter().map(|row| (row["function"].as_str().unwrap(), row["input"].as_str().unwrap())).collect();
    let wanted: Vec<_> = (0..3).flat_map(|f| (0..700).map(move |i| (f.to_string(), i.to_string()))).collect();
    assert!(order.iter().zip(&wanted).all(|(found, wanted)| *found == (wanted.0.as_str(), wanted.1.as_str())));
    assert_eq!(file.len(), wanted.len());
}

#[test]
fn malformed_rows_give_file_line_and_field() {
    let desk = Desk::new();
    desk.write("f.jsonl", function("long", LENGTH));
    let table: [(&[u8], &str); 9] = [
        (b"{\"id\": \"b\"}", "line 2: field `text` is missing"),
        (b"{\"id\": \"b\", \"text\": null}", "line 2: field `text` is null; expected a string"),
        (b"{\"id\": 7, \"text\": \"x\"}", "line 2: field `id` is a number; expected a string"),
        (b"{\"id\": \"b\", \"text\": [\"x\"]}", "line 2: field `text` is a list; expected a string"),
        (b"{\"id\": \"b\", \"text\": \"x\"", "line 2: is not JSON: EOF while parsing an object at column"),
        (b"{\"id\": \"b\", \"text\": \"\\u12\"}", "line 2: is not JSON: invalid escape"),
        (b"[]", "line 2: is a list; expected an object"),
        (b"text", "line 2: is not JSON: expected"),
        (b"{\"id\": \"b\", \"text\": \"\xff\"}", "line 2: is not UTF-8 (byte 0xFF at column 22)"),
    ];
    for (bad, words) in table {
        desk.write("i.jsonl", [input("a", "yes").as_bytes(), bad, b"\n", input("c", "yes").as_bytes()].concat());
        let args = ["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl"];
        let said = desk.run(&args);
        assert_eq!(said.status, 1, "{words}");
        assert!(said.err.contains(&format!("i.jsonl: {words}")), "{} is not {words}", said.err);
        assert_eq!(said.rows().len(), 1, "what comes before is written");
        let said = desk.ok(&[&args[..], &["--keep-going"]].concat());
        let names: Vec<_> = said.rows().iter().map(|row| row["input"].clone()).collect();
        assert_eq!(names, ["a", "c"]);
        assert!(said.err.contains("1 malformed rows skipped") && said.err.contains(words), "{}", said.err);
    }
    desk.write("f.jsonl", "{\"id\": \"f\"}\n");
    let said = desk.run(&["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl"]);
    assert_eq!((said.status, said.out.as_str()), (1, ""));
    assert!(said.err.contains("f.jsonl: line 1: field `source` is missing"), "{}", said.err);
}

#[test]
fn usage_and_empty_files() {
    let desk = Desk::new();
    desk.write("f.jsonl", function("long", LENGTH));
    desk.write("empty.jsonl", "\n");
    for args in [
        &["--functions", "f.jsonl"][..],
        &["--functions", "-", "--inputs", "-"],
        &["--functions", "f.jsonl", "--inputs", "i.jsonl", "--zip", "--matrix"],
        &["--functions", "f.jsonl", "--inputs", "i.jsonl", "--timeout-ms", "0"],
    ] {
        assert_eq!(desk.run(&[&["verify"], args].concat()).status, 2, "{args:?}");
    }
    let said = desk.run(&["verify", "--functions", "f.jsonl", "--inputs", "none.jsonl"]);
    assert_eq!(said.status, 1);
    assert!(said.err.contains("none.jsonl: cannot be opened: No such file"), "{}", said.err);
    for (functions, inputs) in [("f.jsonl", "empty.jsonl"), ("empty.jsonl", "f.jsonl")] {
        let said = desk.run(&["verify", "--functions", functions, "--inputs", inputs, "--keep-going"]);
        assert_eq!((said.status, said.out.as_str()), (0, ""), "{}", said.err);
    }
}

#[test]
fn after_two_timeouts_a_function_is_skipped() {
    let desk = Desk::new();
    let slow = "def evaluate(r):\n    while r in ('1', '3', '4'): pass\n    return True";
    desk.write("f.jsonl", function("slow", slow) + &function("long", LENGTH));
    desk.write("i.jsonl", (0..600).map(|n| input(&n.to_string(), &n.to_string())).collect::<String>());
    let args = ["verify", "--functions", "f.jsonl", "--inputs", "i.jsonl", "--timeout-ms", "100"];
    let kinds = |said: &crate::files::Said| -> Vec<String> {
        said.rows()
            .iter()
            .map(|row| format!("{}/{}", row["verdict"].as_str().unwrap(), row["kind"].as_str().unwrap()))
            .collect()
    };
    let said = desk.ok(&args);
    let found = kinds(&said);
    let (pass, timeout, skipped) = ("pass/returned", "timeout/timeout", "timeout/skipped");
    assert_eq!(found[..6], [pass, timeout, pass, timeout, skipped, skipped]);
    assert!(found[6..600].iter().all(|kind| kind == skipped) && !found[600..].iter().any(|kind| kind == skipped));
    assert!(said.err.contains("596 checks not run"), "{}", said.err);
    let found = kinds(&desk.ok(&[&args[..], &["--never-skip"]].concat()));
    assert_eq!(found[..6], [pass, timeout, pass, timeout, timeout, pass]);
}

#[test]
fn ctrl_c_leaves_whole_lines() {
    let desk = Desk::new();
    desk.write("f.jsonl", function("long", LENGTH));
    let mut child = desk
        .command(&["verify", "--functions", "f.jsonl", "--inputs", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all((0..40).map(|n| input(&n.to_string(), "text")).collect::<String>().as_bytes()).unwrap();
    stdin.flush().unwrap();
    // All rows come although the pipe stays open.
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut out = String::new();
    for _ in 0..40 {
        stdout.read_line(&mut out).unwrap();
    }
    interrupt(child.id());
    stdout.read_to_string(&mut out).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(3));
    assert_eq!(rows(&out).len(), 40);
    assert!(String::from_utf8(ended.stderr).unwrap().contains("interrupted after 40 rows"));
    drop(stdin);
}

/// Inputs far larger than what the program may hold, read twice.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded() {
    const ROWS: usize = 12_000;
    let desk = Desk::new();
    desk.write("f.jsonl", function("a", "def evaluate(r): return True") + &function("b", LENGTH));
    let mut child = desk
        .command(&["verify", "--functions", "f.jsonl", "--inputs", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeding = std::thread::spawn(move || {
        let mut row = input("r", &"some text ".repeat(3200));
        row.push('\n');
        (0..ROWS).for_each(|_| stdin.write_all(row.as_bytes()).unwrap());
    });
    let status = format!("/proc/{}/status", child.id());
    let (mut stdout, mut line, mut peak) = (BufReader::new(child.stdout.take().unwrap()), String::new(), String::new());
    for n in 0..2 * ROWS {
        line.clear();
        stdout.read_line(&mut line).unwrap();
        if n % 1000 == 0 {
            let status = std::fs::read_to_string(&status).unwrap();
            let high = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
            peak.clear();
            write!(peak, "{high}").unwrap();
        }
    }
    feeding.join().unwrap();
    assert!(child.wait().unwrap().success());
    let kib: u64 = peak.split_ascii_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kib < 250 << 10, "{peak}, for {} MiB of inputs", (ROWS * 32_000) >> 20);
}
