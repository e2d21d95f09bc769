//! A folder written beside its place and then put there by renaming.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    error::ExportError,
    manifest::{self, Manifest},
};

/// A new folder beside the one it will replace. Dropped without [`Staging::publish`], it goes away.
pub struct Staging {
    new: TempDir,
    place: PathBuf,
    /// Where the folder's last content stands between the two renames.
    old: PathBuf,
}

impl Staging {
    /// Prepares to replace a folder: it must be missing, empty, or an earlier export.
    pub fn beside(dir: &Path) -> Result<Self, ExportError> {
        let name = dir.file_name().ok_or_else(|| ExportError::Unnamed(dir.to_owned()))?;
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(ExportError::io(parent, "creating the folder"))?;
        let parent = fs::canonicalize(parent).map_err(ExportError::io(parent, "opening the folder"))?;
        let (place, old) = (parent.join(name), parent.join(hidden(name, "old")));
        recover(&place, &old)?;
        refuse_foreign(&place)?;
        let mut builder = tempfile::Builder::new();
        let prefix = hidden(name, "new-");
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
        let new = builder.tempdir_in(&parent).map_err(ExportError::io(&parent, "creating a folder"))?;
        Ok(Self { new, place, old })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        self.new.path()
    }

    /// Puts the new folder in place. On failure the old one is there as before.
    pub fn publish(self) -> Result<(), ExportError> {
        sync(self.new.path())?;
        let replaces = self.place.exists();
        if replaces {
            fs::rename(&self.place, &self.old).map_err(ExportError::io(&self.place, "moving the old export aside"))?;
        }
        if let Err(source) = fs::rename(self.new.path(), &self.place) {
            if replaces {
                fs::rename(&self.old, &self.place)
                    .map_err(ExportError::io(&self.old, "moving the old export back from here"))?;
            }
            return Err(ExportError::Io { path: self.place, doing: "putting the new export in place", source });
        }
        // Renamed away: nothing is left to clean up.
        let _gone = self.new.keep();
        if let Some(parent) = self.place.parent() {
            sync(parent)?;
        }
        if replaces {
            fs::remove_dir_all(&self.old).map_err(ExportError::io(&self.old, "removing the old export"))?;
        }
        Ok(())
    }
}

/// `.NAME.assay-PART`: hidden, and beside the folder, so that renaming stays on one file system.
fn hidden(name: &std::ffi::OsStr, part: &str) -> OsString {
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".assay-");
    hidden.push(part);
    hidden
}

/// Mends what a crash between the two renames left behind.
fn recover(place: &Path, old: &Path) -> Result<(), ExportError> {
    if !old.exists() {
        return Ok(());
    }
    if place.exists() {
        return fs::remove_dir_all(old).map_err(ExportError::io(old, "removing what an earlier export left"));
    }
    fs::rename(old, place).map_err(ExportError::io(old, "moving back what an earlier export left"))
}

fn refuse_foreign(place: &Path) -> Result<(), ExportError> {
    let mut entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(ExportError::Io { path: place.to_owned(), doing: "opening the folder", source }),
    };
    let Some(first) = entries.next() else { return Ok(()) };
    let first = first.map_err(ExportError::io(place, "reading the folder"))?;
    let first = first.file_name().to_string_lossy().into_owned();
    let Ok(manifest) = Manifest::read(place) else {
        return Err(ExportError::Foreign { dir: place.to_owned(), first });
    };
    let ours = |name: &str| name == manifest::FILE || manifest.files.iter().any(|file| file.name == name);
    for entry in fs::read_dir(place).map_err(ExportError::io(place, "reading the folder"))? {
        let name = entry.map_err(ExportError::io(place, "reading the folder"))?.file_name();
        let name = name.to_string_lossy();
        if !ours(&name) {
            return Err(ExportError::Foreign { dir: place.to_owned(), first: name.into_owned() });
        }
    }
    Ok(())
}

/// Makes a folder's entries durable, where the system lets a folder be opened.
fn sync(dir: &Path) -> Result<(), ExportError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(ExportError::io(dir, "making the folder durable"))
}
