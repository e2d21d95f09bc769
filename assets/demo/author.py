"""The few words that the files in content/ are written with. See README.md for what each means."""

FORMS = (
    "plain", "bare", "python-literals", "trailing-comma", "bad-escape", "unescaped-quote", "broken", "cut",
)


def sample(func=None, cases=(), fault=None, form="plain", before="", after="", back=None, entail=None, raw=None):
    """One verifier answer: a function and its cases, or a raw text where the answer holds none."""
    if (raw is None) == (func is None):
        raise ValueError("a sample has either func or raw")
    if form not in FORMS:
        raise ValueError(f"unknown form {form!r}")
    if func is not None:
        func = func.strip("\n")
        if len(cases) != 3:
            raise ValueError(f"a sample has three cases, not {len(cases)}: {func[:60]!r}")
    return {
        "func": func, "cases": [list(case) for case in cases], "fault": fault, "form": form,
        "before": before, "after": after, "back": back, "entail": entail, "raw": raw,
    }


def reply(text, score, why, ok, again=None, judge=None):
    """One response: its text, the judge's number and reason, and whether the kept functions should accept it."""
    return {"text": text.strip("\n"), "score": score, "why": why, "ok": ok, "again": again, "judge": judge}
