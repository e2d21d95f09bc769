//! How many colours the terminal shows, and colours brought down to that.

use ratatui::style::Color;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColourLevel {
    /// None, or the user asked for none (`NO_COLOR`): weight, dimming and glyphs carry the meaning.
    None,
    /// The sixteen named ones.
    Ansi16,
    /// The 256 indexed ones.
    Ansi256,
    /// All.
    True,
}

impl ColourLevel {
    /// Reads the environment through `var`, so that tests need not change it.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| var(name).filter(|value| !value.is_empty());
        if set("NO_COLOR").is_some() {
            return Self::None;
        }
        let term = set("TERM").unwrap_or_default();
        if term == "dumb" {
            return Self::None;
        }
        if set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit") || term.ends_with("-direct") {
            return Self::True;
        }
        if term.contains("256") || set("COLORTERM").is_some() { Self::Ansi256 } else { Self::Ansi16 }
    }

    /// A colour as this terminal can show it.
    pub fn adapt(self, colour: Color) -> Color {
        match (self, colour) {
            (Self::None, _) => Color::Reset,
            (Self::Ansi256, Color::Rgb(r, g, b)) => Color::Indexed(to_256(r, g, b)),
            (Self::Ansi16, Color::Rgb(r, g, b)) => to_16(r, g, b),
            (Self::Ansi16, Color::Indexed(n)) if n >= 16 => {
                let (r, g, b) = of_256(n);
                to_16(r, g, b)
            }
            (_, colour) => colour,
        }
    }
}

const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

fn distance(a: (u8, u8, u8), b: (u8, u8, u8)) -> u32 {
    let d = |x: u8, y: u8| u32::from(x.abs_diff(y)).pow(2);
    2 * d(a.0, b.0) + 4 * d(a.1, b.1) + 3 * d(a.2, b.2)
}

fn of_256(n: u8) -> (u8, u8, u8) {
    if n >= 232 {
        let grey = 8 + 10 * (n - 232);
        return (grey, grey, grey);
    }
    let n = usize::from(n.saturating_sub(16));
    (CUBE[n / 36 % 6], CUBE[n / 6 % 6], CUBE[n % 6])
}

fn to_256(r: u8, g: u8, b: u8) -> u8 {
    (16..=255_u8).min_by_key(|n| distance((r, g, b), of_256(*n))).unwrap_or(15)
}

fn to_16(r: u8, g: u8, b: u8) -> Color {
    const NAMED: [(Color, (u8, u8, u8)); 16] = [
        (Color::Black, (0, 0, 0)),
        (Color::Red, (170, 0, 0)),
        (Color::Green, (0, 170, 0)),
        (Color::Yellow, (170, 120, 0)),
        (Color::Blue, (0, 60, 190)),
        (Color::Magenta, (170, 0, 170)),
        (Color::Cyan, (0, 150, 170)),
        (Color::Gray, (190, 190, 190)),
        (Color::DarkGray, (100, 100, 100)),
        (Color::LightRed, (255, 100, 100)),
        (Color::LightGreen, (100, 230, 100)),
        (Color::LightYellow, (240, 220, 90)),
        (Color::LightBlue, (100, 160, 255)),
        (Color::LightMagenta, (240, 120, 240)),
        (Color::LightCyan, (100, 230, 240)),
        (Color::White, (255, 255, 255)),
    ];
    NAMED.iter().min_by_key(|(_, rgb)| distance((r, g, b), *rgb)).map_or(Color::Reset, |(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(vars: &[(&str, &str)]) -> ColourLevel {
        ColourLevel::detect(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn environment() {
        assert_eq!(level(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]), ColourLevel::None);
        assert_eq!(level(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), ColourLevel::Ansi256);
        assert_eq!(level(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), ColourLevel::True);
        assert_eq!(level(&[("TERM", "linux")]), ColourLevel::Ansi16);
        assert_eq!(level(&[("TERM", "dumb")]), ColourLevel::None);
    }

    #[test]
    fn colours_come_down() {
        assert_eq!(ColourLevel::Ansi256.adapt(Color::Rgb(255, 0, 0)), Color::Indexed(196));
        assert_eq!(ColourLevel::Ansi16.adapt(Color::Rgb(250, 250, 250)), Color::White);
        assert_eq!(ColourLevel::True.adapt(Color::Rgb(1, 2, 3)), Color::Rgb(1, 2, 3));
        assert_eq!(ColourLevel::None.adapt(Color::Red), Color::Reset);
    }
}
