//! What the test server says: good and bad answers to every call, drawn from the request alone.

use assay::domain::digest_of;
use serde_json::{Value, json};

/// What identifies a question: all its messages, and the sampling seed, which differs by slot, sample and take.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    pub prompt: String,
    pub seed: u64,
}

impl Question {
    /// Reads a request's body.
    pub fn of(body: &Value) -> Self {
        let said = body["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap());
        Self { prompt: said.collect::<Vec<_>>().join("\n"), seed: body["seed"].as_u64().unwrap() }
    }

    /// A number below `n` that depends on the question alone.
    pub fn draw(&self, what: &str, n: u64) -> u64 {
        let digest = digest_of(&[what.as_bytes(), self.prompt.as_bytes(), &self.seed.to_le_bytes()]);
        u64::from_le_bytes(digest.0[..8].try_into().unwrap()) % n
    }

    /// The answer. Calls are told apart by how the bundled templates begin.
    pub fn answer(&self) -> String {
        let begins = [
            ("You write instructions", Self::instructions as fn(&Self) -> String),
            ("You write small", Self::verifier),
            ("You read Python", |question| format!("Use three words or more ({}).", question.draw("back", 1000))),
            ("You compare two", Self::label),
            ("You judge answers", Self::score),
        ];
        let call = begins.iter().find(|(begin, _)| self.prompt.starts_with(begin));
        call.map_or_else(|| self.response(), |(_, answer)| answer(self))
    }

    fn instructions(&self) -> String {
        let words = ["tea", "river", "lamp", "stone", "cloud", "bread", "glass", "wheel", "paper", "violin"];
        let line = |n: u64| {
            let (word, how) = (words[self.draw(&format!("word{n}"), 10) as usize], self.draw(&format!("how{n}"), 4));
            let wheres = ["in the first sentence", "as the very last word", "in capital letters", "in every paragraph"];
            format!("- Put the word {word} {}.", wheres[how as usize])
        };
        (0..6).map(line).collect::<Vec<_>>().join("\n")
    }

    /// Most functions count words; some have another limit, some do not load, some answers are no JSON.
    fn verifier(&self) -> String {
        let mark = self.draw("mark", 1_000_000);
        let source = match self.draw("fault", 10) {
            0 => return "I would rather not write code.".to_owned(),
            1 => format!("def evaluate(response):\n    return len(response.split() >= 3  # {mark}\n"),
            2 => format!("def evaluate(response):\n    return len(response) > 10_000  # {mark}\n"),
            3 => format!("def evaluate(response):\n    return response[{mark}] == 'a'\n"),
            _ => format!("def evaluate(response):\n    return len(response.split()) >= 3  # {mark}\n"),
        };
        let cases = json!([
            {"input": format!("one two three {mark}"), "output": true},
            {"input": format!("short{mark}"), "output": false},
            {"input": format!("rain falls softly on roof {mark}"), "output": true},
        ]);
        format!("```json\n{}\n```", json!({"func": source, "cases": cases}))
    }

    fn label(&self) -> String {
        match self.draw("label", 12) {
            0 => "They differ.\nLabel: contradiction".to_owned(),
            1 => "I cannot say.".to_owned(),
            _ => "They agree.\nLabel: entailment".to_owned(),
        }
    }

    fn response(&self) -> String {
        let mark = self.draw("mark", 1_000_000);
        if self.draw("long", 4) > 0 { format!("This answer has words enough {mark}.") } else { format!("No{mark}.") }
    }

    fn score(&self) -> String {
        match self.draw("score", 8) {
            0 => "Hard to say.".to_owned(),
            n => format!("It serves the question.\nScore: {}", n + 3),
        }
    }
}
