//! A disk that fills up under a run: answers wait in memory for room; where none comes the run ends with 3, what is
//! stored is whole, and it can be read.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::small_disk::small_disk;

use super::{Folder, assay, ended, said, server::Server, until};

/// Takes all the room there is. Dropping it gives the room back.
struct Filler(PathBuf);

impl Filler {
    fn fill(dir: &Path) -> Self {
        let path = dir.join("filler");
        let mut file = File::create(&path).unwrap();
        for size in [1 << 16, 1 << 12, 512] {
            let block = vec![0; size];
            while file.write_all(&block).is_ok() {}
        }
        Self(path)
    }
}

impl Drop for Filler {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_waits_for_room_and_asks_nothing_twice() {
    let Some((disk, _alone)) = small_disk().await else { return };
    let server = Server::start(Duration::from_millis(20)).await;
    let folder = Folder::new_in(&disk, &server, 4);
    let mut child = folder.run();
    let asked = server.asked.clone();
    assert_eq!(until(&mut child, move || asked.total() >= 30).await, None);
    let filler = Filler::fill(&disk);
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(child.try_wait().unwrap().is_none(), "it waits for room");
    let held = server.asked.total();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(server.asked.total(), held, "nothing is asked that cannot be stored");
    drop(filler);
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no space is left"), "{}", said(&output));
    assert!(server.asked.counts().values().all(|n| *n == 1), "answers waited in memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_stays_full_ends_the_run_with_3_and_can_be_read() {
    let Some((disk, _alone)) = small_disk().await else { return };
    let server = Server::start(Duration::from_millis(20)).await;
    let folder = Folder::new_in(&disk, &server, 4);
    let mut child = assay(&["run", "--patience", "2"], folder.path()).spawn().unwrap();
    let asked = server.asked.clone();
    assert_eq!(until(&mut child, move || asked.total() >= 30).await, None);
    let filler = Filler::fill(&disk);
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains("no space is left") && error.contains("run the same command again"), "{error}");
    let looked = assay(&["status"], folder.path()).output().unwrap();
    assert_eq!(looked.status.code(), Some(0), "a full disk can be read: {}", said(&looked));
    let again = assay(&["run", "--patience", "1"], folder.path()).output().unwrap();
    let error = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(matches!(again.status.code(), Some(1 | 3)) && error.contains("space"), "{}", said(&again));
    drop(filler);
    let output = ended(folder.run()).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let repeats = server.asked.total() - server.asked.counts().len();
    assert!(repeats <= 4, "{repeats} asked again, 4 were in flight");
}
