//! Puts an answer together from chunks.

use serde_json::Value;

use super::chunk::{Chunk, Said, Token, WireUsage, finish};
use super::think;
use crate::domain::{Finish, Usage};

/// What has come so far.
#[derive(Debug, Default)]
pub(super) struct Collect {
    content: String,
    reasoning: String,
    finish: Option<Finish>,
    usage: Option<WireUsage>,
    model: Option<String>,
    tokens: Vec<Token>,
}

/// What came in all.
#[derive(Debug)]
pub(super) struct Collected {
    pub content: String,
    pub reasoning: Option<String>,
    pub finish: Finish,
    pub usage: Option<Usage>,
    pub model: Option<String>,
    /// The answer's tokens with their probabilities, where they were asked for and told.
    pub tokens: Vec<Token>,
}

/// What a chunk brought.
#[derive(Debug, PartialEq)]
pub(super) enum Brought {
    /// Text, to be shown.
    Text(String),
    /// Nothing that is shown: a role, a reason, counts.
    Nothing,
    /// An error object in place of an answer.
    Error(Value),
}

impl Collect {
    /// Takes a chunk in.
    pub fn take(&mut self, chunk: Chunk) -> Brought {
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Brought::Error(error);
        }
        // Before the choices: the chunk that brings the counts has none.
        if chunk.usage.is_some() {
            self.usage = chunk.usage;
        }
        if self.model.is_none() {
            self.model = chunk.model.filter(|model| !model.is_empty());
        }
        let mut shown = String::new();
        for choice in chunk.choices.into_iter().filter(|choice| choice.index == 0) {
            if let Some(said) = choice.delta.or(choice.message) {
                self.say(&said, &mut shown);
            }
            self.tokens.extend(choice.logprobs.into_iter().flat_map(|logprobs| logprobs.content));
            match choice.finish_reason.as_deref() {
                Some("error") => return Brought::Error(Value::from("the model stopped with an error")),
                Some(reason) if !reason.is_empty() => self.finish = Some(finish(reason)),
                _ => {}
            }
        }
        if shown.is_empty() { Brought::Nothing } else { Brought::Text(shown) }
    }

    fn say(&mut self, said: &Said, shown: &mut String) {
        let (content, reasoning) = (self.content.len(), self.reasoning.len());
        // Both names may carry the same text, while a server changes from one to the other.
        if let Some(thought) = said.reasoning.as_ref().or(said.reasoning_content.as_ref()) {
            let mut inner = String::new();
            thought.append(&mut self.reasoning, &mut inner);
            self.reasoning.push_str(&inner);
        }
        if let Some(text) = &said.content {
            text.append(&mut self.content, &mut self.reasoning);
        }
        if let Some(refusal) = &said.refusal {
            self.content.push_str(refusal);
        }
        shown.push_str(&self.reasoning[reasoning..]);
        shown.push_str(&self.content[content..]);
    }

    /// Whether the model said why it stopped.
    pub const fn finished(&self) -> bool {
        self.finish.is_some()
    }

    /// The answer, with reasoning split off.
    pub fn end(self) -> Collected {
        let (thought, content) = think::split(&self.content);
        let reasoning = match (self.reasoning.is_empty(), thought) {
            (true, thought) => thought,
            (false, None) => Some(self.reasoning),
            (false, Some(thought)) => Some(format!("{}\n{thought}", self.reasoning)),
        };
        Collected {
            content: content.to_owned(),
            reasoning: reasoning.filter(|text| !text.is_empty()),
            finish: self.finish.unwrap_or(Finish::Other),
            usage: self.usage.and_then(|usage| usage.usage()),
            model: self.model,
            tokens: self.tokens,
        }
    }

    /// What the server has counted so far.
    pub fn used(&self) -> Usage {
        self.usage.as_ref().and_then(WireUsage::usage).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(chunks: &[&str]) -> Collected {
        let mut collect = Collect::default();
        for chunk in chunks {
            collect.take(serde_json::from_str(chunk).unwrap());
        }
        collect.end()
    }

    #[test]
    fn tolerates_what_servers_send() {
        let answer = collected(&[
            r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
            r#"{"model":"m","choices":[{"delta":{"reasoning":"hm","reasoning_content":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}},{"index":1,"delta":{"content":"other"}}]}"#,
            r#"{"choices":[{"delta":{"content":"b"},"finish_reason":"length"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}}"#,
            r#"{"choices":null}"#,
        ]);
        assert_eq!((answer.content.as_str(), answer.reasoning.as_deref()), ("ab", Some("hm")));
        assert_eq!((answer.finish, answer.model.as_deref()), (Finish::Length, Some("m")));
        assert_eq!(answer.usage, Some(Usage { prompt_tokens: 5, cached_tokens: 3, completion_tokens: 2 }));
    }

    #[test]
    fn parts_are_text_and_thinking() {
        let answer = collected(&[
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}"#,
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"yes"}]}}]}"#,
        ]);
        assert_eq!((answer.content.as_str(), answer.reasoning.as_deref()), ("yes", Some("hm")));
    }

    #[test]
    fn errors_are_found() {
        let mut collect = Collect::default();
        let chunk = serde_json::from_str(r#"{"error":{"code":502,"message":"no"}}"#).unwrap();
        assert!(matches!(collect.take(chunk), Brought::Error(_)));
        let chunk = serde_json::from_str(r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#).unwrap();
        assert!(matches!(collect.take(chunk), Brought::Error(_)));
    }
}
