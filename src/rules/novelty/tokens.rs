//! Texts as tokens: words in small letters, Chinese, Japanese and Korean by character.

use std::collections::HashMap;

use crate::config::Numbers;

/// English words that say a number.
const NUMBER_WORDS: [&str; 41] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "once",
];

/// Chinese characters that say one.
const NUMBER_CHARACTERS: &str = "〇零一二两三四五六七八九十百千万";

/// A text's tokens by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// In order: what is compared.
    pub words: Vec<u32>,
    /// In order, every run of numbers as one mark.
    pub masked: Vec<u32>,
    /// How often each occurs, by token.
    pub counts: Vec<(u32, usize)>,
}

/// Numbers for tokens.
#[derive(Clone, Debug, Default)]
pub struct Interner(HashMap<String, u32>);

impl Interner {
    /// A text's tokens; where numbers are masked, what is compared are the masked ones.
    pub fn tokens(&mut self, text: &str, numbers: Numbers) -> Tokens {
        let found = words(text);
        let mark = self.number("#".to_owned());
        let mut masked = Vec::with_capacity(found.len());
        for word in &found {
            match mask(word) {
                None => masked.push(self.number(word.clone())),
                Some(unit) => {
                    if masked.last() != Some(&mark) {
                        masked.push(mark);
                    }
                    if !unit.is_empty() {
                        masked.push(self.number(unit.to_owned()));
                    }
                }
            }
        }
        let words: Vec<u32> = match numbers {
            Numbers::Masked => masked.clone(),
            Numbers::Distinct | Numbers::Plain => found.into_iter().map(|word| self.number(word)).collect(),
        };
        let mut sorted = words.clone();
        sorted.sort_unstable();
        let counts = sorted.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
        Tokens { words, masked, counts }
    }

    fn number(&mut self, word: String) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(word).or_insert(next)
    }
}

/// The words of a text.
pub fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            found.push(std::mem::take(word));
        }
    };
    for c in text.chars() {
        match c {
            '\'' | '’' if !word.is_empty() => word.push('\''),
            c if is_cjk(c) => {
                end(&mut word);
                word.push(c);
                end(&mut word);
            }
            c if c.is_alphanumeric() => word.extend(c.to_lowercase()),
            _ => end(&mut word),
        }
    }
    end(&mut word);
    for word in &mut found {
        word.truncate(word.trim_end_matches('\'').len());
    }
    found
}

/// What is left of a word that says a number, without the number ("20th": "th"); nothing where it says none.
fn mask(word: &str) -> Option<&str> {
    let unit = word.trim_start_matches(|c: char| c.is_numeric());
    let counts = unit.len() < word.len()
        || NUMBER_WORDS.contains(&word)
        || word.chars().all(|c| NUMBER_CHARACTERS.contains(c)) && !word.is_empty();
    counts.then_some(if unit.len() < word.len() { unit } else { "" })
}

/// Whether a character is a token by itself.
const fn is_cjk(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}
