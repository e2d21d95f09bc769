"""Runs the demo's functions and applies the recommended profile, as the pipeline will; prints the outcome.

Functions run in child processes on this machine without isolation: for hand-written content only.
"""
import json
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from build import answer_of, back_of, judge_words

CHILD = r'''
import contextlib, io, json, signal, sys
job = json.load(sys.stdin)
for name in ("numpy", "logging", "signal", "nltk"):
    sys.modules[name] = None
def ring(*_):
    raise TimeoutError("too slow")
signal.signal(signal.SIGALRM, ring)
out = []
def run(act):
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return act()
    except TimeoutError:
        return ["timeout", ""]
    except BaseException as e:
        return ["raised", f"{type(e).__name__}: {e}"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
space = {"__name__": "verifier"}
loaded = run(lambda: exec(job["func"], space))
if loaded is None and "evaluate" not in space:
    loaded = ["raised", "no evaluate"]
def call(text):
    value = space["evaluate"](text)
    return ["returned", value if isinstance(value, (bool, int, float, str)) else repr(value)]
results = [loaded if loaded else run(lambda: call(text)) for text in job["texts"]]
json.dump({"load": loaded, "results": results}, sys.stdout)
'''


def boolean(value):
    """The normalised value policy: True, False or None."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def run(func, texts):
    job = json.dumps({"func": func, "texts": texts})
    child = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CHILD], input=job, capture_output=True, text=True, check=True, timeout=60
    )
    return json.loads(child.stdout)


def repaired(text):
    """A JSON value out of a text that may hold a trailing comma, Python's literals or the escape \\'."""
    literal = {"True": "true", "False": "false"}
    for repair in (
        lambda t: t,
        lambda t: re.sub(r",(\s*[\]}])", r"\1", t),
        lambda t: t.replace("\\'", "'"),
        lambda t: re.sub(r"\b(True|False)\b(?=\s*[,}\n])", lambda m: literal[m[1]], t),
    ):
        try:
            return json.loads(repair(text.strip()))
        except ValueError:
            continue
    return None


def parse(content):
    """(function, cases, problem) of a verifier answer, read leniently as the program reads it."""
    block = re.search(r"```(?:json)?\s*\n(.*?)```", content, re.S)
    text = block.group(1) if block else content
    value = repaired(text)
    if isinstance(value, dict) and "func" in value:
        return value["func"], [(case["input"], case["output"]) for case in value.get("cases", [])], None
    salvaged = re.search(r'"func"\s*:\s*"(.*)"\s*,\s*"cases"\s*:\s*(\[.*\])', text, re.S)
    if salvaged:
        func = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m[1], m[1]), salvaged[1])
        cases = repaired(salvaged[2])
        return func, [(case["input"], case["output"]) for case in cases or []], None
    return None, [], "bad-json" if "```json" in content or content.startswith("{") else "refusal"


def cross_validate(samples, texts):
    """Usable functions, cases, kept ones, and the outcome of every function on every text, by the recommended rules."""
    functions, cases, problems = {}, [], []
    for k, sample in enumerate(samples):
        func, found, problem = parse(answer_of(sample)[0])
        for case in found:
            if case not in cases:
                cases.append(case)
        if func is None:
            problems.append((k, problem))
        elif func in functions.values():
            problems.append((k, "duplicate"))
        else:
            functions[k] = func
    inputs = [text for text, _ in cases]
    outcomes, usable = {}, {}
    for k, func in functions.items():
        result = run(func, inputs + texts)
        if result["load"]:
            problems.append((k, result["load"][1]))
            continue
        usable[k] = func
        outcomes[k] = [boolean(value) if kind == "returned" else None for kind, value in result["results"]]
        for kind, value in result["results"][: len(inputs)]:
            if kind != "returned":
                problems.append((k, f"{kind} {value}".strip()))
                break
        if any(kind == "returned" and not isinstance(value, bool) for kind, value in result["results"]):
            problems.append((k, "no boolean value"))
    needed = min(2, len(usable))
    kept_cases = []
    for c, (_, expected) in enumerate(cases):
        verdicts = [outcomes[k][c] for k in usable if outcomes[k][c] is not None]
        agree = sum(v == boolean(expected) for v in verdicts)
        if verdicts and len(verdicts) >= needed and agree / len(verdicts) > 0.5:
            kept_cases.append(c)
    kept = []
    for k in usable:
        on_kept = [outcomes[k][c] for c in kept_cases]
        agree = sum(outcomes[k][c] == boolean(cases[c][1]) for c in kept_cases)
        if on_kept and agree / len(on_kept) >= 0.8 and {True, False} <= set(on_kept):
            kept.append(k)
    kinds = {boolean(cases[c][1]) for c in kept_cases}
    return {
        "usable": usable, "cases": cases, "kept_cases": kept_cases, "kept": kept, "problems": problems,
        "passes": bool(kept) and kinds == {True, False}, "kinds": kinds, "outcomes": outcomes, "inputs": len(inputs),
    }


def accuracy(functions, result, position):
    """True / functions with a boolean, or None where fewer than half gave one."""
    verdicts = [result["outcomes"][k][result["inputs"] + position] for k in functions]
    given = [v for v in verdicts if v is not None]
    return None if not functions or len(given) * 2 < len(functions) else sum(given) / len(given) if given else None


def score_of(text):
    found = re.search(r"score\W*(\d+(?:\.\d+)?)", text.splitlines()[-1], re.I)
    return float(found.group(1)) if found else None


def check_item(demo, slot, text, item):
    """Everything that happens to one instruction, and the notes for its author."""
    tasks = [(query, item.get("TASKS", {}).get(query)) for _, query in demo.pairs(slot, text)]
    replies = [(query, j, reply) for query, given in tasks for j, reply in enumerate(given or [])]
    replies += [(query, j, reply["again"]) for query, j, reply in replies if reply["again"]]
    texts = [reply["text"] for _, _, reply in replies]
    first = cross_validate(item["SAMPLES"], texts)
    second = cross_validate(item["SECOND"], texts) if item.get("SECOND") else None
    notes = [f"query not paired: {q}" for q in item.get("TASKS", {}) if q not in dict(tasks)]
    for name, least in (("BACKS", 5), ("ENTAILS", 3), ("SAMPLES", 4)):
        if len(item[name]) < least:
            notes.append(f"{name} has {len(item[name])} of {least}")
    if item.get("SECOND") and len(item["SECOND"]) != 4:
        notes.append("SECOND needs 4")
    for sample in item.get("THIRD", []):
        func, cases, problem = parse(answer_of(sample)[0])
        results = run(func, [case for case, _ in cases])["results"] if func else []
        if problem or [value for _, value in results] != [expected for _, expected in cases]:
            notes.append(f"THIRD: {problem or results}")
    notes += [f"no second take of the first reply: {q}" for q, given in tasks if given and not given[0]["again"]]
    labels = {k: back_of(item, k, 0)[2][1] for k in first["kept"]}
    alive = [k for k in first["kept"] if labels[k] != "contradiction"]
    row = {"slot": slot, "text": text, "file": item["file"], "first": first, "second": second, "notes": notes}
    row |= {"labels": labels, "alive": alive, "goes_on": first["passes"] and bool(alive), "tasks": []}
    row["judging"] = alive if row["goes_on"] else second["kept"] if second and second["passes"] else list(first["usable"])
    row["judged"] = first if row["goes_on"] or not (second and second["passes"]) else second
    for query, given in tasks:
        if given is None:
            if row["goes_on"] or second and second["passes"]:
                notes.append(f"no replies for: {query}")
            continue
        if len(given) != 4:
            notes.append(f"{len(given)} of 4 replies for: {query}")
        row["tasks"].append(check_task(row, replies, query, slot, dict(map(reversed, demo.pairs(slot, text)))[query]))
    return row


def check_task(row, replies, query, slot, q_slot):
    chosen, rejected, seen, judged = 0, 0, set(), []
    task = {"query": query, "kept": 0, "scored": 0, "failed": 0, "unverifiable": 0, "no score": 0, "responses": 0}
    for position, (asked, j, reply) in enumerate(replies):
        if asked != query:
            continue
        acc = accuracy(row["judging"], row["judged"], position)
        passes = acc is not None and acc > 0.5
        settled = row["goes_on"] or row["second"] and row["second"]["passes"]
        if passes != reply["ok"] and settled:
            row["notes"].append(f"reply {j} ok={reply['ok']} but accuracy {acc}: {reply['text'][:50]!r}")
        if position >= len(replies) - sum(1 for r in replies if r[2]["again"]):
            continue
        task["responses"] += 1
        new = reply["text"] not in seen
        seen.add(reply["text"])
        if acc is None:
            task["unverifiable"] += 1
        elif acc == 0:
            task["failed"] += 1
            rejected += new
        elif passes:
            task["kept"] += 1
            judged += [("score", f"{slot}/{q_slot}/r{j}", 0, 0)] if new else []
            values = [score_of(judge_words(reply, take, slot)) for take in (0, 1)]
            value = values[0] if values[0] is not None else values[1]
            judged += [("score", f"{slot}/{q_slot}/r{j}", 0, 1)] if new and values[0] is None else []
            if value is None:
                task["no score"] += 1
            elif value >= 8:
                task["scored"] += 1
                chosen += new
    task["pairs"] = min(4, chosen * rejected)
    task["sft"] = chosen
    task["judged"] = judged
    return task


WORDY = ("query", "judged")


def describe(row):
    first = row["first"]
    state = "pass" if row["goes_on"] else "CONTRADICTED" if first["passes"] else "falls"
    print(f"{state:13}{row['slot']:20}{row['file']:28}functions {len(first['kept'])}/{len(first['usable'])} usable, "
          f"cases {len(first['kept_cases'])}/{len(first['cases'])}")
    for k, problem in first["problems"]:
        print(f"{'':13}  sample {k}: {problem}")
    dropped = [c for c in range(len(first["cases"])) if c not in first["kept_cases"]]
    for c in dropped:
        votes = [first["outcomes"][k][c] for k in first["usable"]]
        print(f"{'':13}  case dropped: {first['cases'][c]!r:.90} votes {votes}")
    fallen = [k for k in first["usable"] if k not in first["kept"]]
    if fallen:
        print(f"{'':13}  functions fallen: {fallen}; kinds of kept cases: {sorted(map(str, first['kinds']))}")
    if row["second"]:
        second = row["second"]
        print(f"{'':13}  take 1: {'pass' if second['passes'] else 'falls'}, functions {len(second['kept'])}/"
              f"{len(second['usable'])}, cases {len(second['kept_cases'])}/{len(second['cases'])}")
    for task in row["tasks"]:
        shown = ", ".join(f"{name} {value}" for name, value in task.items() if name not in WORDY and value)
        print(f"{'':13}  {task['query'][:50]}: {shown}")
    for note in row["notes"]:
        print(f"{'':13}  NOTE {note}")


def report(demo, tape, missing):
    work = [(slot, text, demo.items[text]) for slot, text, why in demo.slots if why is None and text in demo.items]
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda job: check_item(demo, *job), work))
    only = [word for word in sys.argv[2:] if not word.startswith("-")]
    for row in rows:
        if not only or any(word in row["file"] for word in only):
            describe(row)
    for slot, text, why in demo.slots:
        if why:
            print(f"novelty      {slot:20}{text[:60]}: {why}")
    unused = [item["file"] for text, item in demo.items.items() if text not in [t for _, t, _ in demo.slots]]
    for file in unused:
        print("unused:", file)
    funnel(demo, rows)
    asked, lacking, seconds = undisturbed(demo, rows, tape)
    print(f"an undisturbed run asks {len(asked)} completions that last {seconds:.0f} s, {seconds / 6:.0f} s six at a time")
    for place in lacking:
        print("missing:", *place)
    return 1 if missing or unused or lacking or any(row["notes"] for row in rows) else 0


def funnel(demo, rows):
    tasks = [task for row in rows if row["goes_on"] for task in row["tasks"]]
    total = Counter()
    for task in tasks:
        total.update({name: value for name, value in task.items() if name not in WORDY})
    lines = sum(1 for slot, _, _ in demo.slots if slot.startswith("si."))
    novel = sum(1 for slot, _, why in demo.slots if slot.startswith("si.") and why is None)
    labels = Counter(label or "none" for row in rows for label in row["labels"].values())
    print(f"\ninstructions: {len(demo.seeds)} seeds + {novel} of {lines} lines; {len(rows)} written")
    print(f"verifier answers {4 * len(rows)}, usable {sum(len(r['first']['usable']) for r in rows)}, "
          f"kept {sum(len(r['first']['kept']) for r in rows)}; cases {sum(len(r['first']['cases']) for r in rows)}, "
          f"kept {sum(len(r['first']['kept_cases']) for r in rows)}")
    print(f"cross-validate {sum(r['first']['passes'] for r in rows)} of {len(rows)}; labels {dict(labels)}; "
          f"consistent {sum(r['goes_on'] for r in rows)}; with second takes {sum(r['second'] is not None for r in rows)}")
    both = sum(1 for task in tasks if task["kept"] and task["failed"])
    print(f"tasks {len(tasks)}, of which {both} have both kinds; responses {total['responses']}, kept {total['kept']}, "
          f"failed {total['failed']}, not verifiable {total['unverifiable']}")
    print(f"score kept {total['scored']}, no score {total['no score']}; sft {total['sft']}; pairs {total['pairs']}")
    faults = Counter(s["fault"].split(":")[0] for row in rows for s in demo.items[row["text"]]["SAMPLES"] if s["fault"])
    print("faults:", ", ".join(f"{name} x{count}" for name, count in faults.most_common()))
    again = sum(1 for r in rows for given in demo.items[r["text"]].get("TASKS", {}).values() for a in given if a["again"])
    print("second responses:", again)


def undisturbed(demo, rows, tape):
    """The completions that a run without decisions asks for: [(call, slot, sample, take)]."""
    asked = [("self_instruct", f"si.{call['CALL']}", 0, 0) for call in demo.calls]
    for row in rows:
        slot = row["slot"]
        asked += [("verifiers", slot, k, 0) for k in range(4)]
        if not row["first"]["passes"]:
            continue
        for k in row["first"]["kept"]:
            asked += [("back_translate", slot, k, 0), ("entail", slot, k, 0)]
            asked += [("entail", slot, k, 1)] if row["labels"][k] is None else []
        if not row["goes_on"]:
            continue
        for q_slot, _ in demo.pairs(slot, row["text"]):
            asked += [("respond", f"{slot}/{q_slot}", j, 0) for j in range(4)]
        for task in row["tasks"]:
            asked += task["judged"]
    known = {(r["call"], r["slot"], r["sample"], r["take"]): r for r in tape.rows.values()}
    lacking = [place for place in asked if place not in known]
    return asked, lacking, sum(known[place]["total_ms"] for place in asked if place in known) / 1000
