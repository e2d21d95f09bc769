//! Two texts beside each other: which lines are the same, which were changed, and where within them.

use std::{ops::Range, sync::Arc, time::Duration};

use similar::{ChangeTag, TextDiff};

use crate::term::escape;

use super::list::Scroll;

/// Lines that stay the same shown around what changed.
const AROUND: usize = 3;

/// How long is looked for the shortest way from one text to the other; then a longer one does.
const PATIENCE: Duration = Duration::from_millis(400);

/// A line of one side: its number from 1, and its pieces, escaped but for white space, which is shown when it is drawn;
/// those marked differ from the other side's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Half {
    /// Its number.
    pub no: usize,
    /// Its pieces.
    pub pieces: Vec<(bool, String)>,
}

/// A line of the comparison. Both sides of a line that is the same; one or both of one that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether both sides say the same.
    pub same: bool,
    /// The left side.
    pub left: Option<Half>,
    /// The right side.
    pub right: Option<Half>,
}

/// A comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// How many lines only the left side has, and only the right side.
    pub changed: (usize, usize),
}

impl Diff {
    /// Compares two texts. Takes milliseconds for long ones: run it off the loop.
    pub fn of(left: &str, right: &str) -> Self {
        let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(left, right);
        let mut out = Self::default();
        for op in diff.ops() {
            let (mut removed, mut added) = (Vec::new(), Vec::new());
            for change in diff.iter_inline_changes(op) {
                let pieces = pieces(change.iter_strings_lossy());
                let no = |index: Option<usize>| index.unwrap_or(0) + 1;
                match change.tag() {
                    ChangeTag::Equal => out.lines.push(Line {
                        same: true,
                        left: Some(Half { no: no(change.old_index()), pieces: pieces.clone() }),
                        right: Some(Half { no: no(change.new_index()), pieces }),
                    }),
                    ChangeTag::Delete => removed.push(Half { no: no(change.old_index()), pieces }),
                    ChangeTag::Insert => added.push(Half { no: no(change.new_index()), pieces }),
                }
            }
            out.changed.0 += removed.len();
            out.changed.1 += added.len();
            let rows = removed.len().max(added.len());
            let (mut removed, mut added) = (removed.into_iter(), added.into_iter());
            out.lines.extend((0..rows).map(|_| Line { same: false, left: removed.next(), right: added.next() }));
        }
        out
    }

    /// The lines of a comparison that are folded away: runs of lines that are the same, far from any that is not.
    pub fn folds(&self) -> Vec<Range<usize>> {
        let all = self.lines.len();
        let mut at = 0;
        let mut out = Vec::new();
        for block in self.lines.chunk_by(|a, b| a.same == b.same) {
            let start = if at == 0 { 0 } else { at + AROUND };
            let end = if at + block.len() == all { all } else { (at + block.len()).saturating_sub(AROUND) };
            // One line is not worth a fold, and texts that are the same are shown.
            if block.first().is_some_and(|line| line.same) && start + 1 < end && block.len() < all {
                out.push(start..end);
            }
            at += block.len();
        }
        out
    }

    /// Whether both texts are the same.
    pub const fn is_empty(&self) -> bool {
        self.changed.0 == 0 && self.changed.1 == 0
    }
}

fn pieces<'a>(parts: impl Iterator<Item = (bool, std::borrow::Cow<'a, str>)>) -> Vec<(bool, String)> {
    let mut out: Vec<(bool, String)> = Vec::new();
    for (differs, text) in parts {
        let text = escape::kept(&text);
        match out.last_mut() {
            Some((same, before)) if *same == differs => before.push_str(&text),
            _ if text.is_empty() => {}
            _ => out.push((differs, text)),
        }
    }
    out
}

/// A text that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// What it is, in words.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
}

/// A comparison on screen: one text against another out of several.
#[derive(Clone, Debug, Default)]
pub struct Comparing {
    /// What can be compared.
    pub sides: Vec<Side>,
    /// Which of them stands on the left.
    pub left: usize,
    /// Which on the right.
    pub right: usize,
    /// The comparison, once it is there.
    pub diff: Option<Arc<Diff>>,
    /// Whether long runs of lines that are the same are shown in full.
    pub whole: bool,
    /// Where it stands.
    pub scroll: Scroll,
}

impl Comparing {
    /// Whether something is folded, or would be.
    pub fn folds(&self) -> bool {
        self.diff.as_ref().is_some_and(|diff| !diff.folds().is_empty())
    }

    /// The two texts.
    pub fn texts(&self) -> Option<(Arc<str>, Arc<str>)> {
        let text = |at: usize| self.sides.get(at).map(|side| Arc::clone(&side.text));
        text(self.left).zip(text(self.right))
    }

    /// Another text on the left; never the one on the right.
    pub fn turn(&mut self, by: isize) {
        let all = self.sides.len().cast_signed();
        if all < 2 {
            return;
        }
        let mut next = self.left.cast_signed();
        loop {
            next = (next + by).rem_euclid(all);
            if next != self.right.cast_signed() {
                break;
            }
        }
        self.left = next.cast_unsigned();
        self.diff = None;
        self.scroll.top();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn changed_words_are_marked_within_changed_lines() {
        let diff = Diff::of("def f(x):\n    return x > 3\n", "def f(x):\n    return x >= 3\n    # end\n");
        assert_eq!(diff.changed, (1, 2));
        assert!(diff.lines[0].same && !diff.lines[1].same);
        let right = diff.lines[1].right.as_ref().unwrap();
        assert_eq!(right.no, 2);
        let marked: String = right.pieces.iter().filter(|(marked, _)| *marked).map(|(_, text)| text.as_str()).collect();
        assert!(marked.contains('=') && !marked.contains("return"), "{marked}");
        assert_eq!(diff.lines[2].left, None);
        assert!(Diff::of("same\n", "same\n").is_empty());
    }

    fn side(diff: &Diff, pick: impl Fn(&Line) -> Option<&Half>) -> Vec<String> {
        let halves = diff.lines.iter().filter_map(pick);
        halves.map(|half| half.pieces.iter().map(|(_, text)| text.as_str()).collect()).collect()
    }

    proptest! {
        #[test]
        fn each_side_is_its_text(left in "([ab ]{0,4}\n){0,6}", right in "([ab ]{0,4}\n){0,6}") {
            let diff = Diff::of(&left, &right);
            let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
            prop_assert_eq!(side(&diff, |line| line.left.as_ref()), lines(&left));
            prop_assert_eq!(side(&diff, |line| line.right.as_ref()), lines(&right));
            prop_assert_eq!(diff.is_empty(), left == right);
        }
    }
}
