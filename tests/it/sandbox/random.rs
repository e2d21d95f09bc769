//! Random verifiers that change whatever they can reach: the whole memory is compared after every restore, and what a
//! check comes to depends on source and text alone, whatever ran before it and in which order.

use std::{collections::HashMap, sync::Arc};

use assay::{
    domain::{Outcome, OutcomeKind},
    sandbox::{Batch, Options, Sandbox, Text},
};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy},
    sample::select,
    strategy::ValueTree,
    test_runner::TestRunner,
};

use super::options;

/// Statements that leave something behind; `N` is a number.
const CHANGES: [&str; 40] = [
    "builtins.len = lambda x, n=N: n",
    "builtins.markN = s",
    "del builtins.sorted",
    "builtins.print = None",
    "sys.modules['evilN'] = sys",
    "sys.modules.pop('json', None)",
    "sys.path.append('N')",
    "sys.setrecursionlimit(200 + N)",
    "sys.stdout.mark = N",
    "sys.stdout.close()",
    "sys.stdout = sys.stderr",
    "sys.settrace(lambda *a: None)",
    "sys.setswitchinterval(N + 1)",
    "sys.intern('an interned text of its own N')",
    "string.Formatter.mark = N",
    "string.ascii_letters = 'N'",
    "collections.Counter.most_common = lambda self, n=None: N",
    "collections.OrderedDict.__module__",
    "json.JSONDecoder.decode = lambda self, t: N",
    "re.compile('[a-N]|N+')",
    "re.purge()",
    "re.match = None",
    "random.seed(N)",
    "random.random(); random.shuffle(list(range(N)))",
    "random.setstate(random.Random(N).getstate())",
    "decimal.getcontext().prec = N + 1",
    "decimal.setcontext(decimal.Context(prec=N + 2, rounding=decimal.ROUND_UP)); decimal.Decimal(1) / 3",
    "warnings.simplefilter('error')",
    "warnings.filters.insert(0, ('ignore', None, Warning, None, N))",
    "warnings.warn('N')",
    "gc.enable(); gc.set_threshold(N + 1, 2, 3)",
    "gc.collect(); gc.unfreeze()",
    "gc.callbacks.append(print)",
    "KEPT.extend(range(N * 40))",
    "KEPT.append(bytearray(N * 3000))",
    "KEPT.append({i: str(i) * N for i in range(N * 9)})",
    "evaluate.n = getattr(evaluate, 'n', 0) + N",
    "f = sys._getframe()\n        while f.f_back: f = f.f_back\n        f.f_globals['STDOUT_CAP'] = N",
    "logging.getLogger('N').setLevel(N); logging.basicConfig(level=N)",
    "os.environ['MARK'] = 'N'; locale.setlocale(locale.LC_ALL, 'C'); csv.field_size_limit(N + 1)",
];

/// What a check tells of the state that it finds.
const LOOK: &str = "
def look():
    found = []
    for probe in (
        lambda: len(builtins.__dict__), lambda: len([1, 2]), lambda: sorted(sys.modules) == MODULES, lambda: len(sys.path),
        lambda: sys.getrecursionlimit(), lambda: vars(sys.stdout), lambda: sys.gettrace() is None, lambda: sys.getswitchinterval(),
        lambda: string.ascii_letters, lambda: hasattr(string.Formatter, 'mark'), lambda: collections.Counter('aab').most_common(1),
        lambda: json.loads('[1]'), lambda: len(re._cache), lambda: bool(re.match('a', 'a')), lambda: random.random(),
        lambda: decimal.getcontext(), lambda: decimal.Decimal(1) / 3, lambda: len(warnings.filters), lambda: gc.isenabled(),
        lambda: gc.get_threshold(), lambda: gc.get_freeze_count() > 0, lambda: len(gc.callbacks), lambda: len(KEPT),
        lambda: getattr(evaluate, 'n', None), lambda: logging.getLogger('3').level, lambda: len(os.environ),
        lambda: csv.field_size_limit(), lambda: hash('x'), lambda: list({'a', 'b', 'c'}),
    ):
        try:
            found.append(repr(probe()))
        except BaseException as e:
            found.append(type(e).__name__)
    return ' '.join(found)
";

const IMPORTS: &str =
    "import builtins, collections, csv, decimal, gc, json, locale, logging, os, random, re, string, sys, warnings";

fn attempt(change: &str, indent: &str) -> String {
    format!(
        "{indent}try:\n{indent}    {}\n{indent}except Exception: pass\n",
        change.replace("\n        ", &format!("\n{indent}    "))
    )
}

/// A verifier: changes at its load, a look, changes, and a second look.
fn verifiers() -> impl Strategy<Value = String> {
    let change = (select(&CHANGES[..]), 1..9_u32).prop_map(|(change, n)| change.replace('N', &n.to_string()));
    let some = || vec(change.clone(), 0..4);
    (some(), some(), Just(())).prop_map(|(early, late, ())| {
        let early: String = early.iter().map(|c| attempt(c, "")).collect();
        let late: String = late.iter().map(|c| attempt(c, "        ")).collect();
        format!(
            "{IMPORTS}\nKEPT = []\ns = 'load'\nMODULES = sorted(sys.modules)\n{LOOK}\ndef evaluate(s):\n    first = look()\n    if s != 'still':\n        pass\n{late}    return first + ' | ' + look()\n{early}"
        )
    })
}

fn stripped(outcome: Outcome) -> (OutcomeKind, String) {
    (outcome.kind, outcome.stdout)
}

#[test]
fn what_ran_before_never_shows() {
    const COUNT: usize = 48;
    let mut runner = TestRunner::deterministic();
    let sources: Vec<Arc<str>> =
        (0..COUNT).map(|_| Arc::from(verifiers().new_tree(&mut runner).unwrap().current())).collect();
    let texts: Vec<Text> = ["a", "still", "b"].map(Text::from).to_vec();
    let mut seen = HashMap::new();
    // One after the other; then backwards, by two workers, each check twice; then without restoring.
    let forward: Vec<(u32, u32)> = (0..COUNT as u32).flat_map(|f| (0..3).map(move |t| (f, t))).collect();
    let backward: Vec<(u32, u32)> = forward.iter().rev().flat_map(|&cell| [cell, cell]).collect();
    for (workers, cells, portable) in [(1, forward, false), (2, backward.clone(), false), (2, backward, true)] {
        let sandbox = Sandbox::start(Options { workers, portable, verify_restore: true, ..options() });
        let batch = Batch { cells: cells.clone(), ..Batch::matrix(sources.clone(), texts.clone()) };
        let outcomes = sandbox.run(batch).unwrap().blocking_collect().unwrap();
        for (cell, outcome) in cells.into_iter().zip(outcomes) {
            let told = stripped(outcome);
            let first = seen.entry(cell).or_insert_with(|| told.clone());
            assert_eq!(*first, told, "{}", sources[cell.0 as usize]);
        }
    }
    let returned = seen.values().filter(|(kind, _)| matches!(kind, OutcomeKind::Returned { .. })).count();
    assert!(returned > COUNT, "only {returned} of {} returned", COUNT * 3);
    let differing: std::collections::HashSet<_> = seen.values().map(|(kind, _)| format!("{kind:?}")).collect();
    assert!(differing.len() > COUNT, "the looks see nothing: {}", differing.len());
}
