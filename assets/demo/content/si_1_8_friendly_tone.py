"""Nothing a function can check: it falls before it is asked about. These answers serve whoever accepts it by hand."""
from author import sample

INSTRUCTION = "Answer in a friendly and engaging tone."

NOTE = "Every function looks for something else that friendly texts may have; nothing finds a majority of both kinds."

BACKS = [
    "The response should sound friendly and engaging.",
    "Write in a warm tone that draws the reader in.",
    "Use a friendly tone that keeps the reader interested.",
    "Be friendly and engaging.",
    "The tone must be friendly and engaging.",
]

ENTAILS = [
    "Both describe the same tone.",
    "Warm and friendly mean the same here.",
    "The second repeats the first.",
]

SAMPLES = [
    sample(
        raw="I'm sorry, but the tone of a text cannot be measured by a function in a reliable way.",
        fault="refusal",
    ),
    sample(
        r'''
def evaluate(response):
    return "!" in response
''',
        [
            ("What a lovely question!", True),
            ("Gladly, let us look at it together.", True),
            ("See the manual.", False),
        ],
        fault="proxy: an exclamation mark",
        back="The response must contain an exclamation mark.",
        entail=("A friendly text needs no exclamation mark.", "neutral"),
    ),
    sample(
        r'''
def evaluate(response):
    return "you" in response.lower()
''',
        [
            ("You will like this one.", True),
            ("How nice of you to ask, thank you.", True),
            ("You are wrong.", False),
        ],
        fault="proxy: speaks to the reader",
        back="The response must contain the word \"you\".",
        entail=("One can be friendly without saying you.", "neutral"),
    ),
    sample(
        raw="Whether a tone is friendly is for the reader to say, so I have not written a function.",
        fault="refusal",
    ),
]

SECOND = SAMPLES[2:] + SAMPLES[:2]
