//! `assay.toml`: what a project is made with.

pub mod model;

pub use model::{CallConfig, Config, EndpointConfig, EndpointKind, PipelineConfig, SandboxConfig, TimeoutConfig};
