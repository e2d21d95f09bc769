//! Changing `[rules]` in an `assay.toml`: comments, order and everything else stay as the author wrote them.

use std::{fs, io, io::Write, path::Path};

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

/// Why `[rules]` cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The text is no TOML, or `rules` is no table.
    #[error("assay.toml cannot be changed as it stands: {0}; mend it first")]
    Form(String),
    /// The file cannot be read or written.
    #[error("assay.toml cannot be changed: {0}; check that you may write it and its folder")]
    File(#[from] io::Error),
}

/// The text with values of `[rules]` set (TOML) or taken out (nothing).
///
/// # Errors
/// Where the text is no TOML, or a value is none.
pub fn with_rules<'a>(
    text: &str,
    values: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<String, EditError> {
    let form = |error: toml_edit::TomlError| EditError::Form(error.message().to_owned());
    let mut document: DocumentMut = text.trim_start_matches('\u{feff}').parse().map_err(form)?;
    let item = document.entry("rules").or_insert(Item::Table(Table::new()));
    let rules = item.as_table_like_mut().ok_or_else(|| EditError::Form("`rules` is not a table".to_owned()))?;
    for (key, value) in values {
        match value {
            Some(value) => set(rules, key, value.parse().map_err(form)?),
            None => {
                rules.remove(key);
            }
        }
    }
    Ok(document.to_string())
}

/// What stands around a value, a comment behind it for one, outlives it.
fn set(rules: &mut dyn TableLike, key: &str, mut value: Value) {
    if let Some(old) = rules.get_mut(key).and_then(Item::as_value_mut) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
    } else {
        rules.insert(key, Item::Value(value));
    }
}

/// Replaces a file as a whole: it holds the old text or the new one, whatever happens. What it links to is replaced,
/// and its permissions are kept.
///
/// # Errors
/// Where the folder or the file cannot be written.
pub fn replace(path: &Path, text: &str) -> Result<(), EditError> {
    let path = fs::canonicalize(path)?;
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(fs::metadata(&path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# mine\nprofile = \"paper\" # as written\n\n[rules]\n# strict\nscore_kept = { at-least = 7 } # of 10\n\n[calls.score]\nsamples = 2\n";

    #[test]
    fn comments_and_the_rest_stay() {
        let changed =
            with_rules(TEXT, [("score_kept", Some("{ at-least = 9.0 }")), ("functions_before", Some("2"))]).unwrap();
        assert_eq!(
            changed,
            TEXT.replace("at-least = 7", "at-least = 9.0").replace("# of 10\n", "# of 10\nfunctions_before = 2\n")
        );
        let back = with_rules(&changed, [("functions_before", None), ("score_kept", Some("{ at-least = 7 }"))]);
        assert_eq!(back.unwrap(), TEXT);
    }

    #[test]
    fn a_file_without_rules_gets_them() {
        let changed = with_rules("seed = 1\n", [("pairs", Some("{ up-to = 2 }"))]).unwrap();
        assert_eq!(changed, "seed = 1\n\n[rules]\npairs = { up-to = 2 }\n");
        assert!(with_rules("rules = 3", [("pairs", None)]).is_err());
        assert!(with_rules("= 3", []).is_err());
    }

    #[test]
    fn a_file_is_replaced_behind_its_link_and_keeps_its_permissions() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("real.toml"), dir.path().join("assay.toml"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, "new").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
