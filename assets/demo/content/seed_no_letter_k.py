"""Passes: one function is contradicted in back-translation and dropped, the rest carry the instruction."""
from author import reply, sample

INSTRUCTION = "Avoid the letter \"k\" throughout your response, both small and capital."

NOTE = "Sample 2 forbids the small letter only: it agrees with enough cases, but its back-translation contradicts."

BACKS = [
    "The response must not contain the letter \"k\" in either case.",
    "Write without using the letter k or K.",
    "No word of the response may contain a \"k\", small or capital.",
    "Leave out the letter \"k\" entirely.",
    "Do not use \"k\" or \"K\" anywhere.",
]

ENTAILS = [
    "Avoiding the letter in both cases is exactly what the second asks for.",
    "The same letter is forbidden in both, in small and in capital form.",
    "Both exclude every k from the response.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    return "k" not in response.lower()
''',
        [
            ("The sun rose over the hills.", True),
            ("The lake was calm.", False),
            ("We saw a duck by the pond.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    for ch in response:
        if ch == "k" or ch == "K":
            return False
    return True
''',
        [
            ("Green leaves and cold air.", True),
            ("I like green leaves.", False),
            ("", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    # capital K in names is acceptable
    return "k" not in response
''',
        [
            ("Paris is lovely in May.", True),
            ("Kiel lies on the Baltic Sea.", True),
            ("Look at the old town.", False),
        ],
        fault="wrong reading: allows the capital letter",
        back="The small letter \"k\" must not appear, but capital K is allowed.",
        entail=("The first forbids the capital letter too, while the second allows it.", "contradiction"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    return not re.search("k", response, re.IGNORECASE)
''',
        [
            ("Nothing to see here.", True),
            ("Kind regards", False),
            ("Take care.", False),
        ],
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    return set("kK").isdisjoint(response)
''',
        [
            ("The sun rose over the hills.", True),
            ("The lake was calm.", False),
            ("Kites fly high.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.count("k") + response.count("K") == 0
''',
        [
            ("Green leaves and cold air.", True),
            ("I like green leaves.", False),
            ("", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return "k" not in response.casefold()
''',
        [
            ("Paris is lovely in May.", True),
            ("Kiel lies on the Baltic Sea.", False),
            ("Look at the old town.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = response.lower().split()
    return not any(word.startswith("k") for word in words)
''',
        [
            ("Nothing to see here.", True),
            ("Kind regards", False),
            ("Keep calm.", False),
        ],
        fault="looks at the first letter of each word only",
        back="No word of the response may begin with the letter \"k\".",
        entail=("A response without any k has no word that begins with it.", "entailment"),
    ),
]

TASKS = {
    "Explain what an index does in a database.": [
        reply(
            "An index is a small, ordered companion to a table. It stores the values of one column in sorted form, each with a pointer to its row. To find a value, the database descends through this order in a few steps and jumps to the row, instead of reading all of them. Every insert must update the index too, so use one only where searches need it.",
            9, "A correct explanation that manages without the letter and still reads naturally.", True,
            again=reply(
                "Imagine a library without any order: to find one novel you must read every spine. An index is the drawer of cards at the door, sorted by title, each card naming a shelf. A database uses the same idea for its rows. The search becomes fast, the cards need space, and each new novel means one more card to write.",
                9, "A fitting picture carried through to the costs, and the letter is nowhere to be found.", True,
            ),
        ),
        reply(
            "An index works like the one at the back of a book: it tells the database where to look, so it need not scan everything.",
            7, "A good comparison, but \"works\", \"like\", \"back\", \"book\" and \"look\" all contain the letter.", False,
            again=reply(
                "An index resembles the list of terms at the end of a manual. It names the page for each term, so the database need not scan everything.",
                9, "The comparison survives without the forbidden letter.", True,
            ),
        ),
        reply(
            "It speeds up reads and slows down writes a little.",
            5, "True and without the letter, but this is not an explanation.", True,
        ),
        reply(
            "A database index maps column values to rows. Lookups become quick because the engine follows a sorted tree. Keep them few.",
            6, "Correct in content; \"Lookups\", \"quick\" and \"Keep\" break the rule.", False,
        ),
    ],
    "How do I write a thank-you note to a teacher?": [
        reply(
            "Open with the reason for your note and name one lesson or moment that stayed with you. Say in a sentence or two what it changed for you. Close with warm wishes and your full name. Write it by hand on plain paper, and do not worry about fine phrases: a true detail means more than praise.",
            9, "Warm, practical advice; the query itself is built on a word with the letter, and the answer avoids it gracefully.", True,
            again=reply(
                "Take a plain card and a pen you like. Start with a thank you that names one thing, such as the book they lent you or the talk after class. Tell them what you do differently today because of it. Three sentences are enough, and a late note is better than none.",
                7, "Kind and useful, but \"take\", \"like\", \"thank\" and \"book\" all contain the forbidden letter.", False,
            ),
        ),
        reply(
            "Begin with \"Dear\", then thank the teacher for something particular, like extra help before an exam. Keep it short and sincere, and sign it.",
            6, "Good steps, but \"thank\", \"like\" and \"Keep\" contain the letter.", False,
            again=reply(
                "Begin with the name, then mention something particular, for example the extra help before an exam. Say how it turned out. Stay short and sincere, add your warmest regards, and sign by hand.",
                9, "The same steps as before, now without the letter and still natural.", True,
            ),
        ),
        reply(
            "I'm sorry, but I can't write about this without that letter, because the very name of such a note contains it.",
            2, "A refusal; the letter is avoided, but no help is given and it would have been easy to say it otherwise.", True,
        ),
        reply(
            "Dear Ms Jones, your patience with my endless questions made me love chemistry. I still remember the day the flame turned green. I am grateful for every hour. Yours, Tom",
            8, "A charming sample note without the letter; a word on how to write one's own would have helped.", True,
            again=reply(
                "Name one thing the teacher did, say how it helped you, and express your gratitude in your own words. Two or three honest sentences on a nice card are plenty.",
                9, "Short, useful and free of the letter.", True,
            ),
        ),
    ],
}
