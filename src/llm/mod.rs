//! Model clients: OpenAI-compatible servers and tapes behind one trait.

pub mod endpoint;
pub mod endpoints;
pub mod error;
pub mod memory;
pub mod openai;
pub mod probe;
pub mod request;
pub mod secret;
pub mod shape;
pub mod tail;
pub mod tape;

pub use endpoint::{Endpoint, OnAttempt, unheard};
pub use endpoints::{Endpoints, Options};
pub use error::{Blame, Fault, LlmError, Nature, Wait};
pub use memory::{Known, Memory};
pub use probe::{Feature, Finding, Found, Probe};
pub use request::{Answer, Message, Progress, Request, Role};
pub use secret::Secret;
pub use shape::Shape;
pub use tail::Tail;
