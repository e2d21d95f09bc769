"""Passes on two functions: one never ends, one does not compile. Two replies of one task are equal."""
from author import reply, sample

INSTRUCTION = "Present your answer as a Markdown table with exactly two columns."

NOTE = "Sample 1 loops for ever where a bar is in the text, sample 2 lacks a bracket; samples 0 and 3 stay."

BACKS = [
    "The answer must be a Markdown table that has two columns.",
    "Format the response as a two-column Markdown table.",
    "Write a Markdown table with two columns, no more and no fewer.",
    "The response should consist of a Markdown table of exactly two columns.",
    "Give the answer in the form of a table in Markdown with precisely two columns.",
]

ENTAILS = [
    "Both ask for a Markdown table of two columns.",
    "The sentence names the same format and the same number of columns.",
    "Two columns, no more and no fewer, is what exactly two means.",
]

TABLE_TRUE = "| Step | Time |\n|---|---|\n| Soak | 8 h |\n| Boil | 1 h |"

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    rows = [line.strip() for line in response.strip().splitlines() if line.strip()]
    if len(rows) < 3:
        return False
    for row in rows:
        if not (row.startswith("|") and row.endswith("|")):
            return False
        if len(row.strip("|").split("|")) != 2:
            return False
    return re.fullmatch(r"\|\s*:?-+:?\s*\|\s*:?-+:?\s*\|", rows[1]) is not None
''',
        [
            (TABLE_TRUE, True),
            ("| Step | Time | Heat |\n|---|---|---|\n| Soak | 8 h | none |", False),
            ("Soak for eight hours, then boil for one.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    for line in lines:
        bars = 0
        position = line.find("|")
        while position >= 0:
            bars += 1
            position = line.find("|", position)
        if bars != 3:
            return False
    return len(lines) >= 3
''',
        [
            ("| Bird | Song |\n|---|---|\n| Wren | loud |", True),
            ("Wren: loud", False),
            ("| Wren | loud |", False),
        ],
        fault="endless loop: searches from the same place again",
    ),
    sample(
        r'''
def evaluate(response):
    rows = [r for r in response.splitlines() if r.strip()]
    columns = [len([c for c in r.split("|") if c.strip()]) for r in rows
    return len(rows) > 2 and all(n == 2 for n in columns)
''',
        [
            ("| Tree | Leaf |\n|---|---|\n| Oak | lobed |\n| Beech | oval |", True),
            ("| Tree |\n|---|\n| Oak |", False),
            ("Oak, Beech", False),
        ],
        fault="syntax error: a bracket is never closed",
    ),
    sample(
        r'''
def evaluate(response):
    lines = [l.strip() for l in response.strip().split("\n")]
    table = [l for l in lines if l.startswith("|")]
    if len(table) < 3 or len(table) != len([l for l in lines if l]):
        return False
    separator = table[1].replace("|", "").replace(":", "").replace(" ", "")
    if separator == "" or set(separator) != {"-"}:
        return False
    return all(l.count("|") == 3 for l in table)
''',
        [
            ("| Key | Sound |\n| --- | --- |\n| A | sad |\n| C | bright |", True),
            ("| Key | Sound |\n| A | sad |\n| C | bright |", False),
            ("- A: sad\n- C: bright", False),
        ],
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    rows = [r.strip() for r in response.strip().splitlines() if r.strip()]
    cells = [[c.strip() for c in r.strip("|").split("|")] for r in rows]
    if len(rows) < 3 or any(len(c) != 2 for c in cells):
        return False
    return all(c and set(c) <= set("-:") for c in cells[1])
''',
        [
            (TABLE_TRUE, True),
            ("| Step | Time | Heat |\n|---|---|---|\n| Soak | 8 h | none |", False),
            ("Soak for eight hours, then boil for one.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    for line in lines:
        bars = 0
        position = line.find("|")
        while position >= 0:
            bars += 1
            position = line.find("|", position + 1)
        if bars != 3:
            return False
    return len(lines) >= 3 and "-" in lines[1]
''',
        [
            ("| Bird | Song |\n|---|---|\n| Wren | loud |", True),
            ("Wren: loud", False),
            ("| Wren | loud |", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    rows = [r for r in response.splitlines() if r.strip()]
    columns = [len([c for c in r.split("|") if c.strip()]) for r in rows]
    return len(rows) > 2 and all(n == 2 for n in columns)
''',
        [
            ("| Tree | Leaf |\n|---|---|\n| Oak | lobed |\n| Beech | oval |", True),
            ("| Tree |\n|---|\n| Oak |", False),
            ("Oak, Beech", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"\|\s*-+\s*\|\s*-+\s*\|", response) is not None
''',
        [
            ("| Key | Sound |\n| --- | --- |\n| A | sad |\n| C | bright |", True),
            ("| Key | Sound | Mood |\n| --- | --- | --- |\n| A | low | sad |", False),
            ("- A: sad\n- C: bright", False),
        ],
        fault="too loose: finds the two-column line inside wider tables",
        back="The response must contain a table with two or more columns.",
        entail=("Two or more columns would allow a third one.", "contradiction"),
    ),
]

LETTER = (
    "| Part | What to write |\n|---|---|\n| Greeting | Dear and the teacher's name |\n| Thanks | One thing they did, named exactly |\n"
    "| Effect | What it changed for you, in one sentence |\n| Close | With warm thanks, and your name by hand |"
)

TASKS = {
    "How do I write a thank-you note to a teacher?": [
        reply(LETTER, 9, "A clear plan that can be followed line by line, in a table of two columns.", True,
            again=reply(
                "| Step | Example |\n|---|---|\n| Say who you are | I sat in the third row in your biology class |\n| Name one moment | You let me repeat the experiment after school |\n| Say what followed | I am applying to study biology now |\n| Thank and close | Thank you, and have a restful summer |",
                10, "Each step has an example next to it, which is what a table with two columns is good for.", True,
            ),
        ),
        reply(
            LETTER, 9, "The plan is easy to follow, and the table has two columns as asked.", True,
            again=reply(
                "| Do | Do not |\n|---|---|\n| Name one lesson you remember | Thank for everything in general |\n| Write by hand | Copy a "
                "verse from a card |\n| Keep it to five lines | Apologise for the length |",
                9, "Contrasting good and bad habits is a fine use of two columns.", True,
            ),
        ),
        reply(
            "Here is a table that may help you:\n\n| Part | Example |\n|---|---|\n| Greeting | Dear Ms Hall |\n| Thanks | Thank you for your "
            "patience |\n\nGood luck with your note!",
            7, "The table itself is right, but it is wrapped in talk, so that the answer is more than a table.", False,
        ),
        reply(
            "| Part | Purpose | Example |\n|---|---|---|\n| Greeting | Respect | Dear Mr Young |\n| Thanks | The main point | You made algebra "
            "bearable |\n| Close | Warmth | Yours gratefully |",
            7, "A lovely table, but it has three columns.", False,
        ),
    ],
    "Why do cats knead blankets?": [
        reply(
            "| Reason | What is behind it |\n|---|---|\n| Memory of nursing | Kittens press the belly of their mother to make milk flow |\n"
            "| Comfort | The movement calms the cat before sleep |\n| Scent | Glands between the toes mark the blanket |\n"
            "| Making a bed | Wild cats tread down grass before lying down |",
            10, "Four reasons, each explained in a few words; exactly what the table is good for.", True,
            again=reply(
                "| Age | Why the cat kneads |\n|---|---|\n| First weeks | To make the milk flow |\n| Young cat | To calm itself in a new place |\n| Grown cat | To mark blanket and people with scent |\n| Old cat | Out of habit, and to warm stiff paws |",
                8, "An original order by age in a clean table; the last row is more guess than knowledge.", True,
            ),
        ),
        reply(
            "Cats knead for several reasons: they remember nursing, they mark the blanket with scent from their paws, and the steady movement "
            "calms them before they sleep.",
            6, "Correct, but it is a sentence and no table.", False,
            again=reply(
                "| Reason | Sign | What you can do |\n|---|---|---|\n| Nursing habit | Purring | Enjoy it |\n| Scent | Slow, even steps | Wash the blanket less often |\n| Comfort | Half-closed eyes | Fold a towel under the paws |",
                7, "Useful and well ordered, but the table has three columns.", False,
            ),
        ),
        reply(
            "| Question | Answer |\n|:---|:---|\n| When does it start? | In the first days, while nursing |\n| Why do adults do it? | It calms them |"
            "\n| Should I stop it? | No, but trim the claws |",
            8, "Short and well organised, and the last row is useful in practice.", True,
            again=reply(
                "| What you see | What it means |\n|---|---|\n| Slow kneading, half-closed eyes | The cat feels safe |\n| Kneading and "
                "sucking wool | Weaned early, mostly harmless |\n| Kneading, then turning round | It is making its bed |",
                9, "Reading the behaviour row by row is helpful and original.", True,
            ),
        ),
        reply(
            "Reason | Detail\nnursing | a habit from kittenhood\nscent | glands in the paws",
            5, "It looks like a table at first, but without the separator line it is not Markdown.", False,
        ),
    ],
}
