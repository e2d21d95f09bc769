//! Stages, scheduler, progress, staleness: the method at work on a project.

pub mod handle;
pub mod profile;
pub mod snapshot;
pub mod view;
