"""Falls: every case says true, so nothing shows that the functions can say no. Mending one case saves it."""
from author import reply, sample

INSTRUCTION = "Mention at least three different numbers, written in digits."

NOTE = (
    "All cases are marked true; those that the functions refuse are dropped, and what is kept is of one kind. "
    "Whoever changes the expected value of a dropped case to false saves the instruction."
)

BACKS = [
    "The response must contain three or more distinct numbers in digits.",
    "Use at least three different numbers written as numerals.",
    "Include no fewer than three distinct numerals in the response.",
    "At least three different digit groups must occur in the text.",
    "Write a response in which three or more different numbers appear in digits.",
]

ENTAILS = [
    "Both want at least three different numbers in digits.",
    "\"Distinct numerals\" are \"different numbers, written in digits\".",
    "Same minimum, same form of the numbers.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    return len(set(re.findall(r"\d+", response))) >= 3
''',
        [
            ("Mix 2 eggs with 100 g of flour and wait 15 minutes.", True),
            ("In 1969 the journey took 8 days and 3 hours.", True),
            ("Call 5 friends, then 6, then 7.", True),
        ],
        fault="cases of one kind: all true",
    ),
    sample(
        r'''
import re

def evaluate(response):
    numbers = re.findall(r"\d+(?:\.\d+)?", response)
    return len(set(float(n) for n in numbers)) >= 3
''',
        [
            ("Bake at 180 degrees for 25 minutes, then 10 more.", True),
            ("1.5 litres, 2 spoons, 30 grams", True),
            ("The 3 bears had 3 bowls and 3 beds.", True),
        ],
        fault="wrong case: one number three times marked true",
    ),
    sample(
        r'''
def evaluate(response):
    found = set()
    current = ""
    for ch in response + " ":
        if ch.isdigit():
            current += ch
        elif current:
            found.add(current)
            current = ""
    return len(found) > 2
''',
        [
            ("Page 12, line 4, word 9.", True),
            ("There are seven days, twelve months and four seasons.", True),
            ("From 1 to 10 in steps of 3.", True),
        ],
        fault="wrong case: number words marked true",
    ),
    sample(
        r'''
import re

def evaluate(response):
    seen = []
    for number in re.findall(r"[0-9]+", response):
        if number not in seen:
            seen.append(number)
    return len(seen) >= 3
''',
        [
            ("Room 101, floor 1, key 77.", True),
            ("Scores were 3, 5 and 8.", True),
            ("Take 2 at 8 and 2 at 20.", True),
        ],
        before="Here you go. I kept the check simple:\n\n",
        fault="cases of one kind: all true",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    return len(set(re.findall(r"\d+", response))) >= 3
''',
        [
            ("Mix 2 eggs with 100 g of flour and wait 15 minutes.", True),
            ("Mix two eggs with flour and wait.", False),
            ("Call 5 friends, then 5 more.", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    numbers = re.findall(r"\d+(?:\.\d+)?", response)
    return len(set(float(n) for n in numbers)) >= 3
''',
        [
            ("Bake at 180 degrees for 25 minutes, then 10 more.", True),
            ("The 3 bears had 3 bowls and 3 beds.", False),
            ("1 spoon and 2 cups", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    digits = set(ch for ch in response if ch.isdigit())
    return len(digits) >= 3
''',
        [
            ("Page 12, line 4, word 9.", True),
            ("There are seven days and four seasons.", False),
            ("In 1969 they landed.", True),
        ],
        fault="counts digits instead of numbers",
        back="The response must contain at least three different digits.",
        entail=("Three different numbers such as 1, 11 and 111 need only one digit, so the second does not follow.", "neutral"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    seen = []
    for number in re.findall(r"[0-9]+", response):
        if number not in seen:
            seen.append(number)
    return len(seen) >= 3
''',
        [
            ("Room 101, floor 1, key 77.", True),
            ("Scores were 3, 5 and 8.", True),
            ("Take 2 at 8 and 2 at 8 again.", False),
        ],
    ),
]

TASKS = {
    "What makes a good password?": [
        reply(
            "Aim for at least 14 characters; 4 or 5 random words do it nicely. Eight characters of any kind can be tried out in less than a day on rented hardware, while 14 hold for centuries. Use each password in 1 place only and let a manager remember them.",
            9, "Useful orders of magnitude, and the numbers 14, 4, 5 and 1 are in digits.", True,
            again=reply(
                "Roll 5 dice for each word and look the word up in a list of 7776; after 6 words you have a password with about 77 bits of chance in it. No machine of today guesses that, and you can learn it in 10 minutes. Write it down for the first week and then burn the note.",
                10, "An actual method with correct arithmetic, and five different numbers in digits.", True,
            ),
        ),
        reply(
            "A good password is long, unpredictable and used only once. Pick several unrelated words and join them with a sign you like.",
            6, "Good advice without a single number in digits.", False,
            again=reply(
                "A good password is long, unpredictable and used only once. Pick 5 unrelated words, join them with a sign you like, and you have some 25 characters with more than 60 bits of surprise.",
                9, "Good advice, and three different numbers carry it.", True,
            ),
        ),
        reply(
            "It should have 12 characters or more, 1 of them odd if the site insists, and live in 1 place: your password manager.",
            7, "Fine advice, but only two different numbers, since 1 is used twice.", False,
        ),
        reply(
            "Take 6 dice rolls per word to choose 5 words from a printed list of 7776. That gives a phrase no one can guess, yet you can learn it in an evening.",
            8, "A precise recipe with three numbers; the number of dice per word is slightly off.", True,
        ),
    ],
    "Explain what an index does in a database.": [
        reply(
            "Imagine a table of 1,000,000 customers. Without an index, finding 1 of them means reading all the rows. With a tree of 3 or 4 levels the database reads a handful of pages and is done.",
            9, "A vivid explanation in which the numbers do real work.", True,
            again=reply(
                "A phone book is an index by name: in a town of 50,000 people you find anyone in about 16 looks, because every look halves what is left. Ask it for the owner of one number and it is useless; you need a 2nd index for that. A database offers the same bargain, at the cost of a little space for each index.",
                9, "The phone book makes both the use and the limits clear; 50,000, 16 and 2 are in digits.", True,
            ),
        ),
        reply(
            "An index is like the register of a book. It lists values in order and says where the rows are, so that searches are fast and writes a little slower.",
            6, "Correct, but there are no numbers in digits at all.", False,
            again=reply(
                "An index is like the register of a book: it lists values in order and says where the rows are. In a table of 20,000 rows a lookup takes some 15 steps instead of up to 20,000, while a write has 1 more place to update.",
                9, "The old comparison now comes with numbers in digits, and they are right.", True,
            ),
        ),
        reply(
            "An index sorts the values of a column. Looking up 1 value in a list of 1024 sorted ones takes 10 steps instead of 512 on average. Each write has to keep the list sorted, which is the price.",
            10, "Exact, well chosen numbers that explain both the gain and the price.", True,
        ),
        reply(
            "Sure! An index speeds up queries 10 to 100 times.",
            5, "Only two numbers, and it does not say how the speed comes about.", False,
        ),
    ],
}
