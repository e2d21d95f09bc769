//! Untrusted text to text that is safe on a screen: what has no glyph, moves the cursor or reorders its neighbours is
//! shown as a visible escape.

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
            out.tab();
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

/// Text with its lines and nothing hidden: spaces, tabs and line ends have signs, and where the text itself holds such
/// a sign, that is escaped. A last line without an end has none.
pub fn spaced(text: &str, signs: &Spaces) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.split_inclusive('\n') {
        let mut out = Escaper::new(line.len() * 2);
        for c in line.chars() {
            match c {
                ' ' => out.text.push_str(signs.space),
                '\t' => {
                    out.text.push_str(signs.tab);
                    let at = super::width::width(&out.text);
                    out.text.extend(std::iter::repeat_n(' ', (TAB - at % TAB) % TAB));
                }
                '\n' => out.text.push_str(signs.line_end),
                '\u{a0}' | '\u{3000}' => out.escape(c),
                _ if [signs.space, signs.tab, signs.line_end].iter().any(|sign| sign.chars().eq([c])) => out.escape(c),
                _ => out.push(c),
            }
        }
        lines.push(out.text);
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

struct Escaper {
    text: String,
    marks: usize,
}

impl Escaper {
    fn new(capacity: usize) -> Self {
        Self { text: String::with_capacity(capacity), marks: 0 }
    }

    fn space(&mut self) {
        if !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn tab(&mut self) {
        let at = super::width::width(&self.text);
        self.text.extend(std::iter::repeat_n(' ', TAB - at % TAB));
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
    fn marks_do_not_pile_up() {
        let tower = format!("e{}", "\u{301}".repeat(9));
        assert_eq!(prose(&tower).matches('\u{301}').count(), MARKS);
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left(text in any::<String>()) {
            for line in block(&text).into_iter().chain([prose(&text), literal(&text)]) {
                prop_assert!(!line.chars().any(is_unsafe), "{line:?}");
            }
        }
    }
}
