//! What one undo takes back: a word that was typed and not a letter, an indentation of ten lines and not one of them.

/// What a key did to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A character was typed.
    Typed(char),
    /// A character was erased.
    Erased,
    /// Anything else.
    Other,
}

/// How many of the widget's edits belong together, the last ones last.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: Vec<usize>,
    undone: Vec<usize>,
    /// What the last one did, while the next key may go on with it.
    run: Option<Step>,
}

impl History {
    /// Takes note of a key that made so many edits.
    pub fn made(&mut self, edits: usize, step: Step) {
        self.undone.clear();
        let goes_on = match (self.run, step) {
            (Some(Step::Typed(_)), Step::Typed(c)) => c != ' ',
            (Some(Step::Erased), Step::Erased) => true,
            _ => false,
        };
        match self.done.last_mut() {
            Some(last) if goes_on => *last += edits,
            _ => self.done.push(edits),
        }
        self.run = Some(step);
    }

    /// The cursor went elsewhere: what comes next is something new.
    pub const fn pause(&mut self) {
        self.run = None;
    }

    /// Whether there is something to take back, or to do again.
    pub const fn can(&self, again: bool) -> bool {
        if again { !self.undone.is_empty() } else { !self.done.is_empty() }
    }

    /// How many edits are to be taken back, or done again; they count as that.
    pub fn turn(&mut self, again: bool) -> Option<usize> {
        self.run = None;
        let (from, to) = if again { (&mut self.undone, &mut self.done) } else { (&mut self.done, &mut self.undone) };
        let edits = from.pop()?;
        to.push(edits);
        Some(edits)
    }
}
