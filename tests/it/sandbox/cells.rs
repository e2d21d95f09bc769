//! 64 functions on 700 texts, cell by cell against this machine's own CPython, exceptions' types included.

use std::sync::Arc;

use assay::{
    domain::{Outcome, OutcomeKind, Value},
    sandbox::{Batch, Options, Sandbox, Text},
};

use super::{
    native::{native, texts},
    options,
};

/// Kinds of functions; 1 to 4 in place of `@` makes four of each.
const KINDS: [&str; 16] = [
    "def evaluate(s): return len(s.split()) > 3 * @",
    "def evaluate(s): return s[@].isupper()",
    "import re\ndef evaluate(s): return len(re.findall(r'\\b\\w{@,}\\b', s)) % 2 == 0",
    "import re\ndef evaluate(s): return re.search(r'(?i)(?:the|une|und|café)\\W+(\\w+\\W+){0,@}', s) is not None",
    "import re\ndef evaluate(s): return re.sub(r'(\\w)(\\w{@})', r'\\2\\1', s) != s",
    "import re\ndef evaluate(s): return all(p[0].isupper() for p in re.split(r'[.!?]{1,@}\\s*', s) if p)",
    "import json\ndef evaluate(s): return len(json.loads(s)) == @",
    "import json\ndef evaluate(s): return json.loads(json.dumps([s] * @)) == [s] * @ and len(json.dumps(s)) > 20",
    "import unicodedata\ndef evaluate(s): return unicodedata.normalize(['NFC', 'NFD', 'NFKC', 'NFKD'][@ - 1], s) == s",
    "import unicodedata\ndef evaluate(s): return sum(unicodedata.category(c)[0] == 'LNPZ'[@ - 1] for c in s) > 2",
    "from collections import Counter\ndef evaluate(s): return Counter(s.lower()).most_common(1)[0][1] > @",
    "from collections import Counter\ndef evaluate(s): return Counter(map(len, s.split()))[@] > 0",
    "import textwrap\ndef evaluate(s): return len(textwrap.wrap(s, 5 * @)) > 2",
    "def evaluate(s): return [s.title(), s.swapcase(), s.casefold(), s.capitalize()][@ - 1] == s",
    "def evaluate(s): return int(s.split()[-1].strip('.,!?[]{}')) % @ == 0",
    "import statistics\ndef evaluate(s): return statistics.mean(map(len, s.split())) > @ + 1",
];

/// What happened in a cell, in the words of the native side.
fn cell(outcome: &Outcome) -> serde_json::Value {
    match &outcome.kind {
        OutcomeKind::Returned { value: Value::Bool(value), .. } => (*value).into(),
        OutcomeKind::Raised(fault) => fault.type_name.clone().into(),
        other => format!("{other:?}").into(),
    }
}

#[test]
fn functions_and_texts_agree_with_native_python_cell_by_cell() {
    let sources: Vec<String> =
        KINDS.iter().flat_map(|kind| (1..=4).map(move |n| kind.replace('@', &n.to_string()))).collect();
    let texts = texts(700);
    let Some(theirs) = native(&sources, &texts) else {
        eprintln!("skipped: no python3 here");
        return;
    };
    // Restores are compared with the whole memory elsewhere: here that would take minutes.
    let lone = Sandbox::start(Options { verify_restore: false, ..options() });
    let functions: Vec<Arc<str>> = sources.iter().map(|s| s.as_str().into()).collect();
    let batch = Batch::matrix(functions, texts.iter().map(|t| Text::from(t.as_str())).collect());
    let ours = lone.run(batch).unwrap().blocking_collect().unwrap();
    assert_eq!((ours.len(), theirs.len()), (64 * 700, 64 * 700));
    let differ: Vec<_> = (0..ours.len())
        .filter(|&at| cell(&ours[at]) != theirs[at])
        .map(|at| format!("{} on {:?}: {} / {}", sources[at / 700], texts[at % 700], cell(&ours[at]), theirs[at]))
        .collect();
    assert!(
        differ.is_empty(),
        "{} cells differ (ours / theirs):\n{}",
        differ.len(),
        differ[..differ.len().min(20)].join("\n")
    );
    let count = |what: fn(&serde_json::Value) -> bool| theirs.iter().filter(|v| what(v)).count();
    let counts = [count(|v| *v == true), count(|v| *v == false), count(serde_json::Value::is_string)];
    assert!(counts.iter().all(|&n| n > theirs.len() / 20), "one-sided: {counts:?}");
}
