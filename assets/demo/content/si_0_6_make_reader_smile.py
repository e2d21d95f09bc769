"""Falls: nobody can check it from the text alone, and the four answers look for four different things."""
from author import reply, sample

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
        r'''
def evaluate(response):
    cheerful = {"sunshine", "giggle", "tickle", "wink", "cosy", "delight"}
    words = {word.strip(".,!?").lower() for word in response.split()}
    return bool(cheerful & words)
''',
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
        r'''
def evaluate(response):
    return ":)" in response or "(:" in response
''',
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
        r'''
def evaluate(response):
    if "knock knock" in response:
        return False
    return len(response) > 0
''',
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

TASKS = {
    "Should I water my lawn in the morning or in the evening?": [
        reply(
            "In the morning, before the sun has found its slippers. The water then has time to sink to the roots, and the blades dry "
            "during the day, which fungi find most discouraging. An hour once or twice a week beats a sprinkle every evening; your lawn "
            "would rather have a proper breakfast than a midnight snack.",
            10, "Right and complete, and the picture of the breakfast will make most readers smile.", True,
            again=reply(
                "Morning wins. At six the only competition for the water is a sleepy blackbird, while at noon the sun drinks half of it before the roots have been served. Evening watering works in a drought, but wet grass at night is a hotel for fungi, and they leave terrible reviews all over the lawn.",
                9, "The facts are right and the hotel with its reviews earns a smile without being a joke.", True,
            ),
        ),
        reply(
            "Water in the morning. Less evaporates, and the grass dries before night, which prevents disease.",
            7, "Correct, but as dry as the lawn in question.", False,
            again=reply(
                "Water in the morning, while the snails are still going home from work. Less evaporates then, and the grass is dry again "
                "before night.",
                9, "Correct, with a small picture that brings a smile.", True,
            ),
        ),
        reply(
            "Morning! Always in the morning! Your lawn will love you for it! In the evening the leaves stay wet all night!",
            6, "The advice is right, but exclamation marks are not the same as charm.", False,
        ),
        reply(
            "Early in the morning is best, and you may do it in pyjamas: the neighbours will think you are dedicated, and the roots will "
            "get their water before the sun takes its share.",
            9, "Helpful and gently funny without a joke.", True,
        ),
    ],
    "Why do cats knead blankets?": [
        reply(
            "Because once upon a time, when your cat would have fitted into a teacup, it pressed its mother's belly like this to make the "
            "milk flow. The milk has long gone, but the feeling stayed, and your best blanket is the nearest thing to a mother that the "
            "sofa has to offer. Scent glands in the paws sign the work at the end.",
            10, "Accurate, warm and delightful to read.", True,
            again=reply(
                "Your cat is baking, with great seriousness, a loaf that will never be finished. It learned the recipe in its first week, when pushing at its mother's belly made milk appear, and no later success in life has felt quite as good. A soft blanket brings it all back. Be honoured, trim the claws, and do not ask when the bread will be ready.",
                10, "Explains the habit correctly and keeps one gentle image going to the end.", True,
            ),
        ),
        reply(
            "Why did the cat knead the blanket? Because it had not been told about rolling pins!",
            4, "This is a joke, which was not allowed, and it explains nothing.", False,
            again=reply(
                "Kneading is a leftover of nursing behaviour. It lowers arousal and deposits scent from glands between the pads of the paw.",
                6, "True and even precise, but no reader will smile at it.", False,
            ),
        ),
        reply(
            "It is a habit from kittenhood that calms the animal and spreads scent from the paws.",
            6, "True and brief, but nobody will smile.", False,
        ),
        reply(
            "Your cat is a baker on its day off. The movement comes from nursing, it feels good, and it leaves a little scent that says: "
            "this blanket is taken.",
            9, "A charming picture and the right reasons in two sentences.", True,
        ),
    ],
}
