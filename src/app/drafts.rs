//! Unsaved texts on disk: written shortly after they are, taken away once they are saved.
//!
//! Each running workbench has a folder of its own, with a file that it holds locked. A folder that nobody holds belongs
//! to a run that ended; what lies there is taken over and offered.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{sync::mpsc, task::JoinHandle};

use crate::{domain::ItemId, workbench::unsaved::Unsaved};

/// How long texts gather before they are written.
const GATHER: Duration = Duration::from_millis(250);
/// The file that is held.
const LOCK: &str = "lock";

/// Something to be kept, or no longer.
enum Order {
    Keep(Unsaved),
    Forget(ItemId),
}

/// Writes unsaved texts, away from the loop.
pub(super) struct Drafts {
    orders: mpsc::UnboundedSender<Order>,
    clerk: JoinHandle<()>,
}

impl Drafts {
    /// Keeps texts below a folder; what earlier runs left there comes with it. Without a folder nothing is kept.
    pub(super) fn open(folder: Option<PathBuf>) -> (Self, Vec<Unsaved>) {
        let (found, old) = folder.as_deref().map(left).unwrap_or_default();
        let (orders, given) = mpsc::unbounded_channel();
        for kept in &found {
            if orders.send(Order::Keep(kept.clone())).is_err() {
                tracing::debug!("nobody keeps texts any more");
            }
        }
        let clerk = tokio::spawn(work(folder, given, old));
        (Self { orders, clerk }, found)
    }

    pub(super) fn keep(&self, kept: Unsaved) {
        self.order(Order::Keep(kept));
    }

    pub(super) fn forget(&self, item: ItemId) {
        self.order(Order::Forget(item));
    }

    fn order(&self, order: Order) {
        if self.orders.send(order).is_err() {
            tracing::warn!("an unsaved text could not be kept: its writer has ended");
        }
    }

    /// Waits until everything is written.
    pub(super) async fn finish(self) {
        drop(self.orders);
        if let Err(error) = self.clerk.await {
            tracing::warn!(%error, "unsaved texts may not be written");
        }
    }
}

async fn work(folder: Option<PathBuf>, mut given: mpsc::UnboundedReceiver<Order>, old: Vec<Old>) {
    let mut shelf = folder.map(Shelf::new);
    let mut old = Some(old);
    loop {
        let Some(first) = given.recv().await else { break };
        let mut newest = HashMap::new();
        put(&mut newest, first);
        let gathered = tokio::time::sleep(GATHER);
        tokio::pin!(gathered);
        let ended = loop {
            tokio::select! {
                order = given.recv() => match order {
                    Some(order) => put(&mut newest, order),
                    None => break true,
                },
                () = &mut gathered => break false,
            }
        };
        let Some(mut own) = shelf.take() else { continue };
        let written = tokio::task::spawn_blocking(move || {
            for (item, kept) in newest {
                own.put(item, kept.as_ref());
            }
            own
        });
        shelf = written.await.ok();
        // What was taken over is ours now.
        old.take().into_iter().flatten().for_each(Old::remove);
        if ended {
            break;
        }
    }
    if let Some(shelf) = shelf {
        shelf.close();
    }
}

fn put(newest: &mut HashMap<ItemId, Option<Unsaved>>, order: Order) {
    match order {
        Order::Keep(kept) => newest.insert(kept.item, Some(kept)),
        Order::Forget(item) => newest.insert(item, None),
    };
}

/// The folder of this run, made when the first text is kept.
struct Shelf {
    below: PathBuf,
    own: Option<(tempfile::TempDir, File)>,
}

impl Shelf {
    const fn new(below: PathBuf) -> Self {
        Self { below, own: None }
    }

    fn put(&mut self, item: ItemId, kept: Option<&Unsaved>) {
        let done = match kept {
            Some(kept) => self.write(item, kept),
            None => self.remove(item),
        };
        if let Err(error) = done {
            tracing::warn!(folder = %self.below.display(), %error, "an unsaved text cannot be kept on disk");
        }
    }

    fn write(&mut self, item: ItemId, kept: &Unsaved) -> io::Result<()> {
        let (folder, _) = match self.own.take() {
            Some(own) => self.own.insert(own),
            None => {
                fs::create_dir_all(&self.below)?;
                let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&self.below)?;
                let lock = File::create(folder.path().join(LOCK))?;
                lock.lock()?;
                self.own.insert((folder, lock))
            }
        };
        let path = folder.path().join(name(item));
        let beside = path.with_extension("new");
        fs::write(&beside, serde_json::to_string(kept)?)?;
        fs::rename(beside, path)
    }

    fn remove(&self, item: ItemId) -> io::Result<()> {
        let Some((folder, _)) = &self.own else { return Ok(()) };
        match fs::remove_file(folder.path().join(name(item))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Leaves what is still unsaved for the next run.
    fn close(self) {
        let Some((folder, lock)) = self.own else { return };
        if !texts(folder.path()).is_empty() {
            let left = folder.keep();
            tracing::info!(folder = %left.display(), "unsaved texts are kept");
        }
        drop(lock);
    }
}

fn name(item: ItemId) -> String {
    format!("{}.json", item.to_string().replace(':', "-"))
}

/// A folder of a run that ended, held while it is taken over.
struct Old {
    folder: PathBuf,
    _lock: File,
}

impl Old {
    fn remove(self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(folder = %self.folder.display(), %error, "an old folder of unsaved texts stays");
        }
    }
}

/// What runs that ended left below a folder.
fn left(below: &Path) -> (Vec<Unsaved>, Vec<Old>) {
    let (mut found, mut old) = (Vec::new(), Vec::new());
    let Ok(folders) = fs::read_dir(below) else { return (found, old) };
    for folder in folders.flatten().map(|entry| entry.path()) {
        let Ok(lock) = File::open(folder.join(LOCK)) else { continue };
        if lock.try_lock().is_err() {
            continue; // Its run still goes on.
        }
        for path in texts(&folder) {
            match fs::read_to_string(&path).map(|text| serde_json::from_str::<Unsaved>(&text)) {
                Ok(Ok(kept)) => found.push(kept),
                Ok(Err(error)) => tracing::warn!(path = %path.display(), %error, "an unsaved text cannot be read"),
                Err(error) => tracing::warn!(path = %path.display(), %error, "an unsaved text cannot be read"),
            }
        }
        let held = Old { folder, _lock: lock };
        if texts(&held.folder).is_empty() {
            held.remove();
        } else {
            old.push(held);
        }
    }
    found.sort_by(|a, b| (&a.name, a.item).cmp(&(&b.name, b.item)));
    (found, old)
}

fn texts(folder: &Path) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let paths = files.flatten().map(|entry| entry.path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workbench::draft::{Draft, Form};

    fn text(item: &str, text: &str) -> Unsaved {
        Unsaved::of(&Draft::of_text(ItemId::seed(item), Form::Verifier, "def"), text, "")
    }

    #[tokio::test]
    async fn what_is_not_saved_is_found_by_the_next_run_alone() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("drafts");
        let (first, found) = Drafts::open(Some(below.clone()));
        assert_eq!(found, []);
        first.keep(text("a", "one"));
        first.keep(text("a", "one more"));
        first.keep(text("b", "two"));
        first.forget(ItemId::seed("b"));
        while fs::read_dir(&below).map_or(0, Iterator::count) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // While the first runs, its texts are its own.
        let (second, found) = Drafts::open(Some(below.clone()));
        assert_eq!(found, []);
        second.finish().await;
        first.finish().await;
        let (third, found) = Drafts::open(Some(below.clone()));
        assert_eq!(found, [text("a", "one more")]);
        third.finish().await;
        // Offered until it is saved or discarded, and then nothing is left.
        let (fourth, found) = Drafts::open(Some(below.clone()));
        assert_eq!(found, [text("a", "one more")]);
        fourth.forget(ItemId::seed("a"));
        fourth.finish().await;
        assert_eq!(fs::read_dir(&below).unwrap().count(), 0);
    }
}
