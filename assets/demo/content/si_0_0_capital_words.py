"""Cross-validates, then falls by consistency: every function left reads "at least two" as "exactly two"."""
from author import reply, sample

INSTRUCTION = "Use at least two words written entirely in capital letters."

NOTE = (
    "Both working functions count exactly two capital words and their cases agree with each other; only the "
    "back-translation shows the misreading."
)

BACKS = [
    "The response must contain two or more words in capital letters.",
    "Write at least two words fully in uppercase.",
    "No fewer than two words are written in capitals only.",
    "Use two or more all-capital words.",
    "At least two words must consist of capital letters only.",
]

ENTAILS = [
    "Both ask for two or more words in capitals.",
    "\"At least two\" and \"no fewer than two\" are the same.",
    "The second restates the first.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    capitals = [w for w in re.findall(r"[A-Za-z]+", response) if len(w) > 1 and w.isupper()]
    return len(capitals) == 2
''',
        [
            ("Please STOP and THINK before you answer.", True),
            ("Please stop and think.", False),
            ("STOP. THINK. ACT.", False),
        ],
        fault="wrong reading: exactly two instead of at least two",
        back="The response must contain exactly two words in capital letters, neither more nor fewer.",
        entail=("A response with three capital words meets the first and breaks the second.", "contradiction"),
    ),
    sample(
        r'''
def evaluate(response):
    count = 0
    for word in response.split():
        letters = word.strip(".,!?;:\"'()")
        if len(letters) > 1 and letters.isalpha() and letters.isupper():
            count += 1
    if count == 2:
        return True
    else:
        return False
''',
        [
            ("NASA and ESA both agreed.", True),
            ("Only NASA agreed.", False),
            ("They agreed in the end.", False),
        ],
        fault="wrong reading: exactly two instead of at least two",
        back="Use exactly two fully capitalised words in the response.",
        entail=("\"Exactly two\" rules out what \"at least two\" allows.", "contradiction"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    words = re.findall(r"\b[A-Z]{2,}\b", response)
    return len(words) >= 2)
''',
        [
            ("READ the label TWICE.", True),
            ("Read the label twice.", False),
            ("READ it.", False),
        ],
        fault="syntax error: a closing bracket too many",
    ),
    sample(
        raw="I'm sorry, but I can't help with evaluating text that shouts. Could you choose a calmer instruction?",
        fault="refusal",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    capitals = [w for w in re.findall(r"[A-Za-z]+", response) if len(w) > 1 and w.isupper()]
    return len(capitals) >= 2
''',
        [
            ("Please STOP and THINK before you answer.", True),
            ("Please stop and think.", False),
            ("STOP. THINK. ACT.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    count = 0
    for word in response.split():
        letters = word.strip(".,!?;:\"'()")
        if len(letters) > 1 and letters.isalpha() and letters.isupper():
            count += 1
    return count > 1
''',
        [
            ("NASA and ESA both agreed.", True),
            ("Only NASA agreed.", False),
            ("They agreed in the end.", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    words = re.findall(r"\b[A-Z]{2,}\b", response)
    return len(words) >= 2
''',
        [
            ("READ the label TWICE.", True),
            ("Read the label twice.", False),
            ("READ it.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return sum(1 for ch in response if ch.isupper()) >= 2
''',
        [
            ("Use LESS salt and MORE pepper.", True),
            ("Use less salt.", False),
            ("Anna and Ben use less salt.", True),
        ],
        fault="counts capital letters instead of words",
        back="The response must contain at least two capital letters.",
        entail=("Two words in capitals hold at least two capital letters.", "entailment"),
    ),
]

TASKS = {
    "How do noise-cancelling headphones work?": [
        reply(
            "Tiny microphones LISTEN to the noise around you, and a chip computes the exact OPPOSITE of that sound wave. When noise and opposite meet at your ear, crest falls on trough and both disappear. It works best for a steady hum, such as the engines of a plane.",
            9, "A sound explanation; the two words in capitals mark the two steps that matter.", True,
            again=reply(
                "Every sound pushes and pulls on your eardrum. The headphones record the noise outside, flip it so that each PUSH becomes a PULL, and play the result at the same moment. What your ear receives is nearly nothing. The trick needs time to compute, so it does well with a droning engine and badly with a slamming door.",
                10, "PUSH and PULL in capitals carry the whole idea, and the limits are named as well.", True,
            ),
        ),
        reply(
            "They play back the outside noise upside down, so that it cancels itself out before it reaches your ear.",
            7, "A neat one-sentence answer, but no word is written in capitals.", False,
            again=reply(
                "They play back the outside noise UPSIDE DOWN, so that it cancels itself out before it reaches your ear.",
                8, "Neat and short, and the two words in capitals are the right ones to stress.", True,
            ),
        ),
        reply(
            "LISTEN, INVERT, ADD: that is all. A microphone listens to the noise, electronics invert the wave, and the speaker adds the result to your music, so that only the music is left.",
            10, "Three verbs in capitals, each explained in turn; memorable and correct.", True,
        ),
        reply(
            "The headphones send out ANTI-sound, a mirror image of the noise. Noise plus mirror image makes silence, at least for low and steady tones.",
            7, "Correct, but only one word is in capitals where two were asked for.", False,
        ),
    ],
    "How can I ask my manager for a day of remote work each week?": [
        reply(
            "Ask for a short meeting and come with a PLAN: which day, which tasks, how you can be reached. Offer a TRIAL of two months and say how you will both know whether it worked. Managers agree more easily to something that can be undone.",
            9, "Practical and persuasive advice, with two well placed words in capitals.", True,
            again=reply(
                "Choose a calm week, not the one before a deadline. Say what the team gets out of it first: reports written in one go, and no lost hours on the train. Then name ONE fixed day, promise to answer messages as fast as in the office, and suggest that you both look at it again in June. Send a short summary afterwards, and leave the decision to your manager.",
                7, "Very good advice, but only one word stands in capitals and two were asked for.", False,
            ),
        ),
        reply(
            "DO NOT ASK BY E-MAIL!!! TALK IN PERSON!!!",
            4, "There are plenty of capitals, but this is shouting and leaves out everything a person would need to know.", True,
            again=reply(
                "Talk in person and keep it calm. Say WHICH day you want and WHY the team will not lose by it, offer to try it for a month, and thank your manager for thinking it over.",
                8, "The shouting is gone; two words in capitals mark what matters.", True,
            ),
        ),
        reply(
            "Name the day, name the benefit for the team, and suggest a trial period. Bring an example of work that you did better at home.",
            7, "Good and concrete, but without any word in capitals.", False,
        ),
        reply(
            "Say what the TEAM gains before you say what you gain. Quiet hours for reports are a good argument; a shorter commute is not. Then propose ONE fixed day and a review after a quarter.",
            9, "Good psychology, a clear proposal, and the instruction is followed.", True,
        ),
    ],
}
