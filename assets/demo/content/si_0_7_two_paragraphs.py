"""Passes: one function raises on an empty text and yet holds, one counts lines instead of paragraphs and falls."""
from author import reply, sample

INSTRUCTION = "Write your response as exactly two paragraphs separated by a blank line."

NOTE = "Sample 1 raises IndexError on the empty text; sample 2 counts lines; a chatty opening makes three paragraphs of one reply."

BACKS = [
    "The response must have exactly two paragraphs with an empty line between them.",
    "Write two paragraphs, divided by a blank line.",
    "Answer in two paragraphs, no more and no fewer, and leave an empty line between the two.",
    "The text should consist of two blocks separated by one blank line.",
    "Give an answer of precisely two paragraphs with a blank line in between.",
]

ENTAILS = [
    "Both ask for two paragraphs and a blank line between them.",
    "Blocks divided by an empty line are paragraphs, so the sentence follows from the instruction.",
    "The number of paragraphs and the way they are separated are the same.",
]

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    paragraphs = [p for p in re.split(r"\n\s*\n", response.strip()) if p.strip()]
    return len(paragraphs) == 2
''',
        [
            ("Wool keeps warm even when it is wet.\n\nCotton dries slowly and cools you down.", True),
            ("Wool keeps warm. Cotton does not.", False),
            ("Wool.\n\nCotton.\n\nLinen.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    blocks = [b for b in response.strip().split("\n\n") if b.strip()]
    # A blank line at the very top would be a third, empty block.
    if blocks[0].startswith("#"):
        return False
    return len(blocks) == 2
''',
        [
            ("The first snow came early.\n\nBy March nobody wanted to see it any more.", True),
            ("The first snow came early.\nBy March nobody wanted to see it any more.", False),
            ("", False),
        ],
        fault="raises: IndexError on an empty text",
    ),
    sample(
        r'''
def evaluate(response):
    lines = [line for line in response.split("\n")]
    return len(lines) == 2
''',
        [
            ("A good knife is sharp.\n\nA bad one needs force, and force slips.", True),
            ("A good knife is sharp. A bad one needs force.", False),
            ("One.\n\nTwo.\n\nThree.\n\nFour.", False),
        ],
        fault="counts lines, not paragraphs",
    ),
    sample(
        r'''
def evaluate(response):
    count = 0
    inside = False
    for line in response.splitlines():
        if line.strip():
            if not inside:
                count += 1
            inside = True
        else:
            inside = False
    return count == 2
''',
        [
            ("Bees dance to tell where the flowers are.\n\nThe angle of the dance shows the direction.", True),
            ("Bees dance.\n\nThe angle shows the direction.\n\nThe length shows the distance.", False),
            ("Bees dance to tell where the flowers are.", False),
        ],
        form="trailing-comma",
        fault="broken JSON, mended: a comma too many",
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    return len([p for p in response.split("\n\n") if p.strip()]) == 2
''',
        [
            ("Wool keeps warm even when it is wet.\n\nCotton dries slowly.", True),
            ("Wool keeps warm. Cotton does not.", False),
            ("Wool.\n\nCotton.\n\nLinen.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    blocks = [b.strip() for b in response.strip().split("\n\n")]
    return len(blocks) == 2 and all(blocks)
''',
        [
            ("The first snow came early.\n\nBy March nobody wanted to see it any more.", True),
            ("The first snow came early.\nBy March nobody wanted it.", False),
            ("", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return len(re.findall(r"(?:[^\n]+\n?)+", response.strip())) == 2
''',
        [
            ("A good knife is sharp.\n\nA bad one needs force, and force slips.", True),
            ("A good knife is sharp. A bad one needs force.", False),
            ("One.\n\nTwo.\n\nThree.\n\nFour.", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.count("\n\n") == 1 and response.strip() != ""
''',
        [
            ("Bees dance.\n\nThe angle of the dance shows the direction.", True),
            ("Bees dance.\n\nThe angle counts.\n\nSo does the length.", False),
            ("Bees dance to tell where the flowers are.", True),
        ],
        fault="wrong case: one paragraph marked true",
    ),
]

TASKS = {
    "How can I ask my manager for a day of remote work each week?": [
        reply(
            "Prepare the case before you ask. Pick the day on which you have the fewest meetings, list the tasks that need quiet, "
            "and think of how colleagues will reach you. A manager says yes more easily to a plan than to a wish.\n\n"
            "Then ask in person and offer a trial: \"I would like to work from home on Thursdays for two months and then look at "
            "the results with you.\" A date for looking back makes the risk small for both sides.",
            10, "Practical, well phrased and in exactly two paragraphs; the trial period is a strong suggestion.", True,
            again=reply(
                "Look at it from the other side of the desk first. Your manager worries about three things: whether the work gets done, whether you can be reached, and whether everybody else will ask as well. Have one honest sentence ready for each.\n\nThen make it easy to agree. Propose one day, a start date and an end date, and a short talk in between. If the answer is no, ask what would have to change, and come back when it has.",
                10, "Takes the manager's view seriously and offers a way to deal with a no; exactly two paragraphs.", True,
            ),
        ),
        reply(
            "Of course, here is some advice!\n\n"
            "Start from what the team gains. Quiet hours for reports or code are a good argument, a shorter commute is not.\n\n"
            "Suggest one fixed day, promise to be reachable, and propose to review it after a month.",
            6, "Sensible advice, but the opening line on its own makes it three paragraphs.", False,
            again=reply(
                "Start from what the team gains. Quiet hours for reports or code are a good argument, a shorter commute is not.\n\n"
                "Suggest one fixed day, promise to be reachable, and propose to review it after a month.",
                9, "Short, sensible and in two paragraphs.", True,
            ),
        ),
        reply(
            "Be direct. Say which day you want, why it helps your work, and how you will stay in touch with the team. Most managers "
            "mainly want to know that nothing will be left undone.\n\n"
            "If the answer is no, ask what would have to change for it to become a yes, and come back to it in three months.",
            9, "Direct and honest, and it also covers the case of a refusal.", True,
        ),
        reply(
            "Choose a calm moment, name one day, explain how your work will benefit, and offer a trial of four weeks with a review at "
            "the end. Put the result in a short email so that both of you remember what was agreed.",
            7, "Good content, but all of it stands in a single paragraph.", False,
        ),
    ],
    "What are the first steps in learning to play the ukulele?": [
        reply(
            "Tune the four strings to G, C, E and A with a free tuner app, and check them every time you pick it up, because new "
            "strings stretch. Then learn the chords C, F, G and A minor, one a day.\n\n"
            "Strum slow and even down-strokes with the index finger while you change between two chords. Ten minutes a day are "
            "plenty, and after two weeks hundreds of songs are within reach.",
            10, "Everything a beginner needs, in a good order and in two paragraphs.", True,
            again=reply(
                "Find an instrument that holds its tune, even a cheap one, and clip a tuner to its head. Fresh strings slip for a week, so tune before every song.\n\nBegin with C, F and G7. Name the chord aloud each time you change, since the ear learns faster than the fingers.\n\nPlay with someone else as soon as you can. Two beginners who keep the beat together sound better than one who does not.",
                7, "Thoughtful advice for a beginner, but there are three paragraphs and two were asked for.", False,
            ),
        ),
        reply(
            "1. Tune it.\n\n2. Learn three chords.\n\n3. Practise changing between them.\n\n4. Play along with a song.",
            5, "The steps are right but thin, and there are four blocks instead of two.", False,
            again=reply(
                "Tune it first, and tune it every time you pick it up. Then learn three chords that belong together, such as C, F and G.\n\nPractise changing between them without looking, and play along with a slow song as soon as you can.",
                9, "The thin list has become two paragraphs with the details that a beginner needs.", True,
            ),
        ),
        reply(
            "Buy a ukulele.\n\nPractise.",
            3, "It has the right form and nothing else; a beginner learns nothing from it.", True,
            again=reply(
                "Get a soprano or concert ukulele that stays in tune, and learn to hold it against your chest with the forearm.\n\n"
                "Begin with C major, which takes one finger, add F and G, and change between them in time with a slow song.",
                8, "Solid first steps with just enough detail.", True,
            ),
        ),
        reply(
            "The first thing is tuning: G, C, E, A, from the string nearest to your chin to the one nearest to the floor. The second is "
            "posture, with the neck pointing slightly up and the thumb behind it.\n\n"
            "After that come chords. C needs one finger and A minor one as well, so you can change between them within minutes. Add "
            "F and G when the change feels easy, and sing along from the first day.",
            9, "Clear, friendly and correct; posture is mentioned, which many guides forget.", True,
        ),
    ],
}
