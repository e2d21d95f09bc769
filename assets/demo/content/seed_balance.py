"""Passes: a missing helper gives no verdict, and a function that returns strings is flagged but counts."""
from author import reply, sample

INSTRUCTION = "Use the word \"balance\" at least twice in your response."

NOTE = "Sample 1 calls a helper that nobody wrote; sample 2 returns \"True\" and \"False\" as strings."

BACKS = [
    "The word \"balance\" must appear at least two times in the response.",
    "Make sure that \"balance\" occurs twice or more.",
    "Mention the word \"balance\" two or more times, in any case.",
    "Write a response that contains \"balance\" at least twice as a whole word.",
    "Use \"balance\" no fewer than two times.",
]

ENTAILS = [
    "\"At least twice\" and \"two or more times\" are the same requirement.",
    "Both require the word \"balance\" to occur two times or more.",
    "The second repeats the first in other words.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    return len(re.findall(r"\bbalance\b", response, re.IGNORECASE)) >= 2
''',
        [
            ("Balance is hard to find, but balance is worth the search.", True),
            ("A good life needs balance.", False),
            ("She balanced on the beam, then lost her balance.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = tokenize_words(response.lower())
    return words.count("balance") >= 2
''',
        [
            ("Keep your balance on the ice. Balance comes with practice.", True),
            ("Keep your feet on the ice.", False),
            ("", False),
        ],
        fault="missing helper: tokenize_words is not defined",
        back="Use the word \"balance\" two times or more after splitting the text into words.",
    ),
    sample(
        r'''
def evaluate(response):
    count = response.lower().count("balance")
    if count >= 2:
        return "True"
    return "False"
''',
        [
            ("balance, balance and again balance", "True"),
            ("no such word here", "False"),
            ("The balance of the account is a balance of debts.", "True"),
        ],
        fault="string: \"True\" and \"False\" instead of booleans",
    ),
    sample(
        r'''
import string

def evaluate(response):
    words = [w.strip(string.punctuation) for w in response.lower().split()]
    return words.count("balance") >= 2
''',
        [
            ("The balance of salt and the balance of sugar decide.", True),
            ("Salt needs balance; sugar does not.", False),
            ("Balance! Yes, balance.", True),
        ],
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    words = re.findall(r"[a-z]+", response.lower())
    return sum(1 for w in words if w == "balance") > 1
''',
        [
            ("A balance of work and rest is the balance I want.", True),
            ("Work and rest in balance.", False),
            ("Balance. Balance. Balance.", True),
        ],
    ),
    sample(
        r'''
import re

def tokenize_words(text):
    return re.findall(r"[a-z']+", text)

def evaluate(response):
    words = tokenize_words(response.lower())
    return words.count("balance") >= 2
''',
        [
            ("Keep your balance on the ice. Balance comes with practice.", True),
            ("Keep your feet on the ice.", False),
            ("", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.lower().count("balance") > 2
''',
        [
            ("balance, balance and again balance", True),
            ("no such word here", False),
            ("one balance only", False),
        ],
        fault="off by one: asks for three",
        back="Use the word \"balance\" at least three times in your response.",
        entail=("Two uses satisfy the first, but the second demands three; it does not follow.", "neutral"),
    ),
    sample(
        r'''
def evaluate(response):
    text = response.lower()
    first = text.find("balance")
    return first >= 0 and text.find("balance", first + 1) >= 0
''',
        [
            ("The balance of salt and the balance of sugar decide.", True),
            ("Salt and sugar decide.", False),
            ("Only one balance here.", False),
        ],
    ),
]

THIRD = [
    sample(
        r'''
import re
from collections import Counter

def evaluate(response):
    counts = Counter(re.findall(r"\w+", response.lower()))
    return counts["balance"] >= 2
''',
        [
            ("Lose your balance, find your balance.", True),
            ("An unbalanced wheel has no balance.", False),
            ("Scales weigh things.", False),
        ],
    ),
]

TASKS = {
    "What is the difference between a simile and a metaphor?": [
        reply(
            "A simile says that one thing is like another: \"her mind is like a balance, weighing every word\". A metaphor drops the word \"like\" and says that it is the other thing: \"her mind is a balance\". The simile keeps the two apart and invites you to compare; the metaphor melts them together and is usually the stronger of the two.",
            10, "Explains the difference exactly and works the required word into the examples themselves.", True,
            again=reply(
                "Picture two ways of praising a dancer. \"She keeps her balance like a heron\" is a simile: the word \"like\" admits that we compare. \"She is a heron, and the stage is her lake\" is a metaphor: it simply claims the likeness. A text needs some of both, because a balance of open and hidden comparisons tires the reader least.",
                9, "Two matching examples show the difference, and the word comes up twice without being forced.", True,
            ),
        ),
        reply(
            "A simile compares with \"like\" or \"as\", as in \"brave as a lion\". A metaphor states the likeness outright, as in \"he is a lion\". Good writing keeps a balance between the two.",
            7, "The explanation is right, but \"balance\" is used only once.", False,
            again=reply(
                "A simile compares with \"like\" or \"as\", as in \"brave as a lion\". A metaphor states the likeness outright, as in \"he is a lion\". Good writing keeps a balance between the two, and that balance depends on how much you want the reader to notice the comparison.",
                9, "Correct and natural, with the word used twice in one sensible thought.", True,
            ),
        ),
        reply(
            "The difference is one small word. \"Time is like a river\" is a simile, because \"like\" shows that we compare. \"Time is a river\" is a metaphor, because we speak as if it were so.",
            6, "A clear answer that forgets the required word altogether.", False,
        ),
        reply(
            "Similes compare openly (\"as light as a feather\"), metaphors compare silently (\"she was the feather on the scale\"). Both change the balance of a sentence: the simile slows it down, the metaphor tips the balance towards the picture.",
            8, "Correct and well put; the word appears twice and fits.", True,
        ),
    ],
    "Suggest a simple dinner with chickpeas and spinach.": [
        reply(
            "Soften a sliced onion and two cloves of garlic in olive oil, add a tin of chopped tomatoes and a drained tin of chickpeas, and let it simmer for ten minutes. Stir in a few handfuls of spinach until it wilts. A squeeze of lemon gives balance to the sweetness of the onions, and a spoonful of yoghurt on top restores the balance if you were generous with the chilli.",
            9, "An easy dish, clearly described, with the word used twice in a natural way.", True,
            again=reply(
                "Cook a curry in one pan. Fry an onion with ginger and a spoonful of curry powder, add a tin of chickpeas and half a tin of coconut milk, and simmer until it thickens. Fold in the spinach at the very end so that it stays green. Taste before you serve: a pinch of sugar and some lime bring everything into balance.",
                7, "A good recipe that is easy to follow, but \"balance\" occurs only once and two uses were asked for.", False,
            ),
        ),
        reply(
            "Balance balance. Fry chickpeas with garlic and cumin, add spinach, serve with bread.",
            5, "The word is there twice, but only stuck on at the front; the recipe itself is too bare to cook from.", True,
            again=reply(
                "Warm chickpeas with garlic and cumin, wilt a bag of spinach in the same pan, and serve both on toast with yoghurt. The yoghurt brings balance to the cumin, and a few drops of vinegar balance the yoghurt.",
                8, "A real dinner this time, in two sentences, and both uses of the word make sense.", True,
            ),
        ),
        reply(
            "Warm a tin of chickpeas with coconut milk, ginger and a spoonful of curry paste, then fold in spinach and serve over rice. The dish is well balanced: protein, greens and something to soak up the sauce. For more balance, add a little lime.",
            7, "A nice recipe, but \"balanced\" is another word, so \"balance\" appears only once.", False,
        ),
        reply(
            "Roast chickpeas with paprika until crisp and scatter them over a spinach salad with feta and a soft egg. Taste the dressing for balance: more lemon if it is flat, more honey if it bites. The balance of crisp and soft does the rest.",
            9, "Inviting and precise, and the required word occurs twice where it belongs.", True,
        ),
    ],
}
