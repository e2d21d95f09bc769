//! Integration tests: one binary, so that it links once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking and tell numbers"
)]

mod autoif;
mod bring;
mod cli;
mod demo;
mod draws;
mod engine;
mod files;
mod floors;
mod gc;
mod keys;
mod kill;
mod live;
mod llm;
mod pilot;
mod report;
mod review;
mod sandbox;
mod small_disk;
mod store;
mod terminal;
mod terminal_edit;
mod terminal_funnel;
mod verify;
mod why;
