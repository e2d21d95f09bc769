//! One module a verb.

pub mod autoif;
pub mod completions;
pub mod config;
pub mod demo;
pub mod digest;
pub mod doctor;
pub mod export;
pub mod gc;
pub mod import;
pub mod init;
pub mod man;
pub mod report;
pub mod run;
pub mod sandbox;
pub mod status;
pub mod verify;
pub mod why;
pub mod workbench;
