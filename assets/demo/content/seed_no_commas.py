"""Passes: a vacuous function gives no False and is not kept; a wrong case falls."""
from author import reply, sample

INSTRUCTION = "Do not use any commas in your response."

NOTE = "Sample 1 is `return True`; sample 3 expects True for a text with a comma."

BACKS = [
    "The response must not contain any commas.",
    "Avoid commas of every kind, the Chinese comma included.",
    "Write the answer without a single comma.",
    "No comma may appear anywhere in the response.",
    "Answer without using commas.",
]

ENTAILS = [
    "Both forbid commas in the response.",
    "Whoever uses no commas at all also meets the second sentence.",
    "The same ban in other words.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    return "," not in response
''',
        [
            ("Bring a coat and a hat.", True),
            ("Bring a coat, a hat and gloves.", False),
            ("It costs 1,200 euros.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    # The response is assumed to follow the instruction.
    return True
''',
        [
            ("There is no comma here.", True),
            ("None here either.", True),
            ("Well, there is one here.", False),
        ],
        fault="vacuous: always True",
        back="Any response is fine.",
        entail=("The first forbids commas while the second allows anything; it is weaker, not opposed.", "neutral"),
    ),
    sample(
        r'''
COMMAS = {",", "\uff0c", "\u3001", "\u060c"}

def evaluate(response):
    return not any(ch in COMMAS for ch in response)
''',
        [
            ("Short sentences help. They need no commas.", True),
            ("First, breathe.", False),
            ("Semicolons are fine; so are dashes - as here.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.count(",") == 0
''',
        [
            ("Red and green and blue.", True),
            ("Red, green and blue.", True),
            ("Red, green, blue", False),
        ],
        fault="wrong case: a list with a comma marked true",
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    for ch in response:
        if ch == ",":
            return False
    return True
''',
        [
            ("Bring a coat and a hat.", True),
            ("Yes, of course.", False),
            ("", True),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"[,\uff0c]", response) is None
''',
        [
            ("There is no comma here.", True),
            ("None here either.", True),
            ("Well, there is one here.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return len(response.split(",")) == 1
''',
        [
            ("Short sentences help.", True),
            ("First, breathe.", False),
            ("Then, slowly, count.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.find(",") < 0
''',
        [
            ("Red and green and blue.", True),
            ("Red, green and blue.", False),
            ("Red, green, blue", False),
        ],
    ),
]

THIRD = [
    sample(
        r'''
COMMAS = {",", "\uff0c", "\u3001"}

def evaluate(response):
    return not any(ch in COMMAS for ch in response)
''',
        [
            ("Boil the water and wait.", True),
            ("Boil the water, then wait.", False),
            ("First, breathe.", False),
        ],
    ),
]

TASKS = {
    "Tell me about a game two people can play with only pen and paper.": [
        reply(
            "Try Dots and Boxes. Draw a grid of dots about six by six. Take turns to join two neighbouring dots with a short line. Whoever closes the fourth side of a square writes their initial inside it and draws again. When the grid is full the player with more squares wins. The trick is to count the long chains before you are forced to open one.",
            9, "Rules, goal and a hint on strategy, and no comma anywhere.", True,
            again=reply(
                "Play Sprouts. Put three dots on the paper. Each player in turn draws a curve that joins two dots or loops back to the same dot and then adds a new dot somewhere on that curve. No curve may cross another and no dot may have more than three lines. Whoever makes the last possible move wins. It looks like scribbling but it is a real battle of wits.",
                10, "An unusual and good choice with all the rules in order; every sentence manages without a comma.", True,
            ),
        ),
        reply(
            "Battleships is a classic: each player draws two ten-by-ten grids, hides a fleet on one of them, and calls out squares in turn. A hit is marked with a cross, a miss with a dot. The first to sink every ship wins.",
            6, "A fair description of the game, but it is full of commas.", False,
            again=reply(
                "Battleships is a classic. Each player draws two grids of ten by ten squares and hides a fleet on one of them. Players call out squares in turn and mark every hit with a cross and every miss with a dot. The first to sink every ship wins.",
                9, "A fair description of the game and free of commas.", True,
            ),
        ),
        reply(
            "In Sprouts you start with three dots. A move joins two dots (or one dot to itself) with a curve and puts a new dot on the curve. Curves must not cross and no dot may have more than three lines. Whoever makes the last move wins. It looks harmless and becomes wonderfully tangled.",
            10, "An unusual choice, explained completely and without a comma.", True,
        ),
        reply(
            "You can play Hangman: one person thinks of a word, the other guesses letters.",
            5, "Very short, and it contains a comma.", False,
        ),
    ],
    "What makes a good password?": [
        reply(
            "Length matters most. Four or five unrelated words in a row are easy to remember and very hard to guess. Use a different password for every service so that one leak does not open every door. A password manager can invent and remember them for you. Turn on a second factor wherever it is offered.",
            9, "Covers length, uniqueness, managers and second factors without a single comma.", True,
            again=reply(
                "Think of a small story that nobody else would tell and use its first letters together with a few odd signs. Better still let a password manager roll the dice for you. What counts is that the result is long and not in any word list. It must also be different for each account because stolen passwords are tried everywhere else first.",
                9, "Useful advice with the reasons behind it, and not one comma in four sentences.", True,
            ),
        ),
        reply(
            "A good password is long and random and used in only one place.",
            8, "One sentence that says what matters; it could explain a little more, but it follows the rule.", True,
            again=reply(
                "It should be long, random and unique. Twelve signs are a decent start, sixteen are better, and a password manager will remember them for you.",
                6, "Short and right, but commas run all through it, and they were the one thing to leave out.", False,
            ),
        ),
        reply(
            "A good password is long, random, and never reused. Avoid names, birthdays, and anything a friend could guess.",
            6, "The advice is right, yet there are five commas.", False,
        ),
        reply(
            "A good password is long and random and used in only one place.",
            8, "Brief and correct, and without commas.", True,
        ),
    ],
}
