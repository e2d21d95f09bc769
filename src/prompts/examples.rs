//! Worked examples for the verifier prompt: good answers, two of six shown, rotating by hash of the instruction from
//! sample to sample, so that K samples do not all lean on the same two.

use serde::Serialize;

use crate::domain::{Digest, Language, digest_of};

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

/// The examples shown for a sample of an instruction. Samples go through all ordered pairs of examples before one comes
/// again, from where the instruction's hash begins.
pub fn examples_for(language: Language, instruction: &str, sample: u32) -> Vec<&'static WorkedExample> {
    let all = worked_examples(language);
    let n = all.len();
    let start = usize::from(digest_of(&["assay/examples", instruction]).0[0]);
    let turn = start + sample as usize;
    let (first, apart) = (turn % n, 1 + turn / n % (n - 1));
    (0..SHOWN).map(|i| &all[(first + i * apart) % n]).collect()
}

/// A digest of the examples of a language and of how they rotate: part of what a verifier was made from.
pub fn examples_digest(language: Language) -> Digest {
    let answers: Vec<String> = worked_examples(language).iter().map(WorkedExample::answer).collect();
    let said = worked_examples(language).iter().map(|example| example.instruction);
    let parts: Vec<&str> =
        ["assay/examples/by-sample"].into_iter().chain(said).chain(answers.iter().map(String::as_str)).collect();
    digest_of(&parts)
}

/// Shortest input of a case, in characters, that can only be a copy: shorter ones anyone may write.
const TELLING: usize = 8;

/// Whether a function is a worked example's, word for word.
pub fn is_copied_function(language: Language, source: &str) -> bool {
    worked_examples(language).iter().any(|example| example.source.trim() == source.trim())
}

/// Whether a case's input is a worked example's, word for word.
pub fn is_copied_case(language: Language, input: &str) -> bool {
    let input = input.trim();
    let cases = worked_examples(language).iter().flat_map(|example| &example.cases);
    input.chars().count() >= TELLING && cases.into_iter().any(|(text, _)| text.trim() == input)
}

const ENGLISH: [WorkedExample; 6] = [
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
    WorkedExample {
        instruction: "End every line of your answer with a full stop.",
        source: r"def evaluate(response):
    lines = [line.strip() for line in response.splitlines() if line.strip()]
    if not lines:
        return False
    return all(line.endswith('.') for line in lines)
",
        cases: [
            ("Soak the beans.\nRinse them.\nCook for an hour.", true),
            ("Soak the beans.\nRinse them\nCook for an hour.", false),
            ("Soak the beans overnight!", false),
        ],
    },
    WorkedExample {
        instruction: "Announce the number of points, as in \"3 points\", and give exactly that many lines that begin with a dash.",
        source: r"import re

def evaluate(response):
    announced = re.search(r'\b(\d{1,3}) points\b', response)
    if announced is None:
        return False
    lines = [line for line in response.splitlines() if line.lstrip().startswith('-')]
    return len(lines) == int(announced.group(1))
",
        cases: [
            ("There are 2 points:\n- Plan the trip.\n- Pack light.", true),
            ("There are 3 points:\n- Plan the trip.\n- Pack light.", false),
            ("- Plan the trip.\n- Pack light.", false),
        ],
    },
];

const CHINESE: [WorkedExample; 6] = [
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
    WorkedExample {
        instruction: "每一行都以句号结尾。",
        source: r"def evaluate(response):
    lines = [line.strip() for line in response.splitlines() if line.strip()]
    if not lines:
        return False
    return all(line.endswith(('。', '.')) for line in lines)
",
        cases: [
            ("先把豆子泡软。\n再冲洗干净。\n最后煮一小时。", true),
            ("先把豆子泡软。\n再冲洗干净\n最后煮一小时。", false),
            ("把豆子泡上一整夜！", false),
        ],
    },
    WorkedExample {
        instruction: "先写明要点的个数，例如“3个要点”，再用同样多的以短横线开头的行逐条列出。",
        source: r"import re

def evaluate(response):
    announced = re.search(r'(\d{1,3})\s*个要点', response)
    if announced is None:
        return False
    lines = [line for line in response.splitlines() if re.match(r'\s*[-－—]', line)]
    return len(lines) == int(announced.group(1))
",
        cases: [
            ("共2个要点：\n- 先定路线。\n- 少带行李。", true),
            ("共3个要点：\n- 先定路线。\n- 少带行李。", false),
            ("- 先定好路线。\n- 尽量少带行李。", false),
        ],
    },
];
