"""Falls: four functions, four readings; no case of both kinds finds a majority and no function reaches 0.8."""
from author import sample

INSTRUCTION = "Keep every sentence of your response under twelve words."

NOTE = "Two functions test something else, one is cut off by the token limit, one needs a module that is missing."

BACKS = [
    "No sentence of the response may have twelve or more words.",
    "Every sentence must be shorter than twelve words.",
    "Each sentence has at most eleven words.",
    "Write only sentences of fewer than twelve words.",
    "All sentences stay below twelve words.",
]

ENTAILS = [
    "\"Under twelve\" and \"at most eleven\" are the same for whole words.",
    "Both bound the length of each sentence in the same way.",
    "The second says the same of every single sentence.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    return len(response.split()) < 12
''',
        [
            ("Water the plant once a week.", True),
            ("The cat slept. The dog barked. The bird sang. The child laughed loudly.", False),
            ("Cut the bread into thin slices.", True),
        ],
        fault="wrong reading: the whole response under twelve words",
        back="The whole response must have fewer than twelve words.",
        entail=("Several short sentences meet the first and break the second.", "contradiction"),
    ),
    sample(
        r'''
from nltk.tokenize import sent_tokenize, word_tokenize

def evaluate(response):
    return all(len(word_tokenize(s)) < 12 for s in sent_tokenize(response))
''',
        [
            ("I came. I saw. I left early.", True),
            (
                "This is a rather long sentence that goes on and on until nobody remembers how it began.",
                False,
            ),
            ("Short is good.", True),
        ],
        fault="missing module: nltk",
    ),
    sample(
        r'''
def evaluate(response):
    sentences = response.split(".")
    lengths = [len(s) for s in sentences]
    return max(lengths) < 12
''',
        [
            ("The cat slept. The dog barked. The bird sang. The child laughed loudly.", True),
            ("Go now. Eat. Rest.", False),
            ("We walked along the river for hours, and nobody said a word until it was dark.", False),
        ],
        fault="counts characters instead of words",
        back="Each sentence must be shorter than twelve characters.",
        entail=("An eleven-word sentence is allowed by the first and forbidden by the second.", "contradiction"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    sentences = [s.strip() for s in re.split(r"[.!?]+", response) if s.strip()]
    for sentence in sentences:
        if len(sentence.split()) >= 12:
            return False
    return len(sentences) > 0
''',
        [
            ("It is late. Let us go home.", True),
            (
                "If you ask me what to do about it, I would say that we should simply wait.",
                False,
            ),
            ("Yes.", True),
        ],
        form="cut",
        fault="cut off by the token limit",
    ),
]
