//! Whether the terminal is dark or light. Asked once, before anything else reads its input.

use std::time::Duration;

/// What is behind the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Background {
    /// Dark, or unknown.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// How long a terminal may take to answer; a remote one needs a few round trips.
const PATIENCE: Duration = Duration::from_millis(400);

/// `choice` (the value of `ASSAY_THEME`) where it says something, else the terminal's own answer, else dark.
pub fn detect(choice: Option<&str>) -> Background {
    match choice {
        Some("light") => return Background::Light,
        Some("dark") => return Background::Dark,
        _ => {}
    }
    let mut options = terminal_colorsaurus::QueryOptions::default();
    options.timeout = PATIENCE;
    match terminal_colorsaurus::theme_mode(options) {
        Ok(terminal_colorsaurus::ThemeMode::Light) => Background::Light,
        Ok(terminal_colorsaurus::ThemeMode::Dark) => Background::Dark,
        Err(error) => {
            tracing::debug!(%error, "the terminal does not tell its background; taking it for dark");
            Background::Dark
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_wins() {
        assert_eq!(detect(Some("light")), Background::Light);
        assert_eq!(detect(Some("dark")), Background::Dark);
    }
}
