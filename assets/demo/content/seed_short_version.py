"""Passes: one function prints, one answer has a trailing comma, one function is too lenient."""
from author import reply, sample

INSTRUCTION = "Finish your response with the exact sentence \"That is the short version.\""

NOTE = "Sample 1 accepts the sentence anywhere and falls; sample 2 prints while it works; sample 3 has a trailing comma."

BACKS = [
    "The response must end with the sentence \"That is the short version.\"",
    "The last words of the response are exactly \"That is the short version.\"",
    "Close with \"That is the short version.\" and write nothing after it.",
    "End your answer with \"That is the short version.\", spelled exactly so.",
    "The final sentence must be \"That is the short version.\"",
]

ENTAILS = [
    "Both require the same closing sentence, word for word.",
    "To finish with a sentence and to end with it are the same thing.",
    "The second only adds that nothing follows, which finishing already means.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    return response.rstrip().endswith("That is the short version.")
''',
        [
            ("Plants turn light into sugar. That is the short version.", True),
            ("That is the short version. There is more to say.", False),
            ("Plants turn light into sugar. that is the short version", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return "that is the short version" in response.lower()
''',
        [
            ("Heat rises. That is the short version.", True),
            ("That is the short version. Now the long one.", False),
            ("Heat rises.", False),
        ],
        fault="too lenient: accepts the sentence anywhere",
        back="The response must contain the words \"that is the short version\" somewhere, in any spelling.",
        entail=("A response that ends with the sentence also contains it, so the second follows.", "entailment"),
    ),
    sample(
        r'''
def evaluate(response):
    ending = "That is the short version."
    tail = response.strip()[-len(ending):]
    print("checking the end:", tail)
    return tail == ending
''',
        [
            ("Ice floats because it is lighter than water.\n\nThat is the short version.", True),
            ("Ice floats because it is lighter than water.", False),
            ("That is the short version", False),
        ],
        fault="prints while it works",
        entail=[
            ("Both want the answer to close with the given sentence, so whoever follows one follows the other.", None),
            ("Both want the answer to close with the given sentence.", "entailment"),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"That is the short version\.\s*\Z", response) is not None
''',
        [
            ("Yes. That is the short version.", True),
            ("Yes. This is the short version.", False),
            ("That is the short version. Yes.", False),
        ],
        form="trailing-comma",
        fault="broken JSON: trailing comma",
    ),
]

SECOND = [
    sample(
        r'''
CLOSING = "That is the short version."

def evaluate(response):
    return response.strip()[-len(CLOSING):] == CLOSING
''',
        [
            ("Plants turn light into sugar. That is the short version.", True),
            ("That is the short version. There is more to say.", False),
            ("", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.strip().endswith("That is the short version.")
''',
        [
            ("Heat rises. That is the short version.", True),
            ("That is the short version. Now the long one.", False),
            ("Heat rises.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    last = response.strip().split("\n")[-1]
    return last.endswith("That is the short version.")
''',
        [
            ("Ice floats because it is lighter than water.\n\nThat is the short version.", True),
            ("Ice floats because it is lighter than water.", False),
            ("That is the short version", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.endswith("that is the short version.")
''',
        [
            ("Yes. That is the short version.", True),
            ("Yes. This is the short version.", False),
            ("That is the short version. Yes.", False),
        ],
        fault="wrong case of letters: never True",
        back="The response must end with \"that is the short version.\" in small letters.",
        entail=("The first wants a capital T, the second a small one.", "contradiction"),
    ),
]

THIRD = [
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"(^|\s)That is the short version\.\s*$", response) is not None
''',
        [
            ("Ice floats because it is lighter. That is the short version.", True),
            ("Ice floats. That is the short version!", False),
            ("Ice floats because it is lighter.", False),
        ],
    ),
]

TASKS = {
    "How do noise-cancelling headphones work?": [
        reply(
            "Small microphones on the ear cups listen to the noise around you. A chip computes the opposite wave, with crests where the noise has troughs, and plays it together with your music. Noise and anti-noise cancel each other, best for steady low sounds such as engines. Speech and clatter change too fast, so some of that remains. That is the short version.",
            10, "A full and correct explanation that ends with the sentence exactly as given.", True,
            again=reply(
                "Sound is pressure that goes up and down. If you add the same sound turned upside down, the ups meet the downs and the air stays still. The headphones measure what arrives from outside, work out the mirrored wave in a fraction of a millisecond and play it into your ear. The padding takes care of the high notes that are too quick for this trick. That is the short version.",
                10, "Builds the idea up from what sound is, adds the part of the padding and ends with the exact sentence.", True,
            ),
        ),
        reply(
            "They measure outside noise with microphones and play an inverted copy of it, so that the two cancel out. That's the short version.",
            7, "Correct, but the closing sentence was to be exact and \"That's\" is not \"That is\".", False,
            again=reply(
                "They measure outside noise with microphones and play an inverted copy of it, so that the two cancel out. That is the short version.",
                9, "Correct, compact, and the closing sentence is exact now.", True,
            ),
        ),
        reply(
            "That is the short version: microphones pick up the hum, electronics turn it upside down, and the speaker plays it back. What was loud becomes quiet.",
            6, "The phrase opens the answer instead of closing it.", False,
        ),
        reply(
            "Sound is a wave of pressure. If a second wave pushes whenever the first one pulls, nothing is left to hear. The headphones make this second wave from what their microphones pick up. That is the short version.",
            9, "A clear explanation from first principles, ending as required.", True,
        ),
    ],
    "What are the first steps in learning to play the ukulele?": [
        reply(
            "Tune the strings to G, C, E and A with a free tuner app. Learn the chords C, A minor, F and G7, one a day, and press just behind the frets. Practise changing between two of them in slow, even time before you add a strumming pattern. Ten minutes every day beat an hour on Sunday. That is the short version.",
            10, "Concrete, well ordered advice with the exact closing sentence.", True,
            again=reply(
                "Start with your ears: tune to G, C, E and A and hum each string until you know it. Then place one finger on the third fret of the A string, and you have your first chord, C major. Add F, strum both with your thumb in a slow four, and sing anything that fits. Save books and theory for next month. That is the short version.",
                9, "A charming order of steps for a beginner, correct in its details, with the closing sentence word for word.", True,
            ),
        ),
        reply(
            "Buy one, tune it, play it. That is the short version.",
            5, "The ending is right, but nobody learns anything from this.", True,
            again=reply(
                "Borrow one, so that nothing is lost if you stop. Tune it, learn C and F on the first evening, and change between them to a slow beat. Well, that is the short version!",
                6, "Much more helpful than before, but the closing sentence has been altered, so it is not the exact one.", False,
            ),
        ),
        reply(
            "Start with tuning, then C major (one finger), then A minor (one finger as well). Strum downwards with your thumb and count to four. When that feels easy, try a song with two chords.\n\nThat is the short version.\n\nGood luck!",
            6, "Helpful steps, but \"Good luck!\" follows the sentence that had to be the last.", False,
        ),
        reply(
            "Hold it lightly against your chest, tune it, and learn three chords: C, F and G7. Play along with a slow song you know by heart, and do not stop when a chord buzzes. That is the short version.",
            9, "Friendly and to the point, and it ends exactly as asked.", True,
            again=reply(
                "First learn to tune it, since nothing sounds right before that. Then learn C and F, change between them to a steady beat, and add G7 after a week. That is the short version.",
                8, "Sensible order and the exact ending; a little thin on strumming.", True,
            ),
        ),
    ],
}
