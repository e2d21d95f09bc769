//! The guest gives the same answers as this machine's own CPython, where there is one.

use std::{
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use assay::sandbox::{Batch, Text};
use proptest::{
    prelude::{Strategy, any, prop_oneof},
    strategy::ValueTree,
    test_runner::TestRunner,
};

use super::{boolean, sandbox};

/// Verifiers of the kinds that models write, without imports beyond what every Python has.
const REFERENCE: [&str; 16] = [
    "def evaluate(s): return len(s.split()) >= 5",
    "def evaluate(s): return s == s.lower()",
    "import re\ndef evaluate(s): return len(re.findall(r'\\b\\w+\\b', s)) % 2 == 0",
    "import re\ndef evaluate(s): return bool(re.search(r'(?i)\\b(the|une|und)\\b', s))",
    "import re\ndef evaluate(s):\n    parts = [p for p in re.split(r'[.!?]+\\s*', s) if p]\n    return all(p[0].isupper() for p in parts)",
    "import json\ndef evaluate(s):\n    try:\n        return isinstance(json.loads(s), (list, dict))\n    except ValueError:\n        return False",
    "import unicodedata\ndef evaluate(s): return unicodedata.normalize('NFC', s) == s",
    "def evaluate(s): return any(c.isdigit() for c in s) and not s.isdecimal()",
    "from collections import Counter\ndef evaluate(s):\n    common = Counter(s.lower()).most_common(1)\n    return bool(common) and common[0][1] > 2",
    "import string\ndef evaluate(s): return sum(c in string.punctuation for c in s) > 1",
    "def evaluate(s):\n    lines = s.splitlines()\n    return lines == [l.strip() for l in lines]",
    "def evaluate(s): return s.encode('utf-8').decode('utf-8') == s and s.title() != s",
    "import textwrap\ndef evaluate(s): return len(textwrap.wrap(s, 20)) > 1",
    "def evaluate(s):\n    letters = [c for c in s.lower() if c.isalpha()]\n    return letters == letters[::-1]",
    "import difflib\ndef evaluate(s): return difflib.SequenceMatcher(None, s, s[::-1]).ratio() > 0.5",
    "import hashlib, base64\ndef evaluate(s): return base64.b64encode(hashlib.sha256(s.encode()).digest())[0] < 80",
];

const PROGRAM: &str = r"
import json, sys
work = json.load(sys.stdin)
told = []
for source in work['sources']:
    names = {'__name__': 'verifier'}
    exec(compile(source, 'verifier.py', 'exec'), names)
    for text in work['texts']:
        try:
            told.append(bool(names['evaluate'](text)))
        except Exception as e:
            told.append(type(e).__name__)
json.dump(told, sys.stdout)
";

/// What each source comes to on each text in native Python, in one process: a boolean, or the type of what it raises.
pub(super) fn native(sources: &[impl serde::Serialize], texts: &[String]) -> Option<Vec<serde_json::Value>> {
    let mut python = Command::new("python3");
    python.args(["-I", "-X", "utf8", "-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.spawn().ok()?;
    let work = serde_json::json!({ "sources": sources, "texts": texts });
    child.stdin.take()?.write_all(work.to_string().as_bytes()).ok()?;
    serde_json::from_slice(&child.wait_with_output().ok()?.stdout).ok()
}

/// Texts of many kinds: words, JSON, lists, several scripts, anything at all. The same ones every time.
pub(super) fn texts(count: usize) -> Vec<String> {
    let word = prop_oneof!["[A-Z]?[a-z]{1,9}", "[0-9]{1,4}", "[一-龥]{1,3}", "(the|une|und|café|naïve|ſ|ǅ|İ)"];
    let sentence = proptest::collection::vec((word, "[ ,.!?\n-]{1,2}"), 0..24)
        .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect::<String>());
    let anything = any::<String>().prop_map(|s| s.chars().filter(|&c| in_both(c)).collect());
    let strategy = prop_oneof![sentence, anything, "\\[[0-9, ]{0,9}\\]|\\{\"a\": [0-9]\\}|[ab]{0,12}"];
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// Older and newer Pythons know different versions of Unicode: what only one may know is left out.
fn in_both(c: char) -> bool {
    u32::from(c) < 0x3000
}

#[test]
fn the_same_verdicts_as_native_python() {
    let texts = texts(300);
    let Some(theirs) = native(&REFERENCE, &texts) else {
        eprintln!("skipped: no python3 here");
        return;
    };
    let sources: Vec<Arc<str>> = REFERENCE.iter().map(|&s| s.into()).collect();
    let batch = Batch::matrix(sources, texts.iter().map(|t| Text::from(t.as_str())).collect());
    let ours: Vec<_> = sandbox().run(batch).unwrap().blocking_collect().unwrap().iter().map(boolean).collect();
    assert_eq!(ours.len(), theirs.len());
    for (at, pair) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(*pair.0, pair.1.as_bool(), "{} on {:?}", REFERENCE[at / texts.len()], texts[at % texts.len()]);
    }
    assert!(theirs.iter().filter(|v| **v == true).count() > theirs.len() / 10);
    assert!(theirs.iter().filter(|v| **v == false).count() > theirs.len() / 10);
}
