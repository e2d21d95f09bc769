//! Kill points: the process is killed at random moments and started again until it is done. One digest, nothing
//! stored is asked again, and what is repeated was in flight.

use std::{collections::HashSet, path::Path, time::Duration};

use assay::{
    pipeline::{Project, prompting::seed_of},
    store::{Access, Store},
};

use crate::draws::Draws;

use super::{Folder, assay, ended, program, said, server::Server, until};

const CONCURRENCY: u32 = 8;
const SLOWEST: Duration = Duration::from_millis(12);

/// The sampling seeds of all completions that are stored, read as another process would.
fn stored(dir: &Path) -> HashSet<u64> {
    let project_seed = Project::open(dir, Access::Read, None).unwrap().settings.config.seed;
    let store = Store::open(dir, Access::Read).unwrap();
    (1..=store.usage().unwrap().requests)
        .map(|row| store.transcript(row as i64).unwrap().expect("rows have no gaps"))
        .map(|stored| seed_of(project_seed, stored.slot, stored.meta.sample, stored.meta.nth))
        .collect()
}

/// The digest of an undisturbed run, and how many requests it took.
async fn undisturbed() -> (String, usize) {
    let server = Server::start(SLOWEST).await;
    let folder = Folder::new(&server, CONCURRENCY);
    let output = ended(folder.run()).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let counts = server.asked.counts();
    assert!(counts.values().all(|n| *n == 1), "an undisturbed run asks once");
    assert_eq!(stored(folder.path()).len(), counts.len());
    (folder.digest(), counts.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_a_project_ends_as_if_nothing_had_happened() {
    let kills: usize = std::env::var("ASSAY_KILLS").map_or(6, |n| n.parse().unwrap());
    let (digest, requests) = undisturbed().await;
    let server = Server::start(SLOWEST).await;
    let folder = Folder::new(&server, CONCURRENCY);
    let mut draws = Draws::new(kills as u64);
    let mut points: Vec<usize> = (0..kills).map(|_| draws.below(requests)).collect();
    points.sort_unstable();
    let (mut repeats, mut in_flight, mut most, mut done) = (0, 0, 0, 0);
    for point in points {
        let before = server.asked.counts();
        let there = stored(folder.path());
        let mut child = folder.run();
        let asked = server.asked.clone();
        let early = until(&mut child, move || asked.counts().len() >= point).await;
        tokio::time::sleep(Duration::from_micros(draws.below(20_000) as u64)).await;
        child.kill().unwrap();
        let output = ended(child).await;
        done += usize::from(early.is_none());
        if early.is_some() {
            assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        }
        let now = server.asked.counts();
        let again = now.iter().filter(|(question, n)| before.get(question).is_some_and(|old| **n > *old));
        for (question, _) in again {
            assert!(!there.contains(&question.seed), "a stored completion was asked again: {question:?}");
            repeats += 1;
        }
        let kept = stored(folder.path());
        let asked = now.iter().filter(|(question, n)| before.get(question).is_none_or(|old| *n > old));
        let lost = asked.filter(|(question, _)| !kept.contains(&question.seed)).count();
        (in_flight, most) = (in_flight + lost, most.max(lost));
    }
    let (before, there) = (server.asked.counts(), stored(folder.path()));
    let output = ended(folder.run()).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let counts = server.asked.counts();
    for (question, n) in &counts {
        let again = before.get(question).is_some_and(|old| n > old);
        assert!(!again || !there.contains(&question.seed), "a stored completion was asked again: {question:?}");
        repeats += usize::from(again);
    }
    println!(
        "{done} of {kills} kills, {} questions, {} requests; {repeats} repeated, {in_flight} in flight at kills, at \
         most {most} at one",
        counts.len(),
        server.asked.total(),
    );
    assert_eq!(counts.len(), requests, "the same questions were asked");
    assert_eq!(server.asked.total() - counts.len(), repeats);
    assert!(repeats <= in_flight, "{repeats} repeats, {in_flight} in flight");
    assert!(most <= CONCURRENCY as usize, "{most} in flight at one kill");
    assert_eq!(folder.digest(), digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_demo_projects_have_one_digest_whatever_the_concurrency() {
    let mut digests = HashSet::new();
    for concurrency in [1, 24] {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join(format!("demo-{concurrency}"));
        let made = program(&["init", "--demo"]).arg(&dir).output().unwrap();
        assert!(made.status.success(), "{}", said(&made));
        let file = dir.join("assay.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let wanted = format!("speed = 0.0\nconcurrency = {concurrency}");
        assert!(text.contains("speed = 1.0") && !text.contains("\nconcurrency"), "{text}");
        std::fs::write(&file, text.replace("speed = 1.0", &wanted)).unwrap();
        let output = ended(assay(&["run"], &dir).spawn().unwrap()).await;
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        digests.insert(assay(&["digest"], &dir).output().unwrap().stdout);
    }
    assert_eq!(digests.len(), 1);
}
