//! Signs: every one has a form in plain ASCII, and none means anything by colour alone.

/// The signs in use.
#[derive(Debug)]
pub struct Glyphs {
    /// A text passes, a function agrees, an item goes on.
    pub pass: &'static str,
    /// It does not.
    pub fail: &'static str,
    /// No verdict: it raised or failed.
    pub error: &'static str,
    /// Not in time.
    pub timeout: &'static str,
    /// A value that is no verdict.
    pub invalid: &'static str,
    /// Waits.
    pub pending: &'static str,
    /// Under way.
    pub running: &'static str,
    /// Made from what changed.
    pub stale: &'static str,
    /// A person accepted it.
    pub accepted: &'static str,
    /// A person rejected it.
    pub rejected: &'static str,
    /// Rejected, serves as a negative.
    pub negative: &'static str,
    /// A person wrote it.
    pub edited: &'static str,
    /// The full part of a bar.
    pub full: &'static str,
    /// The empty part of a bar.
    pub empty: &'static str,
    /// Something is left out.
    pub dots: &'static str,
    /// A vertical line.
    pub bar: &'static str,
    /// A horizontal line.
    pub rule: &'static str,
    /// Points at a line.
    pub here: &'static str,
    /// Between parts of a sentence.
    pub dot: &'static str,
    /// No number.
    pub none: &'static str,
    /// The engine runs.
    pub play: &'static str,
    /// The engine pauses.
    pub paused: &'static str,
    /// A cursor in a line being typed.
    pub cursor: &'static str,
    /// At the left of the selected line where the keys go.
    pub edge: &'static str,
    /// Where a vertical line hangs from a horizontal one.
    pub join: &'static str,
    /// Between things where one leads to the other.
    pub arrow: &'static str,
    /// Times, as in sizes.
    pub by: &'static str,
    /// Selected for what is done to many.
    pub marked: &'static str,
    /// Sorted, as the order goes by itself.
    pub sorted: &'static str,
    /// Sorted the other way round.
    pub turned: &'static str,
    /// More to the left of what is shown.
    pub before: &'static str,
    /// More to the right.
    pub after: &'static str,
    /// A space made visible, a tab, the end of a line.
    pub space: &'static str,
    /// See `space`.
    pub tab: &'static str,
    /// See `space`.
    pub line_end: &'static str,
    /// The part of a scroll bar that is in sight, and the rest.
    pub thumb: &'static str,
    /// See `thumb`.
    pub track: &'static str,
    /// Points up at something.
    pub up: &'static str,
    /// From nothing to all, in even steps.
    pub heights: [&'static str; 9],
}

impl Glyphs {
    /// One cell, from the top, of a column of so many that is as high as a part of the most.
    pub fn height(&self, part: u64, most: u64, tall: usize, line: usize) -> &'static str {
        let steps = self.heights.len() as u64 - 1;
        let below = (tall.saturating_sub(line + 1)) as u64 * steps;
        // Something is never drawn as nothing.
        let all = (part * steps * tall as u64).div_ceil(most.max(1));
        let at = all.saturating_sub(below).min(steps);
        usize::try_from(at).ok().and_then(|at| self.heights.get(at)).copied().unwrap_or(" ")
    }
}

/// For terminals that show Unicode.
pub static UNICODE: Glyphs = Glyphs {
    pass: "✓",
    fail: "✗",
    error: "!",
    timeout: "◷",
    invalid: "?",
    pending: "·",
    running: "◐",
    stale: "~",
    accepted: "●",
    rejected: "○",
    negative: "⊖",
    edited: "✎",
    full: "━",
    empty: "─",
    dots: "…",
    bar: "│",
    rule: "─",
    here: "▸",
    dot: "·",
    none: "–",
    play: "▶",
    paused: "‖",
    cursor: "▏",
    edge: "▎",
    join: "┬",
    arrow: "→",
    by: "×",
    marked: "▌",
    sorted: "↓",
    turned: "↑",
    before: "‹",
    after: "›",
    space: "·",
    tab: "⇥",
    line_end: "↵",
    thumb: "▐",
    track: "▕",
    up: "▲",
    heights: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};

/// For all others.
pub static ASCII: Glyphs = Glyphs {
    pass: "P",
    fail: "F",
    error: "E",
    timeout: "T",
    invalid: "V",
    pending: ".",
    running: "*",
    stale: "~",
    accepted: "+",
    rejected: "-",
    negative: "n",
    edited: "e",
    full: "=",
    empty: "-",
    dots: "..",
    bar: "|",
    rule: "-",
    here: ">",
    dot: "-",
    none: "-",
    play: ">",
    paused: "=",
    cursor: "_",
    edge: ">",
    join: "+",
    arrow: "->",
    by: "x",
    marked: "#",
    sorted: "v",
    turned: "^",
    before: "<",
    after: ">",
    space: "~",
    tab: "^I",
    line_end: "$",
    thumb: "#",
    track: "|",
    up: "^",
    heights: [" ", ".", ".", ":", ":", "|", "|", "#", "#"],
};

impl Glyphs {
    /// `ASSAY_ASCII=1`, or a locale that is not UTF-8, asks for ASCII. Reads the environment through `var`.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> &'static Self {
        if var("ASSAY_ASCII").is_some_and(|value| !value.is_empty() && value != "0") {
            return &ASCII;
        }
        let set = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(var).find(|value| !value.is_empty());
        match set {
            // `C` and `POSIX` are what a bare container has; its terminal is nearly always UTF-8 all the same.
            Some(locale) if locale == "C" || locale == "POSIX" => &UNICODE,
            Some(locale) => {
                let locale = locale.to_lowercase();
                if locale.contains("utf-8") || locale.contains("utf8") { &UNICODE } else { &ASCII }
            }
            None => &UNICODE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_chooses() {
        let pick = |vars: &'static [(&str, &str)]| {
            let var = move |name: &str| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
            Glyphs::detect(var).pass
        };
        assert_eq!(pick(&[("LANG", "de_DE.UTF-8")]), "✓");
        assert_eq!(pick(&[("LANG", "de_DE.UTF-8"), ("ASSAY_ASCII", "1")]), "P");
        assert_eq!(pick(&[("LC_ALL", "de_DE.ISO-8859-1"), ("LANG", "de_DE.UTF-8")]), "P");
        assert_eq!(pick(&[]), "✓");
    }
}
