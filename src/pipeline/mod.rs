//! Stages, scheduler, progress, staleness: the method at work on a project.

pub mod balance;
pub mod batch;
pub mod compose;
pub mod cost;
pub mod demo;
pub mod engine;
pub mod expect;
pub mod failed;
pub mod gate;
pub mod handle;
pub mod index;
pub mod jobs;
pub mod judge;
pub mod lanes;
pub mod options;
pub mod plan;
pub mod profile;
pub mod project;
pub mod prompting;
pub mod queue;
pub mod rows;
pub mod settings;
pub mod shapes;
pub mod snapshot;
pub mod stale;
pub mod summary;
pub mod survey;
pub mod tuning;
pub mod view;
pub mod whatif;
pub mod work;

pub use engine::{Parts, Running, Stop, start};
pub use handle::Handle;
pub use options::{Ended, RunOptions};
pub use project::{Project, ProjectError};
