"""Falls: two of three usable functions give no verdict. Rejecting or mending them saves the instruction."""
from author import reply, sample

INSTRUCTION = "Present your points as a numbered countdown, from 3 down to 1, one point per line."

NOTE = (
    "Sample 0 is right, but sample 1 does not compile, sample 2 loops for ever where a number is missing and sample 3 "
    "lacks its helper: no case has two verdicts of both kinds. Rejecting 2 and 3 leaves sample 0 alone, and it passes; "
    "so does a re-run."
)

BACKS = [
    "Write exactly three lines numbered 3, 2 and 1 in this order.",
    "The response must count its points down: a line with 3, then one with 2, then one with 1.",
    "Number the points from 3 down to 1 and put each on its own line.",
    "Give a countdown of three numbered lines that ends with 1.",
    "Three lines, beginning with 3, 2 and 1.",
]

ENTAILS = [
    "A numbered countdown from 3 to 1 with one point per line has exactly these lines.",
    "Both ask for three points in the order 3, 2, 1, each on a line.",
    "The order and the form are the same in both.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    lines = [line.strip() for line in response.splitlines() if line.strip()]
    numbers = []
    for line in lines:
        found = re.match(r"(\d+)[.):]\s+\S", line)
        if not found:
            return False
        numbers.append(int(found.group(1)))
    return numbers == [3, 2, 1]
''',
        [
            ("3. Save often.\n2. Test small.\n1. Ship early.", True),
            ("1. Save often.\n2. Test small.\n3. Ship early.", False),
            ("3. Save often.\n2. Test small.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    expected = ["3.", "2.", "1."]
    if len(lines) != 3:
        return False
    for line, start in zip(lines, expected):
    if not line.startswith(start):
            return False
    return True
''',
        [
            ("3. Rice\n2. Beans\n1. Salt", True),
            ("Rice, beans, salt", False),
            ("4. Rice\n3. Beans\n2. Salt\n1. Pepper", False),
        ],
        fault="syntax error: wrong indentation",
    ),
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    wanted = 3
    position = 0
    while wanted > 0:
        line = lines[position % len(lines)].strip()
        if line.startswith(str(wanted)):
            wanted -= 1
        position += 1
    return True
''',
        [
            ("no numbers at all", False),
            ("3) First this\n2) then that", False),
            ("3) Plan\n2) Build\n1) Rest", True),
        ],
        fault="endless loop: where a number is missing",
        back="The lines must start with 3, 2 and 1, searched again and again from the top.",
        entail=("A countdown has lines that start with 3, 2 and 1; how they are searched does not matter.", "entailment"),
    ),
    sample(
        r'''
def evaluate(response):
    numbers = [leading_number(line) for line in response.split("\n") if line.strip()]
    return numbers == [3, 2, 1]
''',
        [
            ("3: Earth\n2: Venus\n1: Mercury", True),
            ("3: Earth 2: Venus 1: Mercury", False),
            ("Mercury, Venus, Earth", False),
        ],
        fault="missing helper: leading_number is not defined",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    lines = [line.strip() for line in response.splitlines() if line.strip()]
    starts = [re.match(r"\d+", line) for line in lines]
    return all(starts) and [int(s.group()) for s in starts] == [3, 2, 1]
''',
        [
            ("3. Save often.\n2. Test small.\n1. Ship early.", True),
            ("1. Save often.\n2. Test small.\n3. Ship early.", False),
            ("3. Save often.\n2. Test small.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    lines = [line for line in response.strip().split("\n") if line.strip()]
    expected = ["3", "2", "1"]
    if len(lines) != 3:
        return False
    for line, start in zip(lines, expected):
        if not line.strip().startswith(start):
            return False
    return True
''',
        [
            ("3. Rice\n2. Beans\n1. Salt", True),
            ("Rice, beans, salt", False),
            ("4. Rice\n3. Beans\n2. Salt\n1. Pepper", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    wanted = ["3", "2", "1"]
    for line in response.strip().split("\n"):
        line = line.strip()
        if not line:
            continue
        if not wanted or not line.startswith(wanted.pop(0)):
            return False
    return not wanted
''',
        [
            ("no numbers at all", False),
            ("3) First this\n2) then that", False),
            ("3) Plan\n2) Build\n1) Rest", True),
        ],
    ),
    sample(
        r'''
import re

def leading_number(line):
    found = re.match(r"\s*(\d+)", line)
    return int(found.group(1)) if found else None

def evaluate(response):
    numbers = [leading_number(line) for line in response.split("\n") if line.strip()]
    return numbers == [3, 2, 1]
''',
        [
            ("3: Earth\n2: Venus\n1: Mercury", True),
            ("3: Earth 2: Venus 1: Mercury", False),
            ("Mercury, Venus, Earth", False),
        ],
    ),
]

TASKS = {
    "How do I get candle wax out of a tablecloth?": [
        reply(
            "3. Let the wax harden, with an ice cube in a bag if you are in a hurry, and lift off what comes away with a blunt knife.\n2. Lay the stain between two sheets of kitchen paper and press it with a warm iron; change the paper until no more wax comes out.\n1. Treat the faint mark that is left with a little washing-up liquid and wash the cloth as hot as its label allows.",
            10, "The order makes sense as a countdown and the method is the one that works.", True,
            again=reply(
                "3. Cool it: an hour in the freezer makes the wax brittle, and most of it snaps off between your fingers.\n2. Melt it: put brown paper above and below the stain and go over it with an iron that is just warm enough, moving to a clean patch each time.\n1. Wash it: rub a drop of dish soap into the greasy shadow, wait ten minutes, and then wash the cloth as usual.",
                10, "Every line opens with the step in two words, and the countdown runs from 3 to 1.", True,
            ),
        ),
        reply(
            "1. Freeze the wax and scrape it off.\n2. Iron the rest into paper.\n3. Wash hot.",
            6, "The steps are right but count up instead of down.", False,
            again=reply(
                "3. Freeze the wax and scrape it off.\n2. Iron the rest into kitchen paper.\n1. Wash the cloth hot.",
                8, "Short, correct and counted down as asked.", True,
            ),
        ),
        reply(
            "Here is the countdown:\n\n3. Scrape off the hard wax.\n2. Iron it between paper.\n1. Wash with detergent.",
            7, "A proper countdown, but an extra line stands before it.", False,
        ),
        reply(
            "3. Scrape.\n2. Iron over paper.\n1. Wash.",
            7, "The form is perfect; a beginner would want to know how warm and how long.", True,
        ),
    ],
    "What are the first steps in learning to play the ukulele?": [
        reply(
            "3. Tune the four strings to G, C, E and A; an app on your phone will do.\n2. Learn C, F and G7, and change between them without looking.\n1. Pick one easy song, play it slowly every day, and sing along as soon as your hands allow it.",
            10, "Three well chosen steps in the right order and the right form.", True,
            again=reply(
                "3. Sit upright and hold the body of the ukulele with your forearm, so that the left hand is free to move.\n2. Learn C with one finger and A minor with one finger; that is already half a song.\n1. Strum downwards in a slow and even beat, and do not stop for mistakes.",
                9, "Posture, chords and rhythm in a sensible order, one to a line, counting down.", True,
            ),
        ),
        reply(
            "3. Get an instrument that stays in tune.\n2. Learn two chords well.\n1. Play a song with just those two.",
            9, "Encouraging and realistic, in the form of a countdown.", True,
            again=reply(
                "3. Tune it with an app.\n2. Learn C, F and G7.\n1. Change between them in time.\n0. Play for somebody who loves you.",
                6, "A sweet idea, but the countdown was to end at 1 and this one has a fourth line.", False,
            ),
        ),
        reply(
            "Three: tune it. Two: learn C and F. One: play!",
            5, "A countdown in spirit, but in words and on a single line.", False,
        ),
        reply(
            "5. Buy a ukulele.\n4. Tune it.\n3. Learn C.\n2. Learn F.\n1. Play a song.",
            6, "It counts down, but from 5 instead of 3.", False,
        ),
    ],
}
