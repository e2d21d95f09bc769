//! Untrusted text to text that is safe on a screen: what has no glyph, moves the cursor or reorders its neighbours is
//! shown as a visible escape.

use std::borrow::Cow;

/// Cells a tab is expanded to.
const TAB: usize = 4;
/// Combining marks kept on one base; more would stack over other lines.
const MARKS: usize = 4;

/// One paragraph: line breaks and tabs become spaces, everything unsafe a visible escape.
pub fn prose(text: &str) -> String {
    let mut out = Escaper::new(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' | '\r' | '\t' => out.space(),
            _ => out.push(c),
        }
    }
    out.text
}

/// One line that hides nothing: line breaks and tabs are shown as `\n` and `\t`.
pub fn literal(text: &str) -> String {
    let mut out = Escaper::new(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.text.push_str("\\n"),
            '\r' => out.text.push_str("\\r"),
            '\t' => out.text.push_str("\\t"),
            _ => out.push(c),
        }
    }
    out.text
}

/// Text with its lines: tabs are expanded, `\r\n` is a line break, everything else unsafe a visible escape.
pub fn block(text: &str) -> Vec<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.split('\n').map(|line| line_of(line.strip_suffix('\r').unwrap_or(line))).collect()
}

/// One line of a block.
pub fn line_of(line: &str) -> String {
    let mut out = Escaper::new(line.len());
    for c in line.chars() {
        if c == '\t' {
            out.tab("");
        } else {
            out.push(c);
        }
    }
    out.text
}

/// What stands for white space that is made visible.
#[derive(Clone, Copy, Debug)]
pub struct Spaces {
    /// A space.
    pub space: &'static str,
    /// A tab.
    pub tab: &'static str,
    /// The end of a line.
    pub line_end: &'static str,
}

impl Spaces {
    /// Whether a character of a text could be taken for one of the signs. In plain ASCII every sign is also a character
    /// of code, so that only their colour tells.
    fn are_like(&self, c: char) -> bool {
        !c.is_ascii() && [self.space, self.tab, self.line_end].iter().any(|sign| sign.chars().eq([c]))
    }
}

/// Text with its lines and nothing hidden: spaces, tabs and line ends have signs, and where the text itself holds such
/// a sign, that is escaped. A last line without an end has none.
pub fn spaced(text: &str, signs: &Spaces) -> Vec<String> {
    let mut lines: Vec<String> =
        text.split_inclusive('\n').map(|line| shown(&kept(line), 0, Some(signs)).into_owned()).collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// A line, or a part of one, for which it is still open whether its white space is shown: all is escaped but tabs and
/// the line's end. For a screen it goes through [`shown`].
pub fn kept(line: &str) -> String {
    let body = line.strip_suffix('\n').unwrap_or(line);
    let body = body.strip_suffix('\r').unwrap_or(body);
    let mut out = Escaper::new(line.len());
    for c in body.chars() {
        if c == '\t' {
            out.text.push(c);
        } else {
            out.push(c);
        }
    }
    out.text.push_str(line.get(body.len()..).unwrap_or_default());
    out.text
}

/// What was [`kept`], from a column of its line on: tabs expanded, the line's end left away; or all of it as signs.
pub fn shown<'k>(kept: &'k str, column: usize, signs: Option<&Spaces>) -> Cow<'k, str> {
    if signs.is_none() && !kept.contains(['\t', '\n', '\r']) {
        return kept.into();
    }
    let mut out = Escaper { cells: column, ..Escaper::new(kept.len() * 2) };
    for c in kept.chars() {
        match (c, signs) {
            ('\t', signs) => out.tab(signs.map_or("", |signs| signs.tab)),
            ('\n' | '\r', None) => {}
            ('\n', Some(signs)) => out.text.push_str(signs.line_end),
            (' ', Some(signs)) => out.text.push_str(signs.space),
            ('\r' | '\u{a0}' | '\u{3000}', Some(_)) => out.escape(c),
            (c, Some(signs)) if signs.are_like(c) => out.escape(c),
            _ => out.text.push(c),
        }
    }
    out.text.into()
}

struct Escaper {
    text: String,
    marks: usize,
    /// Cells up to the last tab, and where what follows it begins: a line of tabs is measured once.
    cells: usize,
    after: usize,
}

impl Escaper {
    fn new(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), marks: 0, cells: 0, after: 0 }
    }

    fn space(&mut self) {
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// On to the next stop, with a sign for it or none.
    fn tab(&mut self, sign: &str) {
        self.text.push_str(sign);
        let at = self.cells + super::width::width(self.text.get(self.after..).unwrap_or_default());
        // Without a sign a tab is at least a cell.
        let rest = if sign.is_empty() { TAB - at % TAB } else { (TAB - at % TAB) % TAB };
        self.text.extend(std::iter::repeat_n(' ', rest));
        (self.cells, self.after) = (at + rest, self.text.len());
    }

    fn push(&mut self, c: char) {
        if matches!(c, '\u{fe00}'..='\u{fe0f}') {
            return; // Variation selectors only choose a glyph, and terminals disagree on the width that follows.
        }
        if is_unsafe(c) {
            self.marks = 0;
            self.escape(c);
            return;
        }
        let mark = unicode_width::UnicodeWidthChar::width(c) == Some(0);
        self.marks = if mark { self.marks + 1 } else { 0 };
        if mark && (self.marks > MARKS || self.text.is_empty()) {
            self.escape(c);
        } else {
            self.text.push(c);
        }
    }

    fn escape(&mut self, c: char) {
        let code = u32::from(c);
        if code < 0x100 {
            self.text.push_str(&format!("\\x{code:02x}"));
        } else {
            self.text.push_str(&format!("\\u{{{code:x}}}"));
        }
    }
}

/// Controls (C0, C1), bidi overrides and isolates, zero-width and other invisible characters, tags.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn controls_and_reordering_are_visible() {
        assert_eq!(prose("a\u{1b}[31mb"), "a\\x1b[31mb");
        assert_eq!(prose("a\u{202e}b\u{200d}c\u{9b}d"), "a\\u{202e}b\\u{200d}c\\x9bd");
        assert_eq!(literal("a\n\tb"), "a\\n\\tb");
    }

    #[test]
    fn blocks_keep_lines_and_expand_tabs() {
        assert_eq!(block("a\r\n\tb\n\nc\n"), ["a", "    b", "", "c"]);
        assert_eq!(block("ab\tc"), ["ab  c"]);
        assert_eq!(block(""), [""]);
    }

    #[test]
    fn white_space_made_visible_is_told_from_its_signs() {
        let signs = Spaces { space: "·", tab: "⇥", line_end: "↵" };
        assert_eq!(spaced("a b\t c \r\n\nd·", &signs), ["a·b⇥·c·\\x0d↵", "↵", "d\\xb7"]);
        assert_eq!(spaced("", &signs), [""]);
        assert_eq!(spaced("x\n", &signs), ["x↵"]);
    }

    #[test]
    fn what_is_kept_is_shown_either_way() {
        let signs = Spaces { space: "·", tab: "⇥", line_end: "↵" };
        let line = kept("\ta\u{1b}\t\u{a0}b\r\n");
        assert_eq!(line, "\ta\\x1b\t\u{a0}b\r\n");
        assert_eq!(shown(&line, 0, None), "    a\\x1b   \u{a0}b");
        assert_eq!(shown(&line, 0, Some(&signs)), "⇥   a\\x1b⇥  \\xa0b\\x0d↵");
        assert_eq!(shown(&kept("\tx"), 3, None), " x", "a part of a line begins in its column");
        let ascii = Spaces { space: "~", tab: "^I", line_end: "$" };
        assert_eq!(shown("a_b $", 0, Some(&ascii)), "a_b~$", "code stays readable");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let tower = format!("e{}", "\u{301}".repeat(9));
        assert_eq!(prose(&tower).matches('\u{301}').count(), MARKS);
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            let parts = [prose(&text), literal(&text), shown(&kept(&text.replace('\n', "")), 0, None).into_owned()];
            for line in block(&text).into_iter().chain(parts) {
                prop_assert!(!line.chars().any(is_unsafe), "{line:?}");
            }
        }
    }
}
