"""Falls (Chinese): no list of idioms fits into a function, and the two that were written agree only on what is no idiom."""
from author import reply, sample

INSTRUCTION = "请在回答中至少使用两个成语。"

NOTE = "A hard-coded list of eight, a guess by four characters between marks, a refusal, and an answer that was cut off."

BACKS = [
    "回答里必须出现两个或更多成语。",
    "请使用不少于两个成语来回答。",
    "回答中成语的数量至少为二。",
    "写回答时要用到两个以上（含两个）的成语。",
    "请保证回答中有两个成语或更多。",
]

ENTAILS = [
    "两句都要求成语不少于两个。",
    "“两个或更多”就是“至少两个”。",
    "要求的内容和数量都一致。",
]

SAMPLES = [
    sample(
        r'''
IDIOMS = ["画蛇添足", "守株待兔", "一心一意", "半途而废", "三心二意", "马到成功", "亡羊补牢", "井底之蛙"]

def evaluate(response):
    found = [idiom for idiom in IDIOMS if idiom in response]
    return len(found) >= 2
''',
        [
            ("学习最怕三心二意，更怕遇到困难就半途而废。", True),
            ("他做事总是画蛇添足又爱守株待兔。", True),
            ("今天的天气真不错。", False),
        ],
        fault="proxy: a list of eight idioms",
        back="回答中必须出现给定的八个成语中的至少两个。",
        entail=("原指令没有限定是哪些成语。", "neutral"),
    ),
    sample(
        r'''
import re

def evaluate(response):
    parts = re.split(r"[，。！？、；：“”\s]", response)
    four = [p for p in parts if re.fullmatch(r"[\u4e00-\u9fff]{4}", p)]
    return len(four) >= 2
''',
        [
            ("日积月累，水滴石穿，习惯就是这样养成的。", True),
            ("循序渐进，持之以恒，这是最稳的办法。", True),
            ("每天读十分钟就很好。", False),
        ],
        fault="proxy: any four characters between two marks",
        back="回答中至少要有两个由标点隔开的四字短语。",
        entail=("四个字的短语不一定是成语，成语前后也不一定有标点。", "neutral"),
    ),
    sample(
        raw="很抱歉，这条指令无法只用Python标准库来判断。成语有数万条，必须借助成语词典才能准确识别，而函数里不能联网，也不能读取文件。"
        "如果可以提供一份词表，我很乐意再写验证函数。",
        fault="refusal",
    ),
    sample(
        r'''
IDIOMS = {"全神贯注", "聚精会神", "举一反三", "学以致用", "温故知新", "持之以恒"}

def evaluate(response):
    count = 0
    for start in range(len(response) - 3):
        if response[start:start + 4] in IDIOMS:
            count += 1
    return count >= 2
''',
        [
            ("读书要全神贯注，更要学以致用。", True),
            ("读书要专心。", False),
            ("温故知新很重要。", False),
        ],
        form="cut",
        fault="cut off: the answer ends in the middle",
    ),
]

SECOND = [
    sample(
        r'''
IDIOMS = ["一举两得", "事半功倍", "日积月累", "水滴石穿", "持之以恒", "循序渐进", "潜移默化", "耳濡目染"]

def evaluate(response):
    return sum(1 for idiom in IDIOMS if idiom in response) >= 2
''',
        [
            ("日积月累，水滴石穿，习惯就是这样养成的。", True),
            ("读书是一种享受。", False),
            ("凡事要循序渐进，也要持之以恒。", True),
        ],
        fault="proxy: a list of eight idioms",
        back="回答中必须出现八个给定成语中的两个。",
        entail=("原指令没有限定是哪些成语。", "neutral"),
    ),
    sample(
        r'''
def evaluate(response):
    return response.count("成语") >= 2
''',
        [
            ("这个成语比那个成语更贴切。", True),
            ("画蛇添足，守株待兔。", False),
            ("成语好，成语妙。", True),
        ],
        fault="wrong reading: looks for the word idiom itself",
        back="“成语”这个词必须出现至少两次。",
        entail=("使用成语与提到“成语”二字不是一回事。", "contradiction"),
    ),
    sample(
        raw="抱歉，没有成语词典就无法可靠地识别成语，因此我没有编写函数。",
        fault="refusal",
    ),
    sample(
        r'''
def evaluate(response):
    return len(response) >= 8
''',
        [
            ("他做事总是半途而废，又爱三心二意。", True),
            ("今天的天气真不错，我们出去走走吧。", False),
            ("好。", False),
        ],
        fault="proxy: eight characters could hold two idioms",
        back="回答至少要有八个字符。",
        entail=("两个成语共有八个字，所以回答不会少于八个字符。", "entailment"),
    ),
]

TASKS = {
    "孩子不爱阅读，家长该怎么办？": [
        reply(
            "兴趣要循序渐进，不能强求。先从孩子喜欢的题材入手，恐龙、太空或者漫画都可以；每天睡前读十分钟，日积月累，自然见效。"
            "最要紧的是父母自己也拿起书来，耳濡目染，胜过千言万语。",
            10, "建议切实可行，成语用得贴切自然，远不止两个。", True,
            again=reply(
                "不必操之过急，爱阅读的习惯需要潜移默化。家里随手可及的地方放几本他感兴趣的书，周末一起去图书馆，让他自己挑。读完可以画一画、演一演，日积月累，孩子自然会乐在其中。千万不要拿别家孩子来比较，那样只会适得其反。",
                10, "成语用得恰当，建议循循善诱，语气也体谅孩子。", True,
            ),
        ),
        reply(
            "可以每天固定一段亲子阅读时间，让孩子自己挑书，读完聊一聊书里的故事，不要急着提问和考查。",
            7, "方法很好，但没有使用成语。", False,
            again=reply(
                "每天固定一段亲子阅读时间，持之以恒；让孩子自己挑书，读完聊一聊，不要急于求成。",
                9, "方法很好，两个成语用得恰当。", True,
            ),
        ),
        reply(
            "家长切忌三心二意，更不能半途而废。每天陪读一刻钟，书由孩子选，手机由大人收起来。",
            9, "两个成语用在点子上，最后一句尤其中肯。", True,
        ),
        reply(
            "一心一意地陪孩子读书吧，他会慢慢喜欢上的。",
            5, "只用了一个成语，建议也过于笼统。", False,
        ),
    ],
    "阳台上适合种什么蔬菜？": [
        reply(
            "小葱、生菜最省心，几乎一劳永逸，剪了又长；朝南的阳台不妨种小番茄和辣椒，花红果绿，赏心悦目。"
            "浇水要因地制宜，表土干了再浇。",
            10, "内容具体，成语使用得当，读来轻松。", True,
            again=reply(
                "新手不要贪多，先种生菜和香葱，这两样生命力强，可以循序渐进地积累经验。光照好的阳台再添一盆小番茄，既能观赏又能食用，一举两得。每天花几分钟看看叶子，有虫及早处理，不要等到长满了才手忙脚乱。",
                9, "三个成语都用在该用的地方，种植建议也切合新手。", True,
            ),
        ),
        reply(
            "一心一意，三心二意。可以种葱。",
            3, "成语是硬凑上去的，与问题毫无关系，回答也太简单。", True,
            again=reply(
                "种葱和薄荷最省事，随剪随长，一举两得；朝南的话再种一盆辣椒，只要持之以恒地浇水，秋天就有收获。",
                8, "成语不再生硬，内容也充实了许多。", True,
            ),
        ),
        reply(
            "光照好的阳台适合番茄和辣椒，光照少的适合生菜、菠菜和小葱。盆底一定要能排水。",
            7, "建议正确而简明，可惜没有用成语。", False,
        ),
        reply(
            "新手别画蛇添足，一盆小葱、一盆生菜就够；也别守株待兔，薄肥勤施才有收成。",
            8, "成语用得俏皮，建议也对，只是略显简短。", True,
        ),
    ],
}
