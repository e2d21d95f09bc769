"""Passes: a verbatim duplicate, a function that prints, a wrong case; one judgement holds no score until it is asked again."""
from author import reply, sample

INSTRUCTION = "Spell out every number as a word and use no digits."

NOTE = "Sample 1 is sample 0 letter by letter with other cases; sample 2 prints what it finds; sample 3 marks a digit as true."

BACKS = [
    "The response must not contain digits; numbers are written as words.",
    "Write all numbers in words and avoid digits altogether.",
    "No digit may appear in the response, so every number has to be spelled out.",
    "Numbers must be given in words, and the characters 0 to 9 must not occur.",
    "Use words for numbers and do not use any digit.",
]

ENTAILS = [
    "Both ask for numbers in words and forbid digits.",
    "Avoiding digits altogether is what the instruction demands.",
    "The sentence repeats both halves of the instruction in other words.",
]

ANY_DIGIT = r'''
def evaluate(response):
    return not any(c.isdigit() for c in response)
'''

SAMPLES = [
    sample(
        ANY_DIGIT,
        [
            ("Twelve eggs and three onions.", True),
            ("12 eggs and three onions.", False),
            ("No numbers here at all.", True),
        ],
    ),
    sample(
        ANY_DIGIT,
        [
            ("She ran a hundred metres in fourteen seconds.", True),
            ("She ran 100 metres in fourteen seconds.", False),
            ("Room 7 is upstairs.", False),
        ],
        fault="duplicate: the same source as sample 0",
    ),
    sample(
        r'''
import re

def evaluate(response):
    digits = re.findall(r"\d", response)
    print("digits found:", digits)
    result = len(digits) == 0
    print("result:", result)
    return result
''',
        [
            ("In nineteen sixty-nine two people walked on the Moon.", True),
            ("In 1969 two people walked on the Moon.", False),
            ("", True),
        ],
        fault="prints: debugging output left in, the result is right",
    ),
    sample(
        r'''
DIGITS = set("0123456789")

def evaluate(response):
    return DIGITS.isdisjoint(response)
''',
        [
            ("Bake it for forty minutes.", True),
            ("Bake it for 40 minutes.", True),
            ("Bake it for 40 to fifty minutes.", False),
        ],
        fault="wrong case: a text with a digit marked true",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"[0-9]", response) is None
''',
        [
            ("Twelve eggs and three onions.", True),
            ("12 eggs and three onions.", False),
            ("Nine lives.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    for character in response:
        if character in "0123456789":
            return False
    return True
''',
        [
            ("She ran a hundred metres in fourteen seconds.", True),
            ("She ran 100 metres in fourteen seconds.", False),
            ("Room 7 is upstairs.", False),
        ],
    ),
    sample(
        r'''
NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

def evaluate(response):
    words = response.lower().replace(".", " ").replace(",", " ").split()
    spelled = any(word in NUMBERS for word in words)
    return spelled and not any(c.isdigit() for c in response)
''',
        [
            ("Two people walked on the Moon.", True),
            ("In 1969 two people walked on the Moon.", False),
            ("Nobody lives on the Moon.", False),
        ],
        fault="too strict: wants a number word up to ten",
        back="The response must contain a number from one to ten as a word and no digits.",
        entail=("The instruction does not require that any number occurs.", "neutral"),
    ),
    sample(
        r'''
DIGITS = set("0123456789")

def evaluate(response):
    return not DIGITS & set(response)
''',
        [
            ("Bake it for forty minutes.", True),
            ("Bake it for 40 minutes.", False),
            ("Bake it for 40 to fifty minutes.", False),
        ],
    ),
]

TASKS = {
    "Suggest a simple dinner with chickpeas and spinach.": [
        reply(
            "Make a quick chickpea and spinach stew. Soften one onion and two cloves of garlic in three spoons of olive oil, add a "
            "spoon of cumin and one tin of tomatoes, and let it bubble for ten minutes. Stir in a tin of chickpeas and four handfuls of "
            "spinach, cook for five minutes more, and finish with lemon. It feeds two hungry people.",
            9, "A complete and tasty recipe with all amounts in words.", True,
            judge=[
                "A complete and tasty recipe in which all amounts are spelled out, so both the question and the instruction are well "
                "served. I'd give it a solid nine.",
                "A complete and tasty recipe in which all amounts are spelled out; both the question and the instruction are well "
                "served.\nScore: 9",
            ],
            again=reply(
                "Try a warm chickpea and spinach bowl for two. Roast one tin of drained chickpeas with a teaspoon of smoked paprika for twenty minutes. Meanwhile wilt four handfuls of spinach with a clove of garlic. Pile both on couscous, add half a lemon and two spoons of yoghurt, and eat while the chickpeas still crackle.",
                10, "Inviting and complete, with all amounts and times spelled out.", True,
            ),
        ),
        reply(
            "Fry 1 onion and 2 cloves of garlic, add 400 g chickpeas, 200 g spinach and a splash of cream. Simmer for 8 minutes and serve with rice.",
            7, "A good and simple dinner, but the amounts are written in digits.", False,
            again=reply(
                "Fry one onion and two cloves of garlic, add a tin of chickpeas, a big bag of spinach and a splash of cream. Simmer for eight "
                "minutes and serve with rice.",
                9, "Simple, quick, and every number is a word now.", True,
            ),
        ),
        reply(
            "Toast some bread, pile warm chickpeas and wilted spinach on it, and crown it with a fried egg. Chilli flakes and a few drops of "
            "vinegar wake it up. Dinner is ready before the kettle has boiled twice.",
            8, "A nice idea that is told with charm; exact amounts would have helped.", True,
        ),
        reply(
            "Chickpea and spinach salad: 1 tin of chickpeas, a bag of spinach, feta, olives, lemon. Toss and eat.",
            6, "Fine as an idea, but it uses a digit and says little about the dressing.", False,
        ),
    ],
    "What is the difference between a simile and a metaphor?": [
        reply(
            "Both compare two things. A simile does so openly, with words such as \"like\" or \"as\": the lake was like a mirror. A metaphor "
            "drops these words and merges the two: the lake was a mirror. The first invites you to look, the second claims that you already see it.",
            10, "A clear explanation with a matching pair of examples.", True,
            again=reply(
                "Say that two friends describe the same snowfall. One says \"the snow lay like a blanket\", and that is a simile, since \"like\" gives the comparison away. The other says \"a blanket of snow lay on the town\", and that is a metaphor, since the snow has become the blanket. Teachers often put it as 1 rule: no \"like\", no simile.",
                7, "A fine pair of examples, but the last sentence holds the digit 1.", False,
            ),
        ),
        reply(
            "1. A simile uses \"like\" or \"as\".\n2. A metaphor says that one thing is another.",
            6, "Correct and brief, but the list is numbered with digits.", False,
            again=reply(
                "First, a simile uses \"like\" or \"as\": quick as a fox. Second, a metaphor says that one thing is another: that boy is a fox.",
                9, "The numbers of the list have become words, and the examples match.", True,
            ),
        ),
        reply(
            "A simile says like. A metaphor does not.",
            5, "Not wrong and without digits, but too thin to be of use; an example is missing.", True,
            again=reply(
                "One small word makes the difference. \"As brave as a lion\" is a simile because \"as\" admits the comparison. \"A lion in battle\" is a "
                "metaphor because it states the comparison as a fact.",
                9, "Short and memorable, with good examples.", True,
            ),
        ),
        reply(
            "There are 2 kinds of comparison here. Similes compare with \"like\", as in \"eyes like stars\". Metaphors equate, as in \"her eyes were "
            "stars\". Poets have used both for more than 2000 years.",
            7, "Good examples, but two numbers are written in digits.", False,
        ),
    ],
}
