//! Worked examples for the verifier prompt: good answers, two of four shown, rotating by hash of the instruction.

use serde::Serialize;

use crate::domain::{Language, digest_of};

/// An instruction with a good function and good cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkedExample {
    /// The instruction.
    pub instruction: &'static str,
    /// The function's source.
    pub source: &'static str,
    /// Inputs and expected outputs.
    pub cases: [(&'static str, bool); 3],
}

/// How many are shown in one prompt.
const SHOWN: usize = 2;

#[derive(Serialize)]
struct Answer<'a> {
    func: &'a str,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Case<'a> {
    input: &'a str,
    output: bool,
}

impl WorkedExample {
    /// The answer's JSON, in the form that is asked for.
    pub fn answer(&self) -> String {
        let cases = self.cases.iter().map(|&(input, output)| Case { input, output }).collect();
        // Strings and booleans always serialise.
        serde_json::to_string(&Answer { func: self.source, cases }).unwrap_or_default()
    }
}

/// All worked examples of a language, so that verbatim copies of their functions can be recognised.
pub const fn worked_examples(language: Language) -> &'static [WorkedExample] {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

/// The examples shown for an instruction.
pub fn examples_for(language: Language, instruction: &str) -> Vec<&'static WorkedExample> {
    let all = worked_examples(language);
    let start = usize::from(digest_of(&["assay/examples", instruction]).0[0]);
    (0..SHOWN).map(|i| &all[(start + i) % all.len()]).collect()
}

const ENGLISH: [WorkedExample; 4] = [
    WorkedExample {
        instruction: "Mention at least three different years written with four digits.",
        source: r"import re

def evaluate(response):
    years = set(re.findall(r'(?<!\d)\d{4}(?!\d)', response))
    return len(years) >= 3
",
        cases: [
            ("It opened in 1921, burned down in 1954 and was rebuilt in 1960.", true),
            ("It opened in 1921, closed in 1954 and opened again in 1954.", false),
            ("Call 19215 or 19546 or 19607.", false),
        ],
    },
    WorkedExample {
        instruction: "Put every paragraph's first word in bold with double asterisks.",
        source: r"import re

def evaluate(response):
    paragraphs = [p.strip() for p in re.split(r'\n\s*\n', response) if p.strip()]
    if not paragraphs:
        return False
    return all(re.match(r'\*\*[^\s*]+\*\*', p) for p in paragraphs)
",
        cases: [
            ("**Start** early.\n\n**Rest** often.", true),
            ("**Start** early.\n\nRest **often**.", false),
            ("** Start** early.", false),
        ],
    },
    WorkedExample {
        instruction: "No word of your answer may be longer than eight letters.",
        source: r"def evaluate(response):
    words = response.split()
    if not words:
        return False
    return all(sum(c.isalpha() for c in word) <= 8 for word in words)
",
        cases: [
            ("Cut the apples and bake them slowly.", true),
            ("Preheat the oven, then bake everything.", false),
            ("Bring a notebook along.", true),
        ],
    },
    WorkedExample {
        instruction: "Close with a line that holds nothing but the letters QED.",
        source: r"def evaluate(response):
    lines = response.rstrip().splitlines()
    if len(lines) < 2:
        return False
    return lines[-1].strip() == 'QED'
",
        cases: [
            ("Both sides are even, so the sum is even.\nQED", true),
            ("Both sides are even, so the sum is even. QED", false),
            ("Both sides are even.\nqed", false),
        ],
    },
];

const CHINESE: [WorkedExample; 4] = [
    WorkedExample {
        instruction: "回答中至少出现三个不同的四位数年份。",
        source: r"import re

def evaluate(response):
    years = set(re.findall(r'(?<!\d)\d{4}(?!\d)', response))
    return len(years) >= 3
",
        cases: [
            ("该馆1921年开放，1954年失火，1960年重建。", true),
            ("该馆1921年开放，1954年关闭，又于1954年重开。", false),
            ("电话是19215、19546和19607。", false),
        ],
    },
    WorkedExample {
        instruction: "每个段落都以“其实”二字开头。",
        source: r"def evaluate(response):
    paragraphs = [p.strip() for p in response.splitlines() if p.strip()]
    if not paragraphs:
        return False
    return all(p.startswith('其实') for p in paragraphs)
",
        cases: [("其实早起并不难。\n其实贵在坚持。", true), ("其实早起并不难。\n关键其实是坚持。", false), ("", false)],
    },
    WorkedExample {
        instruction: "每句话不超过十五个汉字。",
        source: r"import re

def evaluate(response):
    sentences = [s for s in re.split(r'[。！？!?\n]+', response) if s.strip()]
    if not sentences:
        return False
    return all(len(re.findall(r'[\u4e00-\u9fff]', s)) <= 15 for s in sentences)
",
        cases: [
            ("先看车架。再试刹车。最后骑一圈。", true),
            ("先仔细看一看车架上有没有细小的裂纹和锈迹。", false),
            ("先看车架有没有裂纹！再试刹车？", true),
        ],
    },
    WorkedExample {
        instruction: "最后一行只写“完毕”两个字。",
        source: r"def evaluate(response):
    lines = response.rstrip().splitlines()
    if len(lines) < 2:
        return False
    return lines[-1].strip() == '完毕'
",
        cases: [
            ("两边都是偶数，所以和也是偶数。\n完毕", true),
            ("两边都是偶数，所以和也是偶数。完毕", false),
            ("两边都是偶数。\n完毕。", false),
        ],
    },
];
