//! More hostile sources: against what the guest's own C code, the patterns handed to a load and the end of a call by a
//! strike make possible, and against what is left switched on when a load is over.

use super::{
    hostile::{Say, attack, whole, wrong},
    sandbox,
};
use Say::{Bool, Hog, Kind, Raises};

/// Bodies of `evaluate(s)`; `own` holds the driver's names.
fn bodies() -> Vec<(&'static str, Say)> {
    vec![
        ("while True:\n        try: os.write(1, b'x')\n        except OSError: pass", Kind("timeout")),
        (
            "x = []\n    while True:\n        try: x.append(bytearray(10 ** 7))\n        except BaseException: pass",
            Kind("timeout"),
        ),
        (
            "x = []\n    try:\n        while True: x.append('a' * 10 ** 6)\n    except MemoryError: return len(x) > 0",
            Bool(true),
        ),
        ("x = []\n    try:\n        while True: x.append(object())\n    except BaseException: return len(x) > 0", Hog),
        (
            "def g():\n        while True:\n            try: yield 1\n            except GeneratorExit: pass\n    i = g(); next(i); del i; return True",
            Bool(true),
        ),
        (
            "def g():\n        try: yield 1\n        finally:\n            while True: pass\n    i = g(); next(i); return True",
            Kind("timeout"),
        ),
        ("class A:\n        def __del__(self): A()\n    A(); return True", Raises("RecursionError")),
        ("class A:\n        def __del__(self): os._exit(0)\n    own['kept'] = A(); return True", Bool(true)),
        (
            "class A:\n        def __del__(self): x.append(self)\n    x = [A() for _ in range(10 ** 4)]; x.clear(); return len(x) == 10 ** 4",
            Bool(true),
        ),
        (
            "sys.unraisablehook = lambda *a: os._exit(0)\n    class A:\n        def __del__(self): raise ValueError\n    A(); return True",
            Kind("exit"),
        ),
        ("e = ValueError(); e.__context__ = e.__cause__ = e; raise e", Raises("ValueError")),
        (
            "e = None\n    for i in range(10 ** 5):\n        n = ValueError(i); n.__cause__ = e; e = n\n    raise e",
            Kind("timeout"),
        ),
        (
            "class S(str):\n        def __len__(self): return -1\n        def __getitem__(self, i): os._exit(0)\n        def encode(self, *a): os._exit(0)\n    class E(Exception):\n        def __str__(self): return S('x')\n    raise E",
            Raises("E"),
        ),
        ("e = SyntaxError('x'); e.lineno = 10 ** 30; e.text = e.offset = object(); raise e", Raises("SyntaxError")),
        (
            "class S(str):\n        def __len__(self): return 0\n    for _ in range(1000): sys.stdout.write(S('y' * 10_000))\n    return True",
            Kind("forbidden"),
        ),
        (
            "class S(str):\n        def __len__(self): return 2 ** 31 - 1\n        def __getitem__(self, i): return self\n    sys.stdout.write(S('y')); return True",
            Bool(true),
        ),
        ("return len(str(7 ** 10 ** 6)) > 0", Raises("ValueError")),
        (
            "class A:\n        def __lt__(self, o): x.clear(); return True\n    x = [A() for _ in range(1000)]; x.sort(); return True",
            Bool(true),
        ),
        (
            "class A:\n        def __lt__(self, o):\n            while True: pass\n    return sorted([A(), A()]) == []",
            Kind("timeout"),
        ),
        (
            "class K:\n        __hash__ = lambda self: 1\n        def __eq__(self, o): d.clear(); return False\n    d = {}\n    for i in range(100): d[K()] = i\n    return len(d) == 1",
            Bool(true),
        ),
        ("return len({i * (2 ** 31 - 1): 0 for i in range(50_000)}) > 0", Kind("timeout")),
        (
            "i = iter([])\n    for _ in range(10 ** 6): i = filter(None, i)\n    return next(i, None) is None",
            Raises("RecursionError"),
        ),
        (
            "import itertools\n    i = iter([])\n    for _ in range(10 ** 6): i = itertools.chain(i, [])\n    return next(i, None) is None",
            Raises("RecursionError"),
        ),
        ("x = None\n    for _ in range(10 ** 6): x = (x,)\n    del x; return True", Bool(true)),
        ("return compile('-' * 10 ** 5 + '1', '', 'eval')", Raises("MemoryError")),
        ("import threading\n    l = threading.Lock(); l.acquire(); l.acquire()", Kind("forbidden")),
        ("import threading\n    threading.Event().wait()", Kind("forbidden")),
        ("import threading\n    threading.Event().wait(5)", Kind("forbidden")),
        ("import queue\n    queue.Queue().get()", Kind("forbidden")),
        (
            "import concurrent.futures\n    concurrent.futures.ThreadPoolExecutor().submit(print).result()",
            Kind("raised"),
        ),
        ("import signal\n    signal.raise_signal(signal.SIGTERM); return True", Kind("forbidden")),
        (
            "import signal\n    signal.signal(signal.SIGINT, lambda *a: os._exit(3)); signal.raise_signal(signal.SIGINT); return True",
            Kind("exit"),
        ),
        ("import _thread\n    _thread.interrupt_main(); return len(s) == 1", Raises("KeyboardInterrupt")),
        ("import _thread\n    _thread.exit()", Kind("exit")),
        ("import atexit\n    atexit.register(os._exit, 1); return True", Bool(true)),
        ("import atexit\n    atexit.register(os._exit, 1); atexit._run_exitfuncs(); return True", Kind("exit")),
        ("import weakref\n    class A: pass\n    weakref.finalize(A(), os._exit, 1); return True", Kind("exit")),
        ("import array\n    return len(array.array('q', [0]) * 2 ** 26) > 0", Kind("memory")),
        ("return '%0300000000d' % 1 == s", Kind("memory")),
        ("import math\n    return math.factorial(10 ** 6) > 0", Kind("timeout")),
        (
            "import decimal\n    decimal.getcontext().prec = decimal.MAX_PREC; return decimal.Decimal(1) / 3 > 0",
            Kind("memory"),
        ),
        ("import decimal\n    return decimal.Decimal(3) ** (10 ** 15) > 0", Raises("Overflow")),
        ("import unicodedata\n    return len(unicodedata.normalize('NFKD', '\\ufdfa' * 10 ** 7)) > 0", Hog),
        (
            "import codecs\n    codecs.register_error('x', lambda e: ('', e.start)); b'\\xff'.decode('utf-8', 'x')",
            Kind("timeout"),
        ),
        (
            "import codecs\n    for n in ('surrogatepass', 'backslashreplace', 'strict'): codecs.register_error(n, lambda e: os._exit(0))\n    print('\\ud800'); return '\\ud800'",
            Kind("exit"),
        ),
        ("import marshal\n    return marshal.loads(b'\\xe3' + b'\\xff' * 100)", Raises("ValueError")),
        ("import pickle\n    return pickle.loads(b\"cos\\n_exit\\n(I1\\ntR.\")", Kind("exit")),
        (
            "import tracemalloc\n    tracemalloc.start(100); x = [str(i) for i in range(1000)]; return len(x) == 1000",
            Bool(true),
        ),
        ("import faulthandler\n    faulthandler._sigsegv()", Kind("forbidden")),
        ("import faulthandler\n    faulthandler._fatal_error_c_thread()", Raises("RuntimeError")),
        ("import _interpreters\n    return bool(_interpreters.create())", Raises("ModuleNotFoundError")),
        (
            "import importlib\n    importlib.reload(sys); importlib.reload(builtins); importlib.reload(re); return True",
            Raises("ModuleNotFoundError"),
        ),
        ("import _imp\n    _imp.create_dynamic(types.SimpleNamespace(name='x', origin='/x'))", Raises("ImportError")),
        ("sys._getframe(1).clear(); return True", Raises("RuntimeError")),
        (
            "sys._getframe(1).f_trace = lambda *a: os._exit(0); sys.settrace(lambda *a: None); return len(s) == 1",
            Kind("exit"),
        ),
        ("sys._debugmallocstats(); return True", Bool(true)),
        ("sys.stdin.read()", Kind("forbidden")),
        ("breakpoint()", Kind("forbidden")),
        (
            "for c in object.__subclasses__():\n        try: c()\n        except BaseException: pass\n    return True",
            Bool(true),
        ),
        (
            "sys.monitoring.use_tool_id(1, 'x'); sys.monitoring.set_events(1, 2 ** 15 - 1)\n    for e in range(15):\n        sys.monitoring.register_callback(1, 1 << e, lambda *a: 1 / 0)\n    return len(s) == 1",
            Kind("forbidden"),
        ),
        (
            "gc.set_threshold(1); gc.enable(); gc.callbacks.append(lambda *a: os._exit(0)); x = [[] for _ in range(100)]; gc.collect(); return True",
            Kind("exit"),
        ),
        ("while True:\n        try: raise SystemExit\n        except: continue", Kind("timeout")),
        (
            "def f():\n        try: f()\n        except RecursionError: f()\n        finally: f()\n    f(); return True",
            Kind("timeout"),
        ),
        (
            "class M(type):\n        def __instancecheck__(c, o): os._exit(0)\n        def __call__(c, *a): os._exit(0)\n    class A(metaclass=M): pass\n    return A",
            Kind("returned"),
        ),
        (
            "own['_function'] = 3; own['_source'] = own; own['load'] = None; own['_fault'].__defaults__ = (1, 2, 3); raise ValueError",
            Raises("ValueError"),
        ),
        (
            "own['DETAIL_CAP'] = 10 ** 9; own['_capped'].__defaults__ = (10 ** 9,); raise ValueError('z' * 1_000_000)",
            Raises("ValueError"),
        ),
        (
            "for f in list(own.values()):\n        if isinstance(f, types.FunctionType): f.__code__ = (lambda *a: os.urandom(9) * 10 ** 6).__code__\n    return True",
            Kind("forbidden"),
        ),
        (
            "types.FunctionType.__call__; object.__setattr__(sys.stdout, 'parts', (c for c in iter(lambda: 'x' * 10 ** 5, 1))); return True",
            Kind("memory"),
        ),
        (
            "re._cache.update({(str, '(a)', 0): None}); re._cache2.clear(); return re.match('(a)', s) is None",
            Bool(true),
        ),
        ("re._cache.clear(); re._cache[s] = s; re._MAXCACHE = -5; re.sub('[q-z]' + s, '', s); return True", Bool(true)),
        ("return re.compile('(?:' * 90 + 'a' + '){0,60000}' * 90).match('a' * 1000) is None", Bool(false)),
        ("b = bytearray(8); m = memoryview(b); b.extend(b'x' * 10 ** 6)", Raises("BufferError")),
        ("x = []; x.extend(x.append(i) or i for i in iter(int, 1))", Hog),
        (
            "class A:\n        def __index__(self): x.clear(); return 5\n    x = [0] * 10; x[A()] = 1",
            Raises("IndexError"),
        ),
        (
            "class A:\n        def __iter__(self): return self\n        def __next__(self): return 'x' * 10 ** 6\n    return ''.join(A()) == s",
            Kind("memory"),
        ),
        (
            "class A:\n        def __length_hint__(self): return 2 ** 31 - 1\n        def __iter__(self): return iter([])\n    return list(A()) == []",
            Kind("memory"),
        ),
        ("return hash(types.GenericAlias(list, tuple(range(10 ** 6)))) == 0", Bool(false)),
    ]
}

/// Whole sources.
fn sources() -> Vec<(&'static str, Say)> {
    vec![
        ("sys.setprofile(lambda *a: os._exit(0))\ndef evaluate(s): return len(s) == 1", Kind("exit")),
        ("def t(*a): return t\nsys.settrace(t); sys.setprofile(t)\ndef evaluate(s): return len(s) == 1", Bool(true)),
        ("sys.addaudithook(lambda *a: 1 / 0)\ndef evaluate(s): return eval('1') == 1", Kind("forbidden")),
        (
            "class E:\n    def __call__(self, s): return True\n    @property\n    def __code__(self): os._exit(0)\nevaluate = E()",
            Kind("exit"),
        ),
        (
            "class E:\n    def __call__(self, s): return True\n    @property\n    def __code__(self): raise KeyboardInterrupt\nevaluate = E()",
            Kind("forbidden"),
        ),
        ("evaluate = exit", Kind("exit")),
        ("evaluate = bool", Bool(true)),
        ("__builtins__ = {}\ndef evaluate(s): return len(s) == 1", Raises("NameError")),
        (
            "x = []\ndef evaluate(s): return True\ntry:\n    while True: x.append('a' * 10 ** 6)\nexcept MemoryError: pass",
            Bool(true),
        ),
        (
            "class A:\n    def __del__(self): \n        while True: pass\nx = A()\ndef evaluate(s):\n    global x\n    x = None\n    return True",
            Kind("timeout"),
        ),
        (
            "import gc\ngc.enable(); gc.set_threshold(1)\nclass A:\n    def __del__(self): B.append(A())\nB = []\ndef evaluate(s):\n    for _ in range(100): A()\n    return True",
            Bool(true),
        ),
        (
            "import threading\nL = threading.RLock(); M = threading.Lock(); M.acquire()\ndef evaluate(s): return M.acquire(False) is False",
            Bool(true),
        ),
        ("def evaluate(s): return True\nos.abort()", Kind("forbidden")),
        (
            "import codecs\ncodecs.register_error('surrogatepass', lambda e: os._exit(0))\ndef evaluate(s): return len(s) == 1",
            Bool(true),
        ),
        (
            "import emoji, pyphen\nemoji.EMOJI_DATA.clear(); pyphen.LANGUAGES.clear(); vars(pyphen.Pyphen)\ndef evaluate(s): return emoji.emoji_count('x') == 0",
            Bool(true),
        ),
    ]
}

#[test]
fn what_attacks_at_a_check_does_no_harm() {
    wrong(sandbox(), bodies().into_iter().map(|(body, say)| (whole(body), say)));
}

#[test]
fn what_attacks_at_a_load_does_no_harm() {
    let imports = "import sys, os, re";
    wrong(sandbox(), sources().into_iter().map(|(source, say)| (format!("{imports}\n{source}\n"), say)));
}

#[test]
fn patterns_that_take_long_to_compile_are_no_way_around_the_deadline() {
    let class = |n: usize| format!("r'(?i){}'", format!("[\\x00-\\U0010f{n:03x}]").repeat(400));
    let calls: Vec<_> = (0..16).map(|n| format!("re.compile({})", class(n))).collect();
    let unused =
        format!("import re\ndef evaluate(s): return len(s) == 1\ndef never():\n    {}\n", calls.join("\n    "));
    let source = format!("import re\n{}\ndef evaluate(s): return True\n", calls.join("\n"));
    wrong(sandbox(), [(source, Kind("timeout")), (unused, Bool(true))].into_iter());
}

#[test]
fn what_is_printed_is_capped_whatever_its_length_claims_to_be() {
    let source = "import sys\nclass S(str):\n    def __len__(self): return 0\ndef evaluate(s):\n    for _ in range(100): sys.stdout.write(S('y' * 10_000))\n    return True\n";
    let outcome = attack(sandbox(), source, "x".into());
    assert_eq!((outcome.stdout.len(), outcome.stdout_dropped), (64 << 10, 1_000_000 - (64 << 10)));
}

#[test]
fn everything_written_in_c_can_be_called_with_anything() {
    let modules = "sys, builtins, marshal, _imp, _ast, _tokenize, gc, _thread, _signal, posix, errno, _codecs, _collections, _functools, _io, itertools, _operator, _sre, _weakref, _typing, time, atexit, faulthandler, _string, _symtable, _tracemalloc, _warnings, array, binascii, cmath, math, _contextvars, _csv, _datetime, _decimal, _elementtree, _heapq, _json, _md5, _opcode, _pickle, _random, _sha1, _sha2, _sha3, _blake2, _bisect, _statistics, _struct, _suggestions, _sysconfig, _zoneinfo, pyexpat, unicodedata, zlib, _codecs_cn, _multibytecodec";
    let sources = modules.split(", ").map(|module| {
        let source = format!(
            "import sys, importlib\nLEAVE = {{'_exit', 'abort', 'exit', 'kill', 'getpid'}}\nODD = ((), (0,), (None,), ('x',), (b'x',), (-1, -1), ([], 0), (2 ** 31 - 1,), (1e308, None), ('x', 'x', 'x'))\ndef evaluate(s):\n    try: module = importlib.import_module('{module}')\n    except ImportError: return None\n    for name, found in list(vars(module).items()):\n        if name in LEAVE or not callable(found): continue\n        for odd in ODD:\n            try: found(*odd)\n            except BaseException: pass\n    return 0\n"
        );
        (source, Say::Anything)
    });
    wrong(sandbox(), sources);
}
