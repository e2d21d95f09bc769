"""Falls: every test case of every answer is a true one, so nothing shows that a function can say no."""
from author import reply, sample

INSTRUCTION = "Close with a separate last line that begins with \"Tip:\"."

NOTE = "No answer has a case with false; sample 1 looks at the beginning of the whole text and agrees with none."

BACKS = [
    "The last line of the response must begin with \"Tip:\".",
    "End with a line of its own that starts with \"Tip:\".",
    "The response has to close with a line starting with \"Tip:\".",
    "Put a line that begins with \"Tip:\" at the very end.",
    "The final line, separate from the rest, starts with \"Tip:\".",
]

ENTAILS = [
    "Both place a line beginning with \"Tip:\" at the end.",
    "A separate last line that begins with \"Tip:\" is what the second sentence describes.",
    "End, close and final line all mean the same place.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    return len(lines) > 1 and lines[-1].startswith("Tip:")
''',
        [
            ("Rinse the rice well.\nTip: soak it first.", True),
            ("Water the fern.\n\nTip: rainwater is best.", True),
            ("Start slowly.\nRest on Sundays.\nTip: keep a diary.", True),
        ],
        fault="true cases only",
    ),
    sample(
        r'''
def evaluate(response):
    return response.strip().startswith("Tip:")
''',
        [
            ("Sharpen the knife.\nTip: use a steel.", True),
            ("Fold the paper twice.\nTip: press the edge with a ruler.", True),
            ("Let the dough rest.\nTip: cover it.", True),
        ],
        fault="wrong place: looks at the beginning of the whole text",
        back="The response must begin with \"Tip:\".",
        entail=("A text whose last line begins with \"Tip:\" does not begin with it.", "contradiction"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"\nTip:[^\n]*\s*$", response) is not None
''',
        [
            ("Charge the battery overnight.\nTip: never let it run flat.", True),
            ("Stretch before you run.\nTip: two minutes will do.", True),
            ("Read the label.\n\nTip: wash wool cold.", True),
        ],
        fault="true cases only",
    ),
    sample(
        r'''
def evaluate(response):
    last = [line.strip() for line in response.splitlines() if line.strip()][-1:]
    return bool(last) and last[0].startswith("Tip:")
''',
        [
            ("Hang the picture at eye level.\nTip: mark the spot with chalk.", True),
            ("Pack light.\nTip: roll your shirts.", True),
            ("Sing every day.\nTip: record yourself.", True),
        ],
        after="\n\nAll three inputs follow the instruction, so each output is true.",
        fault="true cases only",
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    return len(lines) > 1 and lines[-1].startswith("Tip:")
''',
        [
            ("Rinse the rice well.\nTip: soak it first.", True),
            ("Tip: soak the rice first.", False),
            ("Start slowly.\nTip: keep a diary.\nRest on Sundays.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    body, newline, last = response.strip().rpartition("\n")
    return bool(body.strip()) and last.startswith("Tip:")
''',
        [
            ("Sharpen the knife.\nTip: use a steel.", True),
            ("Sharpen the knife. Tip: use a steel.", False),
            ("Let the dough rest.\nCover it.", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search(r"\S\s*\nTip:[^\n]*\s*$", response) is not None
''',
        [
            ("Charge the battery overnight.\nTip: never let it run flat.", True),
            ("Stretch before you run.", False),
            ("Read the label.\n\nTip: wash wool cold.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return "Tip:" in response
''',
        [
            ("Hang the picture at eye level.\nTip: mark the spot with chalk.", True),
            ("Pack light and roll your shirts.", False),
            ("Sing every day.", False),
        ],
        fault="too loose: accepts the word anywhere",
        back="The response must contain \"Tip:\".",
        entail=("A response with such a last line contains the word.", "entailment"),
    ),
]

TASKS = {
    "What causes the northern lights?": [
        reply(
            "Particles from the Sun are caught by the magnetic field of the Earth and led down towards the poles. There they hit oxygen and nitrogen in the high air, which give the energy back as green, red and violet light.\nTip: look north on a clear, moonless night around midnight, far from any town.",
            10, "A correct explanation and a tip that is really useful.", True,
            again=reply(
                "The Sun never stops blowing, and its wind is made of charged particles. Near the Earth they follow the lines of the magnetic field, which end close to the poles. There, a hundred kilometres up, they strike the thin air and make it shine, mostly in the green of oxygen.\nTip: check a forecast of solar storms before you book a flight to the north.",
                10, "A clear chain of causes, and the last line is a tip that saves money.", True,
            ),
        ),
        reply(
            "Tip: think of a neon tube. Electricity makes the gas in it glow, and in the same way particles from the Sun make the air near the poles glow.",
            7, "A fine comparison, but the line with the tip opens the answer instead of closing it.", False,
            again=reply(
                "Particles from the Sun make the air near the poles glow, just as electricity makes the gas in a neon tube glow.\nTip: the colours are stronger in photographs than to the eye.",
                9, "The comparison is good, and the tip stands on its own line at the end.", True,
            ),
        ),
        reply(
            "Solar wind meets the atmosphere, and the atmosphere glows. Tip: travel to the far north in winter.",
            6, "The tip is there, but not on a line of its own.", False,
        ),
        reply(
            "The Sun sends out charged particles, the magnetic field guides them, and gases high above the ground turn their energy into light.\n\nTip: forecasts of solar activity tell you a day ahead whether it is worth staying up.",
            9, "Concise and right, with a practical last line.", True,
        ),
    ],
    "What are the first steps in learning to play the ukulele?": [
        reply(
            "Tune the strings to G, C, E and A. Learn C, A minor, F and G7, and change between two of them until your fingers find the way by themselves. Then add a simple strum and a slow song.\nTip: ten minutes every day beat an hour on Sunday.",
            10, "Well ordered steps with an encouraging last line.", True,
            again=reply(
                "Begin by tuning, for nothing you play will please you before that. Learn to press one string cleanly, then the chord of C, then F, and count aloud to four while you change between them. After a week add G7 and the first song. Tip: ask a friend to sing, so that you cannot stop at every mistake.",
                7, "Sound advice with a good tip, but the tip does not stand on a line of its own.", False,
            ),
        ),
        reply(
            "Learn three chords and a song you love.\nTip: do it today.",
            6, "The form is right; three words on which chords would have made it useful.", True,
            again=reply(
                "Learn C, F and G7 and a song you love, and play it slowly until the changes come without looking.\nTip: leave the ukulele on the sofa, where you cannot pass it by.",
                9, "Names the chords this time, and the last line is short and clever.", True,
            ),
        ),
        reply(
            "Learn to tune it, learn C and F, and play along with slow songs.\nTip: sing from the first day.\nHave fun!",
            6, "Good advice, but another line follows the tip.", False,
        ),
        reply(
            "Start with holding it: neck slightly up, thumb behind it, strumming hand where the neck meets the body. Next comes tuning, then the chord of C with a single finger.\nTip: press right behind the fret and the buzzing stops.",
            9, "Clear and patient, with a tip that solves a typical problem.", True,
        ),
    ],
}
