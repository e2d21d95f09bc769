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

TASKS = {}
