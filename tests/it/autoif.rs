//! Tests of `assay autoif`, through the program.

mod sample;

use std::{
    io::{Read, Write},
    process::Stdio,
};

use serde_json::{Value as Json, json};

use crate::files::{Desk, interrupt, rows};

const NO_COMMA: &str = "def evaluate(response):\n    return ',' not in response";
const SHORT: &str = "def evaluate(response):\n    return len(response.split()) < 2";
/// Has a helper, an import at top level, and calls itself.
const HELPED: &str = "import string\ndef count(text):\n    return sum(c in string.punctuation for c in text)\n\
                      def evaluate(response):\n    return evaluate(response[:9]) if len(response) > 9 else count(response) == 0";

fn answer(source: &str, cases: &Json) -> String {
    format!("Here:\n```json\n{}\n```", json!({"func": format!("  {source}\n"), "cases": cases}))
}

fn case(input: &str, output: &Json) -> Json {
    json!({"input": input, "output": output})
}

fn lines(rows: &[Json]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

fn read(desk: &Desk, name: &str) -> Vec<Json> {
    rows(&desk.read(name))
}

/// An instruction with four answers: three good ones, one without JSON.
fn instruction() -> Json {
    let yes: Vec<Json> = (0..5).map(|n| case(&format!("yes {n}"), &json!(true))).collect();
    let no: Vec<Json> = (0..5).map(|n| case(&format!("no, {n}"), &json!("False"))).collect();
    let mixed = json!([case("a, b", &json!(false)), case("yes 0", &json!(true)), case("wrong", &json!(false))]);
    json!({
        "instruction": "Use no commas “é”", "prompt": "ignored",
        "gpt-answer": [answer(NO_COMMA, &json!(yes)), answer(HELPED, &json!(no)), answer(SHORT, &mixed), "no JSON",
                       answer("import requests\ndef evaluate(response):\n    return ',' not in response", &json!([]))],
    })
}

#[test]
fn cross_validation_by_profile() {
    let desk = Desk::new();
    desk.write("in.jsonl", lines(&[instruction(), instruction()]));
    let kept = |profile: &str| -> Json {
        desk.ok(&["autoif", "cross-validate", "in.jsonl", "out.jsonl", "--profile", profile, "--report", "r.json"]);
        let rows = read(&desk, "out.jsonl");
        assert_eq!(rows.len(), 1, "equal rows are written once");
        assert_eq!(rows[0]["instruction"], "Use no commas “é”");
        let report: Json = serde_json::from_str(&desk.read("r.json")).unwrap();
        assert_eq!((&report["read"], &report["written"]), (&json!(2), &json!(1)));
        assert_eq!(report["rows"][1]["equal_to_rows_before"], 1);
        assert_eq!(report["rows"][0]["answers_dropped"][0]["reason"], "no-function");
        rows.into_iter().next().unwrap()
    };
    let sources = |row: &Json| -> Vec<String> {
        row["eval_func"].as_array().unwrap().iter().map(|pair| pair[0].as_str().unwrap().to_owned()).collect()
    };

    // The line with `requests` goes, the copy is the first function again; raw outputs, so "False" cases are dead.
    let released = kept("released");
    assert_eq!(sources(&released), [NO_COMMA, HELPED]);
    assert_eq!(released["cases"].as_array().unwrap().len(), 6);
    assert_eq!(released["eval_func"][0], json!([NO_COMMA, 1.0]));

    let paper = kept("paper");
    assert_eq!(paper["cases"].as_array().unwrap().len(), 11);
    assert!(paper["cases"].as_array().unwrap().iter().all(|case| case[1].is_boolean()));
    assert_eq!(sources(&paper), [NO_COMMA, HELPED]);

    let recommended = kept("recommended");
    assert_eq!(sources(&recommended), [NO_COMMA, HELPED]);
}

#[test]
fn a_function_whose_load_does_not_end_is_out_of_f() {
    let desk = Desk::new();
    let cases = json!([case("a", &json!(true)), case("a, b", &json!(false))]);
    let good = answer(NO_COMMA, &cases);
    let more = json!([case("more", &json!(true))]);
    let at_load = "import sys\nsys.exit(3)\ndef evaluate(response):\n    return True";
    let at_call = "import sys\ndef evaluate(response):\n    sys.exit(3)";
    desk.write(
        "in.jsonl",
        lines(&[
            json!({"instruction": "load", "gpt-answer": [good, answer(at_load, &more)]}),
            json!({"instruction": "call", "gpt-answer": [good, answer(at_call, &more)]}),
        ]),
    );
    let args = ["autoif", "cross-validate", "in.jsonl", "out.jsonl", "--profile", "paper", "--report", "r.json"];
    desk.ok(&args);
    // One of one agrees with the cases of the first; one of two, which is no majority, with those of the second.
    let rows = read(&desk, "out.jsonl");
    assert_eq!((rows.len(), &rows[0]["instruction"]), (1, &json!("load")));
    assert_eq!(rows[0]["cases"], json!([["a", true], ["a, b", false]]));
    let report: Json = serde_json::from_str(&desk.read("r.json")).unwrap();
    let dropped = &report["rows"][0]["answers_dropped"][0];
    assert_eq!((&dropped["answer"], &dropped["reason"]), (&json!(1), &json!("does-not-load")));
    assert_eq!(report["rows"][1]["reason"], "no-case");
}

#[test]
fn released_functions_see_the_script_and_not_themselves() {
    let desk = Desk::new();
    let script = "def evaluate(response):\n    return bool(re.search('a', json.dumps(copy.copy(response)))) and random and os and time";
    let functions = json!([[HELPED, 1.0], [script, 0.9], [NO_COMMA, 0.8], [NO_COMMA, 0.8]]);
    let row = json!({"instruction": "i", "prompt": "Do. [Query] what [Query]? \n", "eval_func": functions,
                     "gpt-answer": ["b, a", "plain", "b, a"]});
    desk.write("in.jsonl", lines(&[row]));
    let scores = |profile: &str| -> Json {
        desk.ok(&["autoif", "score-responses", "in.jsonl", "out.jsonl", "--profile", profile, "--report", "r.json"]);
        read(&desk, "out.jsonl").remove(0)
    };
    // HELPED raises NameError and is left out; the module that `and` gives has no int() either.
    let released = scores("released");
    assert_eq!(released["query"], "Do. [Query] what [Query]? \n");
    assert_eq!(released["response"], json!([["b, a", 0.0], ["plain", 1.0], ["b, a", 0.0]]));
    let report: Json = serde_json::from_str(&desk.read("r.json")).unwrap();
    assert_eq!(report["rows"][0]["outcomes"], json!({"raised": 2, "returned": 4}));
    // In a namespace of its own HELPED works, and the script's names are missing.
    assert_eq!(scores("paper")["response"][1], json!(["plain", 0.75]));

    desk.ok(&["autoif", "verify-responses", "in.jsonl", "out.jsonl"]);
    assert_eq!(read(&desk, "out.jsonl"), [json!({"instruction": "i", "query": "what [Query]?", "response": "plain"})]);
}

#[test]
fn errors_alone_make_no_negative_in_recommended() {
    let desk = Desk::new();
    let row =
        json!({"prompt": "p", "eval_func": [["def evaluate(r): return 1/0", 1], ["oops(", 1]], "gpt-answer": ["x"]});
    desk.write("in.jsonl", lines(&[row]));
    for (profile, text) in [
        ("released", "{\"query\": \"p\", \"response\": [[\"x\", 0]]}\n"),
        ("paper", "{\"query\": \"p\", \"response\": [[\"x\", 0.0]]}\n"),
        ("recommended", "{\"query\": \"p\", \"response\": [[\"x\", null]]}\n"),
    ] {
        desk.ok(&["autoif", "score-responses", "in.jsonl", "out.jsonl", "--profile", profile]);
        assert_eq!(desk.read("out.jsonl"), text);
    }
    // And `pairs` takes what is written so for neither.
    desk.write("in.jsonl", lines(&[json!({"query": "p", "response": [["x", null], ["y", 1]]})]));
    desk.ok(&["autoif", "pairs", "in.jsonl", "out.jsonl", "--profile", "recommended"]);
    assert_eq!(desk.read("out.jsonl"), "");
}

#[test]
fn no_check_is_skipped() {
    let desk = Desk::new();
    let row = json!({"instruction": "i", "prompt": "[Query] q", "eval_func": [["def evaluate(r):\n  while True: pass", 1]],
                     "gpt-answer": ["a", "b", "c"]});
    desk.write("in.jsonl", lines(&[row]));
    desk.ok(&["autoif", "verify-responses", "in.jsonl", "out.jsonl", "--profile", "paper", "--report", "r.json"]);
    let report: Json = serde_json::from_str(&desk.read("r.json")).unwrap();
    assert_eq!(report["rows"][0]["outcomes"], json!({"timeout": 3}));
}

#[test]
fn scores_are_filtered_byte_for_byte() {
    let desk = Desk::new();
    let kept = [
        "{ \"gen\":[\"fine\\nScore: 9\"],\t\"x\":1e2, \"é\":\"\\u00e9\\ud800\"}\r",
        "{\"gen\": [\"Score: 10\", \"Score: 8\"]} ",
    ];
    let all = [kept[0], "", "{\"gen\": [\"Score: 8\"]}", kept[0], kept[1], "{\"gen\": [\"**Score: 10**\"]}"].join("\n");
    desk.write("in.jsonl", all);
    let said = desk.ok(&["autoif", "filter-scores", "in.jsonl", "out.jsonl"]);
    assert_eq!(desk.read("out.jsonl"), format!("{}\n{}\n", kept[0], kept[1]));
    assert!(
        said.err.contains("5 rows read, 2 written to out.jsonl; dropped: below-threshold 1, equal-row 1, no-score 1"),
        "{}",
        said.err
    );
    assert_eq!(said.out, "");
}

#[test]
fn sft_rows_are_an_array() {
    let desk = Desk::new();
    let row = |query: &str| json!({"instruction": "use é", "query": query, "response": "a\n\"b\"", "gen": []});
    desk.write("in.jsonl", lines(&[row("tell me"), row("why?"), row("")]));
    let said = desk.ok(&["autoif", "sft", "in.jsonl", "out.json"]);
    assert!(said.err.contains("dropped: empty-query-or-instruction 1"), "{}", said.err);
    let item = |prompt: &str| {
        format!(
            "    {{\n        \"instruction\": \"{prompt}\",\n        \"input\": \"\",\n        \"output\": \"a\\n\\\"b\\\"\",\n        \
             \"history\": []\n    }}"
        )
    };
    let wanted = format!("[\n{},\n{}\n]", item("Tell me. Use é."), item("Why? Use é."));
    assert_eq!(desk.read("out.json"), wanted);
    desk.write("in.jsonl", "");
    desk.ok(&["autoif", "sft", "in.jsonl", "out.json"]);
    assert_eq!(desk.read("out.json"), "[]");
}

#[test]
fn pairs_are_drawn_by_the_seed() {
    let desk = Desk::new();
    let responses: Vec<Json> = (0..12).map(|n| json!([format!("é{n}\u{1f600}"), f64::from(n % 2)])).collect();
    desk.write("in.jsonl", lines(&[json!({"query": "q", "response": responses})]));
    let drawn = |seed: &str| {
        desk.ok(&["autoif", "pairs", "in.jsonl", "out.jsonl", "--seed", seed]);
        desk.read("out.jsonl")
    };
    let first = drawn("0");
    assert_eq!(first, drawn("0"));
    assert!(["1", "2", "3"].iter().any(|seed| drawn(seed) != first));
    assert!(first.starts_with("{\"instruction\": \"q\", \"positive\": \"\\u00e9") && first.is_ascii(), "{first}");
    let pairs = rows(&first);
    assert_eq!(pairs.len(), 4, "two of each, all four combinations");
    let parity =
        |text: &Json| text.as_str().unwrap().trim_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().unwrap() % 2;
    assert!(pairs.iter().all(|pair| parity(&pair["positive"]) == 1 && parity(&pair["negative"]) == 0));
}

#[test]
fn lone_surrogates_are_kept() {
    let desk = Desk::new();
    let source = r"def evaluate(r):\n    return '\\ud800' in r";
    desk.write(
        "in.jsonl",
        format!(
            "{{\"instruction\": \"i\\udc00\", \"prompt\": \"[Query] \\ud800 q\", \"eval_func\": [[\"{source}\", 1]], \
             \"gpt-answer\": [\"a\\ud800\", \"b\"]}}\n"
        ),
    );
    desk.ok(&["autoif", "verify-responses", "in.jsonl", "out.jsonl"]);
    let wanted = "{\"instruction\": \"i\\udc00\", \"query\": \"\\ud800 q\", \"response\": \"a\\ud800\"}\n";
    assert_eq!(desk.read("out.jsonl"), wanted);
    desk.ok(&["autoif", "sft", "out.jsonl", "sft.json"]);
    assert!(desk.read("sft.json").contains(r#""instruction": "\ud800 q. I\udc00.""#), "{}", desk.read("sft.json"));
}

#[test]
fn malformed_rows_leave_out_as_it_was() {
    let desk = Desk::new();
    desk.write("out.jsonl", "old");
    let good = json!({"instruction": "i", "query": "q", "response": "r"});
    let table = [
        ("sft", "{\"instruction\": \"i\", \"query\": \"q\"}", "line 2: field `response` is missing"),
        (
            "pairs",
            "{\"query\": \"q\", \"response\": [[\"a\", 1], [\"b\"]]}",
            "line 2: field `response[1]` is a list of 1",
        ),
        (
            "pairs",
            "{\"query\": \"q\", \"response\": [[\"a\", \"1\"]]}",
            "line 2: field `response[0][1]` is a string; expected a number or null",
        ),
        ("filter-scores", "{\"gen\": \"Score: 9\"}", "line 2: field `gen` is a string; expected a list"),
        (
            "cross-validate",
            "{\"instruction\": \"i\", \"gpt-answer\": [3]}",
            "line 2: field `gpt-answer[0]` is a number",
        ),
        (
            "verify-responses",
            "{\"instruction\": \"i\", \"prompt\": \"p\", \"eval_func\": [\"x\"], \"gpt-answer\": []}",
            "line 2: field `eval_func[0]` is a string; expected a list",
        ),
        ("score-responses", "not json", "line 2: is not JSON"),
    ];
    for (step, bad, words) in table {
        let first = match step {
            "sft" => good.clone(),
            "pairs" => json!({"query": "q", "response": [["a", 1], ["b", 0]]}),
            "filter-scores" => json!({"gen": ["Score: 9"]}),
            "cross-validate" => json!({"instruction": "i", "gpt-answer": []}),
            _ => json!({"instruction": "i", "prompt": "p", "eval_func": [], "gpt-answer": []}),
        };
        desk.write("in.jsonl", format!("{first}\n{bad}\n"));
        let said = desk.run(&["autoif", step, "in.jsonl", "out.jsonl", "--report", "r.json"]);
        assert_eq!(said.status, 1);
        assert!(said.err.contains(&format!("in.jsonl: {words}")), "{step}: {}", said.err);
        assert_eq!(desk.read("out.jsonl"), "old");
        assert_eq!(desk.files(), ["in.jsonl", "out.jsonl"], "nothing is left behind");
        let said = desk.ok(&["autoif", step, "in.jsonl", "new.jsonl", "--keep-going", "--report", "r.json"]);
        assert!(said.err.contains("1 malformed rows skipped"), "{}", said.err);
        let report: Json = serde_json::from_str(&desk.read("r.json")).unwrap();
        assert_eq!((&report["skipped"], &report["read"]), (&json!(1), &json!(1)));
        assert!(report["first_skipped"][0].as_str().unwrap().contains(words), "{report}");
        for name in ["new.jsonl", "r.json"] {
            std::fs::remove_file(desk.path(name)).unwrap();
        }
    }
}

#[test]
fn what_cannot_be_written_or_done_is_said() {
    let desk = Desk::new();
    desk.write("in.jsonl", "");
    let table: [(&[&str], i32, &str); 6] = [
        (&["sft", "none.jsonl", "out"], 1, "none.jsonl: cannot be opened"),
        (&["sft", "in.jsonl", "no/out"], 1, "no/out: opening its folder failed"),
        (&["sft", "in.jsonl", "."], 1, "is no regular file"),
        (&["sft", "in.jsonl", "out", "--report", "./out"], 1, "name two files"),
        (&["sort", "in.jsonl", "out"], 2, "cross-validate"),
        (&["sft", "in.jsonl", "out", "--profile", "best"], 2, "recommended"),
    ];
    for (args, status, words) in table {
        let said = desk.run(&[&["autoif"], args].concat());
        assert_eq!(said.status, status, "{args:?}: {}", said.err);
        assert!(said.err.contains(words), "{args:?}: {}", said.err);
    }
    assert_eq!(desk.files(), ["in.jsonl"]);
    // IN may be OUT, as OUT is only put in place at the end.
    desk.write("in.jsonl", "{\"gen\": [\"Score: 9\"]}\n{\"gen\": [\"Score: 1\"]}\n");
    desk.ok(&["autoif", "filter-scores", "in.jsonl", "in.jsonl"]);
    assert_eq!(desk.read("in.jsonl"), "{\"gen\": [\"Score: 9\"]}\n");
}

#[test]
fn ctrl_c_leaves_out_as_it_was() {
    let desk = Desk::new();
    desk.write("out.jsonl", "old");
    let mut child = desk
        .command(&["autoif", "filter-scores", "-", "out.jsonl"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"gen\": [\"Score: 9\"]}\n").unwrap();
    stdin.flush().unwrap();
    // It is at work once the file beside OUT is there.
    while desk.files().len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    interrupt(child.id());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(3), "{said}");
    assert_eq!((desk.read("out.jsonl").as_str(), desk.files()), ("old", vec!["out.jsonl".to_owned()]));
    drop(stdin);
}
