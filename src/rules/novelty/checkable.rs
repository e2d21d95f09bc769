//! What no function can check: tone and taste. Only plain cases, so that nothing checkable falls; a project may name
//! its own.

use crate::config::NotCheckable;

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

/// What stands for a built-in list.
const BUILT_IN: &str = "default";

/// The patterns in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    /// English words and phrases, as tokens.
    words: Vec<Vec<String>>,
    /// Chinese phrases.
    phrases: Vec<String>,
}

impl Patterns {
    /// Those that a project names.
    pub fn of(config: &NotCheckable) -> Self {
        let english = expand(&config.en, &WORDS);
        let words = english.into_iter().map(super::tokens::words).filter(|words| !words.is_empty());
        let phrases = expand(&config.zh, &PHRASES).into_iter().map(|phrase| phrase.trim().to_owned());
        Self { words: words.collect(), phrases: phrases.filter(|phrase| !phrase.is_empty()).collect() }
    }

    /// Whether a candidate may be checkable. What it quotes does not count: `Use the word "creative" twice.`
    pub fn allow(&self, text: &str) -> bool {
        let plain = without_quotes(text);
        let said = super::tokens::words(&plain);
        let names = |pattern: &Vec<String>| said.windows(pattern.len()).any(|words| words == pattern.as_slice());
        !self.words.iter().any(names) && !self.phrases.iter().any(|phrase| plain.contains(phrase))
    }
}

fn expand<'a>(list: &'a [String], built_in: &[&'static str]) -> Vec<&'a str> {
    let of = |word: &'a String| if word == BUILT_IN { built_in.to_vec() } else { vec![word.as_str()] };
    list.iter().flat_map(of).collect()
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
