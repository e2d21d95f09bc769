//! For tests: a workbench over the made-up project, with its questions answered at once.

#[path = "../../examples/fake_workbench/counts.rs"]
pub mod counts;
#[path = "../../examples/fake_workbench/engine.rs"]
pub mod engine;
#[path = "../../examples/fake_workbench/project.rs"]
pub mod project;
#[path = "../../examples/fake_workbench/texts.rs"]
pub mod texts;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::{
    domain::ItemId,
    pipeline::{
        handle::Handle,
        snapshot::{InstructionRow, JobState},
    },
    workbench::{Effect, Keymap, Message, State, chord::Chord, update},
};

/// A workbench and the project it shows.
pub struct Stage {
    /// The workbench.
    pub state: State,
    /// The project.
    pub project: project::Project,
    /// What was asked for and not answered here.
    pub effects: Vec<Effect>,
}

impl Stage {
    /// A workbench on a project of so many instructions.
    pub fn new(n: usize) -> Self {
        let (handle, seat) = Handle::pair();
        let mut engine = engine::Engine::new(seat, n, n);
        if n > 0 {
            engine.begin();
        }
        let mut snapshot = (**handle.snapshots().borrow()).clone();
        // Streaming answers have something to show, and nothing that depends on the clock.
        for job in snapshot.jobs.iter().filter(|job| matches!(job.state, JobState::Running { .. })) {
            if let Some(tail) = &job.tail {
                tail.push("Here is the function.\n```python\ndef evaluate(response):\n    return len(resp");
            }
        }
        snapshot.seq += 1;
        let keymap = Arc::new(Keymap::builtin().unwrap());
        let mut state = State::new("my-data", "recommended", keymap);
        state.banner = Some("demo: hand-written answers; `assay init DIR` starts your own".to_owned());
        let mut stage = Self { state, project: project::Project::of(n), effects: vec![] };
        stage.message(Message::Snapshot(Arc::new(snapshot)));
        stage
    }

    /// Takes a message; details and highlighting are answered at once.
    pub fn message(&mut self, message: Message) {
        let mut effects = update(&mut self.state, message);
        while let Some(effect) = effects.pop() {
            match effect {
                Effect::LoadDetail(id) => {
                    let detail = self.project.detail(id);
                    effects.extend(update(&mut self.state, Message::Detail(id, detail)));
                }
                Effect::Highlight(source) => {
                    let code = Arc::new(crate::workbench::code::Code::plain(&source));
                    effects.extend(update(&mut self.state, Message::Highlighted(source, code)));
                }
                Effect::Diff(left, right) => {
                    let diff = Arc::new(crate::workbench::diff::Diff::of(&left, &right));
                    effects.extend(update(&mut self.state, Message::Diffed((left, right), diff)));
                }
                other => self.effects.push(other),
            }
        }
    }

    /// Presses keys: names stand between spaces, anything else is pressed character by character.
    pub fn keys(&mut self, keys: &str) {
        for word in keys.split_whitespace() {
            match word.parse::<Chord>() {
                Ok(chord) => self.press(chord),
                Err(_) => {
                    for c in word.chars() {
                        self.press(c.to_string().parse().unwrap());
                    }
                }
            }
        }
    }

    fn press(&mut self, chord: Chord) {
        let modifiers = if chord.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        let event = match chord.code {
            KeyCode::Char(c) => KeyEvent::new(KeyCode::Char(c), modifiers),
            code => KeyEvent::new(code, modifiers),
        };
        self.message(Message::Key(event));
    }
}

/// The rows of a made-up project of very many instructions.
pub fn many(n: usize) -> Vec<Arc<InstructionRow>> {
    let few: Vec<_> = (0..24).map(|n| counts::row(&project::instruction(n))).collect();
    let row = |n: usize| {
        let like = &few[n % few.len()];
        let text: Arc<str> = Arc::from(format!("{} ({n})", like.text));
        Arc::new(InstructionRow { id: ItemId::seed(&n.to_string()), text, ..like.clone() })
    };
    (0..n).map(row).collect()
}

/// Whether a character belongs to the project's texts and not to the workbench.
pub fn is_content(c: char) -> bool {
    texts::INSTRUCTIONS.iter().any(|(text, ..)| text.contains(c))
        || texts::CASES.iter().any(|(text, _)| text.contains(c))
        || texts::RESPONSES_ZH.iter().chain(&texts::QUERIES).any(|text| text.contains(c))
}
