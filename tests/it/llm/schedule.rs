//! Many items through a server that fails by a seeded schedule.

use std::collections::BTreeMap;

use assay::domain::digest_of;
use futures::{StreamExt as _, stream};

use super::{
    client, complete, config,
    faults::passing,
    request,
    server::{Server, good},
};

const ITEMS: usize = 500;

/// Which fault the `n`-th request of an item meets: about two in five first requests and one in five second ones fail.
fn fault(item: &str, n: usize, faults: usize) -> Option<usize> {
    let digest = digest_of(&[b"seed 1".as_slice(), item.as_bytes(), &n.to_le_bytes()]);
    let draw = usize::from(digest.0[0]) * 256 + usize::from(digest.0[1]);
    let odds = [40, 20].get(n).copied().unwrap_or(0);
    (draw % 100 < odds).then_some(draw / 100 % faults)
}

#[tokio::test]
async fn every_item_ends_once_and_right() {
    let faults = passing();
    let met = std::sync::Arc::new(std::sync::Mutex::new((BTreeMap::new(), BTreeMap::new())));
    let counts = std::sync::Arc::clone(&met);
    let server = Server::new(move |seen, _| {
        let (asked, met) = &mut *counts.lock().unwrap();
        let n: &mut usize = asked.entry(seen.item().to_owned()).or_default();
        *n += 1;
        // An empty answer is asked for once more only, so it must be the first fault.
        match fault(seen.item(), *n - 1, faults.len()).map(|index| &faults[index]) {
            Some((name, code, steps)) if *n == 1 || !code.starts_with("empty") => {
                *met.entry(*name).or_insert(0) += 1;
                steps.clone()
            }
            _ => good(&format!("answer to {}", seen.item())),
        }
    })
    .await;
    let client = client(&config(&server.url));
    let answers: Vec<_> = stream::iter(0..ITEMS)
        .map(|item| {
            let (client, slot) = (&client, format!("{item}"));
            async move { (slot.clone(), complete(client, request(&slot)).await.0) }
        })
        .buffer_unordered(16)
        .collect()
        .await;

    let (asked, met) = &*met.lock().unwrap();
    let mut ended = BTreeMap::new();
    for (slot, answer) in answers {
        let answer = answer.unwrap_or_else(|error| panic!("item {slot}: {error}"));
        assert_eq!(answer.content, format!("answer to item {slot}"));
        assert_eq!(asked[&format!("item {slot}")], answer.attempts as usize, "asked as often as told: {slot}");
        assert!(ended.insert(slot, answer).is_none());
    }
    assert_eq!(ended.len(), ITEMS);
    assert_eq!(met.len(), passing().len(), "every fault was met");
    let total: usize = met.values().sum();
    assert_eq!(server.seen().len(), ITEMS + total, "no request more than the faults explain");
    println!("{total} faults met: {met:?}");
}
