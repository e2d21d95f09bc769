"""通过：有的函数数全部字符，有的参数个数不对，仍有两个函数可用。"""
from author import reply, sample

INSTRUCTION = "请用不超过五十个汉字回答。"

NOTE = "Sample 1 counts every character, punctuation included, with a bound of 30; sample 2 wants two arguments."

BACKS = [
    "回答中的汉字不得多于五十个。",
    "请把回答控制在五十个汉字以内。",
    "回答最多只能有五十个汉字。",
    "用五十个或更少的汉字作答。",
    "汉字总数不超过五十个。",
]

ENTAILS = [
    "两句都把汉字数限制在五十个以内。",
    "“不超过五十个”与“最多五十个”意思相同。",
    "后一句只是换了一种说法，上限没有变。",
]

LONG = "学习一门语言需要时间，也需要方法。每天听一点，读一点，说一点，再写一点，几个月以后回头看，你会发现自己已经走了很远，而且并不觉得累，反而越来越喜欢。"

SAMPLES = [
    sample(
        r'''
import re

def evaluate(response):
    return 0 < len(re.findall(r"[\u4e00-\u9fff]", response)) <= 50
''',
        [
            ("多喝水，早点睡，心情就会好起来。", True),
            (LONG, False),
            ("", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return 0 < len(response.strip()) <= 30
''',
        [
            ("春天来了，花开了。", True),
            (LONG, False),
            ("这里有一个比较长的句子，它的字数刚好超过三十个，不过离五十个还有一点距离。", False),
        ],
        fault="wrong bound: thirty characters of any kind",
        back="回答的全部字符不得多于三十个。",
        entail=("四十个汉字满足前一句，却违反后一句，二者不一致。", "contradiction"),
    ),
    sample(
        r'''
def evaluate(response, limit):
    count = sum(1 for ch in response if "\u4e00" <= ch <= "\u9fff")
    return count <= limit
''',
        [
            ("短句即可。", True),
            ("山高水长，路远人稀，慢慢走，总会到。", True),
            (LONG + LONG, False),
        ],
        fault="wrong arity: two parameters",
    ),
    sample(
        r'''
def evaluate(response):
    count = 0
    for ch in response:
        if "\u4e00" <= ch <= "\u9fff":
            count += 1
    return 1 <= count <= 50
''',
        [
            ("把手机调成静音，放在另一个房间，然后专心读半小时书，你会发现时间其实够用。", True),
            ("ok", False),
            ("好" * 51, False),
        ],
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    han = [ch for ch in response if "\u4e00" <= ch <= "\u9fff"]
    return bool(han) and len(han) <= 50
''',
        [
            ("早睡早起，身体好。", True),
            (LONG, False),
            ("字" * 50, True),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    han = re.sub(r"[^\u4e00-\u9fff]", "", response)
    return 0 < len(han) < 51
''',
        [
            ("春天来了，花开了。", True),
            (LONG, False),
            ("这里有一个比较长的句子，它的字数刚好超过三十个，不过离五十个还有一点距离。", True),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    limit = 50
    count = sum(1 for ch in response if "\u4e00" <= ch <= "\u9fff")
    return 0 < count <= limit
''',
        [
            ("短句即可。", True),
            ("山高水长，路远人稀，慢慢走，总会到。", True),
            (LONG + LONG, False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    count = len([ch for ch in response if "\u4e00" <= ch <= "\u9fff"])
    return count < 50
''',
        [
            ("一句话就够了。", True),
            ("好" * 60, False),
            ("雨停了，街上很安静。", True),
        ],
        fault="off by one: exactly fifty is refused, and an empty answer accepted",
    ),
]

TASKS = {
    "手机电池怎样用才更耐久？": [
        reply("电量保持在两成到八成之间，避免高温和长时间满电，用原装充电器，不要边充边玩大型游戏。", 9, "要点齐全，表达简洁，字数也在五十个以内。", True,
            again=reply(
                "少受热，少满充，少用尽。夜里充电开优化模式，夏天别放车里，长期不用存半格电。",
                9, "三个“少”字概括得好，后面的做法也具体，没有超出字数。", True,
            ),
        ),
        reply(
            "想让手机电池更耐久，可以从以下几个方面入手：第一，尽量不要把电用光，剩两成就充；第二，充到八成左右就拔掉；第三，避免在阳光下或被子里充电，高温最伤电池；第四，少用来路不明的快充头。",
            6, "内容正确而详细，但远远超过了五十个汉字。", False,
            again=reply("别用光，别充满，别受热：剩两成就充，到八成就拔，充电时不要捂着。", 9, "把要点压缩得很好，符合字数要求。", True),
        ),
        reply("少充，少用。", 4, "字数当然合格，但几乎没有提供有用的信息，“少充”还容易误导人。", True),
        reply("浅充浅放，远离高温，睡前充满后及时拔掉电源，系统里的“优化充电”也请打开。", 9, "实用、准确，而且很短。", True),
    ],
    "第一次去苏州，有哪些地方值得看？": [
        reply("先去拙政园和苏州博物馆，傍晚逛平江路听评弹，第二天看虎丘塔，有空再去周庄坐船。", 10, "路线清楚，景点有代表性，字数符合要求。", True,
            again=reply(
                "头天看拙政园与博物馆，夜游平江路；次日登虎丘，午后去山塘街吃一碗苏式面。",
                10, "两天的路线一句话说清，有景有吃，字数远在五十以内。", True,
            ),
        ),
        reply(
            "苏州以园林闻名天下，第一次去的话，建议您安排两到三天时间。拙政园、留园和狮子林都值得细看；苏州博物馆由名家设计，建筑本身就是展品；晚上可以到平江路或者山塘街散步，听一段评弹，吃一碗苏式汤面。",
            6, "介绍得很好，可是没有遵守五十个汉字的限制。", False,
            again=reply(
                "园林选一座细看，留园人少；老街选一条慢走，平江路最好；再听一段评弹。",
                9, "从长篇介绍缩成一句话，仍然有取舍、有理由。", True,
            ),
        ),
        reply("看园林，逛古街，听评弹，吃汤面。园林首选拙政园和留园，古街首选平江路。", 9, "概括得当，读来顺口，也没有超字数。", True),
        reply("当然可以！为了给您最好的建议，请先告诉我您打算什么时候去、去几天、和谁一起去、喜欢自然风光还是历史文化，这样我就能为您量身安排行程，让您的旅途更加愉快。", 3, "没有回答问题，反而提出一串问题，字数也超了。", False),
    ],
}
