# Exercise before the snapshot: specialised bytecode and filled caches are then part of the image. The work is generic,
# like a verifier's, and is undone as far as it shows.
import re as _re

_WORK = r'''
import re, json, string, unicodedata
from collections import Counter
R = re.compile(r"(?:^|\s)([A-Z][a-z]+)[,.;!?]?\s+(?=\w)", re.M)

def evaluate(response):
    words = re.findall(r"[\w']+", response.lower())
    sentences = [x for x in re.split(r"[.!?]+\s*", response) if x.strip()]
    common = Counter(words).most_common(3)
    plain = response.translate(str.maketrans("", "", string.punctuation))
    try:
        json.loads(response)
    except json.JSONDecodeError:
        pass
    json.dumps(json.loads('{"a": [1, 2.5, "x\\u00e9"], "b": {"c": null}}'))
    marks = sum(1 for c in unicodedata.normalize("NFKD", response) if unicodedata.combining(c))
    hidden = re.sub(r"(\w+)@(\w+)\.com", lambda m: m.group(1), response)
    for line in response.splitlines():
        line = line.strip()
        if line.startswith("- ") or re.match(r"^\d+\.\s", line):
            marks += 1
    vowels = 0
    for word in words:
        if word.endswith("e"):
            vowels += 1
        for i, c in enumerate(word):
            if c in "aeiouy":
                vowels += 1
    lengths = [len(x.split()) for x in sentences]
    return (len(words) > 3 and max(lengths, default=0) < 40 and sorted(set(words), key=len)[0] != ""
            and any(x[0] == "t" for x in words) and all(isinstance(x, str) for x in words) and R.search(plain) is not None)
'''
_TEXT = ("The quick Brown fox, jumps over the lazy dog. It was a fine day! Was it? caf\u00e9 na\u00efve.\n\n- one\n- two\n"
         "1. three\nBob, mail bob@x.com.\n") * 3


def _exercise():
    for round_ in range(30):
        _re.purge()
        extra = f"\nX{round_} = re.compile(r'a{round_}(b|c)*[^d-f]+?\\d{{1,3}}$')\n"
        assert load((_WORK + extra).encode(), round_ % 3 if round_ < 6 else 0) is None or round_ % 3 == 2
        for _ in range(3):
            check(_TEXT.encode())
    # Errors, values and output, and the tools for people.
    for source in ("def evaluate(s): return s[999]", "def evaluate(s): print(s); return 'x'", "def evaluate(s): return 1.5"):
        assert load(source.encode(), 0) is None
        check(b"text")
        trace(b"text")
        facts(source.encode())
        _output.parts.clear()
    load(b"def evaluate(s) return 1", 0)
    load(b"import numpy", 0)
    _re.purge()


_exercise()

# Free memory for what verifiers need, so that few of them make memory grow.
_spare = bytearray(4 << 20)
del _spare
