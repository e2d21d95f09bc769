"""A heading that slipped into the list: it falls by novelty. These answers serve whoever accepts it by hand."""
from author import sample

INSTRUCTION = "And a few that are a little harder to check:"

NOTE = "There is nothing to verify; every answer says so in its own way."

BACKS = ["There is no requirement."] * 5

ENTAILS = ["Neither sentence asks for anything."] * 3

SAMPLES = [
    sample(raw="I'm sorry, but this is the heading of a list and not an instruction that a function could check."),
    sample(raw="This looks like part of a list rather than an instruction. Could you tell me what the response should do?"),
    sample(raw="There is no constraint in this text, so I have not written a function."),
    sample(raw="Which instructions do you mean? The line announces some, but names none."),
]

SECOND = SAMPLES[1:] + SAMPLES[:1]
