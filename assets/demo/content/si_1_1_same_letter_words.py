"""Passes, and then hardly any reply can keep it: the functions are fine, the instruction is not worth having."""
from author import reply, sample

INSTRUCTION = "Start every word of your response with the same letter."

NOTE = "All functions agree; of eight replies seven fail, and the one that passes is too clumsy for the judge."

BACKS = [
    "All words of the response must begin with one and the same letter.",
    "Every word has to start with the same letter.",
    "Choose a letter and let each word of the answer begin with it.",
    "The first letters of all words in the response are identical.",
    "No two words of the response may begin with different letters.",
]

ENTAILS = [
    "Both demand one common first letter for all words.",
    "Choosing one letter for all words is what the instruction describes.",
    "Identical first letters and the same letter are the same thing.",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    words = [w.strip(".,;:!?\"'()-").lower() for w in response.split()]
    words = [w for w in words if w]
    return len(words) > 0 and len({w[0] for w in words}) == 1
''',
        [
            ("Big brown bears bravely balance balls.", True),
            ("Big brown bears eat honey.", False),
            ("", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    words = re.findall(r"[A-Za-z]+(?:'[A-Za-z]+)?", response)
    if not words:
        return False
    first = words[0][0].lower()
    return all(word[0].lower() == first for word in words)
''',
        [
            ("Seven silent sailors sang softly.", True),
            ("Seven silent sailors sang a song.", False),
            ("seven Silent sailors.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    letter = None
    for word in response.lower().split():
        letters = [c for c in word if c.isalpha()]
        if not letters:
            continue
        if letter is None:
            letter = letters[0]
        elif letters[0] != letter:
            return False
    return letter is not None
''',
        [
            ("Tiny tigers take turns.", True),
            ("Tiny tigers play.", False),
            ("Please pass Peter's purple pencil.", True),
        ],
        form="bare",
    ),
    sample(
        r'''
def evaluate(response):
    words = response.lower().split()
    starts = {word.lstrip("\"'(")[:1] for word in words}
    return len(words) > 0 and len(starts) == 1
''',
        [
            ("Calm cats climb carefully.", True),
            ("Calm dogs dig.", False),
            ("Wild winds whistle while we wait.", True),
        ],
        before="Here is my solution. I lower the text first so that capital letters do not matter.\n\n",
        fault="chatty preamble",
    ),
]

SECOND = [
    sample(
        r'''
import re

def evaluate(response):
    words = re.findall(r"[a-z']+", response.lower())
    return bool(words) and all(word[0] == words[0][0] for word in words)
''',
        [
            ("Big brown bears bravely balance balls.", True),
            ("Big brown bears eat honey.", False),
            ("", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    first = [word[0].lower() for word in response.split() if word[0].isalpha()]
    return len(set(first)) == 1
''',
        [
            ("Seven silent sailors sang softly.", True),
            ("Seven silent sailors sang a song.", False),
            ("seven Silent sailors.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = response.lower().split()
    return all(a[0] == b[0] for a, b in zip(words, words[1:]))
''',
        [
            ("Tiny tigers take turns.", True),
            ("Tiny tigers play.", False),
            ("Please pass Peter's purple pencil.", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    words = response.split()
    starts = {word[0] for word in words}
    return len(starts) == 1
''',
        [
            ("Calm cats climb carefully.", False),
            ("Calm dogs dig.", False),
            ("wild winds whistle while we wait.", True),
        ],
        fault="case-sensitive, with a case that agrees with it",
        back="Every word must start with the same letter in the same case.",
        entail=("The first says nothing of capital letters, so the second asks for more.", "neutral"),
    ),
]

TASKS = {
    "What is the best way to fall asleep on a long train ride?": [
        reply(
            "Simply sit snugly, shut shades, stow shoes, stay still, sip something soothing, stop scrolling, softly sigh, sleep.",
            4, "It keeps the rule, which is an achievement, but it reads like a tongue-twister and the advice is hard to follow.", True,
            again=reply(
                "Settle somewhere shady, seat softly slanted. Slip shoes sideways, secure suitcase straps, silence smartphone sounds. Sip some soothing sage. Sense springs softly swaying. Slow, steady sighs send stress sliding southward. Soon scenery smears, shoulders slump, sleep sweetly steals sixty stations.",
                8, "Every word starts with the same letter, and under the play with sounds there is real advice: no noise, slow breathing, shade.", True,
            ),
        ),
        reply(
            "Take the train's quiet carriage, turn towards the window, tuck a jacket under your head, and put on some calm music. An eye "
            "mask helps more than you would think.",
            6, "Helpful advice, but it starts with a few t words and then gives up.", False,
            again=reply(
                "Take the tranquil train's tail. Then tuck two towels tightly together, turn towards the tinted window, think tiny thoughts, and try to treasure the tender trembling.",
                5, "It tries hard, but \"window\" and \"and\" do not begin with a t.", False,
            ),
        ),
        reply(
            "Book a window seat in the direction of travel, away from the doors. Wear something loose, bring ear plugs and a scarf, eat "
            "lightly, and set an alarm so that you need not worry about missing your stop.",
            6, "Very good advice that takes no notice of the instruction.", False,
        ),
        reply(
            "Slow, steady, silent: sleepers should settle beside some soft seat side, shades shut, stomach satisfied.",
            5, "Almost: \"beside\" begins with another letter.", False,
        ),
    ],
    "Give me an idea for a birthday party for a nine-year-old who loves dinosaurs.": [
        reply(
            "Dinosaur dig! Draw dinosaur designs, discover dusty dinosaur bones, dance, dine, deliver dino doughnuts.",
            5, "Charming, but \"bones\" breaks the row of d words.", False,
            again=reply(
                "Design dino dens: drape dark duvets, dangle dusty dragonflies. Dispatch dinky detectives, digging deep, discovering delicate dinosaur dentures. Decorate dozens doughnuts, drink dandelion drops. Dress dads dreadfully: daring diplodocus dance duels decide dinner. Depart drowsy, delighted, dirty.",
                8, "All words begin with d, and the party has a den, a dig, food and a dance; the grammar creaks only a little.", True,
            ),
        ),
        reply(
            "Hide plastic bones in a sandpit and give each guest a brush and a spoon. Whoever finds all parts of a skeleton may name the "
            "new species. Serve green jelly and egg sandwiches, and send everyone home with a fossil made of plaster.",
            6, "A lovely plan for a party, but the words begin with every letter there is.", False,
            again=reply(
                "Please plan palaeontology play: people prod plaster, pull prehistoric pieces, puzzle patiently, piece pterosaurs properly. Provide pizza, pineapple punch, paper prizes.",
                8, "A party with a dig, food and prizes in which every word begins with p.", True,
            ),
        ),
        reply(
            "Perfect party plan: prehistoric park! Paint plates, play palaeontologist, pass presents, produce pizza with pterodactyl patterns.",
            5, "A brave attempt that fails at \"with\".", False,
        ),
        reply(
            "I'm sorry, I can only write about this if the words may begin with different letters. Shall I suggest a dinosaur treasure "
            "hunt instead?",
            3, "It does not follow the instruction and gives hardly any idea.", False,
        ),
    ],
}
