"""The other side of the comparison: the same work in this machine's own CPython, told in nanoseconds of CPU time.

`native.py cycle`: compile and execute each source in a fresh namespace, then call evaluate on each text, as one fresh
verifier costs. `native.py released`: the loop of the released cross-validation, which executes the source once into its own
globals, then again for every case, and sets an alarm around each call. `assay doctor --bench` and `benches/sandbox.rs`
run it. Reads {"sources": [...], "texts": [...], "rounds": n} from stdin.
"""

import json
import re
import signal
import sys
from time import process_time_ns


def cycle(sources, texts, rounds):
    results = []
    start = process_time_ns()
    for _ in range(rounds):
        results.clear()
        for source in sources:
            re.purge()
            names = {"__name__": "verifier"}
            exec(compile(source, "verifier.py", "exec"), names)
            results.append([names["evaluate"](text) for text in texts])
    return (process_time_ns() - start) // (rounds * len(sources)), results


class TimeoutException(Exception):
    pass


def on_alarm(signum, frame):
    raise TimeoutException


def released(sources, texts, rounds):
    signal.signal(signal.SIGALRM, on_alarm)
    results = []
    start = process_time_ns()
    for _ in range(rounds):
        results.clear()
        for source in sources:
            row = []
            exec(source, globals())
            for text in texts:
                names = {}
                try:
                    exec(source, globals(), names)
                    signal.alarm(5)
                    row.append(names["evaluate"](text))
                except Exception:
                    row.append(None)
                finally:
                    signal.alarm(0)
            results.append(row)
    return process_time_ns() - start, results


work = json.load(sys.stdin)
took, results = {"cycle": cycle, "released": released}[sys.argv[1]](work["sources"], work["texts"], work["rounds"])
json.dump({"ns": took, "results": results}, sys.stdout)
