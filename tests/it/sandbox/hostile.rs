//! Sources written with an attacker's mind. The host survives each, says the right thing, and the next verifier is
//! untouched.

use std::{path::Path, sync::Arc};

use assay::{
    domain::{Outcome, OutcomeKind},
    sandbox::{Batch, Options, Sandbox, Text},
};

use super::{boolean, options, portable, sandbox, short};

/// What a hostile source may come to.
pub(super) enum Say {
    /// `True` or `False`.
    Bool(bool),
    /// This kind.
    Kind(&'static str),
    /// Raised, of this type.
    Raises(&'static str),
    /// Out of memory or of time: what comes first is the machine's speed.
    Hog,
    /// Whatever it likes.
    Anything,
}
use Say::{Anything, Bool, Hog, Kind, Raises};

/// Bodies of `evaluate(s)`, with `import sys, os, builtins, types, gc, re, json` in front.
fn sources() -> Vec<(&'static str, Say)> {
    vec![
        // Time.
        ("while True: pass", Kind("timeout")),
        ("while True:\n        try: raise ValueError\n        except BaseException: pass", Kind("timeout")),
        ("return bool(re.match('(a+)+$', 'a' * 40 + 'b'))", Kind("timeout")),
        ("return 3 ** (10 ** 8) > 0", Kind("timeout")),
        ("return sum(range(10 ** 12)) == 0", Kind("timeout")),
        ("return any(iter(int, 1))", Kind("timeout")),
        ("class A:\n        def __repr__(self):\n            while True: pass\n    return A()", Kind("timeout")),
        ("class A(Exception):\n        def __str__(self):\n            while True: pass\n    raise A", Kind("timeout")),
        ("while True:\n        a = []; a.append(a)", Hog),
        ("b = bytearray(40_000_000)\n    while True: c = bytes(b)", Kind("timeout")),
        ("x = 'a' * 10_000_000\n    while True: x.replace('a', 'b')", Kind("timeout")),
        ("sys.setrecursionlimit(10 ** 9)\n    def f(n): return f(n + 1) + 1\n    return f(0)", Kind("timeout")),
        // Memory.
        ("return len('a' * 10 ** 9) > 0", Kind("memory")),
        ("return bytearray(10 ** 9)", Kind("memory")),
        ("try: bytearray(10 ** 9)\n    except MemoryError: return True\n    return False", Bool(true)),
        ("return len('a' * 10 ** 10) > 0", Raises("OverflowError")),
        ("return len([0] * (2 ** 28)) > 0", Kind("memory")),
        ("raise MemoryError('by hand')", Raises("MemoryError")),
        ("return 'x' * 1_000_000", Kind("returned")),
        // Depth.
        ("def f(n): return f(n + 1)\n    return f(0)", Raises("RecursionError")),
        (
            "sys.setrecursionlimit(10 ** 8)\n    class A:\n        def __getattr__(s, n): return getattr(s, n + 'x')\n    return A().foo",
            Raises("RecursionError"),
        ),
        ("return json.loads('[' * 200000)", Raises("RecursionError")),
        ("x = []\n    for _ in range(10 ** 5): x = [x]\n    return repr(x)", Raises("RecursionError")),
        ("return eval('(' * 5000 + ')' * 5000)", Kind("raised")),
        ("return re.compile('(' * 5000 + ')' * 5000)", Raises("RecursionError")),
        // What there is not.
        ("return os.listdir('/')", Kind("raised")),
        ("return open('/etc/passwd').read()", Raises("FileNotFoundError")),
        ("open('/tmp/x', 'w').write('x')", Raises("FileNotFoundError")),
        ("return open(os.__file__).read()", Raises("OSError")),
        ("import subprocess\n    return subprocess.run(['ls']).returncode", Kind("raised")),
        ("return os.system('ls')", Raises("AttributeError")),
        ("return os.fork()", Raises("AttributeError")),
        ("import socket\n    return True", Raises("ModuleNotFoundError")),
        ("import ctypes\n    return ctypes.string_at(0)", Raises("ModuleNotFoundError")),
        ("import urllib.request\n    return urllib.request.urlopen('http://example.com')", Kind("raised")),
        ("import time\n    time.sleep(10)", Kind("forbidden")),
        ("return input()", Kind("forbidden")),
        ("import threading\n    threading.Thread(target=print).start()", Kind("raised")),
        ("os.write(1, b'x' * 1000)", Raises("OSError")),
        ("os.close(0); os.close(1); os.close(2)", Raises("OSError")),
        ("sys.__stdout__.write('x'); sys.__stdout__.flush()", Kind("raised")),
        // Leaving.
        ("os._exit(1)", Kind("exit")),
        ("raise SystemExit", Kind("exit")),
        ("sys.exit('bye')", Kind("exit")),
        ("os.abort()", Kind("forbidden")),
        ("raise KeyboardInterrupt", Raises("KeyboardInterrupt")),
        ("raise GeneratorExit", Raises("GeneratorExit")),
        // Lies.
        (
            "class A(int):\n        def __eq__(s, o): return True\n        def __bool__(s): return True\n    return A()",
            Kind("returned"),
        ),
        ("class A:\n        __class__ = bool\n    return A()", Kind("returned")),
        ("class A:\n        def __repr__(self): return 5\n    return A()", Kind("returned")),
        ("class A:\n        def __repr__(self): raise SystemExit\n    return A()", Kind("returned")),
        ("class True_(str): pass\n    True_.__name__ = 'bool: True'\n    return True_('x')", Kind("returned")),
        ("raise type('E: x\\n  File \"verifier.py\", line 999, in z', (Exception,), {})('\\x1b[2J')", Kind("raised")),
        ("print('\\x1b]0;owned\\x07\\x1b[2J'); return True", Bool(true)),
        ("raise ValueError('\\x1b[31m\\u202e')", Raises("ValueError")),
        ("raise Exception('x' * 1_000_000)", Raises("Exception")),
        ("raise ExceptionGroup('g', [ValueError(str(i)) for i in range(1000)])", Raises("ExceptionGroup")),
        // The guest's own parts: `own` holds the driver's names.
        ("vars(builtins).clear()\n    return True", Bool(true)),
        ("for k in list(vars(builtins)): delattr(builtins, k)\n    return True", Raises("NameError")),
        ("builtins.type = builtins.str = builtins.repr = None\n    return [1]", Kind("returned")),
        ("own['_pack'] = own['_fault'] = None\n    raise ValueError", Kind("forbidden")),
        ("own['check'].__code__ = (lambda raw: b'abc').__code__\n    return True", Bool(true)),
        ("own['_returned'] = lambda r: b'abc'\n    return True", Kind("forbidden")),
        ("own['_returned'] = lambda r: b'\\xff' * 4 + b'abc'\n    return True", Kind("forbidden")),
        ("own['_returned'] = lambda r: b'x' * 30_000_000\n    return True", Kind("forbidden")),
        ("own['_returned'] = lambda r: 77\n    return True", Kind("forbidden")),
        ("own['_returned'] = lambda r: own['_pack'](*'abcdefgh')\n    return True", Kind("forbidden")),
        ("own['_output'].parts = 5\n    return True", Kind("forbidden")),
        ("own['_output'].dropped = 'many'; print(1); return True", Kind("forbidden")),
        ("own['_output'].parts = ['x' * 5_000_000]\n    return True", Kind("forbidden")),
        ("own.clear()\n    return True", Kind("forbidden")),
        ("sys.stdout = None; print('x'); return True", Bool(true)),
        ("sys.stdout.close(); return True", Bool(true)),
        ("sys.modules.clear(); return True", Bool(true)),
        (
            "f = lambda: 0\n    f.__code__ = f.__code__.replace(co_code=bytes([100, 255] * 50))\n    return f()",
            Kind("forbidden"),
        ),
        (
            "f = lambda: 0\n    f.__code__ = f.__code__.replace(co_consts=(), co_code=bytes([83, 200] * 5))\n    return f()",
            Kind("forbidden"),
        ),
        ("sys.settrace(lambda *a: 1 / 0); return len(s) == 0", Kind("forbidden")),
        ("sys.setprofile(lambda *a: sys.exit()); return len(s) == 0", Kind("exit")),
        ("def hook(*a): os._exit(0)\n    sys.addaudithook(hook)\n    return eval('1') == 1", Kind("exit")),
        ("gc.get_objects().clear(); return True", Bool(true)),
        ("for o in gc.get_objects():\n        if isinstance(o, dict): o.clear()\n    return True", Bool(true)),
        ("import atexit, _signal\n    return True", Bool(true)),
        // Memory from C code.
        ("return bool(re.sub('x', 'y' * 300_000_000, s))", Kind("memory")),
        ("return s.zfill(10 ** 9) == s", Kind("memory")),
        ("return s.join(['x' * 10 ** 7] * 60) == s", Kind("memory")),
        ("return (b'x' * 10 ** 8).hex() == s", Kind("memory")),
        ("import itertools\n    return len(list(itertools.repeat(0, 10 ** 8))) > 0", Kind("memory")),
        ("return format(1, '1000000000d') == s", Kind("memory")),
        // Huge answers.
        ("return {i: 'x' * 100 for i in range(100_000)}", Kind("returned")),
        ("return type('n' * 100_000, (), {})()", Kind("returned")),
        ("raise type('n' * 100_000, (Exception,), {})", Kind("raised")),
        // Evil methods.
        ("class A:\n        def __bool__(self): os._exit(0)\n    return A()", Kind("returned")),
        (
            "class A:\n        def __eq__(self, o): os._exit(0)\n        __hash__ = None\n    return A()",
            Kind("returned"),
        ),
        (
            "class A:\n        @property\n        def __class__(self): raise SystemExit\n    return A()",
            Kind("returned"),
        ),
        ("class A(str):\n        def encode(self, *a): raise SystemExit\n    return A('x')", Kind("returned")),
        ("class A(Exception):\n        def __str__(self): raise SystemExit\n    raise A", Raises("A")),
        (
            "class M(type):\n        __name__ = property(lambda s: 1 / 0)\n    class A(metaclass=M): pass\n    return A()",
            Kind("returned"),
        ),
        // Terminal escapes and direction marks stay text.
        ("print('\\x9b31m\\u202e'); raise KeyError('\\x1b]52;c;eA==\\x07')", Raises("KeyError")),
        ("return '\\x1b[2J\\u2066'", Kind("returned")),
        // Closed and replaced output.
        ("sys.stdout.close(); print('x'); return True", Raises("ValueError")),
        ("sys.stdout.close(); sys.stdout.write('x')", Raises("ValueError")),
        ("sys.stdout.reconfigure(encoding='utf-8'); sys.stdout.buffer.write(b'x'); return True", Bool(true)),
        ("sys.stdout.write = None; print('x'); return True", Raises("TypeError")),
        ("sys.stdout = open; print('x'); return True", Raises("AttributeError")),
        // Tracing.
        ("sys.settrace(lambda *a: os._exit(0)); return len(s) == 0", Kind("exit")),
        ("sys.monitoring.use_tool_id(0, 'x'); return True", Bool(true)),
        ("print('x' * 10_000_000); return True", Bool(true)),
        ("for _ in range(2000): print('x' * 1000)\n    return True", Bool(true)),
    ]
}

/// A verifier that uses a bit of everything, to be run after each.
const HONEST: &str = "import re, json, string, collections\ndef evaluate(s):\n    c = collections.Counter(re.findall(r'\\w+', s.lower()))\n    return len(c) == 3 and json.loads('[1]') == [1] and sorted(c)[0] == 'a' and sum(map(len, s.split())) > 2\n";

/// Runs a source on a text, an honest verifier after it on the same two workers, and returns the first's outcome.
pub(super) fn attack(sandbox: &Sandbox, source: &str, text: Text) -> Outcome {
    let mut mixed =
        Batch::matrix(vec![source.into(), HONEST.into(), HONEST.into()], vec![text, "a b c".into(), "a b".into()]);
    mixed.cells = vec![(0, 0), (1, 1), (1, 2), (2, 1), (2, 2)];
    mixed.limits = short();
    let outcomes = sandbox.run(mixed).unwrap().blocking_collect().unwrap();
    let honest: Vec<_> = outcomes[1..].iter().map(boolean).collect();
    assert_eq!(honest, [Some(true), Some(false), Some(true), Some(false)], "after {source}");
    outcomes.into_iter().next().unwrap()
}

/// Attacks with each; none may come to anything else than it should.
pub(super) fn wrong(sandbox: &Sandbox, sources: impl Iterator<Item = (String, Say)>) {
    let mut wrong = Vec::new();
    for (source, say) in sources {
        let outcome = attack(sandbox, &source, "x".into());
        let right = match (&say, &outcome.kind) {
            (Bool(value), _) => boolean(&outcome) == Some(*value),
            (Hog, kind) => matches!(kind, OutcomeKind::Memory | OutcomeKind::Timeout),
            (Kind(kind), _) => outcome.kind_name() == *kind && boolean(&outcome).is_none(),
            (Raises(name), OutcomeKind::Raised(fault)) => fault.type_name == *name,
            (Raises(_), _) => false,
            (Anything, _) => true,
        };
        if !right {
            wrong.push(format!("{source:.600}\n  => {:.400}", format!("{:?}", outcome.kind)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

pub(super) fn whole(body: &str) -> String {
    let imports = "import sys, os, builtins, types, gc, re, json";
    format!("{imports}\ndef evaluate(s):\n    own = sys._getframe(1).f_globals\n    {body}\n")
}

#[test]
fn hostile_sources_do_no_harm_and_are_told_for_what_they_are() {
    wrong(sandbox(), sources().into_iter().map(|(body, say)| (whole(body), say)));
}

#[test]
fn hostile_sources_do_no_harm_on_other_systems_too() {
    wrong(&Sandbox::start(portable()), sources().into_iter().map(|(body, say)| (whole(body), say)));
}

#[test]
fn output_is_capped() {
    let outcome = attack(sandbox(), "def evaluate(s):\n    print('x' * 1_000_000)\n    return True\n", "x".into());
    assert_eq!((outcome.stdout.len(), outcome.stdout_dropped), (64 << 10, 1_000_001 - (64 << 10)));
}

#[test]
fn the_collected_hostile_sources_do_no_harm() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/prototype/sandbox/hostile.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("skipped: no collection of hostile sources beside the checkout");
        return;
    };
    for case in serde_json::from_str::<Vec<serde_json::Value>>(&text).unwrap() {
        let inputs = case["inputs_hex"].as_array().map_or_else(Vec::new, Clone::clone);
        let text = inputs.first().and_then(|hex| hex.as_str()).map_or_else(|| b"hello".to_vec(), unhex);
        attack(sandbox(), case["src"].as_str().unwrap(), text.into());
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// Anonymous memory of this process, in kB.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find(|l| l.starts_with("RssAnon:"))?.split_whitespace().nth(1)?.parse().ok()
}

/// Set in the process that measures: other tests would be measured too.
const ALONE: &str = "ASSAY_TEST_ALONE";

#[test]
fn resident_memory_stays_flat_over_a_thousand_rounds() {
    if std::env::var_os(ALONE).is_none() {
        let name = std::thread::current().name().unwrap().to_owned();
        let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
        let told = alone.args([name.as_str(), "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        return;
    }
    let lone = Sandbox::start(Options { verify_restore: false, ..options() });
    let rounds = |numbers: std::ops::Range<usize>| {
        for n in numbers {
            let sources: [Arc<str>; 6] = [
                "def evaluate(s):\n    x = [bytearray(1_000_000) for _ in range(8)]\n    return 'y' * 1000\n".into(),
                HONEST.into(),
                "def evaluate(s): os._exit(1)".into(),
                "import os\ndef evaluate(s): os._exit(1)".into(),
                "def evaluate(s):\n    print('x' * 100_000)\n    raise ValueError('y' * 100_000)".into(),
                format!("def evaluate(s):\n    return len(s) == {n}\n").into(),
            ];
            let found = lone.run(Batch::matrix(sources.to_vec(), vec!["a b c".into()])).unwrap().blocking_collect();
            assert_eq!(boolean(&found.unwrap()[1]), Some(true));
        }
    };
    rounds(0..600);
    let Some(before) = resident() else { return };
    rounds(600..1600);
    let after = resident().unwrap();
    // One lost memory would show. A worker's images of sources seen before are bounded by 24 MiB.
    assert!(after < before + 50_000, "{before} kB before, {after} kB after");
    eprintln!("{before} kB before, {after} kB after");
}
