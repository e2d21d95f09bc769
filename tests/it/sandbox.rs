//! Tests of the sandbox.

use std::{path::PathBuf, sync::Arc, sync::OnceLock, time::Duration};

use assay::{
    domain::{LoadFault, Outcome, OutcomeKind, Value},
    sandbox::{Batch, Limits, Namespace, Options, Sandbox, SandboxError, Status, Text},
};

mod attacks;
mod cells;
mod cold;
mod hostile;
mod inspect;
mod isolation;
mod native;
mod random;
mod stops;

/// Shared by all tests and test binaries, so that the guest is compiled once per build.
fn cache_dir() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("assay-cache")
}

fn options() -> Options {
    Options { cache_dir: Some(cache_dir()), workers: 2, verify_restore: true, ..Options::default() }
}

/// As on systems that tell less: nothing is restored, compiled code looks at the time itself.
fn portable() -> Options {
    Options { portable: true, ..options() }
}

/// One sandbox for all tests: they must not disturb one another anyway. Every restore is verified.
fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::start(options()))
}

fn batch(source: &str, texts: &[&str]) -> Batch {
    Batch::matrix(vec![source.into()], texts.iter().map(|&t| Text::from(t)).collect())
}

fn outcomes(source: &str, texts: &[&str]) -> Vec<Outcome> {
    outcomes_in(sandbox(), source, texts)
}

fn outcomes_in(sandbox: &Sandbox, source: &str, texts: &[&str]) -> Vec<Outcome> {
    sandbox.run(batch(source, texts)).unwrap().blocking_collect().unwrap()
}

fn outcome(source: &str, text: &str) -> Outcome {
    outcomes(source, &[text]).remove(0)
}

/// Short enough for tests, far longer than anything honest needs, even on a busy machine.
fn short() -> Limits {
    Limits { cpu: Duration::from_millis(400), ..Limits::default() }
}

fn boolean(outcome: &Outcome) -> Option<bool> {
    match outcome.kind {
        OutcomeKind::Returned { value: Value::Bool(value), .. } => Some(value),
        _ => None,
    }
}

fn value(source: &str) -> Value {
    match outcome(source, "").kind {
        OutcomeKind::Returned { value, .. } => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn verifiers_judge_texts() {
    let source = "import re\nWORDS = 3\n\ndef count(s):\n    return len(re.findall(r'\\w+', s))\n\ndef evaluate(response):\n    return count(response) == WORDS\n";
    let found: Vec<_> =
        outcomes(source, &["one two three", "one", "", "a b c d", "日本 語 の"]).iter().map(boolean).collect();
    assert_eq!(found, [Some(true), Some(false), Some(false), Some(false), Some(true)]);
}

#[test]
fn values_keep_their_type() {
    assert_eq!(value("def evaluate(s): return None"), Value::None);
    assert_eq!(value("def evaluate(s): return 1"), Value::Int(1));
    assert_eq!(value("def evaluate(s): return 'true\\n'"), Value::Str("true\n".into()));
    assert_eq!(value("def evaluate(s): return 0.5"), Value::Float(0.5));
    assert_eq!(value("def evaluate(s): return [s]"), Value::Other { type_name: "list".into() });
    assert_eq!(value("def evaluate(s): return '\\ud800'"), Value::Other { type_name: "str".into() });
    assert_eq!(value("def evaluate(s): return 2**63"), Value::Other { type_name: "int".into() });
    assert_eq!(value("def evaluate(s): return -2**63"), Value::Int(i64::MIN));
    assert_eq!(value("def evaluate(s): return float('nan')"), Value::Other { type_name: "float".into() });
    assert_eq!(value("def evaluate(s): return 10**4000"), Value::Other { type_name: "int".into() });
    assert_eq!(value("def evaluate(s): return 10**400"), Value::Other { type_name: "int".into() });
    assert_eq!(value("def evaluate(s): return 'a' * 100000"), Value::Other { type_name: "str".into() });
}

#[test]
fn exceptions_tell_their_line() {
    let source = "def helper(s):\n    return s[10]\n\ndef evaluate(s):\n    return helper(s)\n";
    let OutcomeKind::Raised(fault) = outcome(source, "short").kind else { panic!("not raised") };
    assert_eq!((fault.type_name.as_str(), fault.line), ("IndexError", Some(2)));
    assert_eq!(fault.message, "string index out of range");
    assert!(fault.traceback.contains("in evaluate"), "{}", fault.traceback);
}

#[test]
fn sources_that_do_not_load_say_why() {
    let cases = [
        ("def evaluate(s)\n    return True", LoadFault::Syntax, "SyntaxError", Some(1)),
        ("def evaluate(s):\nreturn True", LoadFault::Syntax, "IndentationError", Some(2)),
        ("x = 1\nimport numpy\ndef evaluate(s): return True", LoadFault::Raised, "ModuleNotFoundError", Some(2)),
        ("def f():\n    return 1/0\nf()\n", LoadFault::Raised, "ZeroDivisionError", Some(2)),
        ("def check(s): return True", LoadFault::Missing, "", None),
        ("evaluate = 3", LoadFault::Unusable, "", None),
        ("async def evaluate(s): return True", LoadFault::Unusable, "", None),
        ("", LoadFault::Missing, "", None),
    ];
    for (source, expected, type_name, line) in cases {
        for outcome in outcomes(source, &["a", "b"]) {
            let OutcomeKind::Load { fault, error } = outcome.kind else { panic!("{source}: {outcome:?}") };
            assert_eq!(
                (fault, error.type_name.as_str(), error.line),
                (expected, type_name, line),
                "{source}: {error:?}"
            );
        }
    }
}

#[test]
fn a_load_that_hits_a_limit_has_that_kind_for_every_input() {
    let run = |source: &str| {
        let batch = Batch { limits: short(), ..batch(source, &["a", "b", "c"]) };
        let outcomes = sandbox().run(batch).unwrap().blocking_collect().unwrap();
        outcomes.iter().map(Outcome::kind_name).collect::<Vec<_>>()
    };
    assert_eq!(run("while True: pass\ndef evaluate(s): return True"), ["timeout"; 3]);
    assert_eq!(run("x = bytearray(10**9)\ndef evaluate(s): return True"), ["memory"; 3]);
    assert_eq!(run("import sys\nsys.exit(1)\ndef evaluate(s): return True"), ["exit"; 3]);
    assert_eq!(run("import os\nos._exit(1)\ndef evaluate(s): return True"), ["exit"; 3]);
    assert_eq!(run("import time\ntime.sleep(1)\ndef evaluate(s): return True"), ["forbidden"; 3]);
    let deep = outcomes("import json\njson.loads('[' * 200000)\ndef evaluate(s): return True", &["a", "b"]);
    for outcome in deep {
        let OutcomeKind::Load { fault: LoadFault::Raised, error } = outcome.kind else { panic!("{outcome:?}") };
        assert_eq!(error.type_name, "RecursionError");
    }
}

#[test]
fn texts_cross_whole() {
    let source = "def evaluate(s):\n    print(ascii(s))\n    return len(s)\n";
    let texts = ["a\0b", "", "😀", "\u{202e}x\u{1b}[31m"];
    let printed: Vec<_> = outcomes(source, &texts).into_iter().map(|o| o.stdout).collect();
    assert_eq!(printed, ["'a\\x00b'\n", "''\n", "'\\U0001f600'\n", "'\\u202ex\\x1b[31m'\n"]);
    let wtf8 = Batch::matrix(vec![source.into()], vec![Text::from(vec![b'a', 0xed, 0xa0, 0x80])]);
    let outcome = sandbox().run(wtf8).unwrap().blocking_collect().unwrap().remove(0);
    assert_eq!(outcome.stdout, "'a\\ud800'\n");
    let long = "x".repeat(3 << 20);
    assert_eq!(value_of(source.replace("print(ascii(s))", "pass").as_str(), &long), Value::Int(3 << 20));
}

fn value_of(source: &str, text: &str) -> Value {
    match outcome(source, text).kind {
        OutcomeKind::Returned { value, .. } => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_what_is_printed_to_stdout_is_told() {
    let source = "import sys, warnings, logging\nPATTERN = '\\d'\nprint('a')\ndef evaluate(s):\n    warnings.warn('w')\n    logging.error('l')\n    print('e', file=sys.stderr)\n    print('b', end='')\n    return True\n";
    let outcome = outcome(source, "x");
    assert_eq!((boolean(&outcome), outcome.stdout.as_str()), (Some(true), "a\nb"));
    assert_eq!(kind_of("exit()"), "exit");
    assert_eq!(kind_of("quit(3)"), "exit");
}

fn kind_of(body: &str) -> String {
    outcome(&format!("def evaluate(s):\n    {body}\n"), "x").kind_name().to_owned()
}

#[test]
fn namespaces_show_what_they_should() {
    let run = |namespace, source: &str| {
        let batch = Batch { namespace, ..batch(source, &["x"]) };
        match sandbox().run(batch).unwrap().blocking_collect().unwrap().remove(0).kind {
            OutcomeKind::Returned { repr, .. } => repr,
            OutcomeKind::Raised(fault) => fault.type_name,
            OutcomeKind::Load { error, .. } => format!("load: {}", error.type_name),
            other => panic!("{other:?}"),
        }
    };
    let helper = "import string\ndef helper(s): return True\ndef evaluate(s): return helper(s)\n";
    let import = "import string\ndef evaluate(s): return s in string.ascii_letters\n";
    let name = "def evaluate(s): return evaluate is not None\n";
    let script = "def evaluate(s): return re.match('x', s) is not None and json.dumps(s) != '' and signal and logging and random and os and copy and time and True\n";
    let main = "if __name__ == '__main__':\n    raise ValueError\ndef evaluate(s): return True\n";
    let all = |namespace| [helper, import, name, script, main].map(|source| run(namespace, source));
    assert_eq!(all(Namespace::Own), ["True", "True", "True", "NameError", "True"]);
    assert_eq!(all(Namespace::OwnAndScript), ["True", "True", "True", "True", "load: ValueError"]);
    assert_eq!(all(Namespace::ScriptGlobals), ["NameError", "NameError", "NameError", "True", "load: ValueError"]);
}

#[test]
fn the_useful_library_is_there_and_the_rest_says_so() {
    let modules = "logging, signal, zlib, gzip, zipfile, tomllib, html, html.parser, email, unicodedata, zoneinfo, emoji, \
                   pyphen, unittest, argparse, textwrap, difflib, statistics, fractions, decimal, xml.etree.ElementTree, \
                   xml.dom.minidom, csv, dataclasses, typing, hashlib, uuid, pathlib, tempfile, shutil, threading, queue";
    let source =
        format!("import {modules}\ndef evaluate(s):\n    return zlib.decompress(zlib.compress(b'x')) == b'x'\n");
    assert_eq!(boolean(&outcome(&source, "x")), Some(true));
    let codecs = "def evaluate(s):\n    return all(s.encode(c).decode(c) == s for c in ('gbk', 'gb18030', 'big5', 'shift_jis', 'euc_kr', 'utf-16', 'utf-7', 'idna', 'punycode'))\n";
    assert_eq!(boolean(&outcome(codecs, "一二")), Some(true));
    let packages = "import emoji, pyphen\ndef evaluate(s):\n    return emoji.emoji_count(s) == 2 and pyphen.Pyphen(lang='en_US').inserted('hyphenation') == 'hy-phen-ation'\n";
    assert_eq!(boolean(&outcome(packages, "😀 and 🎉")), Some(true));
    // What these modules import only when they are used.
    let later = "import sys, xml.dom.minidom, xml.sax\ndef evaluate(s):\n    sys.set_int_max_str_digits(0)\n    xml.sax.parseString(s, xml.sax.ContentHandler())\n    return xml.dom.minidom.parseString(s).documentElement.tagName == 'a' and len(str(1 << 100_000)) == 30_103\n";
    assert_eq!(boolean(&outcome(later, "<a>1</a>")), Some(true));
    let OutcomeKind::Load { error, .. } = outcome("import nltk\ndef evaluate(s): return True", "x").kind else {
        panic!()
    };
    assert!(error.message.starts_with("No module named 'nltk' (available: "), "{}", error.message);
}

#[test]
fn outcomes_come_in_the_order_of_cells_whatever_the_order_of_work() {
    let same = "def evaluate(s): return s == 'x'";
    let other = "def evaluate(s): return s != 'x'";
    let mut batch = Batch::matrix(vec![same.into(), other.into()], vec!["x".into(), "y".into()]);
    batch.cells = vec![(1, 0), (0, 0), (0, 1), (1, 1), (1, 0)];
    let found: Vec<_> = sandbox().run(batch).unwrap().blocking_collect().unwrap().iter().map(boolean).collect();
    assert_eq!(found, [Some(false), Some(true), Some(false), Some(true), Some(false)]);
}

#[test]
fn after_two_timeouts_checks_are_skipped_where_that_is_allowed() {
    let source = "def evaluate(s):\n    while s == 'loop': pass\n    return True\n";
    let texts = ["ok", "loop", "ok", "loop", "ok", "loop"];
    let run = |allow_skips| {
        let batch = Batch { limits: short(), allow_skips, ..batch(source, &texts) };
        let outcomes = sandbox().run(batch).unwrap().blocking_collect().unwrap();
        outcomes.iter().map(Outcome::kind_name).collect::<Vec<_>>()
    };
    assert_eq!(run(true), ["returned", "timeout", "returned", "timeout", "skipped", "skipped"]);
    assert_eq!(run(false), ["returned", "timeout", "returned", "timeout", "returned", "timeout"]);
}

#[test]
fn a_dropped_batch_stops_and_others_go_on() {
    let endless = "def evaluate(s):\n    while True: pass\n";
    let limits = Limits { cpu: Duration::from_secs(3600), ..Limits::default() };
    let sources: Vec<Arc<str>> = vec![endless.into(); 4];
    let stuck = Batch { limits, ..Batch::matrix(sources, vec!["a".into(), "b".into()]) };
    let lone = Sandbox::start(options());
    let run = lone.run(stuck.clone()).unwrap();
    let cancelled = lone.run(stuck).unwrap();
    drop(run);
    cancelled.token().cancel();
    assert_eq!(cancelled.blocking_collect(), Err(SandboxError::Cancelled));
    let after = lone.run(batch("def evaluate(s): return True", &["x"])).unwrap().blocking_collect().unwrap();
    assert_eq!(boolean(&after[0]), Some(true));
}

#[test]
fn a_small_batch_does_not_wait_for_a_large_one() {
    let lone = Sandbox::start(Options { workers: 1, ..options() });
    let busy: Arc<str> = "def evaluate(s):\n    for _ in range(40000): pass\n    return True\n".into();
    let mut large = lone.run(Batch::matrix(vec![busy; 200], vec!["x".into()])).unwrap();
    assert!(large.blocking_next().is_some());
    let small = lone.run(batch("def evaluate(s): return True", &["x"])).unwrap();
    assert_eq!(small.blocking_collect().unwrap().len(), 1);
    let mut left = 0;
    while large.blocking_next().is_some() {
        left += 1;
    }
    assert!(left > 0, "the large batch was over before the small one came to its turn");
}

#[test]
fn streaming_is_async_too() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut status = sandbox().status();
        status.wait_for(|s| *s == Status::Ready).await.unwrap();
        let mut run = sandbox().run(batch("def evaluate(s): return s", &["a", "b"])).unwrap();
        let (cell, first) = run.next().await.unwrap().unwrap();
        assert_eq!((cell, first.kind_name()), (0, "returned"));
        assert_eq!(run.next().await.unwrap().unwrap().0, 1);
        assert!(run.next().await.is_none());
    });
}

#[test]
fn an_empty_batch_is_done_and_a_wrong_one_is_refused() {
    assert_eq!(sandbox().run(Batch::default()).unwrap().blocking_collect(), Ok(vec![]));
    let wrong = Batch { cells: vec![(0, 7)], ..batch("", &["a"]) };
    assert!(matches!(sandbox().run(wrong), Err(SandboxError::BadCell { text: 7, .. })));
}
