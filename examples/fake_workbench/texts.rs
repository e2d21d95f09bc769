//! Texts true to life for the made-up project.

/// Instructions with category and whether they are Chinese.
pub const INSTRUCTIONS: [(&str, &str, bool); 22] = [
    ("Answer in exactly three sentences, none longer than ten words.", "length", false),
    ("Do not use any commas in your answer.", "punctuation", false),
    ("Begin every sentence with the letter S.", "start/end", false),
    ("Write the whole answer in lower case.", "case", false),
    ("Include the word \"harbour\" at least twice.", "keywords", false),
    ("用三句话回答，每句不超过二十个字。", "length", true),
    ("Give the answer as a numbered list with exactly five items.", "structure", false),
    ("End your answer with a question mark.", "start/end", false),
    ("Use at least four words that contain a double letter.", "letters", false),
    ("回答中不得出现任何英文字母。", "letters", true),
    ("Put the names of all months you mention in square brackets.", "structure", false),
    ("Mention a number greater than one hundred, written in digits.", "numbers", false),
    (
        "Write the answer as a single paragraph of between forty and sixty words, without any line breaks, lists, headings \
      or quotation marks, and without repeating any word of more than four letters.",
        "length",
        false,
    ),
    ("Start with the word \"Honestly\" followed by a comma.", "start/end", false),
    ("请用“首先、其次、最后”的顺序作答。", "ordering", true),
    ("Order all items you list alphabetically.", "ordering", false),
    ("Use no word that contains the letter e.", "letters", false),
    ("Finish with a postscript that starts with \"P.S.\".", "structure", false),
    ("Every sentence must contain exactly one digit.", "numbers", false),
    ("Wrap the whole answer in double quotation marks.", "punctuation", false),
    ("全文只使用一个句号，且放在结尾。", "punctuation", true),
    ("Answer with a haiku of three lines (5-7-5 syllables).", "structure", false),
];

/// Verification functions, good and bad.
pub const SOURCES: [&str; 6] = [
    r#"import re

def evaluate(response):
    """Exactly three sentences,
    none longer than ten words."""
    parts = [p for p in re.split(r"[.!?]+", response) if p.strip()]
    if len(parts) != 3:
        return False
    # Abbreviations such as "e.g." are counted as sentence ends here.
    return all(len(part.split()) <= 10 for part in parts)
"#,
    r#"def evaluate(response):
    sentences = response.replace("!", ".").replace("?", ".").split(".")
    sentences = [s.strip() for s in sentences if s.strip()]
    words = [len(s.split()) for s in sentences]
    return len(sentences) == 3 and max(words, default=0) <= 10
"#,
    r#"import nltk

def evaluate(response):
	tokens = nltk.sent_tokenize(response)
	if not tokens:
		return None
	return len(tokens) == 3
"#,
    r#"def evaluate(response):
    return True
"#,
    r#"def evaluate(response):
    count = 0
    while count < 3:
        # never ends: count is not changed
        pass
    return count == 3
"#,
    r#"def evaluate(response):
    limit = 10
    result = check_sentences(response, limit)
    return "true" if result else "false"
"#,
];

/// Case inputs with what is expected of them.
pub const CASES: [(&str, bool); 9] = [
    ("One. Two. Three.", true),
    ("Just one sentence.", false),
    ("A! B? C.", true),
    ("e.g. this. And. That.", true),
    ("", false),
    ("The first is short.\nThe second too.\nThe third ends it.", true),
    ("今天很好。我们出发吧。明天再见。", true),
    ("This sentence has far more than ten words in it, which is against the rule. Two. Three.", false),
    ("Tab\there and a right-to-left \u{202e}override. Two. Three.", false),
];

/// Responses, good and bad.
pub const RESPONSES: [&str; 4] = [
    "Check the frame for cracks. Test the brakes and gears. Ask for the receipt.",
    "Look at the frame first. Spin both wheels and listen. Then ride it around the block.",
    "Sure! Here are three sentences for you:\n\n1. Inspect the frame carefully for cracks, dents and rust, above all \
     around the welds.\n2. Test the brakes, the gears and the bearings while riding it for a few minutes.\n3. Ask the \
     seller for the original receipt, and compare the serial number on it with the one on the frame.\n\nLet me know if \
     you would like a longer checklist! I can also explain how to measure chain wear, how to check the headset for \
     play, and what a fair price would be for a bicycle of that age and make in your region.\n\n| part | check |\n|---|\
     ---|\n| frame | cracks |\n| wheels | true |\n\u{1b}[31mred?\u{1b}[0m",
    "I'm sorry, but I can't help with that.",
];

/// Chinese responses.
pub const RESPONSES_ZH: [&str; 4] = [
    "先检查车架是否有裂纹。再试一试刹车和变速。最后向卖家索要发票。",
    "买二手自行车前要看车架、车轮、刹车、变速器以及链条的磨损情况，还要核对车架号和发票是否一致，以免买到来路不明的车。",
    "好的！以下是三句话：第一，检查车架。第二，试骑一圈。第三，核对发票。",
    "OK, I will answer in Chinese. 检查车架。",
];

/// Queries.
pub const QUERIES: [&str; 3] = [
    "What should I check before buying a used bicycle?",
    "How do tides work, and why are some of them higher than others?",
    "买二手自行车之前应该检查哪些地方？",
];

/// A judge's words.
pub const JUDGE: [&str; 3] = [
    "The answer follows the instruction to the letter and gives the reader three useful checks.\n\nScore: 9",
    "Helpful, though the last sentence says little about what to look for while riding.\nScore: 7",
    "The answer is polite and thorough. It is well organised.",
];
