//! Opening a project: first frame, index, memory.

use std::{path::Path, time::Instant};

use assay::{
    llm::Endpoints,
    pipeline::{
        Parts, Project, RunOptions, Stop,
        settings::Settings,
        snapshot::{EngineState, Snapshot},
        start,
        whatif::{Dial, Volume, curve, outlook},
    },
    sandbox::{Compiler, Options, Sandbox},
    store::{Access, Lease},
};

/// Peak resident memory of this process, in MB.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn what_if(snapshot: &Snapshot, settings: &Settings) {
    let volume = Volume::of(settings);
    let bytes: usize = snapshot.index.facts.iter().map(|facts| facts.len()).sum();
    let asked = Instant::now();
    let found = outlook(&snapshot.index, &settings.profile, volume);
    println!("what-if in {:?} over {bytes} bytes: {found:?}", asked.elapsed());
    for dial in Dial::ALL {
        let asked = Instant::now();
        let points = curve(&snapshot.index, &settings.profile, dial, volume);
        println!("  curve of {} in {:?}, {} points", dial.key(), asked.elapsed(), points.len());
    }
}

pub fn measure(dir: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let started = Instant::now();
        let at =
            |what: &str| println!("{what:<28} {:>8.0} ms, {} MB", started.elapsed().as_secs_f64() * 1e3, peak_mb());
        let project = Project::open(dir, Access::Write, None).unwrap();
        at("store open");
        let endpoints = Endpoints::of([]);
        let cache_dir = Some(std::env::temp_dir().join("assay-bench-cache"));
        let sandbox = Sandbox::start(Options { cache_dir, compiler: Compiler::InProcess, ..Options::default() });
        let lease = Ok(Lease::acquire(dir).unwrap());
        let settings = project.settings.clone();
        let running = start(Parts { project, lease, endpoints, sandbox, options: RunOptions::default() });
        let mut snapshots = running.handle.snapshots();
        let first = snapshots.wait_for(|snapshot| snapshot.seq > 0).await.unwrap().clone();
        at("first snapshot");
        println!("  {:?}", first.datasets);
        let all = snapshots.wait_for(|snapshot| snapshot.engine == EngineState::Done).await.unwrap().clone();
        at("index loaded, at rest");
        println!("  {:?}, {} instructions", all.datasets, all.instructions.len());
        what_if(&all, &settings);
        let asked = Instant::now();
        let detail = running.handle.detail(all.instructions[all.instructions.len() / 2].id).await.unwrap();
        println!("one detail in {:?}: {} tasks", asked.elapsed(), detail.view.tasks.len());
        running.stop.send_replace(Stop::Soon);
        tokio::task::spawn_blocking(move || running.thread.join()).await.unwrap().unwrap().unwrap();
        at("stopped");
    });
}
