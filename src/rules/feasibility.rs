//! Queries that an instruction can hardly be served with (paper 3.3: the score "catches instruction-query conflicts").
//! Simple checks on words, for flags before anything is asked: they miss many conflicts and should raise few in vain.

use serde::{Deserialize, Serialize};

/// What instruction and query disagree about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conflict {
    /// Both name a language for the answer, and not the same.
    Language,
    /// Both say how long it is to be.
    Length,
    /// Both ask for a layout, and not the same.
    Layout,
    /// The query asks for code, and the instruction is about letters, marks or digits that code cannot do without.
    Code,
    /// The query is about numbers, and the instruction wants no digits.
    Digits,
}

impl Conflict {
    /// The word for it in lists.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Length => "length",
            Self::Layout => "layout",
            Self::Code => "code",
            Self::Digits => "digits",
        }
    }

    /// Why a task was left out for it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Language => "conflict-language",
            Self::Length => "conflict-length",
            Self::Layout => "conflict-layout",
            Self::Code => "conflict-code",
            Self::Digits => "conflict-digits",
        }
    }
}

/// What an instruction and a query disagree about, in the order of [`Conflict`].
pub fn conflicts(instruction: &str, query: &str) -> Vec<Conflict> {
    let (instruction, query) = (Said::of(instruction), Said::of(query));
    let mut found = Vec::new();
    if let (Some(wanted), Some(asked)) = (instruction.language(), query.language())
        && wanted != asked
    {
        found.push(Conflict::Language);
    }
    if instruction.says_length(&[]) && query.says_length(&LIMITS) {
        found.push(Conflict::Length);
    }
    let (wanted, asked) = (instruction.layouts(), query.layouts());
    if !wanted.is_empty() && !asked.is_empty() && !wanted.iter().any(|layout| asked.contains(layout)) {
        found.push(Conflict::Layout);
    }
    if query.has(&CODE) && instruction.has(&MARKS) {
        found.push(Conflict::Code);
    }
    if instruction.has(&NO_DIGITS) && (query.has(&COUNTING) || query.text.chars().any(|c| c.is_ascii_digit())) {
        found.push(Conflict::Digits);
    }
    found
}

/// Languages by the names that stand for each, English and Chinese.
const LANGUAGES: [&[&str]; 10] = [
    &["english", "英语", "英文"],
    &["chinese", "mandarin", "中文", "汉语"],
    &["french", "法语", "法文"],
    &["german", "德语", "德文"],
    &["spanish", "西班牙语"],
    &["italian", "意大利语"],
    &["japanese", "日语", "日文"],
    &["korean", "韩语", "韩文"],
    &["russian", "俄语", "俄文"],
    &["latin", "拉丁语"],
];

/// What stands before a language that an answer is to be in.
const INTO: [&str; 7] = ["in ", "into ", "to ", "用", "成", "译为", "以"];

/// Layouts by the words that name each.
const LAYOUTS: [&[&str]; 7] = [
    &[" table", "表格"],
    &[" bullet", " list ", " lists ", "numbered list", "列表", "分条", "清单"],
    &[" json", "json "],
    &[" poem", " haiku", " limerick", " sonnet", "一首诗", "俳句", "诗歌"],
    &[" email", " letter to", "邮件", "写一封信"],
    &[" dialogue", "对话"],
    &[" single paragraph", " one paragraph", "一个段落", "只写一段"],
];

/// Units of length.
const UNITS: [&str; 14] = [
    "word",
    "words",
    "sentence",
    "sentences",
    "paragraph",
    "paragraphs",
    "line",
    "lines",
    "characters",
    "字",
    "句",
    "段",
    "行",
    "词",
];

/// What stands before the length that a query asks for: "in 50 words", "用50个字". "Three good words" is none.
const LIMITS: [&str; 18] = [
    "in",
    "under",
    "within",
    "about",
    "around",
    "most",
    "least",
    "than",
    "with",
    "exactly",
    "only",
    "to",
    "用",
    "以",
    "写",
    "限",
    "超过",
    "控制在",
];

/// Numbers in words, beside digits.
const NUMBERS: [&str; 24] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "fifteen", "twenty",
    "thirty", "forty", "fifty", "hundred", "single", "一", "两", "三", "五", "十", "百",
];

/// How code is asked for.
const CODE: [&str; 13] = [
    "write a function",
    "write a script",
    "write a program",
    "write code",
    "write some code",
    "python function",
    "python script",
    "sql query",
    "regular expression",
    "写一个函数",
    "写一段代码",
    "写个脚本",
    "正则表达式",
];

/// What code cannot do without.
const MARKS: [&str; 16] = [
    "lowercase",
    "lower case",
    "uppercase",
    "upper case",
    "capital",
    "punctuation",
    "comma",
    "quotation",
    "bracket",
    "letter ",
    "digit",
    "大写",
    "小写",
    "标点",
    "逗号",
    "数字",
];

/// How digits are forbidden.
const NO_DIGITS: [&str; 9] = [
    "no digits",
    "no numerals",
    "without digits",
    "without any digits",
    "without numerals",
    "number as a word",
    "numbers as words",
    "不使用数字",
    "不出现阿拉伯数字",
];

/// How sums are asked for.
const COUNTING: [&str; 7] = ["calculate", "how many", "how much is", "percentage", "convert", "计算", "等于多少"];

/// A text as these checks read it.
struct Said {
    /// In small letters, marks as blanks, with blanks around it.
    text: String,
}

impl Said {
    fn of(text: &str) -> Self {
        let plain: String =
            text.to_lowercase().chars().map(|c| if c.is_alphanumeric() || c == '\'' { c } else { ' ' }).collect();
        let words: Vec<&str> = plain.split_whitespace().collect();
        Self { text: format!(" {} ", words.join(" ")) }
    }

    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.text.contains(word))
    }

    /// The language that the answer is to be in, by its place in the list; nothing where none or several are named.
    fn language(&self) -> Option<usize> {
        let named = |names: &[&str]| {
            names.iter().any(|name| INTO.iter().any(|into| self.text.contains(&format!("{into}{name}"))))
        };
        let mut found = (0..LANGUAGES.len()).filter(|at| named(LANGUAGES[*at]));
        found.next().filter(|_| found.next().is_none())
    }

    fn layouts(&self) -> Vec<usize> {
        (0..LAYOUTS.len()).filter(|at| self.has(LAYOUTS[*at])).collect()
    }

    /// Whether a number stands before a unit of length, with at most one word between; and one of some words before it,
    /// where there are any.
    fn says_length(&self, before: &[&str]) -> bool {
        let is_number = |word: &str| word.chars().any(|c| c.is_ascii_digit()) || NUMBERS.contains(&word);
        let words: Vec<&str> = self.text.split_whitespace().collect();
        let limited = |at: usize| before.is_empty() || at > 0 && before.contains(&words[at - 1]);
        let counted = words.iter().enumerate().any(|(at, word)| {
            is_number(word) && limited(at) && words[at + 1..].iter().take(2).any(|unit| UNITS.contains(unit))
        });
        counted || self.says_chinese_length(before)
    }

    /// The same where no blanks part words: `三句话`, `50个字`.
    fn says_chinese_length(&self, before: &[&str]) -> bool {
        let chars: Vec<char> = self.text.chars().filter(|c| !c.is_whitespace()).collect();
        let is_number = |c: char| c.is_ascii_digit() || "一两三四五六七八九十百".contains(c);
        let is_unit = |c: char| "字句段行".contains(c);
        let limited = |at: usize| {
            let start: usize = (0..at).rev().find(|at| !is_number(chars[*at])).map_or(0, |last| last + 1);
            let lead: String = chars[start.saturating_sub(3)..start].iter().collect();
            before.is_empty() || before.iter().any(|word| !word.is_ascii() && lead.ends_with(word))
        };
        chars.iter().enumerate().any(|(at, c)| {
            let unit = chars[at + 1..].iter().take(2).find(|c| **c != '个');
            is_number(*c) && unit.is_some_and(|c| is_unit(*c)) && limited(at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conflicts_row_by_row() {
        use Conflict::{Code, Digits, Language, Layout, Length};
        let rows: [(&str, &str, &[Conflict]); 18] = [
            ("Write your whole answer in French.", "How do you say good morning in Spanish?", &[Language]),
            ("Write your whole answer in French.", "Translate this note into French: see you soon.", &[]),
            ("Write your whole answer in French.", "Why is the sky blue?", &[]),
            ("Answer in exactly three sentences.", "Tell me about Rome in 200 words.", &[Length]),
            ("Answer in exactly three sentences.", "What are three good words for happy?", &[]),
            ("Answer in exactly three sentences.", "Why did Rome fall?", &[]),
            ("Answer as a table with two columns.", "Write a poem about autumn.", &[Layout]),
            ("Answer as a table with two columns.", "Give me a table of the planets.", &[]),
            ("Write in lowercase only.", "Write a function that sorts a list.", &[Code]),
            ("Begin every line with a vowel.", "Write a function that sorts names.", &[]),
            ("Use no digits at all.", "How many days are in a leap year?", &[Digits]),
            ("Use no digits at all.", "What is 12 times 4?", &[Digits]),
            ("Use no digits at all.", "Why do cats purr?", &[]),
            ("请用英文回答。", "怎么把这句话翻译成日语？", &[Language]),
            ("回答恰好写三句话。", "用50个字介绍一下长城。", &[Length]),
            ("以表格形式回答。", "写一首诗，主题是秋天。", &[Layout]),
            ("全文不出现阿拉伯数字。", "请计算 35 乘以 12。", &[Digits]),
            ("每句话都以“我”开头。", "怎么煮米饭？", &[]),
        ];
        for (instruction, query, expected) in rows {
            assert_eq!(conflicts(instruction, query), expected, "{instruction} / {query}");
        }
    }

    /// Our own queries carry no format of their own, so nearly none may be flagged.
    #[test]
    fn few_flags_are_raised_in_vain() {
        let text =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].as_str().unwrap().to_owned();
        let read = |file: &str| file.lines().map(text).collect::<Vec<String>>();
        let (mut flagged, mut all) = (0, 0);
        for (instructions, queries) in [
            (include_str!("../../seeds/instructions.en.jsonl"), include_str!("../../seeds/queries.en.jsonl")),
            (include_str!("../../seeds/instructions.zh.jsonl"), include_str!("../../seeds/queries.zh.jsonl")),
        ] {
            let queries = read(queries);
            for instruction in read(instructions) {
                for query in &queries {
                    let found = conflicts(&instruction, query);
                    if !found.is_empty() {
                        println!("{found:?} {instruction} / {query}");
                    }
                    (flagged, all) = (flagged + usize::from(!found.is_empty()), all + 1);
                }
            }
        }
        println!("{flagged} of {all} flagged");
        assert!(flagged * 50 < all, "{flagged} of {all}");
    }
}
