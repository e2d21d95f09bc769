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
    store::{Access, Lease, Op, Store},
};

/// Peak resident memory of this process, in MB.
pub fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

/// CPU time of this process so far, all threads, in milliseconds.
pub fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat[stat.rfind(')').unwrap() + 2..].split(' ').collect();
    (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10
}

/// Makes the stored index useless, so that the next start reads the trees.
pub fn forget(dir: &Path) {
    let store = Store::open(dir, Access::Write).unwrap();
    store.write_blocking(Op::SetMeta { key: "index-key".to_owned(), value: String::new() }.into()).unwrap();
}

fn what_if(snapshot: &Snapshot, settings: &Settings) {
    let volume = Volume::of(settings);
    let bytes: usize = snapshot.index.facts.iter().map(|facts| facts.len()).sum();
    let (asked, cpu) = (Instant::now(), cpu_ms());
    let found = outlook(&snapshot.index, &settings.profile, volume);
    println!("what-if in {:?} ({} ms CPU) over {bytes} bytes: {found:?}", asked.elapsed(), cpu_ms() - cpu);
    for dial in Dial::ALL {
        let (asked, cpu) = (Instant::now(), cpu_ms());
        let points = curve(&snapshot.index, &settings.profile, dial, volume);
        let (took, cpu) = (asked.elapsed(), cpu_ms() - cpu);
        println!("  curve of {} in {took:?} ({cpu} ms CPU), {} points", dial.key(), points.len());
    }
}

pub fn measure(dir: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let started = Instant::now();
        let at = |what: &str| {
            let wall = started.elapsed().as_secs_f64() * 1e3;
            println!("{what:<28} {wall:>8.0} ms, {} ms CPU, {} MB at most", cpu_ms(), peak_mb());
        };
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
