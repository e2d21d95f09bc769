"""Falls: nobody can check it from the text alone, and the four answers look for four different things."""
from author import sample

INSTRUCTION = "Make the reader smile without telling a joke."

NOTE = "One refusal, one vacuous function, one that looks for laughter and emoji, one that counts exclamation marks."

BACKS = [
    "The response should amuse the reader but must not contain a joke.",
    "Write something that brings a smile without being a joke.",
    "Be charming in a way that makes people smile, and tell no jokes.",
    "Cheer the reader up without the help of a joke.",
    "Any response is acceptable.",
]

ENTAILS = [
    "Both want a smile and forbid jokes.",
    "Amusing the reader is what making them smile means here.",
    "The sentence says the same with other verbs.",
]

SAMPLES = [
    sample(
        raw="I'm afraid this instruction cannot be verified with a Python function. Whether a text makes somebody smile depends "
        "on the reader, and a program has no reliable way of telling a charming remark from a joke. If you could replace it "
        "with something countable, for example a number of emoji or a set of words, I would gladly write the function and the "
        "test cases.",
        fault="refusal",
    ),
    sample(
        r'''
def evaluate(response):
    # Humour is subjective, so any response may make somebody smile.
    return True
''',
        [
            ("My umbrella has gone on holiday again, always on the rainy days.", True),
            ("The form must be handed in by Friday.", False),
            ("Two hippos walk into a bar.", False),
        ],
        fault="vacuous: always True",
        back="Any response is acceptable.",
        entail=("A response that leaves the reader cold would be acceptable too.", "contradiction"),
    ),
    sample(
        r'''
def evaluate(response):
    happy = ["Haha", "Hehe", "\U0001F600", "\U0001F60A", "\U0001F604"]
    lowered = response.lower()
    jokes = ["knock knock", "walk into a bar", "walks into a bar"]
    return any(mark in lowered for mark in happy) and not any(joke in lowered for joke in jokes)
''',
        [
            ("Haha, your cactus is the only one here who likes drought!", True),
            ("Our neighbour's dog waves back with his whole body.", True),
            ("Knock knock. Who's there? Haha!", False),
        ],
        fault="proxy: looks for laughter and emoji, and misses its own \"Haha\" after lower()",
        back="The response must contain laughter or a smiling face and no typical joke opening.",
        entail=("A laugh in the text does not make a reader smile, and a smile needs none.", "neutral"),
    ),
    sample(
        r'''
def evaluate(response):
    return response.count("!") > 2
''',
        [
            ("Look at you! Out of bed before noon!", True),
            ("A snail overtook me on the stairs this morning.", True),
            ("Please find the invoice attached.", False),
        ],
        fault="proxy: counts exclamation marks",
        back="The response must contain more than two exclamation marks.",
        entail=("Exclamation marks have nothing to do with smiling or with jokes.", "contradiction"),
    ),
]

SECOND = [
    sample(
        """
def evaluate(response):
    cheerful = {"sunshine", "giggle", "tickle", "wink", "cosy", "delight"}
    words = {word.strip(".,!?").lower() for word in response.split()}
    return bool(cheerful & words)
""",
        [
            ("The cat gave the sunshine a slow wink.", True),
            ("With a giggle the tap gave up dripping.", True),
            ("Please sign here.", False),
        ],
        fault="proxy: six cheerful words",
        back="The response must contain one of six cheerful words.",
        entail=("A reader can smile without any of these words.", "neutral"),
    ),
    sample(
        """
def evaluate(response):
    return ":)" in response or "(:" in response
""",
        [
            ("See you tomorrow :)", True),
            ("My umbrella only comes along on dry days (:", True),
            ("Invoice attached.", False),
        ],
        fault="proxy: a typed smile",
        back="The response must contain a typed smiling face.",
        entail=("Making somebody smile does not need a typed smile.", "neutral"),
    ),
    sample(
        raw="I have thought about this for a while, but a smile happens in the reader and not in the text. I would rather not "
        "pretend that a function can see it.",
        fault="refusal",
    ),
    sample(
        """
def evaluate(response):
    if "knock knock" in response:
        return False
    return len(response) > 0
""",
        [
            ("Our neighbour's dog waves back with his whole body.", True),
            ("Knock knock! Who is there? A hippo.", False),
            ("The form must be handed in by Friday.", False),
        ],
        fault="checks half of it: only one kind of joke, and that with the wrong capital",
        back="The response must not be empty and must not contain \"knock knock\".",
        entail=("Not telling a joke does not forbid these words.", "neutral"),
    ),
]
