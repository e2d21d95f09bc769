//! Colours by meaning.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

use crate::{
    term::{ColourLevel, background::Background},
    workbench::code::Syntax,
};

/// Colours by meaning, as this terminal shows them.
#[derive(Clone, Debug)]
pub struct Theme {
    level: ColourLevel,
    colours: Colours,
}

/// A colour as themes write it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Hue(Color);

impl TryFrom<String> for Hue {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("`{text}` is not a colour: expected #rrggbb or a terminal's name"))
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Colours {
    accent: Hue,
    muted: Hue,
    rule: Hue,
    selection: Hue,
    resting: Hue,
    good: Hue,
    bad: Hue,
    warn: Hue,
    running: Hue,
    stale: Hue,
    keyword: Hue,
    string: Hue,
    constant: Hue,
    comment: Hue,
    function: Hue,
}

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Plain text.
    Text,
    /// Focus, titles, keys.
    Accent,
    /// Less important.
    Muted,
    /// Lines.
    Rule,
    /// Holds, passes, accepted.
    Good,
    /// Falls, fails, rejected.
    Bad,
    /// Errors, attention.
    Warn,
    /// Under way.
    Running,
    /// Made from what changed.
    Stale,
}

impl Theme {
    /// The theme for a background, brought down to what the terminal shows.
    ///
    /// # Errors
    /// Never with the themes as committed; a test holds that.
    pub fn builtin(background: Background, level: ColourLevel) -> Result<Self, toml::de::Error> {
        let text = match background {
            Background::Dark => include_str!("../../themes/dark.toml"),
            Background::Light => include_str!("../../themes/light.toml"),
        };
        let mut colours: Colours = toml::from_str(text)?;
        let all = [
            &mut colours.accent,
            &mut colours.muted,
            &mut colours.rule,
            &mut colours.selection,
            &mut colours.resting,
            &mut colours.good,
            &mut colours.bad,
            &mut colours.warn,
            &mut colours.running,
            &mut colours.stale,
            &mut colours.keyword,
            &mut colours.string,
            &mut colours.constant,
            &mut colours.comment,
            &mut colours.function,
        ];
        for colour in all {
            colour.0 = level.adapt(colour.0);
        }
        // The nearest of sixteen greys would be that of plain text.
        if level == ColourLevel::Ansi16 {
            colours.muted = Hue(Color::DarkGray);
            colours.comment = Hue(Color::DarkGray);
        }
        Ok(Self { level, colours })
    }

    /// The style of a meaning.
    pub fn style(&self, role: Role) -> Style {
        let plain = Style::new();
        if self.level == ColourLevel::None {
            return match role {
                Role::Muted | Role::Rule => plain.add_modifier(Modifier::DIM),
                Role::Accent => plain.add_modifier(Modifier::BOLD),
                _ => plain,
            };
        }
        match role {
            Role::Text => plain,
            Role::Accent => plain.fg(self.colours.accent.0),
            Role::Muted => plain.fg(self.colours.muted.0),
            Role::Rule => plain.fg(self.colours.rule.0),
            Role::Good => plain.fg(self.colours.good.0),
            Role::Bad => plain.fg(self.colours.bad.0),
            Role::Warn => plain.fg(self.colours.warn.0),
            Role::Running => plain.fg(self.colours.running.0),
            Role::Stale => plain.fg(self.colours.stale.0),
        }
    }

    /// The same, bold.
    pub fn bold(&self, role: Role) -> Style {
        self.style(role).add_modifier(Modifier::BOLD)
    }

    /// What lies under the selected line; elsewhere than where the keys go it is calmer.
    pub fn selection(&self, focused: bool) -> Style {
        match (self.level, focused) {
            (ColourLevel::None | ColourLevel::Ansi16, true) => Style::new().add_modifier(Modifier::REVERSED),
            (ColourLevel::None | ColourLevel::Ansi16, false) => Style::new().add_modifier(Modifier::BOLD),
            (_, true) => Style::new().bg(self.colours.selection.0),
            (_, false) => Style::new().bg(self.colours.resting.0),
        }
    }

    /// The same sign where the selected line and the selected column meet.
    pub fn crossing(&self, style: Style) -> Style {
        match self.level {
            ColourLevel::None | ColourLevel::Ansi16 => {
                style.remove_modifier(Modifier::REVERSED).add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
            }
            _ => style.add_modifier(Modifier::REVERSED),
        }
    }

    /// The style of a piece of source.
    pub fn syntax(&self, syntax: Syntax) -> Style {
        if self.level == ColourLevel::None {
            return match syntax {
                Syntax::Keyword => Style::new().add_modifier(Modifier::BOLD),
                Syntax::Comment => Style::new().add_modifier(Modifier::DIM),
                _ => Style::new(),
            };
        }
        match syntax {
            Syntax::Plain => Style::new(),
            Syntax::Keyword => Style::new().fg(self.colours.keyword.0),
            Syntax::Text => Style::new().fg(self.colours.string.0),
            Syntax::Constant => Style::new().fg(self.colours.constant.0),
            Syntax::Comment => Style::new().fg(self.colours.comment.0),
            Syntax::Function => Style::new().fg(self.colours.function.0),
        }
    }
}

#[cfg(test)]
fn luminance(colour: Color) -> f64 {
    let Color::Rgb(r, g, b) = colour else { panic!("the themes are written in #rrggbb") };
    let part = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

/// How well a colour stands out from another, from 1 to 21, as the guidelines for accessible pages count it.
#[cfg(test)]
pub(super) fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_out_from_usual_backgrounds() {
        let rgb = |n: u32| Color::from_u32(n);
        let usual = [
            (Background::Dark, [0x00_0000, 0x12_1418, 0x1e_1e2e, 0x28_2c34].map(rgb)),
            (Background::Light, [0xff_ffff, 0xfd_fdfd, 0xfd_f6e3, 0xef_f1f5].map(rgb)),
        ];
        for (background, behind) in usual {
            let c = Theme::builtin(background, ColourLevel::True).unwrap().colours;
            let readable = [
                c.accent, c.muted, c.good, c.bad, c.warn, c.running, c.stale, c.keyword, c.string, c.constant,
                c.comment, c.function,
            ];
            for behind in behind.into_iter().chain([c.selection.0, c.resting.0]) {
                for colour in readable {
                    let found = contrast(colour.0, behind);
                    assert!(found >= 4.5, "{background:?}: {colour:?} on {behind:?}: {found:.2}");
                }
            }
            // Lines are no text, but are to be seen; the two selections are told apart.
            for behind in behind {
                assert!(contrast(c.rule.0, behind) >= 1.5, "{background:?}: lines on {behind:?}");
            }
            assert_ne!(c.selection.0, c.resting.0);
        }
    }

    #[test]
    fn sixteen_colours_keep_the_less_important_apart() {
        for background in [Background::Dark, Background::Light] {
            let theme = Theme::builtin(background, ColourLevel::Ansi16).unwrap();
            let muted = theme.style(Role::Muted).fg;
            assert!([Role::Text, Role::Accent, Role::Bad].into_iter().all(|role| theme.style(role).fg != muted));
        }
    }

    #[test]
    fn without_colour_there_is_none() {
        let theme = Theme::builtin(Background::Dark, ColourLevel::None).unwrap();
        assert_eq!(theme.style(Role::Bad), Style::new());
        assert!(theme.selection(true).add_modifier.contains(Modifier::REVERSED));
    }
}
