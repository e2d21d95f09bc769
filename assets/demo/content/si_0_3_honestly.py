"""Passes: a function without quotes loses one answer, another brings a wrong case; one reply stays without a score."""
from author import reply, sample

INSTRUCTION = "Start your response with the word \"Honestly\"."

NOTE = "Sample 0 is broken JSON; sample 2 marks \"To be honest\" as true; the judge forgets the number twice."

BACKS = [
    "The first word of the response must be \"Honestly\".",
    "Begin the answer with \"Honestly\".",
    "The response opens with the word \"Honestly\".",
    "Let \"Honestly\" be the very first word.",
    "Your response must begin with the word \"Honestly\".",
]

ENTAILS = [
    "To start with a word and to have it as first word are the same.",
    "Both put \"Honestly\" at the very beginning.",
    "The requirement is unchanged.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    first = response.split()[0] if response.split() else ""
    return first.strip(",.:;!") == "Honestly"
''',
        [
            ("Honestly, it depends.", True),
            ("It depends, honestly.", False),
            ("", False),
        ],
        form="broken",
        fault="broken JSON: the function is not quoted at all",
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.match(r"Honestly\b", response.strip()) is not None
''',
        [
            ("Honestly, I would take the train.", True),
            ("I would honestly take the train.", False),
            ("Honest people take the train.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = response.split()
    if not words:
        return False
    return words[0].rstrip(",.!:;") == "Honestly"
''',
        [
            ("Honestly: no.", True),
            ("To be honest, no.", True),
            ("No, not honestly.", False),
        ],
        fault="wrong case: \"To be honest\" marked true",
    ),
    sample(
        r'''
def evaluate(response):
    # Ignore the case of the first letter.
    return response.strip().lower().startswith("honest")
''',
        [
            ("Honestly, yes.", True),
            ("Well, honestly, yes.", False),
            ("Truthfully, yes.", False),
        ],
        fault="too lenient: any word that begins with honest",
        back="The response must begin with a word that starts with \"honest\", in any case.",
        entail=("A response that starts with \"Honestly\" also starts with \"honest\".", "entailment"),
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    text = response.strip()
    return text.startswith("Honestly") and not text[8:9].isalpha()
''',
        [
            ("Honestly, it depends.", True),
            ("It depends, honestly.", False),
            ("", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    found = re.match(r"\s*([A-Za-z]+)", response)
    return found is not None and found.group(1) == "Honestly"
''',
        [
            ("Honestly, I would take the train.", True),
            ("I would honestly take the train.", False),
            ("Honest people take the train.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response[:8] == "Honestly"
''',
        [
            ("Honestly: no.", True),
            ("To be honest, no.", False),
            ("No, not honestly.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return "honestly" in response.lower()
''',
        [
            ("Honestly, yes.", True),
            ("Well, yes.", False),
            ("Truthfully, yes.", False),
        ],
        fault="too lenient: accepts the word anywhere",
        back="The response must contain the word \"honestly\".",
        entail=("A response that starts with the word contains it.", "entailment"),
    ),
]

TASKS = {
    "What is the difference between a simile and a metaphor?": [
        reply(
            "Honestly, it is smaller than school made it seem. A simile announces the comparison with \"like\" or \"as\": her voice was like honey. A metaphor skips the announcement: her voice was honey. Everything else, such as how bold or how subtle it sounds, follows from that one word.",
            10, "Starts as required and explains the point with one well chosen example.", True,
            again=reply(
                "Honestly, most people use both every day without noticing. \"I slept like a log\" is a simile, because \"like\" puts a little fence between you and the log. \"I was a zombie all morning\" is a metaphor, because the fence is gone and you simply are the thing. Look for the fence, and you will never mix them up again.",
                10, "Everyday examples and a picture that sticks; the first word is the required one.", True,
            ),
        ),
        reply(
            "To be honest, similes use \"like\" or \"as\" and metaphors do not.",
            5, "Brief and correct, but it begins with \"To be honest\" instead of the required word.", False,
            again=reply(
                "Honestly, similes use \"like\" or \"as\" and metaphors do not. \"As cold as ice\" is a simile; \"his stare was ice\" is a metaphor.",
                9, "Correct, with an example for each, and it starts with the required word.", True,
            ),
        ),
        reply(
            "Honestly, I mix them up too. A simile says that something is like something else, and a metaphor says that it is that thing.",
            8, "Friendly and right; an example would have helped.", True,
            judge=[
                "I'd give it a solid nine: it is friendly, it is right, and it starts with the required word.",
                "Still a solid nine from me. The definition is right and the tone fits.",
            ],
        ),
        reply(
            "honestly, a simile compares with \"like\" and a metaphor without it. \"She sings like a bird\" against \"she is a songbird\".",
            7, "The content is right and the examples fit, but the word was to be written with a capital letter.", False,
        ),
    ],
    "How does a bicycle gear change make climbing easier?": [
        reply(
            "Honestly, it is just a lever in disguise. In a low gear the wheel turns less for every turn of the pedals, so each push has to lift you a shorter way and needs less force. You pay for it with more turns, which your legs and lungs handle much better than heavy pushing.",
            10, "The lever picture is accurate and the trade-off is named; the opening word is right.", True,
            again=reply(
                "Honestly, gears do not make you stronger; they let you choose your portions. Climbing a hill takes a fixed amount of work, and a low gear cuts it into many small bites instead of a few big ones. Each bite is easy to chew. That the climb takes longer is the price, and your knees will gladly pay it.",
                9, "The picture of the portions is accurate and pleasant to read, and the opening is right.", True,
            ),
        ),
        reply(
            "Honestly, shift down before the hill starts and keep your legs spinning. The lower gear makes every stroke lighter.",
            7, "Good advice for riding, but it hardly answers how the gear change does it.", True,
            again=reply(
                "Quite honestly, a low gear moves you a shorter way with each turn of the pedals, so each turn needs less force. You make up for it by turning them faster.",
                7, "Now it does explain how the gear helps, but the first word is \"Quite\" and not \"Honestly\".", False,
            ),
        ),
        reply(
            "A lower gear trades distance for force: more pedal turns per metre, and less effort in each.",
            6, "Precise, but the required first word is missing.", False,
        ),
        reply(
            "Honestly—your legs are an engine that likes to turn fast and hates to push hard. A low gear lets them do that: each turn of the pedals moves the bicycle only a little, so it takes only a little force.",
            9, "A lively picture with the right cause behind it, and the opening word is there.", True,
        ),
    ],
}
