//! `assay doctor` asks the endpoints of a project and remembers what they could do.

use std::path::PathBuf;

use super::server::Server;
use crate::cli::{Said, run};

async fn doctor(home: PathBuf) -> Said {
    tokio::task::spawn_blocking(move || run(&home, &["doctor"])).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_are_probed_and_remembered() {
    let home = tempfile::tempdir().unwrap();
    let server = Server::new(|seen, _| super::probes::able(seen)).await;
    let text = format!("[endpoints.main]\nbase_url = \"{}\"\nmodel = \"m\"\n", server.url);
    std::fs::write(home.path().join("assay.toml"), text).unwrap();
    let said = doctor(home.path().to_owned()).await;
    assert_eq!(said.status, 0, "{} {}", said.out, said.err);
    for word in ["streaming", "usage in stream", "several samples (n)", "seed", "2048 tokens", "json_schema"] {
        assert!(said.out.contains(word), "{word}: {}", said.out);
    }
    assert!(said.out.contains("; not: structured_outputs, grammar, logprobs"), "{}", said.out);
    assert!(said.out.contains("structured answers are asked for by json_schema"), "{}", said.out);
    assert!(said.out.contains("terminal") && said.out.contains("sandbox"), "{}", said.out);
    drop(server);
    let said = doctor(home.path().to_owned()).await;
    assert_eq!(said.status, 1, "{}", said.out);
    assert!(said.out.contains("BAD  endpoint main") && said.out.contains("it could: reachable"), "{}", said.out);
}
