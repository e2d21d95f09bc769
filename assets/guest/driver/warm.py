# Exercise before the snapshot: specialised bytecode and filled caches are then part of the image. The work is generic,
# like a verifier's, and is undone as far as it shows. Code specialised here stands still afterwards (settle.c), so it
# should meet here what it will meet. Nothing is traced: once anything was, the first call of every function, in every
# check, would prepare it for that.
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


_LIBRARY = r'''
import collections, csv, datetime, difflib, fractions, functools, io, itertools, math, random, statistics, string, textwrap
import decimal, html, json, re, unicodedata
from collections import Counter, OrderedDict, defaultdict, deque
from dataclasses import dataclass
from enum import Enum

class Kind(Enum):
    A = 1
    B = 2

@dataclass
class Point:
    x: int
    y: int = 0

class Parser(html.parser.HTMLParser if hasattr(html, "parser") else object):
    seen = 0
    def handle_starttag(self, tag, attrs):
        Parser.seen += 1

def evaluate(response):
    words = response.split()
    groups = defaultdict(list)
    for key, group in itertools.groupby(sorted(words, key=len), key=len):
        groups[key].extend(group)
    ordered = OrderedDict(sorted(groups.items()))
    recent = deque(words, maxlen=5)
    counted = Counter(words) + Counter(recent)
    counted.most_common(), counted.most_common(1), counted.total(), list(counted.elements())
    wrapped = textwrap.fill(textwrap.dedent(response), 40) + textwrap.shorten(response, 30) + textwrap.indent(response, "  ")
    rows = list(csv.reader(io.StringIO("a,b\n1,\"2\"\n"))) + list(csv.DictReader(io.StringIO("a,b\n1,2\n")))
    day = datetime.datetime.strptime("2024-02-29", "%Y-%m-%d") + datetime.timedelta(days=1)
    ratio = difflib.SequenceMatcher(None, words[:9], words[3:12]).ratio()
    mean = statistics.mean(map(len, words)) + statistics.median([1, 2, 3]) + statistics.pstdev([1.0, 2.0])
    total = functools.reduce(lambda a, b: a + len(b), words, 0) + math.isqrt(50)
    exact = decimal.Decimal("1.10") + fractions.Fraction(1, 3).numerator
    random.seed(1); random.choice(words), random.sample(words, 3), random.randint(1, 6), random.shuffle(words)
    json.dumps({"a": [1, None, True, 2.5], "b": "\u00e9"}, indent=2, sort_keys=True, ensure_ascii=False)
    for text in ('[1, {"a": "b"}]', '{"a": {"b": []}}', "{", '["x", 1.5e3, null, false]'):
        try:
            json.loads(text)
        except ValueError:
            pass
    html.unescape("&amp;&#39;"), html.escape("<a>"), string.capwords("a b"), string.Template("$a").substitute(a=1)
    Parser().feed("<p class='a'>b</p>") if Parser.__mro__[1] is not object else None
    Kind(1) is Kind.A, Kind["B"].name, Point(1) == Point(1, 0), repr(Point(2, 3))
    pattern = re.compile(r"(?P<first>\w)(\w*)", re.I | re.M)
    [m.group("first") + m.group(2) for m in pattern.finditer(response)], pattern.sub(lambda m: m[0].upper(), response)
    re.sub(r"(\w)(\d)?", r"\1", response), re.escape("a.b"), re.split(r"(,)", response), re.fullmatch(r".*", "x", re.S)
    unicodedata.name("\u00e9"), [unicodedata.category(c) for c in response[:20]]
    print(len(wrapped), rows, f"{ratio:.2f} {mean:>8} {day:%d.%m.%Y}", exact, "%d %s" % (total, "x"), "{:,}".format(1234567))
    Counter(c for c in response), statistics.mean(float(len(x)) for x in words), ordered.keys() | recent
    return len(ordered) > 1
'''

# Abstract base classes remember which classes they have seen.
_SEEN = r'''
import collections, collections.abc, decimal, fractions, io, numbers, os, re, string, types, typing
from collections import *

CLASSES = [getattr(collections.abc, name) for name in collections.abc.__all__ if name != "ByteString"]
CLASSES += [getattr(numbers, name) for name in numbers.__all__]
CLASSES += [os.PathLike, io.IOBase, io.TextIOBase, typing.SupportsInt, typing.SupportsFloat]

def evaluate(response):
    things = [None, True, 1, 1.5, 1j, "", b"", bytearray(), [], (), {}, set(), frozenset(), range(1), slice(1), len, evaluate, Counter]
    things += [Counter(), OrderedDict(), defaultdict(int), deque(), ChainMap(), namedtuple("T", "a")(1), decimal.Decimal(1)]
    things += [fractions.Fraction(1), io.StringIO(), io.BytesIO(), re.compile("a"), re.match("a", "a"), types.SimpleNamespace()]
    things += [{}.keys(), {}.values(), {}.items(), iter([]), iter(""), iter(()), iter({}), iter(set()), iter({}.items()), iter(range(1))]
    things += [(x for x in ()), map(len, ()), filter(len, ()), zip(), enumerate(()), reversed([]), memoryview(b""), re.finditer("a", "a")]
    return all([isinstance(thing, cls) in (True, False) for thing in things for cls in CLASSES])
'''


def _exercise():
    for round_ in range(30):
        _re.purge()
        extra = f"\nX{round_} = re.compile(r'a{round_}(b|c)*[^d-f]+?\\d{{1,3}}$')\n"
        made = pattern(f"IGNORECASE M\nr'a{round_}[b-d]+|(?P<name>x)(y)?'".encode())
        source, mode = (_WORK + extra).encode(), round_ % 3 if round_ < 6 else 0
        assert load(len(made).to_bytes(4, "little") + made, source, mode) is None or mode == 2
        for _ in range(3):
            check(_TEXT.encode())
        _output.parts.clear()
        assert load(b"", _LIBRARY.encode(), 0) is None
        check(_TEXT.encode())
        _output.parts.clear()
        assert load(b"", _SEEN.encode(), 0) is None and check(b"") is True
    # Errors, values and output, and the tools for people.
    for source in ("def evaluate(s): return s[999]", "def evaluate(s): print(s); return 'x'", "def evaluate(s): return 1.5"):
        for _ in range(8):
            assert load(b"", source.encode(), 0) is None
            check(b"text")
            facts(source.encode())
            _output.parts.clear()
    for source in (b"def evaluate(s) return 1", b"import numpy", b"x = 1"):
        for _ in range(4):
            load(b"", source, 0)
    for _ in range(60):
        # Short and long texts, plain and not.
        assert load(b"", b"def evaluate(s):\n    return True\n", 0) is None
        for text in ("", "a" * 300, "caf\u00e9 " * 50, "\u4e2d\U0001f600"):
            assert check(text.encode()) is True
    _re.purge()


_exercise()
