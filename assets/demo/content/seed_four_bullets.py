"""Passes: a syntax error drops one answer, another function raises on an empty text."""
from author import reply, sample

INSTRUCTION = "Format your response as a bulleted list with exactly four items, each starting with \"- \"."

NOTE = "Sample 1 does not compile; sample 3 raises IndexError on empty lines and falls below 0.8."

BACKS = [
    "The response must be a list of exactly four lines that each begin with \"- \".",
    "Write four bullet points, each starting with a hyphen and a space, and nothing else.",
    "Give exactly four bullets, one per line, introduced by \"- \".",
    "Every non-empty line starts with \"- \" and there are four of them.",
    "Answer as a bulleted list of four items marked with \"- \".",
]

ENTAILS = [
    "Both describe a list of exactly four items that start with a hyphen and a space.",
    "Four lines beginning with \"- \" are what a bulleted list of four such items is.",
    "The second restates marker and count of the first.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    lines = [line for line in response.splitlines() if line.strip()]
    return len(lines) == 4 and all(line.startswith("- ") for line in lines)
''',
        [
            ("- milk\n- bread\n- eggs\n- tea", True),
            ("- milk\n- bread\n- eggs", False),
            ("Here is the list:\n- milk\n- bread\n- eggs\n- tea", False),
        ],
    ),
    sample(
        r'''
def evaluate(response)
    lines = [line for line in response.split("\n") if line.strip()]
    return len(lines) == 4 and all(line.startswith("- ") for line in lines)
''',
        [
            ("- one\n- two\n- three\n- four", True),
            ("* one\n* two\n* three\n* four", False),
            ("one, two, three, four", False),
        ],
        fault="syntax error: no colon after the signature",
    ),
    sample(
        r'''
import re

def evaluate(response):
    items = re.findall(r"^- \S.*$", response.strip(), re.MULTILINE)
    others = [l for l in response.strip().split("\n") if l.strip() and not l.startswith("- ")]
    return len(items) == 4 and not others
''',
        [
            ("- Walk slowly.\n- Breathe.\n- Look up.\n- Smile.", True),
            ("- Walk slowly.\n- Breathe.\n- Look up.\n- Smile.\n- Repeat.", False),
            ("1. Walk\n2. Breathe\n3. Look\n4. Smile", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    items = 0
    for line in response.split("\n"):
        if line[0] == "-" and line[1] == " ":
            items += 1
    return items == 4
''',
        [
            ("- a\n- b\n- c\n- d", True),
            ("", False),
            ("- a\n\n- b\n\n- c", False),
        ],
        fault="raises on empty text: indexes the first character of every line",
        back="Exactly four lines must begin with a hyphen followed by a space, and no line may be empty.",
        entail=("A list may have blank lines between its items, so the second asks for more than the first.", "neutral"),
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    lines = response.strip().split("\n")
    bullets = [line for line in lines if line.startswith("- ")]
    rest = [line for line in lines if line.strip() and line not in bullets]
    return len(bullets) == 4 and rest == []
''',
        [
            ("- north\n- east\n- south\n- west", True),
            ("- north\n- east", False),
            ("- north - east - south - west", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    lines = [line for line in response.split("\n") if line.strip()]
    return len(lines) == 4 and all(line.startswith("- ") for line in lines)
''',
        [
            ("- one\n- two\n- three\n- four", True),
            ("* one\n* two\n* three\n* four", False),
            ("one, two, three, four", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.count("- ") == 4
''',
        [
            ("- Walk slowly.\n- Breathe.\n- Look up.\n- Smile.", True),
            ("- Walk slowly.\n- Breathe.\n- Look up.\n- Smile.\n- Repeat.", False),
            ("1. Walk\n2. Breathe\n3. Look\n4. Smile", False),
        ],
        fault="counts hyphens anywhere",
        back="The response must contain a hyphen followed by a space exactly four times.",
        entail=("A list of four such items contains the marker four times, unless an item holds another one.", "neutral"),
    ),
    sample(
        r'''
def evaluate(response):
    items = 0
    for line in response.split("\n"):
        if line.startswith("- "):
            items += 1
        elif line.strip():
            return False
    return items == 4
''',
        [
            ("- a\n- b\n- c\n- d", True),
            ("", False),
            ("- a\n\n- b\n\n- c", False),
        ],
    ),
]

THIRD = [
    sample(
        r'''
import re

def evaluate(response):
    lines = [line for line in response.strip().splitlines() if line.strip()]
    marked = [line for line in lines if re.match(r"- \S", line)]
    return len(lines) == len(marked) == 4
''',
        [
            ("- sun\n- rain\n- snow\n- fog", True),
            ("- sun\n- rain\n- snow\n- fog\n- hail", False),
            ("* sun\n* rain\n* snow\n* fog", False),
        ],
    ),
]

TASKS = {
    "How does a bicycle gear change make climbing easier?": [
        reply(
            "- A lower gear turns the wheel less for each turn of the pedals, so every push has less hill to lift you over.\n- You pedal faster, but each stroke needs less force, just as with a long lever.\n- The work for the whole climb stays the same; it is only spread over more strokes.\n- Legs tire far more slowly from many light pushes than from a few heavy ones.",
            10, "Four items with the right marker, and the physics is explained without a slip.", True,
            again=reply(
                "- Think of a screw: a flatter thread needs more turns but much less force, and a low gear is the flat thread of a bicycle.\n- With a small chainring in front or a large sprocket behind, one turn of the pedals moves you only a short way.\n- A short way up the slope means little height gained, and so little force on the pedal.\n- Change early, while the pedals still turn freely, since a chain under full load shifts badly.",
                9, "Four items as asked; the comparison with a screw is apt and the last item is practical.", True,
            ),
        ),
        reply(
            "Shifting down helps in several ways:\n\n- less force per stroke\n- a faster, steadier rhythm\n- less strain on the knees\n- better grip, because the rear wheel is not jerked",
            7, "The items are good, but the opening line is outside the list.", False,
        ),
        reply(
            "- A small chainring in front and a big sprocket behind make a low gear.\n- In a low gear one turn of the pedals moves you only a short way.\n- A short way uphill needs only a small effort.\n- So you climb slowly but easily.",
            9, "A clear chain of four steps in the requested form.", True,
        ),
        reply(
            "- It lowers the force you need.\n- It raises your cadence.\n- It saves your knees.",
            5, "Only three items, and none of them says how the gear does this.", False,
            again=reply(
                "- It lowers the force you need for each stroke.\n- It raises your cadence, so the effort is spread out.\n- It saves your knees from heavy loads.\n- It keeps enough strength in reserve for the steepest bend.",
                8, "Four items in the right form; the cause could be clearer, but the effects are right.", True,
            ),
        ),
    ],
    "Describe a quiet morning at a harbour.": [
        reply(
            "- Mist lies flat on the water, and the masts stand in it like reeds.\n- A fisherman folds his nets without a word while his dog watches the gulls.\n- Somewhere a rope creaks, lets go, and creaks again.\n- When the sun clears the lighthouse, the first engine coughs and the day begins.",
            10, "Four vivid items, each with its own sense, and the form is exact.", True,
            again=reply(
                "- The tide has turned so softly that the buoys have not noticed yet.\n- Three gulls share one post and pretend not to know each other.\n- Behind the shed somebody sweeps fish scales into the light.\n- A bell rings on the outer mole, once, and the water carries the sound to every hull.",
                10, "Quiet, precise images in a list of exactly four items.", True,
            ),
        ),
        reply(
            "- The harbour sleeps under a thin mist.\n- Boats rock against their fenders.\n- A kettle whistles in the harbour master's hut.\n- Coffee, salt and diesel mix in the cold air.",
            9, "Calm and concrete, in the required four items.", True,
            again=reply(
                "* Nothing moves but the flag on the customs house.\n* The ropes are dark with dew.\n* A cat inspects the empty crates.\n* The ferry sleeps with its ramp up, like a closed mouth.",
                7, "Four lovely lines, but they start with an asterisk and not with the hyphen that was asked for.", False,
            ),
        ),
        reply(
            "The harbour is still. Boats rest on the grey water, gulls sit on the posts, and only the tide moves, slowly, against the stones.",
            5, "A pretty sentence or two, but there is no list at all.", False,
            again=reply(
                "- The harbour is still and grey.\n- Boats rest on the water as if they were painted.\n- Gulls sit on the posts and wait.\n- Only the tide moves, slowly, against the stones.",
                9, "The same picture as a list of four, as the instruction wants.", True,
            ),
        ),
        reply(
            "- Grey water\n- Quiet boats\n- One gull\n- Cold hands",
            6, "The form is right, but four pairs of words hardly describe a morning.", True,
        ),
    ],
}
