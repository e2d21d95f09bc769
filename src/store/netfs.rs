//! Whether a folder is on a network file system, where SQLite's write-ahead log is unsafe.

use std::path::{Path, PathBuf};

/// The network file system that a folder is on, by its kernel name. Knows Linux's mount table; elsewhere it finds
/// none.
pub(super) fn network_type(dir: &Path) -> Option<String> {
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    let dir = dir.canonicalize().ok()?;
    type_of(&mounts, &dir).filter(|name| is_network(name))
}

/// File systems whose files another machine may have open, or whose shared memory maps are not coherent.
fn is_network(name: &str) -> bool {
    const NAMES: [&str; 14] = [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gpfs", "beegfs", "ocfs2", "vboxsf",
        "orangefs",
    ];
    // FUSE file systems may be remote (sshfs, s3fs, glusterfs); the overlay of rootless containers is not.
    NAMES.contains(&name) || (name.starts_with("fuse.") && name != "fuse.fuse-overlayfs")
}

/// The type of the file system that a path is on, by a text in the form of `/proc/self/mountinfo`.
fn type_of(mounts: &str, path: &Path) -> Option<String> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let (Some(point), Some(name)) = (before.split(' ').nth(4), after.split(' ').next()) else { continue };
        let point = unescape(point);
        let depth = point.components().count();
        // Of mounts on one point, the last covers the others.
        if path.starts_with(&point) && best.is_none_or(|(deepest, _)| depth >= deepest) {
            best = Some((depth, name));
        }
    }
    best.map(|(_, name)| name.to_owned())
}

/// A mount point as the kernel writes it, with blanks and backslashes in octal.
fn unescape(point: &str) -> PathBuf {
    let escapes = [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")];
    PathBuf::from(escapes.iter().fold(point.to_owned(), |text, (from, to)| text.replace(from, to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 0:21 / / rw - overlay overlay rw
30 22 0:40 / /home rw,relatime shared:1 - nfs4 server:/home rw
31 30 8:1 / /home/ann/my\\040disk rw - ext4 /dev/sda1 rw
32 22 0:41 / /mnt rw - ext4 /dev/sdb rw
33 22 0:42 / /mnt rw - fuse.sshfs host: rw
";

    #[test]
    fn the_deepest_and_latest_mount_counts() {
        let network = |path: &str| type_of(MOUNTS, Path::new(path)).filter(|name| is_network(name));
        assert_eq!(network("/srv/p"), None);
        assert_eq!(network("/home/ann/p").as_deref(), Some("nfs4"));
        assert_eq!(network("/home/ann/my disk/p"), None);
        assert_eq!(network("/homes/p"), None);
        assert_eq!(network("/mnt/p").as_deref(), Some("fuse.sshfs"));
    }

    #[test]
    fn overlays_of_containers_are_local() {
        assert!(!is_network("fuse.fuse-overlayfs"));
        assert!(is_network("fuse.glusterfs"));
    }
}
