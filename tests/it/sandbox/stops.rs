//! Calls end wherever they are: in the interpreter, in C, in our own code that works for the guest; by time or because
//! nobody waits. Where its memory is taken away, and where code looks at its deadline itself.

use std::time::Duration;

use assay::{
    domain::Outcome,
    sandbox::{Batch, Limits, Options, Reservation, Sandbox, SandboxError},
};

use super::{boolean, options, portable};

/// Loops that spend their time in different places.
const LOOPS: [&str; 10] = [
    "while True: pass",
    "b = bytearray(30_000_000)\n    while True: c = bytes(b)",
    "b = bytearray(4_000_000)\n    while True: b[:] = bytes(4_000_000)",
    "import os\n    while True: os.urandom(60_000)",
    "import secrets\n    while True: secrets.token_bytes(8)",
    "import time\n    while True: time.time()",
    "import re\n    return re.match('(a+)+$', 'a' * 40 + 'b')",
    "return 7 ** (10 ** 8)",
    "x = []\n    while True:\n        x.append(bytearray(100_000))\n        if len(x) > 900: x.clear()",
    "import hashlib\n    while True: hashlib.sha256(bytes(1_000_000)).digest()",
];

fn sources() -> Vec<std::sync::Arc<str>> {
    let honest = "def evaluate(s): return len(s) == 1";
    let hostile = |body: &&str| [format!("def evaluate(s):\n    {body}\n").into(), honest.into()];
    LOOPS.iter().flat_map(hostile).collect()
}

fn all_end(options: Options, rounds: usize) {
    let sandbox = Sandbox::start(options);
    for _ in 0..rounds {
        let limits = Limits { cpu: Duration::from_millis(60), ..Limits::default() };
        let batch = Batch { limits, ..Batch::matrix(sources(), vec!["x".into()]) };
        let outcomes = sandbox.run(batch).unwrap().blocking_collect().unwrap();
        let told: Vec<_> = outcomes.iter().step_by(2).map(Outcome::kind_name).collect();
        assert_eq!(told, ["timeout"; LOOPS.len()]);
        assert!(outcomes.iter().skip(1).step_by(2).all(|outcome| boolean(outcome) == Some(true)));
    }
}

#[test]
fn time_ends_every_loop() {
    all_end(options(), 6);
}

#[test]
fn time_ends_every_loop_without_reservations_too() {
    all_end(Options { reservation: Reservation::OnDemand, ..options() }, 1);
}

#[test]
fn time_ends_every_loop_on_other_systems_too() {
    all_end(portable(), 1);
}

fn all_are_cancelled(options: Options) {
    let sandbox = Sandbox::start(options);
    for source in sources().into_iter().step_by(2) {
        let limits = Limits { cpu: Duration::from_secs(3600), ..Limits::default() };
        let run = sandbox.run(Batch { limits, ..Batch::matrix(vec![source; 2], vec!["x".into()]) }).unwrap();
        std::thread::sleep(Duration::from_millis(30));
        run.token().cancel();
        assert_eq!(run.blocking_collect(), Err(SandboxError::Cancelled));
    }
    let honest = Batch::matrix(vec!["def evaluate(s): return True".into()], vec!["x".into()]);
    assert_eq!(boolean(&sandbox.run(honest).unwrap().blocking_collect().unwrap()[0]), Some(true));
}

#[test]
fn cancelling_ends_every_loop() {
    all_are_cancelled(options());
}

#[test]
fn cancelling_ends_every_loop_on_other_systems_too() {
    all_are_cancelled(portable());
}
