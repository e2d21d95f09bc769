"""Falls: four readings of one sentence. Only texts that obey by anybody's reading keep a majority, so no false case is left."""
from author import reply, sample

INSTRUCTION = "Never begin two neighbouring sentences with the same word."

NOTE = "One splits at full stops, one skips small words, one takes lines for sentences, one imports numpy, which is not there."

BACKS = [
    "Two sentences that follow each other must not begin with the same word.",
    "Begin every sentence with another word than the sentence before it.",
    "Adjacent sentences have to start with different words.",
    "No sentence may open with the word that opened the one before.",
    "Neighbouring sentences need different first words.",
]

ENTAILS = [
    "Adjacent and neighbouring mean the same here, and so do the demands.",
    "Both forbid that a sentence repeats the first word of the sentence before it.",
    "Different first words in a row are what the instruction asks for.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    sentences = [s.split() for s in re.split(r"[.!?]\s*", response) if s.strip()]
    first = [words[0].lower() for words in sentences]
    return all(a != b for a, b in zip(first, first[1:]))
''',
        [
            ("Ducks swim. Swans glide. Geese complain.", True),
            ("We went down to the river. We saw a heron.", False),
            ("The heron waited. The fish did not.", False),
        ],
    ),
    sample(
        r'''
import re

SMALL = {"the", "a", "an", "i", "we", "you", "he", "she", "it", "they", "this"}

def evaluate(response):
    previous = None
    for sentence in re.findall(r"[^.!?]+", response):
        words = [w.lower() for w in re.findall(r"[A-Za-z']+", sentence)]
        words = [w for w in words if w not in SMALL]
        if words and words[0] == previous:
            return False
        previous = words[0] if words else None
    return True
''',
        [
            ("The oven is hot. The door stays shut.", True),
            ("Bread needs time. Dough needs warmth.", True),
            ("The bread rises. A bread pan helps.", False),
        ],
        fault="another reading: articles and pronouns do not count",
        back="Neighbouring sentences must not share their first content word.",
        entail=("The instruction speaks of the first word, whatever kind of word it is.", "neutral"),
    ),
    sample(
        r'''
def evaluate(response):
    lines = [line.split() for line in response.splitlines() if line.strip()]
    for one, two in zip(lines, lines[1:]):
        if one[0].lower() == two[0].lower():
            return False
    return True
''',
        [
            ("Rain fell all night\nSun came at six", True),
            ("Tea is best fresh\nTea is worst reheated", False),
            ("Tea cools\nTea warms\nCoffee does both", False),
        ],
        fault="another reading: lines are taken for sentences",
        back="No two neighbouring lines may begin with the same word.",
        entail=("Lines are not sentences; one line may hold several of them.", "neutral"),
    ),
    sample(
        r'''
import re
import numpy as np

def evaluate(response):
    first = np.array([s.split()[0].lower() for s in re.split(r"[.!?]", response) if s.strip()])
    return bool(np.all(first[1:] != first[:-1]))
''',
        [
            ("Snow is quiet. Rain is not.", True),
            ("They sang. They danced.", False),
            ("It snowed! It rained! Nobody minded.", False),
        ],
        fault="import numpy: not installed in the sandbox",
    ),
]

TASKS = {}
