//! What no function can check: tone and taste. Only plain cases, so that nothing checkable falls.

/// English words of tone and taste.
const WORDS: [&str; 31] = [
    "tone",
    "creative",
    "creatively",
    "creativity",
    "engaging",
    "humor",
    "humour",
    "humorous",
    "humorously",
    "funny",
    "witty",
    "polite",
    "politely",
    "friendly",
    "empathetic",
    "empathy",
    "persuasive",
    "persuasively",
    "inspiring",
    "inspirational",
    "sarcastic",
    "sarcastically",
    "sarcasm",
    "heartfelt",
    "thoughtful",
    "interesting",
    "captivating",
    "compelling",
    "enthusiastic",
    "respectful",
    "vivid",
];

/// Chinese ones.
const PHRASES: [&str; 10] = ["语气", "幽默", "有趣", "生动", "礼貌", "文采", "创意", "感人", "风趣", "诙谐"];

/// Whether a candidate may be checkable. What it quotes does not count: `Use the word "creative" twice.`
pub fn is_checkable(text: &str) -> bool {
    let plain = without_quotes(text);
    let words = super::tokens::words(&plain);
    !words.iter().any(|word| WORDS.contains(&word.as_str())) && !PHRASES.iter().any(|phrase| plain.contains(phrase))
}

fn without_quotes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut close = None;
    for c in text.chars() {
        match (close, c) {
            (Some(end), c) if c == end => close = None,
            (Some(_), _) => {}
            (None, '"') => close = Some('"'),
            (None, '“') => close = Some('”'),
            (None, '「') => close = Some('」'),
            (None, '‘') => close = Some('’'),
            (None, c) => plain.push(c),
        }
    }
    plain
}
