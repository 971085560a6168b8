//! The job: four files, each read, hashed, counted, asked about and packed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use lionpride_concurrency::{run_sync, sleep};

use crate::record::begin;

/// The stages, in order.
pub(crate) const STAGES: [&str; 5] = ["read", "hash", "words", "ask", "pack"];

/// The one that is async.
pub(crate) const ASYNC: &str = "ask";

/// How long the answer to `ask` takes, in seconds.
const ANSWER: f64 = 0.003;

/// What is known of a file so far.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Document {
    item: u8,
    path: PathBuf,
    text: String,
    hash: u64,
    words: usize,
    packed: Vec<(u8, u8)>,
}

pub(crate) fn read(mut document: Document) -> io::Result<Document> {
    let _bar = begin(document.item, "read");
    document.text = fs::read_to_string(&document.path)?;
    Ok(document)
}

/// FNV-1a.
pub(crate) fn hash(mut document: Document) -> Document {
    let _bar = begin(document.item, "hash");
    document.hash = document.text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    document
}

pub(crate) fn words(mut document: Document) -> Document {
    let _bar = begin(document.item, "words");
    document.words = document.text.split_whitespace().count();
    document
}

/// Stands for a question to another service.
pub(crate) async fn ask(document: Document) -> Document {
    let _bar = begin(document.item, "ask");
    sleep(ANSWER).await;
    document
}

/// Run-length encoding.
pub(crate) fn pack(mut document: Document) -> Document {
    let _bar = begin(document.item, "pack");
    for byte in document.text.bytes() {
        match document.packed.last_mut() {
            Some((last, count)) if *last == byte && *count < u8::MAX => *count += 1,
            _ => document.packed.push((byte, 1)),
        }
    }
    document
}

/// The wrong way: what blocks is called on the async worker.
pub(crate) async fn inline(document: Document) -> io::Result<Document> {
    let document = words(hash(read(document)?));
    Ok(pack(ask(document).await))
}

/// The worker is free, and is asked between any two stages.
pub(crate) async fn hop_a_stage(document: Document) -> io::Result<Document> {
    let document = run_sync(move || read(document)).await?;
    let document = run_sync(move || hash(document)).await;
    let document = run_sync(move || words(document)).await;
    let document = ask(document).await;
    Ok(run_sync(move || pack(document)).await)
}

/// Writes the files: not all of one size, or everything would happen in step.
pub(crate) fn documents(folder: &Path, size: usize) -> io::Result<Vec<Document>> {
    [(1, 100), (2, 80), (3, 120), (4, 90)]
        .map(|(item, percent)| document(folder, item, size * percent / 100))
        .into_iter()
        .collect()
}

fn document(folder: &Path, item: u8, size: usize) -> io::Result<Document> {
    let path = folder.join(format!("item{item}"));
    let line =
        format!("item {item}: the committee's bookkeeper agreed to see all three balloons\n");
    fs::write(&path, line.repeat(size / line.len() + 1))?;
    Ok(Document { item, path, text: String::new(), hash: 0, words: 0, packed: Vec::new() })
}
