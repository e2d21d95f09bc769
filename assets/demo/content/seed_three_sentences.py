"""Passes: an off-by-one function is outvoted, a wrong case falls."""
from author import reply, sample

INSTRUCTION = "Answer in exactly three sentences."

NOTE = "Sample 1 counts separators instead of sentences and falls; sample 3 brings a wrong case."

BACKS = [
    "The response must consist of exactly three sentences.",
    "Write a response of exactly three sentences, no more and no fewer.",
    "Use three sentences, each ended by a full stop, an exclamation mark or a question mark.",
    "Give an answer that is three sentences long.",
    "Respond with exactly three sentences.",
]

ENTAILS = [
    "Both ask for exactly three sentences.",
    "The second only says in other words that there must be three sentences.",
    "Naming the closing punctuation does not change the required count of three.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    sentences = [s for s in re.split(r"[.!?]+(?:\s|$)", response.strip()) if s.strip()]
    return len(sentences) == 3
''',
        [
            ("Tea comes from one plant. Oxidation makes the difference. Green tea is not oxidised.", True),
            ("Tea comes from one plant.", False),
            ("First one. Second one! Is this the third? Here is a fourth.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    count = 0
    text = response.strip()
    for i, ch in enumerate(text[:-1]):
        if ch in ".!?" and text[i + 1] == " ":
            count += 1
    return count == 3
''',
        [
            ("Rivers carry silt. The silt settles. A delta grows.", True),
            ("Rivers carry silt and the silt settles", False),
            ("", False),
        ],
        fault="off by one: counts the gaps between sentences",
        back="The response must consist of four sentences divided by spaces.",
        entail=("Four sentences cannot be exactly three sentences.", "contradiction"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    if not isinstance(response, str):
        return False
    ends = re.findall(r"[.!?]+(?=\s|$)", response.strip())
    return len(ends) == 3 and response.strip()[-1] in ".!?"
''',
        [
            ("It rained. We stayed in. The cat was pleased.", True),
            ("It rained. We stayed in.", False),
            ("Stop! Look! Listen!", True),
        ],
        before="Sure! Here is a function that checks the instruction, together with three test cases:\n\n",
        fault="chatty preamble",
    ),
    sample(
        r'''
import re

def evaluate(response):
    parts = re.split(r"(?<=[.!?])\s+", response.strip())
    parts = [p for p in parts if p]
    return len(parts) == 3
''',
        [
            ("One. Two. Three.", True),
            ("One. Two.", True),
            ("One. Two. Three. Four. Five.", False),
        ],
        fault="wrong case: two sentences marked true",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    return len(re.findall(r"[^.!?]+[.!?]+", response.strip())) == 3
''',
        [
            ("Plants need light. They need water. They need time.", True),
            ("Plants need light, water and time.", False),
            ("Plants need light. They need water.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    text = response.strip()
    count = 0
    for i, ch in enumerate(text):
        if ch in ".!?" and (i + 1 == len(text) or text[i + 1] == " "):
            count += 1
    return count == 3
''',
        [
            ("Rivers carry silt. The silt settles. A delta grows.", True),
            ("Rivers carry silt and the silt settles", False),
            ("Who knows? I do not! Ask someone else.", True),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    sentences = re.split(r"[.!?]", response)
    return len(sentences) == 3
''',
        [
            ("It rained. We stayed in. The cat was pleased.", True),
            ("It rained.", False),
            ("", False),
        ],
        fault="off by one: the empty piece after the last full stop counts",
        back="The response must contain exactly two sentences.",
        entail=("Two sentences are not three.", "contradiction"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    parts = [p for p in re.split(r"(?<=[.!?])\s+", response.strip()) if p]
    return len(parts) == 3 and all(p[-1] in ".!?" for p in parts)
''',
        [
            ("One is here. Two is there. Three is gone.", True),
            ("One is here. Two is there.", False),
            ("One is here. Two is there. Three is gone. Four came late.", False),
        ],
    ),
]

THIRD = [
    sample(
        r'''
import re

def evaluate(response):
    parts = re.split(r"(?<=[.!?])\s+", response.strip())
    return len([part for part in parts if re.search(r"\w", part)]) == 3
''',
        [
            ("Snow fell. The road closed. We stayed.", True),
            ("Snow fell and the road closed.", False),
            ("Why? Because. Really! Yes.", False),
        ],
    ),
]

TASKS = {
    "Explain what an index does in a database.": [
        reply(
            "An index is a sorted copy of one or more columns that points to the full rows. With it the database can jump straight to the matching entries instead of reading the whole table. The price is extra storage and slightly slower writes, because every change must also update the index.",
            9, "Correct, clear and within the three sentences; it names both the benefit and the cost.", True,
            again=reply(
                "A database index is a separate structure, usually a tree, that keeps the values of a column in order together with the place of each row. When you search by that column, the database walks down the tree in a few steps instead of checking every row in turn. You pay with disk space and with a little extra work on each insert, so index only the columns that you search by.",
                10, "Three full sentences that say what an index is, what it gains and what it costs, with a rule of thumb at the end.", True,
            ),
        ),
        reply(
            "Think of the index at the back of a book. It lists terms in order and tells you the page. A database index does the same for rows. Without it, every search reads everything.",
            7, "A good comparison, but there are four sentences where three were asked for.", False,
            again=reply(
                "Think of the index at the back of a book. It lists terms in order and tells you the page, and a database index does the same for rows. Without it, every search has to read everything.",
                9, "A good comparison that stays within three sentences and explains why it matters.", True,
            ),
        ),
        reply(
            "An index makes searches fast. It keeps the values of a column in order. It also makes writes slower!",
            6, "Three sentences and nothing false, but too thin: it does not say how the order leads to the rows.", True,
        ),
        reply(
            "Sure, happy to help! An index is a structure, usually a tree, that keeps column values in order together with the places of their rows. A query can then follow the tree to the few rows it wants. Inserts and updates cost a little more, since the tree has to be kept in order too.",
            6, "The explanation is right, but the opening exclamation makes it four sentences.", False,
        ),
    ],
    "What causes the northern lights?": [
        reply(
            "The Sun sends out a stream of charged particles called the solar wind. Near the Earth, the magnetic field steers some of them towards the poles, where they strike oxygen and nitrogen high in the air. The gases give the energy back as light, mostly green and sometimes red or violet.",
            10, "Accurate, complete and exactly three sentences.", True,
            again=reply(
                "Think of the sky as a huge neon sign that is switched on by the Sun. Electrons from the solar wind are guided down along the Earth's magnetic field and crash into gases some hundred kilometres above our heads. Each gas glows in its own colour: oxygen in green and red, nitrogen in blue.",
                9, "A lively picture with correct physics behind it, in the three sentences that were asked for.", True,
            ),
        ),
        reply(
            "Charged particles from the Sun hit gases in the upper atmosphere, and the gases glow.",
            6, "Correct but only one sentence, so the instruction is not met.", False,
            again=reply(
                "Charged particles from the Sun are steered towards the poles by the magnetic field of the Earth. There they hit gases in the upper atmosphere. The gases take up the energy and give it back as light.",
                8, "Plain and correct, and now there are three sentences; the colours could have been mentioned.", True,
            ),
        ),
        reply(
            "The lights begin on the Sun. Its wind of electrons and protons is caught by the magnetic field of the Earth and led to the polar regions. There the particles make oxygen shine green and red, and nitrogen blue and violet.",
            9, "Well built, correct and in three sentences.", True,
        ),
        reply(
            "Good question. Solar particles meet the magnetic field. They are guided to the poles. The air there lights up. That glow is the aurora.",
            5, "Five short sentences instead of three, and little about why the air glows.", False,
        ),
    ],
}
