//! Answers that decline.

/// How an answer that declines begins. Apostrophes are straight, letters small.
const OPENINGS: &[&str] = &[
    "i'm sorry",
    "i am sorry",
    "sorry, ",
    "sorry but",
    "i apologize",
    "my apologies",
    "i can't",
    "i cannot",
    "i can not",
    "i'm unable",
    "i am unable",
    "i'm not able",
    "i am not able",
    "i won't",
    "i will not be able",
    "i'm afraid",
    "i am afraid",
    "i must decline",
    "i have to decline",
    "unfortunately, i can",
    "unfortunately, i am",
    "unfortunately, i'm",
    "unfortunately, it is not possible",
    "as an ai",
    "as a language model",
    "it is not possible to",
    "it's not possible to",
    "抱歉",
    "很抱歉",
    "非常抱歉",
    "对不起",
    "不好意思",
    "我无法",
    "我不能",
    "我没有办法",
    "无法完成",
    "无法为您",
    "作为一个人工智能",
    "作为人工智能",
    "作为一个ai",
    "作为ai",
    "作为一个语言模型",
];

/// Whether an answer declines (English or Chinese), judged by how it begins.
pub fn looks_like_refusal(text: &str) -> bool {
    let start: String = text
        .trim_start_matches(|c: char| c.is_whitespace() || "*_#>`\"'“”".contains(c))
        .chars()
        .take(60)
        .map(|c| if c == '\u{2019}' { '\'' } else { c })
        .collect::<String>()
        .to_lowercase();
    OPENINGS.iter().any(|opening| start.starts_with(opening))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_in_both_languages() {
        for text in [
            "I’m sorry, but I can't help with that.",
            "**I cannot** write a function for this instruction.",
            "I cannot write a function for this instruction.",
            "As an AI language model, I do not judge tone.",
            "  Unfortunately, I am not able to check emotions.",
            "很抱歉，我无法完成这个请求。",
            "作为一个人工智能，我不能……",
            "I'm afraid this instruction cannot be checked by a function.",
        ] {
            assert!(looks_like_refusal(text), "{text}");
        }
        for text in ["", "Sorrel is a plant.", "def evaluate(response):", "I can do that:", "我可以写一个函数。"]
        {
            assert!(!looks_like_refusal(text), "{text}");
        }
    }
}
