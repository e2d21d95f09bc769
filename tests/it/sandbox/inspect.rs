//! Traces and static facts.

use assay::sandbox::{Event, Facts, Limits, Namespace, Trace};

use super::{boolean, sandbox, short};

fn trace(source: &str, text: &str, limits: Limits) -> Trace {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(sandbox().trace(source.into(), text.into(), limits, Namespace::Own)).unwrap()
}

fn facts(source: &str) -> Facts {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(sandbox().facts(source.into())).unwrap()
}

#[test]
fn a_trace_shows_lines_changes_and_returns() {
    let source = "import re\ndef helper(n):\n    return n * 2\n\ndef evaluate(s):\n    n = len(s)\n    m = helper(n)\n    return re.match('a', s) is not None and m == 4\n";
    let trace = trace(source, "ab", Limits::default());
    assert_eq!(boolean(trace.outcome.as_ref().unwrap()), Some(true));
    let seen: Vec<_> = trace.steps.iter().map(|s| (s.line, s.event, s.function.as_str(), s.depth)).collect();
    assert_eq!(
        seen,
        [
            (5, Event::Call, "evaluate", 1),
            (6, Event::Line, "evaluate", 1),
            (7, Event::Line, "evaluate", 1),
            (2, Event::Call, "helper", 2),
            (3, Event::Line, "helper", 2),
            (3, Event::Return, "helper", 2),
            (8, Event::Line, "evaluate", 1),
            (8, Event::Return, "evaluate", 1),
        ]
    );
    assert_eq!(trace.steps[0].changed, [("s".into(), "'ab'".into())]);
    assert_eq!(trace.steps[2].changed, [("n".into(), "2".into())]);
    assert_eq!(trace.steps[5].value.as_deref(), Some("4"));
    assert_eq!(trace.steps[6].changed, [("m".into(), "4".into())]);
}

#[test]
fn a_trace_shows_exceptions_and_is_cut_at_its_cap() {
    let raised = trace("def evaluate(s):\n    return s[9]\n", "x", Limits::default());
    assert_eq!(raised.outcome.unwrap().kind_name(), "raised");
    let exception = raised.steps.iter().find(|s| s.event == Event::Exception).unwrap();
    assert_eq!(exception.value.as_deref(), Some("IndexError: string index out of range"));
    let endless = trace("def evaluate(s):\n    n = 0\n    while True:\n        n += 1\n", "x", Limits::default());
    assert_eq!((endless.steps.len(), endless.outcome), (2000, None));
    let large = trace(
        "def evaluate(s):\n    for i in range(1000): x = str(i) * 1000\n    return True\n",
        "x",
        Limits::default(),
    );
    assert!(!large.steps.is_empty());
}

#[test]
fn a_trace_survives_what_a_check_survives() {
    let evil = "class A:\n    def __repr__(self): raise SystemExit\ndef evaluate(s):\n    a = A()\n    import sys\n    sys.settrace(None)\n    return True\n";
    assert_eq!(boolean(trace(evil, "x", short()).outcome.as_ref().unwrap()), Some(true));
    let stuck = trace(
        "class A:\n    def __repr__(self):\n        while True: pass\ndef evaluate(s):\n    a = A()\n    return True\n",
        "x",
        short(),
    );
    assert_eq!(stuck.outcome.map(|o| o.kind_name().to_owned()).as_deref(), Some("timeout"));
    let broken = trace("def evaluate(s) return 1", "x", short());
    assert_eq!(broken.outcome.unwrap().kind_name(), "load");
}

#[test]
fn facts_are_read_off_the_source() {
    let found = facts(
        "import re, numpy as np\nfrom xml.etree import ElementTree\ndef evaluate(s, strict=False):\n    if s:\n        return True\n    return True\n",
    );
    let expected = Facts {
        evaluate: true,
        line: Some(3),
        required: Some(1),
        accepted: Some(2),
        constant: Some("True".into()),
        imports: vec!["re".into(), "numpy".into(), "xml.etree".into()],
        unavailable: vec!["numpy".into()],
        ..Facts::default()
    };
    assert_eq!(found, expected);
    assert!(found.takes_one_text());
    let none = facts("def check(s): return s\n");
    assert!(!none.evaluate && none.constant.is_none() && !none.takes_one_text());
    assert!(!facts("def evaluate(): return 1").takes_one_text());
    assert!(facts("def evaluate(*texts): return len(texts)").takes_one_text());
    assert_eq!(facts("def evaluate(s):\n    def f(): return 2\n    return s").constant, None);
    assert_eq!(facts("def evaluate(s): print(s)").constant.as_deref(), Some("None"));
    let syntax = facts("def evaluate(s)\n    return").syntax.unwrap();
    assert_eq!((syntax.type_name.as_str(), syntax.line), ("SyntaxError", Some(1)));
    assert!(facts(&"(".repeat(100_000)).syntax.is_some());
    assert!(facts(&format!("x = {}1", "-".repeat(100_000))).syntax.is_some());
}
