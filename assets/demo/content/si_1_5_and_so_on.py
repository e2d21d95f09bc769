"""No instruction at all: it falls by novelty. These answers serve whoever accepts it by hand."""
from author import sample

INSTRUCTION = "And so on."

NOTE = "There is nothing to verify; every answer says so in its own way."

BACKS = ["There is no requirement."] * 5

ENTAILS = ["Neither sentence asks for anything."] * 3

SAMPLES = [
    sample(raw="I'm sorry, but \"And so on.\" is not an instruction that a function could check.", fault="refusal"),
    sample(
        raw="This looks like the end of a list rather than an instruction. Could you tell me what the response should do?",
        fault="refusal",
    ),
    sample(raw="There is no constraint in this text, so I have not written a function.", fault="refusal"),
    sample(raw="Which instruction do you mean? \"And so on.\" leaves nothing to verify.", fault="refusal"),
]
