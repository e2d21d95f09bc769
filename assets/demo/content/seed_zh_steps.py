"""通过：一份答案的 JSON 转义有误，一个函数只看有没有词、不看先后。"""
from author import reply, sample

INSTRUCTION = "请在回答中依次使用“首先”“其次”“最后”这三个词。"

NOTE = "Sample 1 ignores the order and falls; sample 2 escapes an apostrophe as JSON does not allow."

BACKS = [
    "回答里必须按先后顺序出现“首先”“其次”“最后”。",
    "先用“首先”，再用“其次”，最后用“最后”。",
    "“首先”“其次”“最后”三个词都要出现，并且次序不能颠倒。",
    "请按“首先”“其次”“最后”的次序展开回答。",
    "三个词“首先”“其次”“最后”要依次出现。",
]

ENTAILS = [
    "两句都要求三个词按同样的次序出现。",
    "“依次使用”就是按先后顺序出现，意思一致。",
    "后一句没有增加新的要求。",
]

SAMPLES = [
    sample(
        r'''
def evaluate(response):
    a = response.find("首先")
    b = response.find("其次")
    c = response.find("最后")
    return -1 < a < b < c
''',
        [
            ("首先洗菜，其次切菜，最后下锅。", True),
            ("最后下锅，首先洗菜，其次切菜。", False),
            ("洗菜，切菜，下锅。", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return all(word in response for word in ["首先", "其次", "最后"])
''',
        [
            ("首先想好题目，其次列出提纲，最后动笔。", True),
            ("首先想好题目，最后动笔。", False),
            ("想好题目就动笔。", False),
        ],
        fault="ignores the order",
        back="回答里要包含“首先”“其次”“最后”这三个词，次序不限。",
        entail=("依次使用三个词，自然包含这三个词。", "entailment"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    return re.search('首先.*其次.*最后', response, re.DOTALL) is not None
''',
        [
            ("首先，明确目标。\n其次，制定计划。\n最后，坚持下去。", True),
            ("其次，制定计划。首先，明确目标。最后，坚持下去。", False),
            ("首先，明确目标。其次，制定计划。", False),
        ],
        form="bad-escape",
        fault="broken JSON: \\' is no escape",
    ),
    sample(
        r'''
def evaluate(response):
    position = 0
    for word in ("首先", "其次", "最后"):
        position = response.find(word, position)
        if position == -1:
            return False
        position += len(word)
    return True
''',
        [
            ("做饭首先要备料，其次要看火候，最后才是调味。", True),
            ("最后、其次、首先，都说到了。", False),
            ("", False),
        ],
    ),
]

SECOND = [
    sample(
        r'''
def evaluate(response):
    order = [response.find(word) for word in ("首先", "其次", "最后")]
    return min(order) >= 0 and order == sorted(order)
''',
        [
            ("首先洗菜，其次切菜，最后下锅。", True),
            ("最后下锅，首先洗菜，其次切菜。", False),
            ("洗菜，切菜，下锅。", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    head, found, rest = response.partition("首先")
    if not found:
        return False
    middle, found, rest = rest.partition("其次")
    return bool(found) and "最后" in rest
''',
        [
            ("首先想好题目，其次列出提纲，最后动笔。", True),
            ("首先想好题目，最后动笔，其次修改。", False),
            ("想好题目就动笔。", False),
        ],
    ),
    sample(
        r'''
import re

def evaluate(response):
    return bool(re.search(r"首先[\s\S]+其次[\s\S]+最后", response))
''',
        [
            ("首先，明确目标。\n其次，制定计划。\n最后，坚持下去。", True),
            ("其次，制定计划。首先，明确目标。最后，坚持下去。", False),
            ("首先，明确目标。其次，制定计划。", False),
        ],
    ),
    sample(
        r'''
def evaluate(response):
    return response.startswith("首先") and "其次" in response and "最后" in response
''',
        [
            ("首先备料，其次看火候，最后调味。", True),
            ("最后、其次、首先，都说到了。", False),
            ("", False),
        ],
        fault="demands the first word at the very start",
        back="回答必须以“首先”开头，并包含“其次”和“最后”。",
        entail=("前一句没有要求以“首先”开头，因此不能推出后一句。", "neutral"),
    ),
]

TASKS = {
    "怎样才能养成每天早起的习惯？": [
        reply("首先，把睡觉时间提前半小时，睡够了才起得来。其次，把闹钟放到够不着的地方，响了就必须下床。最后，给早晨安排一件期待的事，比如一顿喜欢的早餐或者一段音乐。坚持三周，身体会自己记住这个时间。", 10, "步骤合理，三个词按次序出现，建议也容易做到。", True,
            again=reply(
                "首先弄清楚早起为了什么，没有盼头的早起坚持不了几天。其次每隔三天把闹钟提前十分钟，让身体慢慢跟上，不要一下子提早两个小时。最后，睡前把手机留在客厅，早晨走过去关闹钟，人也就醒了。",
                10, "从动机讲到方法，再到小窍门，三个词依次出现，十分自然。", True,
            ),
        ),
        reply(
            "第一，早点睡；第二，固定起床时间，周末也一样；第三，起床后马上拉开窗帘，让阳光告诉身体天亮了。",
            6, "建议不错，但用的是“第一、第二、第三”，没有用指定的词。", False,
            again=reply("首先要早点睡，其次要固定起床时间，周末也不例外，最后，起床后马上拉开窗帘，让阳光告诉身体天亮了。", 9, "内容实用，三个词依次出现。", True),
        ),
        reply("首先要早睡，其次要早睡，最后还是要早睡。", 5, "形式合格，也有几分幽默，但对提问的人帮助有限。", True),
        reply("早起首先靠早睡，手机最好留在客厅。其次靠固定的时间，不要今天六点明天八点。最后靠一点奖励，让自己觉得早起是划算的。", 9, "三条建议各有侧重，次序正确。", True),
    ],
    "为什么海水喝起来是咸的？": [
        reply("首先，雨水略带酸性，会慢慢溶解岩石里的矿物质。其次，河流把这些矿物质带进大海。最后，海水不断蒸发，水走了，盐却留下来，年深日久，海就咸了。", 10, "因果清楚，顺序与所要求的词完全吻合。", True,
            again=reply(
                "首先要知道，海水里的盐大多来自陆地上的岩石，雨水把它们一点点溶出来，由河流送进大海。另外，海底火山也会放出盐分。最后，水被太阳蒸发，盐留在海里，越积越多，大约每一百克海水里有三克半盐。",
                7, "内容准确，还补充了海底火山，可惜用了“另外”，缺少“其次”。", False,
            ),
        ),
        reply("因为河流把岩石中的盐分带进海里，海水蒸发以后盐留了下来，几亿年积累，海水就变咸了。", 6, "解释正确，但没有使用要求的三个词。", False,
            again=reply(
                "首先，河流把岩石中的盐分带进海里；其次，海水蒸发以后盐留了下来；最后，几亿年积累，海水就变咸了。",
                9, "原来的解释配上了要求的三个词，层次更清楚。", True,
            ),
        ),
        reply("最后的结论先说：盐来自陆地。首先是雨水溶解岩石，其次是河水把盐送进大海，再经过蒸发，盐越积越多。", 7, "解释是对的，可是“最后”出现在最前面，次序不符。", False),
        reply("海水咸，首先因为陆地上的岩石含盐，其次因为河流不停地运送，最后因为蒸发只带走水而带不走盐。海底火山也贡献了一部分。", 9, "简明准确，还补充了海底火山这一来源。", True),
    ],
}
