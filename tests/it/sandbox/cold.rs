//! Cold start: compiled code in the cache folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use assay::sandbox::{Options, Reservation, Sandbox, Status, Step, compile_to_cache};

use super::{batch, boolean, cache_dir, options};

/// A folder with a valid file in it, copied so that the shared one stays whole.
fn copy() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let valid = compile_to_cache(&cache_dir(), &mut |_| {}).unwrap();
    let path = dir.path().join(valid.file_name().unwrap());
    fs::copy(valid, &path).unwrap();
    (dir, path)
}

fn works(options: Options) {
    let sandbox = Sandbox::start(options);
    let outcome =
        sandbox.run(batch("def evaluate(s): return True", &["x"])).unwrap().blocking_collect().unwrap().remove(0);
    assert_eq!(boolean(&outcome), Some(true));
    assert_eq!(*sandbox.status().borrow(), Status::Ready);
}

fn steps(dir: &Path) -> Vec<Step> {
    let mut steps = Vec::new();
    compile_to_cache(dir, &mut |step| steps.push(step)).unwrap();
    steps
}

#[test]
fn valid_code_is_found_and_damaged_code_is_made_again_by_two_at_once() {
    let (dir, path) = copy();
    assert_eq!(steps(dir.path()), [Step::Looking, Step::Done]);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| works(Options { cache_dir: Some(dir.path().into()), ..options() }));
        }
    });
    assert_eq!(steps(dir.path()), [Step::Looking, Step::Done], "not repaired");
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn code_of_another_build_is_left_alone() {
    let (dir, path) = copy();
    let foreign = dir.path().join(format!("python-0.0.0-{:016}-{:064}.cwasm", 0, 0));
    fs::write(&foreign, "of another version").unwrap();
    works(Options { cache_dir: Some(dir.path().into()), ..options() });
    assert!(foreign.exists() && path.exists());
}

#[test]
fn a_folder_that_cannot_be_written_still_works() {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    // Even root cannot make a folder beneath a file.
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    works(Options { cache_dir: Some(file.join("cache")), ..options() });
}

/// Set in the process whose address space is limited.
const LIMITED: &str = "ASSAY_TEST_LIMITED";

#[test]
fn a_refused_reservation_falls_back_to_on_demand() {
    if std::env::var_os(LIMITED).is_some() {
        works(options());
        return;
    }
    // So that the limited process, which has no memory to compile in, finds the code.
    works(Options { reservation: Reservation::OnDemand, ..options() });
    let name = std::thread::current().name().unwrap().to_owned();
    let mut limited = std::process::Command::new("sh");
    // 6 GiB hold the program, not three reservations of 4 GiB.
    limited.args(["-c", "ulimit -v 6291456 || exit 0; exec \"$@\"", "sh"]);
    limited.arg(std::env::current_exe().unwrap()).args([name.as_str(), "--exact", "--nocapture"]);
    let told = limited.env(LIMITED, "1").output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

#[test]
fn machines_without_large_reservations_work_on_demand() {
    works(Options { reservation: Reservation::OnDemand, ..options() });
}
