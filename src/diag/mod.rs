//! Logs and panic reports: always in files of the state folder, never on the terminal.

pub mod log;
pub mod paths;
pub mod report;

pub use log::start as start_log;
pub use report::install as install_report;
