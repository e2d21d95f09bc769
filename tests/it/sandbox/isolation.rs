//! Nothing of one verifier is visible to another, and nothing of one check to the next.

use std::sync::Arc;

use assay::{
    domain::Outcome,
    sandbox::{Batch, Options, Sandbox},
};

use super::{boolean, options, outcome, outcomes, outcomes_in, portable, sandbox};

/// Ways to leave something behind; each is followed by a look that must find nothing.
const LITTER: [(&str, &str); 14] = [
    ("import builtins\nbuiltins.len = lambda x: 42", "return len(s) == 3"),
    ("import sys\nsys.modules['evil'] = sys", "import sys\n    return 'evil' not in sys.modules"),
    ("import json\njson.loads = lambda x: 'evil'", "import json\n    return json.loads('1') == 1"),
    ("import re\nre.match = None", "import re\n    return re.match('a', s) is not None"),
    ("import string\nstring.Formatter.mark = 1", "import string\n    return not hasattr(string.Formatter, 'mark')"),
    ("import decimal\ndecimal.getcontext().prec = 3", "import decimal\n    return decimal.getcontext().prec == 28"),
    (
        "import warnings\nwarnings.simplefilter('error')",
        "import warnings\n    return not any(f[0] == 'error' and f[2] is Warning for f in warnings.filters)",
    ),
    ("import sys\nsys.setrecursionlimit(77)", "import sys\n    return sys.getrecursionlimit() == 1000"),
    (
        "import gc\ngc.enable(); gc.set_threshold(1)",
        "import gc\n    return not gc.isenabled() and gc.get_threshold()[0] != 1",
    ),
    ("import os\nos.environ['MARK'] = '1'", "import os\n    return 'MARK' not in os.environ"),
    ("import sys\nsys.settrace(lambda *a: None)", "import sys\n    return sys.gettrace() is None"),
    ("import sys\nsys.stdout.mark = 1", "import sys\n    return not hasattr(sys.stdout, 'mark')"),
    (
        "import collections\ncollections.Counter.most_common = None",
        "import collections\n    return collections.Counter('a').most_common(1) == [('a', 1)]",
    ),
    (
        "import sys\nf = sys._getframe()\nwhile f.f_back: f = f.f_back\nf.f_globals['STDOUT_CAP'] = 1",
        "import sys\n    return sys._getframe().f_back.f_globals['STDOUT_CAP'] == 65536",
    ),
];

#[test]
fn verifiers_leave_nothing_to_each_other() {
    nothing_between_verifiers(options());
    nothing_between_verifiers(portable());
}

fn nothing_between_verifiers(options: Options) {
    // One worker, so that each look runs where the litter was left.
    let lone = Sandbox::start(Options { workers: 1, ..options });
    for (litter, look) in LITTER {
        let dirty: Arc<str> = format!("{litter}\ndef evaluate(s):\n    return True\n").into();
        let clean: Arc<str> = format!("def evaluate(s):\n    {look}\n").into();
        let batch = Batch::matrix(vec![dirty, clean.clone(), clean], vec!["abc".into()]);
        let found = lone.run(batch).unwrap().blocking_collect().unwrap();
        assert!(found[1..].iter().all(|o| boolean(o) == Some(true)), "{litter}: {found:#?}");
    }
}

#[test]
fn checks_leave_nothing_to_each_other() {
    nothing_between_checks(sandbox());
    nothing_between_checks(&Sandbox::start(portable()));
}

fn nothing_between_checks(sandbox: &Sandbox) {
    for (litter, look) in LITTER {
        let litter = litter.replace('\n', "\n        ");
        let source =
            format!("def evaluate(s):\n    if s == 'dirty':\n        {litter}\n        return True\n    {look}\n");
        let found = outcomes_in(sandbox, &source, &["dirty", "abc", "dirty", "abc"]);
        assert_eq!((boolean(&found[1]), boolean(&found[3])), (Some(true), Some(true)), "{litter}: {found:#?}");
    }
}

#[test]
fn a_verifiers_own_state_starts_anew_for_every_check() {
    let source = "SEEN = []\ndef evaluate(s, default=[]):\n    SEEN.append(s)\n    default.append(s)\n    evaluate.n = getattr(evaluate, 'n', 0) + 1\n    return len(SEEN) + len(default) + evaluate.n == 3\n";
    assert!(outcomes(source, &["a", "b", "c", "d"]).iter().all(|o| boolean(o) == Some(true)));
}

#[test]
fn random_clock_and_hash_are_the_same_every_time() {
    let source = "import random, time, uuid, secrets, datetime\nTOP = random.random()\ndef evaluate(s):\n    return repr((TOP, random.random(), time.time(), str(uuid.uuid4()), secrets.token_hex(), str(datetime.datetime.now()), list({'a', 'b', 'c'}), hash('x'), id(s) > 0))\n";
    let strip = |mut o: Outcome| {
        o.cpu_us = 0;
        o
    };
    let first: Vec<_> = outcomes(source, &["a", "a", "a"]).into_iter().map(strip).collect();
    assert_eq!(first[0], first[1]);
    assert_eq!(first[0], first[2]);
    for options in [options(), portable()] {
        let again = outcomes_in(&Sandbox::start(options), source, &["b", "a"]).remove(1);
        assert_eq!(first[0], strip(again));
    }
}

#[test]
fn memory_that_grew_is_gone() {
    let source = "KEEP = []\ndef evaluate(s):\n    if s == 'big':\n        KEEP.append(bytearray(60_000_000))\n        return True\n    return len(KEEP) == 0\n";
    assert!(outcomes(source, &["big", "x", "big", "x"]).iter().all(|o| boolean(o) == Some(true)));
    let at_load = "BIG = bytearray(40_000_000)\ndef evaluate(s):\n    BIG[5] += 1\n    return BIG[5] == 1\n";
    assert!(outcomes(at_load, &["a", "b", "c"]).iter().all(|o| boolean(o) == Some(true)));
    assert_eq!(boolean(&outcome("def evaluate(s): return True", "")), Some(true));
}

#[test]
fn a_source_seen_before_starts_from_the_same_load() {
    let lone = Sandbox::start(Options { workers: 1, ..options() });
    let keeps: Arc<str> = "import random\nTOP = random.random()\nSEEN = []\nprint('loaded')\ndef evaluate(s):\n    SEEN.append(s)\n    return repr((TOP, random.random(), SEEN))\n".into();
    let grows: Arc<str> =
        "BIG = bytearray(30_000_000)\ndef evaluate(s):\n    BIG[0] += 1\n    return BIG[0] == 1\n".into();
    let traps: Arc<str> = "import os\ndef evaluate(s): os._exit(0)\n".into();
    let functions = vec![keeps.clone(), grows.clone(), keeps.clone(), traps, keeps.clone(), grows, keeps];
    let found = lone.run(Batch::matrix(functions, vec!["a".into(), "a".into()])).unwrap().blocking_collect().unwrap();
    let same = |o: &Outcome| o.kind == found[0].kind && o.stdout == "loaded\n";
    assert!([0, 1, 4, 5, 8, 9, 12, 13].iter().all(|&i| same(&found[i])), "{found:#?}");
    assert!([2, 3, 10, 11].iter().all(|&i| boolean(&found[i]) == Some(true)));
    assert_eq!((found[6].kind_name(), found[7].kind_name()), ("exit", "exit"));
}

#[test]
fn many_verifiers_in_a_row_restore_exactly() {
    // `verify_restore` turns any page that differs into an error.
    let sources: Vec<Arc<str>> = (0..60)
        .map(|n| format!("import re, json\nX = re.compile(r'a{n}(b|c)*[^d-f]+?')\nY = {{i: str(i) * {n} for i in range({n} * 20)}}\ndef evaluate(s):\n    return bool(X.search(s)) or json.loads(s) == [{n}]\n").into())
        .collect();
    let texts = (0..6).map(|n| format!("[{n}]").into()).collect();
    let found = sandbox().run(Batch::matrix(sources, texts)).unwrap().blocking_collect().unwrap();
    let right = |i: usize| i / 6 == i % 6;
    assert!(found.iter().enumerate().all(|(i, o)| boolean(o) == Some(right(i))));
}
