//! Interrupts, a server that goes away, a second engine.

use std::{process::Command, time::Duration};

use super::{Folder, assay, ended, said, server::Server, until};

/// Sends a signal as a terminal would.
fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill").arg(name).arg(child.id().to_string()).status().unwrap();
    assert!(sent.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_with_3_and_the_same_command_continues_to_the_end() {
    let server = Server::start(Duration::from_millis(20)).await;
    let folder = Folder::new(&server, 4);
    let mut child = folder.run();
    let asked = server.asked.clone();
    assert_eq!(until(&mut child, move || asked.total() >= 12).await, None);
    signal(&child, "-INT");
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    assert!(String::from_utf8_lossy(&output.stderr).contains("interrupted"), "{}", said(&output));
    let output = ended(folder.run()).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(server.asked.counts().values().all(|n| *n == 1), "what was in flight had ended, so nothing is repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_is_waited_for() {
    let mut server = Server::start(Duration::from_millis(20)).await;
    let folder = Folder::new(&server, 4);
    let mut child = folder.run();
    let asked = server.asked.clone();
    assert_eq!(until(&mut child, move || asked.total() >= 20).await, None);
    server.stop().await;
    let before = server.asked.total();
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(child.try_wait().unwrap().is_none(), "it waits");
    assert_eq!(server.asked.total(), before);
    server.restart().await;
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(server.asked.counts().len() > before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stays_away_ends_the_run_with_3_and_says_so() {
    let mut server = Server::start(Duration::from_millis(20)).await;
    let folder = Folder::new(&server, 4);
    let mut child = folder.run();
    let asked = server.asked.clone();
    assert_eq!(until(&mut child, move || asked.total() >= 20).await, None);
    server.stop().await;
    let output = ended(child).await;
    assert_eq!(output.status.code(), Some(3), "{}", said(&output));
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(error.contains(&server.address.to_string()) && error.contains("main"), "{}", said(&output));
    server.restart().await;
    let output = ended(folder.run()).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_on_a_project_is_refused_and_names_the_holder() {
    let server = Server::start(Duration::from_millis(200)).await;
    let folder = Folder::new(&server, 1);
    let mut first = folder.run();
    let asked = server.asked.clone();
    assert_eq!(until(&mut first, move || asked.total() >= 1).await, None);
    let second = assay(&["run"], folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(1), "{}", said(&second));
    let error = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(error.contains(&format!("process {}", first.id())) && error.contains("assay run"), "{error}");
    first.kill().unwrap();
    let killed = ended(first).await;
    assert_eq!(killed.status.code(), None, "killed");
    let mut third = folder.run();
    let (asked, before) = (server.asked.clone(), server.asked.total());
    assert_eq!(until(&mut third, move || asked.total() > before).await, None, "a dead holder is no holder");
    third.kill().unwrap();
    ended(third).await;
}
