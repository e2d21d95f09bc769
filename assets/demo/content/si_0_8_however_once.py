"""Falls at take 0 and passes at take 1: the case to show that a re-run of the verifiers can save an instruction."""
from author import reply, sample

INSTRUCTION = "Use the word \"however\" exactly once in your response."

NOTE = "Take 0: case-sensitive, too loose, a missing helper, an endless loop: no function stays. Take 1 is sound."

BACKS = [
    "The response must contain the word \"however\" one time and no more.",
    "Write the word \"however\" exactly once.",
    "\"However\" has to occur in the answer, but only a single time.",
    "Use \"however\" precisely one time, in small or capital letters.",
    "The word \"however\" may appear once, and it must appear.",
]

ENTAILS = [
    "Both demand one occurrence of the word, no more and no fewer.",
    "The second sentence only spells out that upper and lower case count alike.",
    "A single occurrence is the same as exactly once.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    return len(re.findall(r"\bhowever\b", response)) == 1
''',
        [
            ("However, it may rain, so take a coat.", True),
            ("It may rain, so take a coat.", False),
            ("It is cheap, however slow, however dull.", False),
        ],
        fault="case-sensitive: a capital letter is missed",
    ),
    sample(
        r'''
def evaluate(response):
    return response.lower().count("however") >= 1
''',
        [
            ("However, the shop was closed.", True),
            ("However hard he tried, nothing came. However, he stayed.", True),
            ("The shop was closed.", False),
        ],
        fault="too loose: one or more instead of exactly one",
    ),
    sample(
        r'''
def evaluate(response):
    words = normalise(response)
    return words.count("however") == 1
''',
        [
            ("However, the ferry was late.", True),
            ("The ferry was late.", False),
            ("However late it is, however dark, we go.", False),
        ],
        fault="raises: helper `normalise` is nowhere defined",
    ),
    sample(
        r'''
def evaluate(response):
    text = response.lower()
    count = 0
    position = text.find("however")
    while position != -1:
        count += 1
        position = text.find("however", position)
    return count == 1
''',
        [
            ("However odd it looks, I like it.", True),
            ("I like it.", False),
            ("HOWEVER! However.", False),
        ],
        fault="endless loop: searches from the same place again",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    return len(re.findall(r"\bhowever\b", response, re.IGNORECASE)) == 1
''',
        [
            ("The plan is cheap; however, it takes a year.", True),
            ("However, it may rain. We went all the same.", True),
            ("It is cheap, however slow, however dull.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = [w.strip(".,;:!?\"'()") for w in response.lower().split()]
    return words.count("however") == 1
''',
        [
            ("However, the shop was closed.", True),
            ("However hard he tried, however long he waited, nothing came.", False),
            ("The shop was closed.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = normalise(response)
    return words.count("however") == 1

def normalise(text):
    kept = [c.lower() if c.isalpha() else " " for c in text]
    return "".join(kept).split()
''',
        [
            ("However, the ferry was late.", True),
            ("The ferry was late.", False),
            ("However late it is, however dark, we go.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    text = response.lower()
    count = 0
    position = text.find("however")
    while position != -1:
        count += 1
        position = text.find("however", position + 1)
    return count == 1
''',
        [
            ("I like it, however odd it looks.", True),
            ("I like it.", True),
            ("HOWEVER! However.", False),
        ],
        fault="wrong case: a text without the word marked true",
    ),
]

TASKS = {
    "What is the difference between a simile and a metaphor?": [
        reply(
            "A simile compares two things openly, with \"like\" or \"as\": her voice was like honey. A metaphor skips the signpost and "
            "says that one thing is the other: her voice was honey. Both paint a picture; the metaphor, however, is the bolder of "
            "the two, because it asks the reader to believe it for a moment.",
            10, "Precise, with a pair of examples that shows the difference at once.", True,
            again=reply(
                "Take the sentence \"the city is like an oven\". It holds up two things next to each other, and the word \"like\" is the string between them, so it is a simile. Cut the string, however, and you get a metaphor: \"the city is an oven\". Nothing else has changed, and yet the second one is hotter.",
                10, "Shows the step from one to the other on a single sentence, with the word used once and in the right place.", True,
            ),
        ),
        reply(
            "Similes use \"like\" or \"as\". However, metaphors do not. However, both compare things.",
            5, "Correct in substance, but the word occurs twice and the text is clumsy.", False,
            again=reply(
                "Similes use \"like\" or \"as\"; metaphors, however, do not. Both compare things.",
                8, "One clean sentence now holds the contrast, and the word occurs once; an example would help.", True,
            ),
        ),
        reply(
            "However you look at it, both are comparisons. \"He runs like the wind\" is a simile, since the word \"like\" gives the "
            "comparison away. \"He is the wind\" is a metaphor, since it claims the thing itself.",
            9, "Neat examples, and the word is used in an unusual way.", True,
        ),
        reply(
            "A simile says that something is like something else. A metaphor says that it is something else. That is all there is to it.",
            7, "Right and short, but the required word is missing.", False,
        ),
    ],
    "How do I write a thank-you note to a teacher?": [
        reply(
            "Say what you are thankful for in the first line, and be specific: a lesson, a bit of advice, a patient answer. Add what it "
            "has led to. Praise is welcome; however, a memory that only you two share will mean more. Sign it by hand.",
            9, "Specific and kind, with a good thought about shared memories.", True,
            again=reply(
                "However busy you are, do it within a week, while the memory is fresh. Name one thing the teacher did that others did not, and tell them what came of it. However short the note turns out, write it by hand: nobody pins a message from a screen to the wall of the staff room.",
                7, "Good and warm advice, but the word occurs twice and was to be used exactly once.", False,
            ),
        ),
        reply(
            "Just write \"Thank you for everything\" and your name.",
            4, "Too little help, and the required word is missing.", False,
            again=reply(
                "\"Thank you for everything\" is kind; however, \"thank you for reading my stories\" will be remembered. Name the thing, sign your name, and you are done.",
                9, "From too little to just enough: an example of what to write, and the word appears once.", True,
            ),
        ),
        reply(
            "Three sentences are enough. Thank the teacher, name the one thing you will remember, and wish them well. You may, however, add "
            "a drawing or a photograph of the class.",
            9, "Short, complete, and the extra idea is charming.", True,
        ),
        reply(
            "Start with \"Dear\" and the name. Be honest, however brief. Be concrete, however small the thing may seem. Then sign.",
            7, "Nicely said, but the word stands in it twice.", False,
        ),
    ],
}
