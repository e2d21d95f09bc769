//! Fuzzy search: every word of the search must be found, letters may be left out, but not scattered over a text.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{Atom, AtomKind, CaseMatching, Normalization},
};

/// What the matcher gives for one letter that matches.
const LETTER: u16 = 16;
/// What each letter after the first must bring beside that: letters of long texts that match by chance stand apart and
/// bring less.
const TOGETHER: u16 = 4;
/// Words of so many letters must be found as they are.
const WHOLE: usize = 3;

/// Words to look for.
pub struct Fuzzy {
    words: Vec<(Atom, u16)>,
    matcher: Matcher,
    room: Vec<char>,
}

impl std::fmt::Debug for Fuzzy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.words.iter().map(|(atom, _)| atom.needle_text().to_string())).finish()
    }
}

impl Fuzzy {
    /// The words of a search, upper and lower case alike.
    pub fn new<'w>(words: impl IntoIterator<Item = &'w str>) -> Self {
        let words = words.into_iter().map(|word| {
            // Few letters are found apart everywhere.
            let kind = if word.chars().count() <= WHOLE { AtomKind::Substring } else { AtomKind::Fuzzy };
            let atom = Atom::new(word, CaseMatching::Ignore, Normalization::Smart, kind, false);
            let letters = u16::try_from(atom.needle_text().len()).unwrap_or(u16::MAX);
            let together = letters.saturating_sub(1).saturating_mul(TOGETHER);
            (atom, letters.saturating_mul(LETTER).saturating_add(together))
        });
        Self { words: words.collect(), matcher: Matcher::new(Config::DEFAULT), room: Vec::new() }
    }

    /// The words of a line.
    pub fn of(line: &str) -> Self {
        Self::new(line.split_whitespace())
    }

    /// Whether nothing is looked for.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well a text fits, more being better; nothing where a word is not in it. `instead` may stand in for a word.
    pub fn score(&mut self, text: &str, instead: impl Fn(usize) -> bool) -> Option<u32> {
        let text = Utf32Str::new(text, &mut self.room);
        let mut sum = 0;
        for (at, (atom, least)) in self.words.iter().enumerate() {
            match atom.score(text, &mut self.matcher).filter(|score| score >= least) {
                Some(score) => sum += u32::from(score),
                None if instead(at) => sum += u32::from(*least),
                None => return None,
            }
        }
        Some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_may_be_left_out_but_not_scattered() {
        let found = |search: &str, text: &str| Fuzzy::of(search).score(text, |_| false).is_some();
        assert!(found("commas", "Use no commas at all."));
        assert!(found("COMAS", "use no commas at all"));
        assert!(found("comas no", "Use no commas at all."));
        assert!(found("逗号", "不要使用逗号。"));
        assert!(!found("commas", "Choose one of many interesting words about animals and seas."));
        assert!(!found("zh", "Write in the style of a zoologist with a hat."));
    }

    #[test]
    fn what_fits_better_scores_more() {
        let mut fuzzy = Fuzzy::of("pause");
        let score = |fuzzy: &mut Fuzzy, text: &str| fuzzy.score(text, |_| false);
        assert!(score(&mut fuzzy, "pause all work") > score(&mut fuzzy, "menopauseland"));
    }
}
