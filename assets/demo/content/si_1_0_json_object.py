"""Passes on three functions: one answer is mended, one defines no `evaluate`. Replies break on fences and preambles."""
from author import reply, sample

INSTRUCTION = "Write your response as one valid JSON object with the keys \"answer\" and \"reason\"."

NOTE = (
    "Sample 0 has unescaped quotes and sample 1 Python literals (both mended), sample 2 defines `check`. Samples 1 and 3 "
    "raise where a text holds no brace, so a reply in prose is not verifiable."
)

BACKS = [
    "The response must be a JSON object that has the keys \"answer\" and \"reason\".",
    "Answer with valid JSON: one object holding \"answer\" and \"reason\".",
    "The whole response has to be a JSON object in which the keys \"answer\" and \"reason\" occur.",
    "Respond with a single JSON object whose keys include \"answer\" and \"reason\".",
    "Give nothing but one JSON object with \"answer\" and \"reason\" as keys.",
]

ENTAILS = [
    "Both ask for one JSON object with the same two keys.",
    "A valid JSON object with these keys satisfies the second sentence as well.",
    "The keys and the format are the same in both.",
]

SAMPLES = [
    sample(
        r'''
import json

def evaluate(response):
    try:
        data = json.loads(response)
    except ValueError:
        return False
    return isinstance(data, dict) and "answer" in data and "reason" in data
''',
        [
            ('{"answer": "yes", "reason": "it is cheaper"}', True),
            ('{"answer": "yes"}', False),
            ("Yes, because it is cheaper.", False),
        ],
        form="unescaped-quote",
        fault="broken JSON, mended: quotes inside the function are not escaped",
    ),
    sample(
        r'''
import json

def evaluate(response):
    start = response.index("{")
    end = response.rindex("}") + 1
    if response[:start].strip() or response[end:].strip():
        return False
    try:
        data = json.loads(response[start:end])
    except ValueError:
        return False
    return set(data) >= {"answer", "reason"}
''',
        [
            ('{"answer": "Take the ferry.", "reason": "The bridge is closed."}', True),
            ('["Take the ferry.", "The bridge is closed."]', False),
            ('Take the ferry. {"answer": "ferry", "reason": "closed bridge"}', False),
        ],
        form="python-literals",
        fault="broken JSON, mended: Python's True and False",
    ),
    sample(
        r'''
import json

def check(response):
    data = json.loads(response)
    return "answer" in data and "reason" in data
''',
        [
            ('{"reason": "oxygen is poorly soluble", "answer": "cold water holds more"}', True),
            ('{"result": "cold water holds more"}', False),
            ('{"answer": "cold", "reason": ', False),
        ],
        fault="defines no evaluate: the function is called check",
    ),
    sample(
        r'''
import json

def evaluate(response):
    before, brace, rest = response.partition("{")
    assert brace, "no JSON object found"
    if before.strip():
        return False
    try:
        data = json.loads(brace + rest)
    except json.JSONDecodeError:
        return False
    return "answer" in data and "reason" in data
''',
        [
            ('{"answer": "42", "reason": "It was computed for a very long time."}', True),
            ('{"answer": "42"}', False),
            ('The result is {"answer": "42", "reason": "It was computed."}', False),
        ],
    ),
]

SECOND = [
    sample(
        r'''
import json

def evaluate(response):
    try:
        data = json.loads(response)
    except ValueError:
        return False
    return isinstance(data, dict) and "answer" in data and "reason" in data
''',
        [
            ('{"answer": "yes", "reason": "it is cheaper"}', True),
            ('{"answer": "yes"}', False),
            ("Yes, because it is cheaper.", False),
        ],
    ),
    sample(
        r'''
import json

def evaluate(response):
    try:
        data = json.loads(response.strip())
    except json.JSONDecodeError:
        return False
    return type(data) is dict and {"answer", "reason"} <= data.keys()
''',
        [
            ('{"answer": "Take the ferry.", "reason": "The bridge is closed."}', True),
            ('["Take the ferry.", "The bridge is closed."]', False),
            ('Take the ferry. {"answer": "ferry", "reason": "closed bridge"}', False),
        ],
    ),
    sample(
        r'''
import json

def evaluate(response):
    try:
        data = json.loads(response)
    except Exception:
        return False
    return isinstance(data, dict) and sorted(data) == ["answer", "reason"]
''',
        [
            ('{"reason": "oxygen is poorly soluble", "answer": "cold water holds more"}', True),
            ('{"result": "cold water holds more"}', False),
            ('{"answer": "cold", "reason": ', False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return '"answer":' in response and '"reason":' in response
''',
        [
            ('{"answer": "42", "reason": "It was computed for a very long time."}', True),
            ('{"answer": "42"}', False),
            ('answer 42, reason unknown', False),
        ],
        fault="too lenient: looks for the keys and not for valid JSON",
        back="The response must contain the keys \"answer\" and \"reason\" in quotes, each followed by a colon.",
        entail=("A valid object may have a blank between key and colon, so the second does not follow.", "neutral"),
    ),
]

TASKS = {
    "What should I pack for a two-day hike in early spring?": [
        reply(
            '{"answer": "Rain jacket, warm layer, spare socks, hat and gloves, sleeping bag rated to freezing, head torch, map, '
            'first-aid kit, two litres of water and food for three meals more than you plan.", "reason": "In early spring the '
            'days are short, showers are likely and nights still drop to freezing, so dryness and warmth count more than weight."}',
            9, "Complete and well reasoned, and the object is valid.", True,
            again=reply(
                "{\"answer\": \"Wear layers, and pack a rain jacket, a dry set of clothes, gloves, a warm sleeping bag and mat, stove and fuel, food for three days, a water filter, map, head torch, blister plasters and a whistle.\", \"reason\": \"Snow may still lie on the northern slopes and streams run high, so you may be slower than planned and get wet; spare warmth and one spare day of food cover both.\"}",
                10, "Valid JSON with the two keys; the reason fits the season and explains the less usual items.", True,
            ),
        ),
        reply(
            'Sure, here is your packing list as JSON:\n\n{"answer": "Jacket, sleeping bag, map, water, food", "reason": "The '
            'weather changes quickly in spring."}',
            6, "The list is fine, but the sentence in front of it means that the response is not JSON.", False,
            again=reply(
                '{"answer": "Waterproof jacket, warm hat, sleeping bag, map and compass, head torch, water, food and a dry set '
                'of clothes in a plastic bag.", "reason": "Spring weather changes quickly, and a dry set of clothes makes the '
                'night bearable whatever happened by day."}',
                9, "A valid object now, with a list that is short and sensible.", True,
            ),
        ),
        reply(
            '```json\n{\n  "answer": "Layers, rain gear, warm sleeping bag, stove, map",\n  "reason": "Early spring is wet by day '
            'and cold by night."\n}\n```',
            7, "Good content, but the code fence around it is not part of a JSON object.", False,
        ),
        reply(
            '{"answer": "Warm and waterproof things", "reason": "It may be cold and wet."}',
            6, "Valid, but far too general to pack from.", True,
        ),
    ],
    "Explain what an index does in a database.": [
        reply(
            '{\n  "answer": "An index keeps the values of one or more columns in order, each with a pointer to its row, so that '
            'the database finds matching rows without reading the whole table.",\n  "reason": "Searching an ordered tree takes '
            'a handful of steps where a full scan takes one step per row; in return, every write has to update the tree."\n}',
            10, "Correct and to the point; the reason explains both the gain and the price.", True,
            again=reply(
                "{\"answer\": \"An index is a lookup structure that the database keeps beside a table. It maps the values of a column to the rows that hold them, so a query can go straight to those rows.\", \"reason\": \"Reading a few ordered pages is much cheaper than scanning millions of rows, which outweighs the space and the slower writes on columns that are searched often.\"}",
                9, "A clear definition and an honest weighing of the costs, as one valid object.", True,
            ),
        ),
        reply(
            "{'answer': 'An index makes lookups fast.', 'reason': 'It is sorted.'}",
            5, "Single quotes are Python, not JSON, and the explanation is thin.", False,
            again=reply(
                '{"answer": "An index makes lookups fast by keeping a sorted copy of a column.", "reason": "In sorted data one can '
                'halve the search range at each step instead of reading everything."}',
                8, "Valid and right, if a little short on the cost of an index.", True,
            ),
        ),
        reply(
            '{"answer": "It works like the index of a book: look up the term, get the page, go straight there.", "reason": '
            '"Without it, the only way to find a row would be to leaf through all of them."}',
            9, "A fitting comparison in a valid object.", True,
        ),
        reply(
            "An index speeds up reading, because the rows are found through a sorted tree instead of one after another.",
            6, "A correct sentence, but there is no JSON object at all.", False,
        ),
    ],
}
