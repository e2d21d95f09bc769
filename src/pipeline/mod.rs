//! Stages, scheduler, progress, staleness: the method at work on a project.

pub mod handle;
pub mod snapshot;
pub mod view;
