#!/usr/bin/env python3
"""Writes tape.jsonl from content/. With --check it also runs everything and prints what the pipeline will make of it.

Deterministic: the same content gives the same bytes. Standard library only.
"""
import hashlib
import json
import re
import runpy
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

HEADER = {"assay_tape": 1, "label": "Assay demo", "note": "completions written for this demo by its authors; no recording of a model answering these prompts"}
MODEL = "demo-supervisor"
SEED = "13542"
CALLS = ["self_instruct", "verifiers", "back_translate", "entail", "respond", "score"]
# What the template of a call adds to the prompt, in tokens.
PROMPT_TOKENS = {"self_instruct": 420, "verifiers": 310, "back_translate": 180, "entail": 150, "respond": 60, "score": 210}
# How often judgements, back-translations and labels are on the tape: edits and re-runs ask again.
TAKES = 3
AGAIN = [
    "On a second reading I come to the same view. {}",
    "Read once more, with the instruction in mind: {}",
    "Judged afresh. {}",
]
ZH_AGAIN = ["再读一遍，看法不变。{}", "重新评阅：{}"]


def digest(parts):
    """SHA-256 over parts, each preceded by its length as 8 little-endian bytes."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode()
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.digest()


def key(prefix, text):
    return prefix + hashlib.sha256(text.encode()).hexdigest()[:12]


def is_chinese(text):
    letters = [c for c in text if c.isalpha()]
    han = [c for c in letters if "\u4e00" <= c <= "\u9fff"]
    return bool(han) and len(han) * 5 >= len(letters)


def read_lines(name):
    with open(HERE / name, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def tokens(text):
    """A plausible token count: about 3.2 Latin characters or one and a half Han characters each."""
    han = sum("\u3000" <= c <= "\uffef" for c in text)
    return max(1, round((len(text) - han) / 3.2 + han / 1.5))


# ---- the content -----------------------------------------------------------------------------------------------


class Demo:
    """Seeds, queries, self-instruct answers, and what is answered about each instruction."""

    def __init__(self):
        self.seeds = read_lines("seeds.jsonl")
        self.queries = read_lines("queries.jsonl")
        for query in self.queries:
            if not 10 <= len(query["text"]) <= 300:
                raise SystemExit(f"query of {len(query['text'])} characters (10 to 300 allowed): {query['text']}")
        self.calls = []
        self.items = {}
        self.also = {}
        for path in sorted((HERE / "content").glob("*.py")):
            content = runpy.run_path(str(path))
            if "CALL" in content:
                self.calls.append(content)
                continue
            content["file"] = path.name
            text = content["INSTRUCTION"]
            if text in self.items:
                raise SystemExit(f"{path.name}: {self.items[text]['file']} has the same instruction")
            self.items[text] = content
            for near in content.get("ALSO", []):
                self.also[near] = content
        self.calls.sort(key=lambda call: call["CALL"])
        self.slots = self.find_slots()

    def find_slots(self):
        """(slot, text, why it falls by novelty or None), in the pipeline's order."""
        known, slots = [], []
        for seed in self.seeds:
            slots.append((key("seed.", seed["text"]), seed["text"], None))
            known.append(seed["text"])
        for call in self.calls:
            lines = [line[2:].strip() for line in call["ANSWER"].splitlines() if line.startswith("- ")]
            for number, text in enumerate(lines):
                why = novelty(text, known)
                slots.append((f"si.{call['CALL']}.{number}", text, why))
                if why is None:
                    known.append(text)
        return slots

    def pairs(self, slot, text):
        """The two queries of the instruction's language with the lowest digest: [(slot, text)]."""
        language = "zh" if is_chinese(text) else "en"
        ranked = sorted(
            (digest(["assay/pair", SEED, slot, key("q.", query["text"])]), query["text"])
            for query in self.queries
            if query["language"] == language
        )
        return [(key("q.", query), query) for _, query in ranked[:2]]


def words(text):
    return re.findall(r"[a-z0-9']+|[\u4e00-\u9fff]", text.lower())


def rouge_l(a, b):
    row = [0] * (len(b) + 1)
    for x in a:
        previous = 0
        for j, y in enumerate(b):
            previous, row[j + 1] = row[j + 1], previous + 1 if x == y else max(row[j + 1], row[j])
    common = row[-1]
    return 2 * common / (len(a) + len(b)) if common else 0.0


def novelty(text, known):
    if text in known:
        return "exact duplicate"
    if len(text) > 300:
        return f"{len(text)} characters"
    if len(words(text)) < 2 or text.endswith((":", "：")):
        return "no instruction"
    if {"tone", "friendly", "engaging"} & set(words(text)):
        return "not checkable"
    nearest = max(known, key=lambda other: rouge_l(words(text), words(other)))
    score = rouge_l(words(text), words(nearest))
    return f"ROUGE-L {score:.2f} with {nearest!r}" if score > 0.7 else None


# ---- completions -----------------------------------------------------------------------------------------------


def answer_of(sample):
    """The text of a verifier answer, spelled as its form says, and why it ended."""
    if sample["raw"] is not None:
        return sample["raw"], "stop"
    cases = [{"input": text, "output": expected} for text, expected in sample["cases"]]
    block = json.dumps({"func": sample["func"], "cases": cases}, ensure_ascii=False, indent=2)
    form = sample["form"]
    split = block.index('\n  "cases"')
    if form == "python-literals":
        block = re.sub(r'("output": )(true|false)', lambda m: m[1] + m[2].capitalize(), block)
    elif form == "trailing-comma":
        block = block.replace("}\n  ]", "},\n  ]")
    elif form == "bad-escape":
        block = block.replace("'", "\\'")
    elif form == "unescaped-quote":
        block = block[:split].replace('\\"', '"') + block[split:]
    elif form == "broken":
        block = '{\n  "func": ' + sample["func"] + "," + block[split:]
    elif form == "cut":
        return f"{sample['before']}```json\n{block[: split * 4 // 5]}", "length"
    fenced = block if form == "bare" else f"```json\n{block}\n```"
    return sample["before"] + fenced + sample["after"], "stop"


def entail_text(pair):
    reason, label = pair
    return f"{reason}\nLabel: {label}" if label else reason


class Tape:
    """Completions in a stable order."""

    def __init__(self):
        self.rows = {}

    def add(self, call, slot, number, take, content, prompt, finish="stop"):
        place = (CALLS.index(call), slot, number, take)
        if place in self.rows:
            raise SystemExit(f"twice on the tape: {call} {slot} sample {number} take {take}")
        if not content.strip():
            raise SystemExit(f"empty: {call} {slot} sample {number} take {take}")
        draw = hashlib.sha256(f"{call}/{slot}/{number}/{take}".encode()).digest()
        first = 450 + int.from_bytes(draw[:2], "little") * 450 // 65536
        rate = 45 + draw[2] * draw[3] * draw[4] * 105 // 256**3
        count = tokens(content)
        self.rows[place] = {
            "call": call, "slot": slot, "sample": number, "take": take, "model": MODEL, "content": content,
            "reasoning": None, "finish": finish,
            "usage": {"prompt_tokens": PROMPT_TOKENS[call] + tokens(prompt), "completion_tokens": count},
            "first_ms": first, "total_ms": first + count * 1000 // rate,
        }

    def lines(self):
        yield json.dumps(HEADER, ensure_ascii=False, separators=(",", ":"))
        for place in sorted(self.rows):
            yield json.dumps(self.rows[place], ensure_ascii=False, separators=(",", ":"))


def add_verifiers(tape, slot, item):
    for take, samples in enumerate([item["SAMPLES"], item.get("SECOND", []), item.get("THIRD", [])]):
        for k, sample in enumerate(samples):
            content, finish = answer_of(sample)
            tape.add("verifiers", slot, k, take, content, item["INSTRUCTION"], finish)


def back_of(item, k, take):
    """The back-translation and its label for verifier k, take by take."""
    backs, reasons = item["BACKS"], item["ENTAILS"]
    second = item.get("SECOND") or [None] * 4
    samples = [item["SAMPLES"][k], second[k] or item["SAMPLES"][k]]
    sample = samples[min(take, 1)]
    if take == 0 and sample["back"] is None and sample["func"] is None and second[k]:
        sample = second[k]
    back = sample["back"] or backs[(k + take) % len(backs)]
    entail = sample["entail"]
    if isinstance(entail, list):
        entail = entail[min(take, len(entail) - 1)]
    entail = entail or (reasons[(k + take) % len(reasons)], "entailment")
    return sample, back, entail


def add_back_translations(tape, slot, item):
    for k in range(4):
        for take in range(TAKES):
            sample, back, entail = back_of(item, k, take)
            tape.add("back_translate", slot, k, take, back, sample["func"] or "", "stop")
            tape.add("entail", slot, k, take, entail_text(entail), item["INSTRUCTION"] + back)


def judge_words(reply, take, slot):
    if reply["judge"]:
        return reply["judge"][min(take, len(reply["judge"]) - 1)]
    why = reply["why"]
    if take:
        forms = ZH_AGAIN if is_chinese(why) else AGAIN
        why = forms[(hashlib.sha256(slot.encode()).digest()[0] + take) % len(forms)].format(why)
    return f"{why}\nScore: {reply['score']}"


def add_task(tape, slot, instruction, query, replies):
    for j, reply in enumerate(replies):
        prompt = instruction + " " + query
        tape.add("respond", slot, j, 0, reply["text"], prompt)
        again = reply["again"]
        if again:
            tape.add("respond", slot, j, 1, again["text"], prompt)
        # A reply that fails is not scored: the judgements asked for are those of the text that passes. Where the judge
        # gave no score it is asked once more, before any re-run.
        own = 2 if reply["judge"] else 1
        if not again or reply["ok"] and not again["ok"]:
            order = [reply] * TAKES
        elif again["ok"] and not reply["ok"]:
            order = [again] * TAKES
        else:
            order = [reply] * own + [again] * (TAKES - own)
        for take, judged in enumerate(order):
            fresh = judged is again and judged not in order[:take]
            said = judge_words(judged, 0 if fresh else take, slot)
            tape.add("score", f"{slot}/r{j}", 0, take, said, prompt + judged["text"])


def build(demo):
    tape = Tape()
    shown = " ".join(seed["text"] for seed in demo.seeds)
    for call in demo.calls:
        tape.add("self_instruct", f"si.{call['CALL']}", 0, 0, call["ANSWER"].strip("\n"), shown)
    missing = []
    for slot, text, why in demo.slots:
        # A line that falls by novelty can be accepted by hand: then its answers are those of the nearest item.
        item = demo.items.get(text) or demo.also.get(text)
        if item is None:
            if why is None:
                missing.append(f"{slot}: no content file for {text!r}")
            continue
        add_verifiers(tape, slot, item)
        add_back_translations(tape, slot, item)
        for q_slot, query in demo.pairs(slot, text):
            if query in item.get("TASKS", {}):
                add_task(tape, f"{slot}/{q_slot}", text, query, item["TASKS"][query])
    return tape, missing


def main():
    demo = Demo()
    tape, missing = build(demo)
    lines = list(tape.lines())
    (HERE / "tape.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"tape.jsonl: {len(lines) - 1} completions, {sum(len(line.encode()) + 1 for line in lines)} bytes")
    for line in missing:
        print("missing:", line)
    if "--check" in sys.argv:
        import check

        sys.exit(check.report(demo, tape, missing))


if __name__ == "__main__":
    main()
