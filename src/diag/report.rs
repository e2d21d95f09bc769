//! What happens on a panic: a report in the state folder, and a sentence for whoever sits there.

use std::{
    backtrace::Backtrace,
    fs, io,
    panic::{self, PanicHookInfo},
    path::{Path, PathBuf},
    thread,
};

/// Installs the hook. It takes the place of the one that prints a backtrace; a hook that gives the terminal back is to
/// be installed after it and run before it. `say` tells a person what happened, and must not panic; the text may hold
/// what models wrote.
pub fn install(dir: PathBuf, say: impl Fn(&str) + Send + Sync + 'static) {
    panic::set_hook(Box::new(move |info| {
        let text = describe(info, &Backtrace::force_capture());
        tracing::error!(panic = %first_line(&text), "panic");
        let said = match write(&dir, &text) {
            Ok(path) => format!(
                "assay stopped because of a defect in itself: {}\nA report was written to {}; please send it along. \
                 What was stored is whole, and the same command continues.",
                first_line(&text),
                path.display()
            ),
            Err(error) => format!(
                "assay stopped because of a defect in itself, and no report could be written to {} ({error}):\n{text}",
                dir.display()
            ),
        };
        say(&said);
    }));
}

fn describe(info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let message = info.payload_as_str().unwrap_or("(no message)");
    let place = info.location().map_or_else(|| "(unknown place)".to_owned(), ToString::to_string);
    let thread = thread::current();
    format!(
        "{message} ({place})\n\nassay {version}, {os} {arch}\nthread {thread}\n\n{backtrace}\n",
        version = env!("CARGO_PKG_VERSION"),
        os = std::env::consts::OS,
        arch = std::env::consts::ARCH,
        thread = thread.name().unwrap_or("(unnamed)"),
    )
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn write(dir: &Path, text: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let now = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let path = dir.join(format!("panic-{now}-{}.txt", std::process::id()));
    fs::write(&path, text)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_file_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let path = write(&dir.path().join("deep"), "what happened (src/x.rs:1:2)\nmore").unwrap();
        assert!(path.file_name().unwrap().to_string_lossy().starts_with("panic-"));
        assert_eq!(first_line(&fs::read_to_string(path).unwrap()), "what happened (src/x.rs:1:2)");
    }
}
