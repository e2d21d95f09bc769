//! From a key to its output with a million rows and 2,000 messages a second; run by hand:
//! `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo test --lib app::measure -- --ignored --nocapture`.

use std::{
    io,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use tokio::sync::mpsc;

use crate::{
    pipeline::{
        handle::{Handle, Inbound, Note, Query, Seat},
        snapshot::{EngineState, Snapshot},
    },
    term::{ColourLevel, background::Background},
    ui::{Theme, Ui, glyphs},
    workbench::{
        State,
        rehearsal::{many, project::Project},
    },
};

use super::{AppOptions, host::Host, looping::Loop, state};

const ROWS: usize = 1_000_000;
const KEYS: usize = 600;

/// What was measured, in microseconds.
#[derive(Default)]
struct Times {
    /// From sending a key to the end of the draw that answers it, wall time.
    answers: Vec<f64>,
    /// The loop's CPU time from taking a key to the end of that draw.
    loops: Vec<f64>,
    /// CPU time of a draw.
    draws: Vec<f64>,
}

struct Timed {
    terminal: Terminal<TestBackend>,
    events: mpsc::UnboundedReceiver<(Instant, Event)>,
    times: Arc<Mutex<Times>>,
    open: Option<(Instant, f64)>,
}

/// CPU time of this thread, in microseconds.
fn cpu_us() -> f64 {
    crate::sandbox::thread_cpu().as_secs_f64() * 1e6
}

impl Timed {
    fn take(&mut self, event: (Instant, Event)) -> io::Result<Event> {
        self.open.get_or_insert((event.0, cpu_us()));
        Ok(event.1)
    }
}

impl Host for Timed {
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((200, 60))
    }

    fn draw(&mut self, ui: &Ui, state: &State) -> io::Result<()> {
        let before = cpu_us();
        self.terminal.draw(|frame| ui.draw(state, frame)).map_err(|_| io::Error::other("cannot fail"))?;
        let after = cpu_us();
        let mut times = self.times.lock().unwrap();
        times.draws.push(after - before);
        if let Some((sent, taken)) = self.open.take() {
            times.answers.push(sent.elapsed().as_secs_f64() * 1e6);
            times.loops.push(after - taken);
        }
        Ok(())
    }

    async fn event(&mut self) -> Option<io::Result<Event>> {
        let event = self.events.recv().await?;
        Some(self.take(event))
    }

    fn event_now(&mut self) -> Option<io::Result<Event>> {
        let event = self.events.try_recv().ok()?;
        Some(self.take(event))
    }

    async fn edit(&mut self, _: &Path) -> io::Result<()> {
        Ok(())
    }

    async fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn retake(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

fn told(name: &str, values: &mut [f64]) {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| values[((values.len() - 1) as f64 * share) as usize];
    println!(
        "{name:<44} p50 {:>8.0} us, p99 {:>8.0} us, most {:>8.0} us ({})",
        at(0.5),
        at(0.99),
        at(1.0),
        values.len()
    );
}

/// Tells of changes 2,000 times a second, publishes every 40 ms, and a new list of all rows every two seconds.
fn flood(seat: Seat, rows: Vec<Arc<crate::pipeline::snapshot::InstructionRow>>) {
    let project = Project::of(12);
    let id = project.snapshot(1).instructions[0].id;
    let detail = project.detail(id);
    let Seat { mut inbound, snapshot, notes } = seat;
    std::thread::spawn(move || {
        while let Some(asked) = inbound.blocking_recv() {
            if let Inbound::Query(Query::Detail(_, reply)) = asked {
                let _gone = reply.send(detail.clone());
            }
        }
    });
    std::thread::spawn(move || {
        let mut list = Arc::new(rows);
        let base = Snapshot { engine: EngineState::Running, ..project.snapshot(1) };
        for beat in 1.. {
            std::thread::sleep(Duration::from_millis(5));
            for n in 0..10 {
                let _nobody = notes.send(Note::Changed(list[(beat * 7919 + n) % list.len()].id));
            }
            if beat % 400 == 0 {
                list = Arc::new((*list).clone());
            }
            if beat % 8 == 0 {
                let seq = beat as u64;
                let next = Snapshot { seq, instructions: Arc::clone(&list), ..base.clone() };
                if snapshot.send(Arc::new(next)).is_err() {
                    return;
                }
            }
        }
    });
}

#[test]
#[ignore = "a measurement, run by hand"]
fn keys_at_a_million_rows() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (handle, seat) = Handle::pair();
    flood(seat, many(ROWS));
    let (keys, events) = mpsc::unbounded_channel();
    let times = Arc::new(Mutex::new(Times::default()));
    let terminal = Terminal::new(TestBackend::new(200, 60)).unwrap();
    let host = Timed { terminal, events, times: Arc::clone(&times), open: None };
    let ui = Ui::new(Theme::builtin(Background::Dark, ColourLevel::True).unwrap(), &glyphs::UNICODE);
    let options = AppOptions { project_name: "my-data".to_owned(), ..AppOptions::default() };
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(2));
        let script = "2jjjkkjjGggjj/commas kept⏎jj/⎋3jj12jjjj4j51 2jjjjjjjjkkkk";
        for c in script.chars().cycle().take(KEYS) {
            let code = match c {
                '⏎' => KeyCode::Enter,
                '⎋' => KeyCode::Esc,
                c => KeyCode::Char(c),
            };
            let event = Event::Key(KeyEvent::new(code, KeyModifiers::NONE));
            if keys.send((Instant::now(), event)).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(37));
        }
    });
    runtime.block_on(async {
        let mut looping = Loop::new(host, ui, state(&options).unwrap(), handle, None, None);
        looping.run().await.unwrap();
        println!("{} rows in the list at the end", looping.state.instructions.rows.len());
    });
    let mut times = times.lock().unwrap();
    told("key to output, wall", &mut times.answers);
    told("the loop's CPU from key to output", &mut times.loops);
    told("a draw at 200x60, CPU", &mut times.draws);
}
