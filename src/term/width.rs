//! Cells, not characters: measuring, cutting, padding and wrapping escaped text.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Width in cells.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The longest start of a text that fits, by grapheme.
pub fn take(text: &str, cells: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > cells {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// What is left of a text from a column on, by grapheme; a wide character that is cut leaves a space.
pub fn skip(text: &str, cells: usize) -> std::borrow::Cow<'_, str> {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        if used >= cells {
            let rest = text.get(at..).unwrap_or_default();
            return if used == cells { rest.into() } else { format!("{}{rest}", " ".repeat(used - cells)).into() };
        }
        used += width(grapheme);
    }
    " ".repeat(used.saturating_sub(cells)).into()
}

/// The longest end of a text that fits, by grapheme.
pub fn take_end(text: &str, cells: usize) -> &str {
    let mut used = 0;
    let mut from = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used > cells {
            break;
        }
        from = at;
    }
    text.get(from..).unwrap_or_default()
}

/// A text cut at its end to fit, with an ellipsis where something is left out.
pub fn fit(text: &str, cells: usize, ellipsis: &str) -> String {
    // A character takes at most four bytes and usually a cell: this spares measuring what is surely too long.
    if text.len() <= cells.saturating_mul(4) && width(text) <= cells {
        return text.to_owned();
    }
    let head = take(text, cells.saturating_sub(width(ellipsis)));
    if head.len() == text.len() {
        return text.to_owned();
    }
    let dots = take(ellipsis, cells);
    format!("{}{dots}", head.trim_end())
}

/// A text cut and padded to exactly this many cells.
pub fn pad(text: &str, cells: usize, ellipsis: &str) -> String {
    let mut out = fit(text, cells, ellipsis);
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', cells.saturating_sub(used)));
    out
}

/// Lines broken at words to fit, wide characters anywhere, overlong words by grapheme. At least one line.
pub fn wrap(line: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let mut out = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    for piece in pieces(line) {
        let wide = width(piece);
        if used + wide <= cells {
            current.push_str(piece);
            used += wide;
            continue;
        }
        if piece.starts_with(' ') {
            continue; // Spaces at a break vanish.
        }
        if wide <= cells {
            out.push(close(&mut current));
            current.push_str(piece);
            used = wide;
            continue;
        }
        for grapheme in piece.graphemes(true) {
            // What no line can hold is shown as what cannot be shown.
            let grapheme = if width(grapheme) > cells { "\u{fffd}" } else { grapheme };
            let wide = width(grapheme);
            if used + wide > cells {
                out.push(close(&mut current));
                used = 0;
            }
            current.push_str(grapheme);
            used += wide;
        }
    }
    out.push(close(&mut current));
    out
}

/// Lines broken after a sign to fit, overlong words by grapheme; nothing vanishes at a break. At least one line.
pub fn wrap_after(line: &str, cells: usize, sign: &str) -> Vec<String> {
    let cells = cells.max(2);
    let mut out = vec![String::new()];
    let mut used = 0;
    let mut put = |piece: &str| {
        let wide = width(piece);
        if used + wide > cells && used > 0 {
            out.push(String::new());
            used = 0;
        }
        if let Some(last) = out.last_mut() {
            last.push_str(piece);
        }
        used += wide;
    };
    for word in line.split_inclusive(sign) {
        if width(word) <= cells {
            put(word);
        } else {
            word.graphemes(true).for_each(&mut put);
        }
    }
    out
}

/// Marks that must not begin a line.
const CLOSING: &str = "，。！？、；：”’）】》」』…,.;:!?)]}";

/// What stays together: runs of spaces, words with their marks, single wide characters with the marks that close them.
fn pieces(line: &str) -> Vec<&str> {
    #[derive(PartialEq)]
    enum Class {
        Space,
        Wide,
        Narrow,
    }
    let class = |grapheme: &str| match grapheme {
        " " => Class::Space,
        grapheme if width(grapheme) > 1 => Class::Wide,
        _ => Class::Narrow,
    };
    let mut out = Vec::new();
    let mut from = 0;
    let mut before: Option<Class> = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        let now = class(grapheme);
        let closes = CLOSING.contains(grapheme) && before.as_ref().is_some_and(|before| *before != Class::Space);
        let joins = closes || (before.as_ref() == Some(&now) && now != Class::Wide);
        if at > from && !joins {
            out.extend(line.get(from..at));
            from = at;
        }
        if !closes {
            before = Some(now);
        }
    }
    out.extend(line.get(from..).filter(|rest| !rest.is_empty()));
    out
}

fn close(line: &mut String) -> String {
    let end = line.trim_end().len();
    line.truncate(end);
    std::mem::take(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cuts_by_cells() {
        assert_eq!(fit("hello", 5, "…"), "hello");
        assert_eq!(fit("hello world", 6, "…"), "hello…");
        assert_eq!(fit("用三句话回答", 5, "…"), "用三…");
        assert_eq!(pad("用三", 6, "…"), "用三  ");
        assert_eq!(fit("abc", 0, "…"), "");
    }

    #[test]
    fn skips_by_cells() {
        assert_eq!(skip("hello", 0), "hello");
        assert_eq!(skip("hello", 2), "llo");
        assert_eq!(skip("用三句", 3), " 句");
        assert_eq!(skip("用", 1), " ");
        assert_eq!(skip("ab", 7), "");
    }

    #[test]
    fn wraps_at_words_and_between_wide_characters() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("请用三句话回答", 6), ["请用三", "句话回", "答"]);
        assert_eq!(wrap("", 6), [""]);
        assert_eq!(wrap("the receipt. Then", 11), ["the", "receipt.", "Then"]);
        assert_eq!(wrap("看车架，再试。", 6), ["看车", "架，再", "试。"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
    }

    #[test]
    fn nothing_vanishes_where_white_space_is_seen() {
        assert_eq!(wrap_after("one·two··three", 7, "·"), ["one·", "two··", "three"]);
        assert_eq!(wrap_after("abcdefgh·", 4, "·"), ["abcd", "efgh", "·"]);
        assert_eq!(wrap_after("", 4, "·"), [""]);
    }

    proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in "\\PC{0,60}", cells in 2_usize..40) {
            for line in wrap(&text, cells) {
                prop_assert!(width(&line) <= cells, "{line:?}");
            }
            prop_assert!(width(&fit(&text, cells, "…")) <= cells);
            prop_assert_eq!(width(&pad(&text, cells, "…")), cells);
        }
    }
}
