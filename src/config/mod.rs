//! `assay.toml`: what a project is made with, and clear words where it is wrong.

pub mod check;
mod check_endpoint;
pub mod commented;
pub mod edit;
pub mod error;
pub mod keys;
pub mod load;
pub mod method;
pub mod model;
mod place;
mod suggest;

pub use check::{Problem, check};
pub use commented::commented;
pub use error::ConfigError;
pub use load::{FILE_NAME, Loaded, find_project, load, parse};
pub use method::{ConsistencyConfig, Labeller, NotCheckable, Numbers, PromptConfig, PromptOrder};
pub use model::{
    BudgetConfig, CallConfig, Config, EndpointConfig, EndpointKind, PipelineConfig, Prices, SandboxConfig, Several,
    Structured, TimeoutConfig,
};
pub use place::Place;
pub use suggest::closest;

#[cfg(test)]
mod tests;
