"""不通过：两份答案没有函数，一个恒为真，一个写反了。"""
from author import sample

INSTRUCTION = "请以“简单来说”四个字作为回答的开头。"

NOTE = (
    "Sample 0 refuses, sample 2 defines no evaluate. Of the two functions left, one always says True and one looks at "
    "the end instead of the start, so they agree on no negative case."
)

BACKS = [
    "回答必须以“简单来说”开头。",
    "开头四个字应当是“简单来说”。",
    "回答的最前面要写“简单来说”。",
    "请用“简单来说”作为开头。",
    "第一句话从“简单来说”写起。",
]

ENTAILS = [
    "两句要求同样的开头。",
    "“以……作为开头”与“开头是……”没有区别。",
    "意思完全一致。",
]

SAMPLES = [
    sample(
        raw="很抱歉，我无法编写用于评判他人回答的程序。如果您需要，我可以介绍一些写作技巧。",
        fault="refusal",
    ),
    sample(
        r'''
def evaluate(response):
    if response.startswith("简单来说"):
        return True
    return True
''',
        [
            ("简单来说，水往低处流。", True),
            ("水往低处流。", False),
            ("简单来说就是如此。", True),
        ],
        fault="vacuous: True in both branches",
        back="任何回答都可以。",
        entail=("前一句限定了开头，后一句没有限制；能满足前者的也满足后者。", "neutral"),
    ),
    sample(
        r'''
def check(response):
    return response.strip().startswith("简单来说")
''',
        [
            ("简单来说，少即是多。", True),
            ("少即是多，简单来说。", False),
            ("", False),
        ],
        fault="no evaluate: the function is called check",
    ),
    sample(
        r'''
def evaluate(response):
    return response.strip("。！ ").endswith("简单来说")
''',
        [
            ("简单来说，月亮绕着地球转。", True),
            ("月亮绕着地球转，简单来说。", False),
            ("说来简单。", False),
        ],
        fault="wrong end: looks at the end instead of the start",
        back="回答必须以“简单来说”结尾。",
        entail=("一个要求开头，一个要求结尾，互相矛盾。", "contradiction"),
    ),
]
