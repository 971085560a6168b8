//! The example `service`, run as its users run it, with clients that wait and clients that hang up.
//!
//! ```sh
//! cargo build --release --example service   # the test runs it
//! LOAD_SECONDS=20 cargo test --release -p examples --test service load -- --nocapture
//! ```

#![cfg(unix)]

#[path = "../built/mod.rs"]
mod built;
mod client;
mod load;
mod running;

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::client::{Client, search};
use crate::running::Service;

/// Reads from this never end: they have to be stopped.
const ENDLESS: &str = "
ALTER TABLE note RENAME TO finite;
CREATE VIEW note AS
WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number)
SELECT n AS id, 0 AS request, 'note ' || n AS text FROM number;
";

/// The texts in the file, with the numbers of the requests that have written them.
fn notes(db: &Path) -> Vec<(i64, u64, String)> {
    let db = Connection::open(db).unwrap();
    let mut notes = db.prepare("SELECT id, request, text FROM note ORDER BY id").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    notes.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

/// Asks until `/health` says this of the `reads` or the `writes`.
async fn until(client: &mut Client, what: &str, load: [u64; 3]) {
    let [queued, running, abandoned] = load;
    let load = json!({ "queued": queued, "running": running, "abandoned": abandoned });
    let mut seen = Value::Null;
    for _ in 0..2000 {
        seen = client.get("/health").await.unwrap().body;
        if seen[what] == load {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the {what} are never {load}, but {seen}");
}

#[tokio::test]
async fn answers_and_errors_have_their_status_and_are_json() {
    let service = Service::start(&[]);
    let mut client = service.client();
    let written = client.post("buy milk").await.unwrap();
    assert_eq!((written.status, &written.body), (201, &json!({ "id": 1, "text": "buy milk" })));
    client.post("100% wool").await.unwrap();
    let first = client.get("/notes/1").await.unwrap();
    assert_eq!((first.status, first.body), (200, written.body));
    for (text, ids) in [("I", vec![1]), ("0%", vec![2]), ("%", vec![2]), ("x", vec![])] {
        let found = client.get(&search(text)).await.unwrap();
        let found = found.body.as_array().unwrap().iter().map(|note| note["id"].as_i64().unwrap());
        assert_eq!(found.collect::<Vec<_>>(), ids, "{text}");
    }

    for (path, status) in [
        ("/notes/3", 404),
        ("/nothing", 404),
        ("/notes/three", 400),
        ("/search", 400),
        ("/search?q=", 400),
        ("/notes", 405),
    ] {
        let answer = client.get(path).await.unwrap();
        assert_eq!((answer.status, answer.body["error"].is_string()), (status, true), "{path}");
    }
    for (body, status) in [
        (json!({ "text": "" }), 400),
        (json!({ "text": "x".repeat(10_001) }), 400),
        (json!({ "text": 5 }), 400),
        (json!("x".repeat(3_000_000)), 413),
    ] {
        let answer = service.client().post_json(&body).await.unwrap();
        assert_eq!((answer.status, answer.body["error"].is_string()), (status, true));
    }
    assert_eq!(service.stop().stderr_end(), "2 writes acknowledged, 2 new notes in the file");
}

#[tokio::test]
async fn an_internal_error_is_told_to_the_log_alone() {
    let service = Service::start(&[]);
    service.alter("DROP TABLE note");
    let answer = service.client().get("/notes/1").await.unwrap();
    assert_eq!((answer.status, answer.body), (500, json!({ "error": "an error of the service" })));
    assert!(service.kill().contains("no such table: note"));
}

#[tokio::test]
async fn the_request_is_known_in_blocking_code() {
    let service = Service::start(&["--log", "debug"]);
    let mut client = service.client();
    client.get("/health").await.unwrap();
    let written = client.post("a note").await.unwrap();
    assert_eq!(written.request, 2);
    let found = client.get(&search("note")).await.unwrap();
    let ended = service.stop();
    assert_eq!(notes(ended.db()), [(1, 2, "a note".to_owned())], "by its task-local");
    for (number, method, name, event) in
        [(written.request, "POST", "add", "written"), (found.request, "GET", "search", "searched")]
    {
        let line = ended.stderr.lines().find(|line| line.contains(event)).unwrap();
        let span = format!("request{{id={number} method={method} ");
        assert!(line.contains(&span) && line.contains(&format!("name=\"{name}\"")), "{line}");
    }
}

#[tokio::test]
async fn a_read_is_stopped_at_its_deadline() {
    let service = Service::start(&["--timeout", "0.2"]);
    service.alter(ENDLESS);
    let mut client = service.client();
    let answer = client.get(&search("x")).await.unwrap();
    assert_eq!((answer.status, answer.body["error"].is_string()), (504, true));
    until(&mut client, "reads", [0, 0, 0]).await;
}

#[tokio::test]
async fn a_read_is_stopped_when_its_client_hangs_up_and_too_many_are_turned_away() {
    let service = Service::start(&["--timeout", "60", "--reads", "1", "--queue", "1"]);
    service.alter(ENDLESS);
    let (mut first, mut second, mut third) = (service.client(), service.client(), service.client());
    first.send_get(&search("x")).await.unwrap();
    until(&mut third, "reads", [0, 1, 0]).await;
    second.send_get(&search("x")).await.unwrap();
    until(&mut third, "reads", [1, 1, 0]).await;
    let answer = third.get("/notes/1").await.unwrap();
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)));
    assert_eq!(answer.body, json!({ "error": "too many reads are waiting" }));
    drop(second);
    until(&mut third, "reads", [0, 1, 0]).await;
    drop(first);
    until(&mut third, "reads", [0, 0, 0]).await;
}

#[tokio::test]
async fn a_write_is_done_though_its_client_has_hung_up_and_the_service_is_told_to_stop() {
    let service = Service::start(&["--timeout", "60", "--queue", "2"]);
    let other = Connection::open(service.db()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut probe = service.client();
    let mut clients = [service.client(), service.client(), service.client()];
    for (client, (queued, text)) in clients.iter_mut().zip(["a", "b", "c"].iter().enumerate()) {
        client.send_post(text).await.unwrap();
        until(&mut probe, "writes", [queued as u64, 1, 0]).await;
    }
    let answer = probe.post("one too many").await.unwrap();
    assert_eq!((answer.status, answer.retry_after), (503, Some(1)));
    assert_eq!(answer.body, json!({ "error": "too many writes are waiting" }));

    let [mut a, b, c] = clients;
    drop((b, c));
    until(&mut probe, "writes", [2, 1, 2]).await;
    service.terminate();
    // From here on nobody is let in.
    while service.client().get("/health").await.is_ok() {}
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(a.answer().await.unwrap().status, 201, "who waits is answered");
    let ended = service.wait();
    let texts: Vec<_> = notes(ended.db()).into_iter().map(|(_, _, text)| text).collect();
    assert_eq!(texts, ["a", "b", "c"]);
    assert_eq!(ended.stderr_end(), "1 writes acknowledged, 3 new notes in the file");
}

#[test]
fn a_mistake_in_the_arguments_is_told() {
    for args in [&["--reads", "0"][..], &["--timeout", "NaN"], &["--listen", "here"], &["--loud"]] {
        let output = std::process::Command::new(built::example("service")).args(args).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stderr.starts_with(b"service: ") && output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn it_ends_by_itself_when_told_so() {
    let ended = Service::start(&["--seconds", "0.1"]).wait();
    assert_eq!(ended.stderr_end(), "0 writes acknowledged, 0 new notes in the file");
}
