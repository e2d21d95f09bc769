"""Falls: four readings of one sentence. Each function is outvoted by the two others twice, so none reaches 0.8."""
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
            ("Ducks swim. Ducks dive.", False),
            ("Rain fell. Rain stopped.", False),
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
            ("It rained. It cleared up.", True),
            ("A cat sleeps. The cat dreams.", True),
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
            ("An owl called. The owl flew off.", True),
        ],
        fault="import numpy: not installed in the sandbox",
    ),
]

SECOND = [
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

def evaluate(response):
    previous = None
    for sentence in re.findall(r"[^.!?]+", response):
        words = re.findall(r"[A-Za-z']+", sentence.lower())
        if words and words[0] == previous:
            return False
        if words:
            previous = words[0]
    return True
''',
        [
            ("The oven is hot. Keep the door shut.", True),
            ("The bread rises. The dough needs warmth.", False),
            ("Bread needs time! bread needs warmth.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    sentences = [s.strip() for s in response.replace("!", ".").replace("?", ".").split(".")]
    first = [s.split()[0].lower() for s in sentences if s]
    for one, two in zip(first, first[1:]):
        if one == two:
            return False
    return True
''',
        [
            ("Rain fell all night. Sun came at six.", True),
            ("Tea is best fresh. Tea is worst reheated.", False),
            ("Tea cools. Coffee does too. Tea is kinder.", True),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    first = [s.split()[0].lower() for s in re.split(r"[.!?]", response) if s.strip()]
    return len(first) == len(set(first))
''',
        [
            ("Snow is quiet. Rain is not.", True),
            ("They sang. They danced.", False),
            ("It snowed! Nobody minded. It rained!", False),
        ],
        fault="too strict: no first word may ever return",
        back="No two sentences of the response may begin with the same word.",
        entail=("The first forbids this for neighbours only, so the second asks for more.", "neutral"),
    ),
]

TASKS = {
    "How should I prepare for a job interview over video?": [
        reply(
            "Test camera, microphone and light the day before, in the very room you will use. Place the lamp in front of you and the camera at eye level. Keep notes beside the screen, not in your hand. On the day, close every other program and join five minutes early. Looking into the lens now and then feels like eye contact to the others.",
            10, "Complete, practical, and every sentence opens differently.", True,
            again=reply(
                "Treat it like a visit and not like a phone call. Dress as you would for the office, down to the shoes, because you will sit differently. Two or three questions about the team should lie ready next to the keyboard. If the line breaks, have their number at hand and call at once. Ask a friend for a rehearsal the evening before.",
                10, "Advice that goes beyond the usual, and each sentence opens with a new word.", True,
            ),
        ),
        reply(
            "You should test the camera. You should tidy the background. You should prepare answers to the usual questions and join early.",
            6, "Sensible advice, but all sentences begin with the same word.", False,
            again=reply(
                "Test the camera and tidy the background. Then prepare answers to the usual questions. On the day itself, join early and smile.",
                9, "The same advice with a different opening for each sentence.", True,
            ),
        ),
        reply(
            "Treat it like a meeting in person: dress properly, know the company, have questions ready. Technology comes second, but a headset and a cable instead of wireless save nerves.",
            9, "Good priorities in two well made sentences.", True,
        ),
        reply(
            "Good light matters. Good sound matters more. Good preparation matters most of all.",
            6, "Nicely built, but the repetition is exactly what the instruction forbids.", False,
        ),
    ],
    "What is the best way to fall asleep on a long train ride?": [
        reply(
            "Choose a window seat away from the doors. Loosen your shoes, put on a scarf, and lean against a folded jacket. Ear plugs or calm music keep the announcements at a distance. Before you close your eyes, set an alarm ten minutes ahead of your stop.",
            9, "Everything that helps, in a sensible order and without a repeated opening.", True,
            again=reply(
                "Pick the quiet carriage and a seat far from the doors. Your body needs the signs of bedtime, so brush your teeth and take off your shoes. Your neck needs a rolled jumper on the window side. Then pull a cap over your eyes, breathe out slowly, and let the rails do the counting.",
                7, "Good, concrete advice, but the second and the third sentence both begin with \"Your\".", False,
            ),
        ),
        reply(
            "Get tired before you board. Read something dull. Let the rhythm of the rails do the rest.",
            7, "Charming and within the rule, but a little thin as advice.", True,
            again=reply(
                "Walk through the train once before you sit down, so that your legs are ready to rest. Leave the phone in the bag and read something dull. With a scarf over your eyes, let the rhythm of the rails do the rest.",
                9, "The charm is still there, and now it is real advice with three different openings.", True,
            ),
        ),
        reply(
            "The best way is to be comfortable. The best seat is by the window. Bring a pillow and an eye mask.",
            6, "Helpful, but the first two sentences begin alike.", False,
        ),
        reply(
            "Set an alarm first, so that you need not worry. After that, make it dark with an eye mask and quiet with ear plugs. Breathe out slowly, twice as long as you breathe in. Sleep tends to come by itself.",
            9, "Calm, useful, and each sentence starts with a new word.", True,
        ),
    ],
}
