"""Passes: a duplicate function counts once, one answer needs numpy."""
from author import reply, sample

INSTRUCTION = "Write your whole response in lowercase letters, with no capital letters."
ALSO = ["Write your whole response in lowercase letters, without any capital letters."]

NOTE = "Sample 1 repeats the function of sample 0 word for word; sample 2 imports numpy, which the sandbox has not."

BACKS = [
    "The response must not contain any capital letters.",
    "Write everything in small letters; no uppercase character may appear.",
    "All letters of the response must be lowercase.",
    "Use only lowercase letters in the whole answer.",
    "Respond entirely in lowercase.",
]

ENTAILS = [
    "An all-lowercase response has no capital letters, so the second follows from the first.",
    "Both forbid uppercase letters everywhere.",
    "The wording differs but the rule is the same: small letters only.",
    "If the whole response is in lowercase letters, every letter in it is lowercase.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    return not any(ch.isupper() for ch in response)
''',
        [
            ("a quiet day by the sea, with tea and toast.", True),
            ("A quiet day by the sea.", False),
            ("i met anna in ROME.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return not any(ch.isupper() for ch in response)
''',
        [
            ("the train leaves at nine.", True),
            ("The train leaves at nine.", False),
            ("ok, see you at 9 am", True),
        ],
        fault="duplicate: the same function as sample 0",
    ),
    sample(
        r'''
import numpy as np

def evaluate(response):
    upper = np.array([ch.isupper() for ch in response])
    return not bool(upper.any())
''',
        [
            ("plain words only", True),
            ("Plain words only", False),
            ("plain words Only", False),
        ],
        fault="import numpy",
    ),
    sample(
        r'''
def evaluate(response):
    text = response.strip()
    if not text:
        return False
    return text == text.lower()
''',
        [
            ("rain again. i stay inside and read.", True),
            ("Rain again. I stay inside and read.", False),
            ("NOTHING BUT RAIN", False),
        ],
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    letters = [ch for ch in response if ch.isalpha()]
    return bool(letters) and all(ch == ch.lower() for ch in letters)
''',
        [
            ("small words, small worries.", True),
            ("small words, Small worries.", False),
            ("12345", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"[A-Z]", response) is None
''',
        [
            ("the harbour is calm", True),
            ("the Harbour is calm", False),
            ("tea? yes, please.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    for ch in response:
        if ch != ch.lower():
            return False
    return True
''',
        [
            ("plain words only", True),
            ("Plain words only", False),
            ("plain words onlY", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.islower()
''',
        [
            ("rain again. i stay inside and read.", True),
            ("Rain again. I stay inside and read.", False),
            ("nasa and the esa are agencies", True),
        ],
    ),
]

THIRD = [
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"[A-Z]", response) is None and response == response.lower()
''',
        [
            ("the ferry leaves at nine.", True),
            ("The ferry leaves at nine.", False),
            ("the ferry to BERGEN leaves at nine.", False),
        ],
    ),
]

TASKS = {
    "How do I keep basil alive on a windowsill through the winter?": [
        reply(
            "basil wants light and warmth, and winter offers little of either. put the pot on the sunniest sill you have, away from cold glass and from the radiator. water it a little when the top of the soil feels dry, and pour away what collects in the saucer. pinch off the tips every week so that it grows bushy, and never take more than a third of the leaves at once.",
            9, "Practical and complete, and there is not a single capital letter.", True,
            again=reply(
                "winter basil mostly dies of cold, wet feet. move the pot to a south window, lift it off the stone sill with a wooden board, and water from below only when the pot feels light. a small grow lamp for a few hours makes up for the short days. cut whole tips instead of single leaves, and take a few cuttings in autumn: in a glass of water they root within two weeks and give you a spare plant.",
                10, "Names the usual cause of death, gives remedies in order and even a plan for a spare plant, all in small letters.", True,
            ),
        ),
        reply(
            "Put the pot on a south-facing sill and keep it away from draughts. Water sparingly, because cold wet soil rots the roots. Pinch out the flower buds and turn the pot every few days.",
            6, "Sound advice, but every sentence begins with a capital letter.", False,
            again=reply(
                "put the pot on a south-facing sill and keep it away from draughts. water sparingly, because cold wet soil rots the roots. pinch out the flower buds and turn the pot every few days so that it grows evenly.",
                9, "Sound advice, now entirely in lowercase as asked.", True,
            ),
        ),
        reply(
            "keep it warm, keep it bright, keep it barely moist. if your window faces north, a small led lamp for a few hours a day helps a lot. cut stems just above a pair of leaves and the plant will branch there.",
            8, "Short, useful and in lowercase throughout; a word on draughts would have made it complete.", True,
        ),
        reply(
            "basil is an annual, so do not expect miracles. give it sun, water from below once a week, and use an LED lamp if the days are dark. a supermarket pot holds a dozen crowded plants; split them into two or three pots and they last longer.",
            7, "Good content, but \"LED\" is written in capitals, which the instruction forbids.", False,
        ),
    ],
    "Why is the sky red at sunset?": [
        reply(
            "in the evening the sunlight reaches you at a low angle and crosses far more air than at noon. the molecules of the air scatter blue light most, so along that long way nearly all the blue is sent off to the side. what is left when the light arrives is orange and red, and clouds or dust in the west catch it and glow.",
            10, "Correct, easy to follow and in lowercase from start to end.", True,
            again=reply(
                "sunlight is a mixture of all colours, and air sends the blue ones astray much more easily than the red ones. at noon the way through the air is short and enough blue remains. when the sun sits on the horizon the way is dozens of times longer, the blue is lost over other people's afternoons, and only the warm end of the rainbow gets through to you.",
                9, "The same physics in a fresh image, accurate and without one capital letter.", True,
            ),
        ),
        reply(
            "because the light takes a longer way through the air, the blue part is scattered out of it and the red part remains.",
            8, "One sentence, but it holds the whole explanation and respects the lowercase rule.", True,
            again=reply(
                "Because low sunlight crosses so much air that the blue is scattered away and mostly red is left. Dust and smoke make the effect stronger, which is why sunsets over a city can be so deep.",
                6, "The explanation is better than most, but both sentences begin with a capital letter.", False,
            ),
        ),
        reply(
            "Here is my answer, all in lowercase as you wished:\n\nthe low sun sends its light through a great deal of air. blue is scattered away on the journey, red gets through.",
            6, "The explanation is in lowercase, but the line announcing it starts with a capital letter.", False,
        ),
        reply(
            "red light has the longest waves of all the colours we see, and the air hardly disturbs it. blue light bounces around and is lost on the long evening path, so the sun and the clouds near it turn red.",
            9, "Accurate and plain, all in small letters.", True,
        ),
    ],
}
