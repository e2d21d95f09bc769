"""Falls: four functions, four readings; no case of both kinds finds a majority and no function reaches 0.8."""
from author import reply, sample

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

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    sentences = [s for s in re.split(r"[.!?]+", response) if s.strip()]
    return bool(sentences) and all(len(s.split()) < 12 for s in sentences)
''',
        [
            ("Water the plant once a week.", True),
            ("The cat slept. The dog barked. The bird sang. The child laughed loudly.", True),
            ("Cut the bread into thin slices and put them on the plate next to the butter.", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    for sentence in re.split(r"(?<=[.!?])\s+", response.strip()):
        if len(sentence.split()) >= 12:
            return False
    return True
''',
        [
            ("I came. I saw. I left early.", True),
            (
                "This is a rather long sentence that goes on and on until nobody remembers how it began.",
                False,
            ),
            ("Short is good.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    sentences = response.replace("!", ".").replace("?", ".").split(".")
    return max(len(s.split()) for s in sentences) <= 12
''',
        [
            ("Go now. Eat. Rest.", True),
            ("One two three four five six seven eight nine ten eleven twelve.", True),
            ("We walked along the river for hours, and nobody said a word until it was dark.", False),
        ],
        fault="off by one: twelve words are let through",
        back="Each sentence may have at most twelve words.",
        entail=("Whoever stays under twelve words also stays within twelve.", "entailment"),
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
    ),
]

TASKS = {
    "How do I stop my glasses from fogging up when I wear a scarf?": [
        reply(
            "Fog forms when warm breath meets cold glass. So lead your breath away from the lenses. Tuck the scarf below your nose and breathe out downwards. Wash the lenses with a drop of dish soap. Let them dry without wiping. The thin film keeps droplets from forming.",
            9, "Cause and two remedies in short, clear sentences.", True,
            again=reply(
                "The gap above your nose is the culprit. Warm air escapes there and rises to the lenses. Choose a thin scarf and fold it twice. Press it flat against the bridge of the nose. Or slide your glasses forward by a finger's width. Cold air can then pass behind them. A little shaving foam, wiped off again, helps as well.",
                9, "Finds the cause and offers three different remedies, with every sentence kept short.", True,
            ),
        ),
        reply(
            "The simplest way is to wash your glasses with a little washing-up liquid and let them dry in the air, because the thin film that stays behind keeps the moisture from settling in drops.",
            6, "The tip is good, but it is one sentence of more than thirty words.", False,
            again=reply(
                "Wash your glasses with a little washing-up liquid. Let them dry in the air. The film that stays keeps the fog away.",
                9, "The same good tip in three short sentences.", True,
            ),
        ),
        reply(
            "Wear contact lenses.",
            4, "Short enough, but it avoids the question.", True,
        ),
        reply(
            "Pull the scarf under your nose. Push the glasses a little forward. Now air can pass behind them. Anti-fog wipes help on very cold days.",
            9, "Four short, practical sentences.", True,
        ),
    ],
    "What causes the northern lights?": [
        reply(
            "The Sun blows charged particles into space. The magnetic field of the Earth leads them to the poles. High above the ground they strike atoms of the air. Oxygen then glows green or red. Nitrogen adds blue and violet.",
            10, "A complete chain of causes, one short sentence for each link.", True,
            again=reply(
                "It begins with a gust from the Sun. The gust is made of electrons and protons. Our magnetic field catches them and funnels them towards the poles, where they rain down on the thin air. Oxygen answers in green, nitrogen in violet. The show follows the mood of the Sun. Strong gusts bring it far to the south.",
                7, "A fine explanation, but the third sentence has nineteen words where fewer than twelve were allowed.", False,
            ),
        ),
        reply(
            "Northern lights appear when charged particles from the Sun, guided by the magnetic field of the Earth, collide with gases in the upper atmosphere. They are most common near the poles.",
            6, "Correct, but the first sentence has more than twenty words.", False,
            again=reply(
                "The Sun sends out charged particles. The magnetic field guides them to the poles. There they collide with gases and make them glow.",
                9, "The long sentence has been cut into short ones, and nothing is lost.", True,
            ),
        ),
        reply(
            "Solar wind meets air. The air glows. Magnetism chooses the place.",
            7, "Three tiny sentences; elegant, but too compressed for somebody who does not know it already.", True,
        ),
        reply(
            "Storms on the Sun throw particles at us. Our magnetic field catches most of them. Some slide down to the polar regions. There they make the thin air shine, just as current makes a neon tube shine.",
            7, "A good picture, but the last sentence is a little too long for the instruction.", False,
        ),
    ],
}
