//! The whole loop on a made-up terminal: real state, real drawing, real handle, made-up keys.

use std::{
    collections::VecDeque,
    fs, io,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};
use tokio::sync::mpsc;

use crate::{
    pipeline::handle::{Command, Handle, Inbound, Query, Seat},
    term::{ColourLevel, background::Background},
    ui::{Glyphs, Theme, Ui, glyphs},
    workbench::{State, rehearsal::engine::Engine},
};

use super::{AppOptions, Exit, host::Host, looping::Loop, memory, state};

/// What the terminal shows and was asked for.
#[derive(Default)]
struct Shown {
    screen: String,
    draws: usize,
    copied: Vec<String>,
    stops: usize,
}

type Editing = Box<dyn FnMut(&str) -> String + Send>;

struct Fake {
    terminal: Terminal<TestBackend>,
    events: mpsc::UnboundedReceiver<Event>,
    shown: Arc<Mutex<Shown>>,
    edits: VecDeque<Editing>,
}

impl Host for Fake {
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((120, 40))
    }

    fn draw(&mut self, ui: &Ui, state: &State) -> io::Result<()> {
        self.terminal.draw(|frame| ui.draw(state, frame)).map_err(|_| io::Error::other("cannot fail"))?;
        let mut shown = self.shown.lock().unwrap();
        shown.screen = self.terminal.backend().to_string();
        shown.draws += 1;
        Ok(())
    }

    async fn event(&mut self) -> Option<io::Result<Event>> {
        self.events.recv().await.map(Ok)
    }

    fn event_now(&mut self) -> Option<io::Result<Event>> {
        self.events.try_recv().ok().map(Ok)
    }

    async fn edit(&mut self, path: &Path) -> io::Result<()> {
        let mut edit = self.edits.pop_front().ok_or_else(|| io::Error::other("the editor does not start"))?;
        fs::write(path, edit(&fs::read_to_string(path)?))
    }

    async fn stop(&mut self) -> io::Result<()> {
        self.shown.lock().unwrap().stops += 1;
        Ok(())
    }

    fn retake(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.shown.lock().unwrap().copied.push(text.to_owned());
        Ok(())
    }
}

/// A person at the terminal.
struct Person {
    keys: mpsc::UnboundedSender<Event>,
    shown: Arc<Mutex<Shown>>,
}

impl Person {
    fn press(&self, keys: &str) {
        for c in keys.chars() {
            let (code, modifiers) = match c {
                '⏎' => (KeyCode::Enter, KeyModifiers::NONE),
                '⇥' => (KeyCode::Tab, KeyModifiers::NONE),
                'Ⓩ' => (KeyCode::Char('z'), KeyModifiers::CONTROL),
                c => (KeyCode::Char(c), KeyModifiers::NONE),
            };
            self.keys.send(Event::Key(KeyEvent::new(code, modifiers))).unwrap();
        }
    }

    /// Waits until the screen shows a text.
    async fn sees(&self, text: &str) {
        for _ in 0..2_000 {
            if self.shown.lock().unwrap().screen.contains(text) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never seen: {text}\n{}", self.shown.lock().unwrap().screen);
    }

    fn draws(&self) -> usize {
        self.shown.lock().unwrap().draws
    }
}

fn ui() -> Ui {
    Ui::new(Theme::builtin(Background::Dark, ColourLevel::True).unwrap(), &glyphs::UNICODE)
}

fn sit_down(handle: Handle, edits: Vec<Editing>) -> (Loop<Fake>, Person) {
    let (keys, events) = mpsc::unbounded_channel();
    let shown = Arc::new(Mutex::new(Shown::default()));
    let terminal = Terminal::new(TestBackend::new(120, 40)).unwrap();
    let host = Fake { terminal, events, shown: Arc::clone(&shown), edits: edits.into() };
    let options = AppOptions { project_name: "my-data".to_owned(), ..AppOptions::default() };
    let looping = Loop::new(host, ui(), state(&options).unwrap(), handle, None, None);
    (looping, Person { keys, shown })
}

/// A workbench over the made-up engine, and what a person does there.
async fn session(edits: Vec<Editing>, person: impl AsyncFnOnce(&Person)) -> State {
    let (handle, seat) = Handle::pair();
    let mut engine = Engine::new(seat, 12, 14);
    engine.begin();
    let engine = tokio::spawn(engine.run());
    let (mut looping, someone) = sit_down(handle, edits);
    let (exit, ()) = tokio::join!(looping.run(), async {
        person(&someone).await;
        someone.press("q");
        someone.sees("Quit").await;
        someone.press("y");
    });
    assert_eq!(exit.unwrap(), Exit::Quit);
    let state = looping.end().await;
    engine.abort();
    state
}

#[tokio::test]
async fn a_round_through_the_workbench() {
    session(vec![], async |person| {
        person.sees("cross-validate").await;
        person.press("2");
        person.sees("Answer in exactly three sentences").await;
        person.sees("accuracy .89").await;
        person.press("x2");
        person.sees("● ✓  Do not use").await;
        person.sees("○ ✓  Answer in").await;
        person.press("u");
        person.sees("took back a decision").await;
        person.press("4y");
        person.sees("copied").await;
        person.press("Ⓩ");
        person.press("5");
        person.sees("http-400").await;
        let shown = person.shown.lock().unwrap();
        assert_eq!((shown.copied.len(), shown.stops), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn an_edit_with_a_mistake_is_mended_in_the_editor() {
    let edits: Vec<Editing> = vec![
        Box::new(|text| text.replace("expected: true", "expected: maybe")),
        Box::new(|text| {
            assert!(text.starts_with("# assay: `expected: maybe`"), "{text}");
            text.replace("expected: maybe", "expected: false")
        }),
    ];
    session(edits, async |person| {
        person.press("2⏎");
        person.sees("f1 on c1").await;
        person.press("E");
        person.sees("became stale and are made again").await;
        person.sees("expected false").await;
    })
    .await;
}

#[tokio::test]
async fn an_editor_that_does_not_start_is_told() {
    session(vec![], async |person| {
        person.press("2E");
        person.sees("the editor does not start").await;
    })
    .await;
}

/// Answers what is asked of an engine with nothing to do.
async fn idle(mut seat: Seat) -> Vec<Command> {
    let mut commands = Vec::new();
    while let Some(asked) = seat.inbound.recv().await {
        match asked {
            Inbound::Command(command, reply) => {
                commands.push(command);
                // A slow disk: commands must still be waited for at the end.
                tokio::time::sleep(Duration::from_millis(20)).await;
                reply.send(Ok(String::new())).ok();
            }
            Inbound::Query(Query::Detail(_, reply)) => {
                reply.send(None).ok();
            }
            Inbound::Query(Query::Transcript(_, reply)) => {
                reply.send(None).ok();
            }
            Inbound::Query(Query::Past(_, reply)) => {
                reply.send(None).ok();
            }
            Inbound::Query(Query::Facts(_, reply)) => {
                reply.send(None).ok();
            }
            Inbound::Query(Query::Fell(_, _, reply)) => {
                reply.send(Vec::new()).ok();
            }
        }
    }
    commands
}

#[tokio::test]
async fn commands_keep_their_order_and_are_waited_for() {
    let (handle, seat) = Handle::pair();
    let engine = tokio::spawn(idle(seat));
    let (mut looping, person) = sit_down(handle, vec![]);
    person.press("puuuq");
    assert_eq!(looping.run().await.unwrap(), Exit::Quit);
    looping.end().await;
    let expected = [Command::Pause(None), Command::Undo, Command::Undo, Command::Undo];
    assert_eq!(engine.await.unwrap(), expected);
}

#[tokio::test]
async fn nothing_is_drawn_while_nothing_happens() {
    let (handle, seat) = Handle::pair();
    tokio::spawn(idle(seat));
    let (mut looping, person) = sit_down(handle, vec![]);
    let (exit, ()) = tokio::join!(looping.run(), async {
        person.sees("Funnel").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = person.draws();
        tokio::time::sleep(Duration::from_millis(400)).await;
        assert_eq!(person.draws(), before);
        drop(person.keys);
    });
    assert_eq!(exit.unwrap(), Exit::Lost, "a terminal that is gone ends the workbench");
}

#[tokio::test]
async fn a_flood_of_snapshots_is_drawn_at_a_calm_rate() {
    let (handle, seat) = Handle::pair();
    let (mut looping, person) = sit_down(handle, vec![]);
    let publish = seat.snapshot.clone();
    let (_, published) = tokio::join!(looping.run(), async {
        let mut published = 0_u64;
        let until = tokio::time::Instant::now() + Duration::from_millis(600);
        while tokio::time::Instant::now() < until {
            published += 1;
            let snapshot = crate::pipeline::snapshot::Snapshot { seq: published, ..Default::default() };
            publish.send_replace(Arc::new(snapshot));
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        person.press("q");
        published
    });
    let draws = u64::try_from(person.draws()).unwrap();
    assert!(draws >= 3 && draws * 4 < published, "{draws} draws of {published} snapshots");
    drop(seat);
}

#[test]
fn the_interface_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ui/state.json");
    let mut before = state(&AppOptions::default()).unwrap();
    before.instructions.filter.text = "commas".to_owned();
    before.screen = crate::workbench::Screen::Instructions;
    memory::keep(Some(&path), &before);
    let mut after = state(&AppOptions::default()).unwrap();
    memory::recall(Some(&path), &mut after);
    assert_eq!((after.instructions.filter.text.as_str(), after.screen), ("commas", before.screen));
    fs::write(&path, "{ not json").unwrap();
    let mut fresh = state(&AppOptions::default()).unwrap();
    memory::recall(Some(&path), &mut fresh);
    assert_eq!(fresh.screen, crate::workbench::Screen::Funnel);
    assert_eq!(Glyphs::detect(|_| None).pass, "✓");
}
