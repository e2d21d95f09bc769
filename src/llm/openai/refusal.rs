//! Reads what a server says when it refuses: which error it is, and whether to ask again.

use reqwest::StatusCode;
use serde_json::Value;

use super::{
    body::Quirk,
    retry::{Again, Failure},
};
use crate::llm::{Fault, LlmError};

/// The most characters of a server's message that are kept.
const LONGEST: usize = 400;

/// A server's words about an error.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// For people.
    pub message: String,
    /// `code` and `type`, in lower case.
    pub kind: String,
    /// A status inside the error object.
    pub status: Option<u16>,
}

/// Takes keys out of a text. They are taken out of the whole before it is shortened: a key that was cut would not be
/// known again.
pub(super) type Clean<'a> = &'a dyn Fn(&str) -> String;

impl Words {
    /// Reads a body: an error object in its many shapes, a page, or plain text.
    pub fn of_body(body: &[u8], clean: Clean<'_>) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(Value::Object(map)) => {
                let inner = map.get("error").filter(|error| !error.is_null()).cloned();
                Self::of_error(&inner.unwrap_or(Value::Object(map)), clean)
            }
            Ok(other) => Self::of_error(&other, clean),
            Err(_) if looks_like_html(body) => {
                Self { message: "a web page, not an answer".to_owned(), ..Self::default() }
            }
            Err(_) => Self { message: shorten(&clean(&String::from_utf8_lossy(body))), ..Self::default() },
        }
    }

    /// Reads an error object.
    pub fn of_error(error: &Value, clean: Clean<'_>) -> Self {
        let text = |name: &str| match error.get(name) {
            Some(Value::String(text)) => Some(text.clone()),
            Some(Value::Null) | None => None,
            Some(other) => Some(other.to_string()),
        };
        let message = match error {
            Value::String(text) => text.clone(),
            _ => ["message", "detail", "msg"].into_iter().find_map(text).unwrap_or_else(|| error.to_string()),
        };
        let kinds = [text("code"), text("type")];
        let status = ["code", "status"].into_iter().find_map(|name| match error.get(name) {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        });
        Self {
            message: shorten(&clean(&message)),
            kind: kinds.into_iter().flatten().collect::<Vec<_>>().join(" ").to_lowercase(),
            status: status.and_then(|n| u16::try_from(n).ok()).filter(|n| (400..600).contains(n)),
        }
    }

    fn speaks_of(&self, words: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        words.iter().any(|word| message.contains(word) || self.kind.contains(word))
    }

    fn is_quota(&self) -> bool {
        self.speaks_of(&[
            "insufficient_quota",
            "billing",
            "credit balance",
            "insufficient credit",
            "insufficient balance",
        ])
    }
}

/// What a refusal with a status means. `asked` is the pause that the server wants.
pub(super) fn judge(
    endpoint: &str,
    status: StatusCode,
    words: Words,
    asked: Option<std::time::Duration>,
    hint: &str,
) -> Failure {
    let code = status.as_u16();
    let quirk = learn(code, &words);
    let loading = code == 503 && words.speaks_of(&["loading"]);
    let quota = code == 402 || (code == 429 && words.is_quota());
    let mut message = if words.message.is_empty() { reason(status).to_owned() } else { words.message };
    let endpoint = endpoint.to_owned();
    if quota {
        return Failure { error: LlmError::Quota { endpoint, status: code, message }, again: Again::Never };
    }
    if matches!(code, 404 | 405) {
        message.push_str(hint);
    }
    let again = match code {
        _ if quirk.is_some() => quirk.map_or(Again::Never, Again::Learnt),
        _ if loading => Again::Loading,
        501 | 505 => Again::Never,
        408 | 409 | 425 | 429 | 500.. => asked.map_or(Again::Backoff, Again::After),
        _ => Again::Never,
    };
    Failure { error: LlmError::Status { endpoint, status: code, message }, again }
}

/// What an error object inside an answer means.
pub(super) fn judge_in_stream(endpoint: &str, error: &Value, clean: Clean<'_>) -> Failure {
    let words = Words::of_error(error, clean);
    if let Some(status) = words.status.and_then(|code| StatusCode::from_u16(code).ok()) {
        return judge(endpoint, status, words, None, "");
    }
    let (quota, message) = (words.is_quota(), words.message);
    let endpoint = endpoint.to_owned();
    if quota {
        return Failure { error: LlmError::Quota { endpoint, status: 200, message }, again: Again::Never };
    }
    let message = format!("an error in place of the answer: {message}; see the server's log, then re-run the item");
    Failure { error: LlmError::Protocol { endpoint, fault: Fault::InStream, message }, again: Again::Backoff }
}

/// What the refusal of a request's form teaches.
fn learn(code: u16, words: &Words) -> Option<Quirk> {
    if !matches!(code, 400 | 422) {
        return None;
    }
    if words.speaks_of(&["stream_options", "include_usage"]) {
        return Some(Quirk::NoStreamOptions);
    }
    if words.speaks_of(&["logprobs"]) {
        return Some(Quirk::NoLogprobs);
    }
    words.speaks_of(&["max_completion_tokens"]).then_some(Quirk::MaxCompletionTokens)
}

/// Whether a body is a page.
pub(super) fn looks_like_html(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// One line of at most [`LONGEST`] characters, without control characters.
pub(super) fn shorten(text: &str) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let mut line: String = text.trim().chars().take(LONGEST).map(clean).collect();
    if text.trim().chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::Nature;

    fn judged(code: u16, body: &str) -> Failure {
        judge("e", StatusCode::from_u16(code).unwrap(), Words::of_body(body.as_bytes(), &str::to_owned), None, "; hint")
    }

    #[test]
    fn shapes_of_error_bodies() {
        for body in [
            r#"{"error":{"message":"no such model","type":"x","code":null}}"#,
            r#"{"error":"no such model"}"#,
            r#"{"message":"no such model"}"#,
            r#"{"detail":"no such model"}"#,
            "no such\nmodel\n",
        ] {
            assert_eq!(Words::of_body(body.as_bytes(), &str::to_owned).message, "no such model", "{body}");
        }
        assert_eq!(Words::of_body(b" <html>x", &str::to_owned).message, "a web page, not an answer");
    }

    #[test]
    fn what_is_asked_again() {
        assert_eq!(judged(429, r#"{"error":{"message":"slow down"}}"#).again, Again::Backoff);
        assert_eq!(judged(500, "").again, Again::Backoff);
        assert_eq!(judged(503, r#"{"error":{"message":"Loading model","code":503}}"#).again, Again::Loading);
        assert_eq!(judged(400, r#"{"error":"context too long"}"#).again, Again::Never);
        assert_eq!(judged(401, "").again, Again::Never);
        let quota = judged(429, r#"{"error":{"message":"You exceeded it","code":"insufficient_quota"}}"#);
        assert_eq!(quota.again, Again::Never);
        assert_eq!(quota.error.code(), "quota");
    }

    #[test]
    fn who_is_to_blame() {
        assert_eq!(judged(400, "").error.nature(), Nature::Lasting);
        for code in [401, 404, 429, 500, 503] {
            assert_eq!(judged(code, "").error.nature(), Nature::Blocked, "{code}");
        }
        assert!(judged(404, "").error.to_string().contains("; hint"));
    }

    #[test]
    fn refusals_teach() {
        let again = |body| judged(400, body).again;
        assert_eq!(again(r#"{"error":"unknown field stream_options"}"#), Again::Learnt(Quirk::NoStreamOptions));
        let limit = r#"{"error":{"message":"Use 'max_completion_tokens' instead."}}"#;
        assert_eq!(again(limit), Again::Learnt(Quirk::MaxCompletionTokens));
    }

    #[test]
    fn errors_in_streams_carry_statuses() {
        let error = serde_json::json!({"code": 502, "message": "provider"});
        let failure = judge_in_stream("e", &error, &str::to_owned);
        assert_eq!((failure.error.code().as_ref(), failure.again), ("http-502", Again::Backoff));
        let failure = judge_in_stream("e", &serde_json::json!({"message": "boom"}), &str::to_owned);
        assert_eq!((failure.error.code().as_ref(), failure.again), ("stream-error", Again::Backoff));
    }
}
