//! A file written beside its place and put there by renaming: whole, or not at all.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

use super::error::AutoifError;

/// A new file. Dropped without [`Beside::publish`], it goes away.
pub struct Beside {
    new: BufWriter<NamedTempFile>,
    place: PathBuf,
}

impl Beside {
    /// Prepares to replace a file, or to make one. A link is followed: what it points to is replaced.
    pub fn of(path: &Path) -> Result<Self, AutoifError> {
        let place = match fs::canonicalize(path) {
            Ok(place) => place,
            Err(error) if error.kind() == io::ErrorKind::NotFound => unmade(path)?,
            Err(error) => return Err(AutoifError::write(path, "looking for the file")(error)),
        };
        if fs::metadata(&place).is_ok_and(|found| !found.is_file()) {
            return Err(AutoifError::NotAFile(path.to_owned()));
        }
        let Some(name) = place.file_name() else { return Err(AutoifError::NotAFile(path.to_owned())) };
        let parent = folder_of(&place);
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".new-");
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let new = builder.tempfile_in(parent).map_err(AutoifError::write(path, "creating a file beside it"))?;
        Ok(Self { new: BufWriter::with_capacity(1 << 18, new), place })
    }

    /// Where it will be.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// Appends bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), AutoifError> {
        self.new.write_all(bytes).map_err(AutoifError::write(&self.place, "writing beside it"))
    }

    /// Puts the file in place.
    pub fn publish(self) -> Result<(), AutoifError> {
        let place = self.place;
        let new = self
            .new
            .into_inner()
            .map_err(|error| AutoifError::write(&place, "writing beside it")(error.into_error()))?;
        new.as_file().sync_all().map_err(AutoifError::write(&place, "making it durable"))?;
        // Elsewhere a folder cannot be opened.
        let parent = cfg!(unix).then(|| File::open(folder_of(&place))).transpose();
        let parent = parent.map_err(AutoifError::write(&place, "opening its folder"))?;
        new.persist(&place).map_err(|error| AutoifError::write(&place, "putting it in place")(error.error))?;
        parent.map_or(Ok(()), |parent| parent.sync_all()).map_err(AutoifError::write(&place, "making it durable"))
    }
}

/// The place of a file that is not there yet, by its folder's real name.
fn unmade(path: &Path) -> Result<PathBuf, AutoifError> {
    let Some(name) = path.file_name() else { return Err(AutoifError::NotAFile(path.to_owned())) };
    let folder = fs::canonicalize(folder_of(path)).map_err(AutoifError::write(path, "opening its folder"))?;
    Ok(folder.join(name))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.jsonl");
        fs::write(&path, "old").unwrap();
        let mut file = Beside::of(&path).unwrap();
        file.write(b"half").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        let mut file = Beside::of(&path).unwrap();
        file.write(b"new").unwrap();
        file.publish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(matches!(Beside::of(dir.path()), Err(AutoifError::NotAFile(_))));
        let missing = Beside::of(&dir.path().join("no/such/out")).err().unwrap().to_string();
        assert!(missing.contains("opening its folder failed"), "{missing}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut file = Beside::of(&link).unwrap();
        file.write(b"new").unwrap();
        file.publish().unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
