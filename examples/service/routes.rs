//! The endpoints. A handler that blocks is a `fn`, one that does not is an `async fn`.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::routing::{get, post};
use axum::{Json, Router};
use lionpride_concurrency::{Stats, dispatch};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::problem::{Checked, Problem};
use crate::store::{Draft, Note, READS, Store};

type Answer<T> = Result<T, Problem>;

/// The longest note, in bytes.
const LONGEST: usize = 10_000;

pub(crate) fn routes() -> Router<Arc<Store>> {
    Router::new()
        .route("/notes", post(write))
        .route("/notes/{id}", get(find))
        .route("/search", get(search))
        .route("/health", get(health))
}

/// Writes a note: it waits for the writer, and blocks nobody.
#[dispatch]
async fn write(
    State(store): State<Arc<Store>>,
    Checked(Json(draft)): Checked<Json<Draft>>,
) -> Answer<(StatusCode, Json<Note>)> {
    let note = store.add(checked(draft)?).await?;
    Ok((StatusCode::CREATED, Json(note)))
}

pub(crate) fn checked(draft: Draft) -> Answer<Draft> {
    match draft.text.len() {
        0 => Err(Problem::bad("the text is empty")),
        1..=LONGEST => Ok(draft),
        _ => Err(Problem::bad(format!("the text has more than {LONGEST} bytes"))),
    }
}

/// The note of this number.
#[dispatch(on = READS)]
pub(crate) fn find(
    _: Room,
    State(store): State<Arc<Store>>,
    Checked(Path(id)): Checked<Path<i64>>,
) -> Answer<Json<Note>> {
    store.find(id)?.map(Json).ok_or(Problem::NotFound)
}

#[derive(Deserialize)]
pub(crate) struct Search {
    q: String,
}

/// The newest notes in which `q` stands.
#[dispatch(on = READS)]
pub(crate) fn search(
    _: Room,
    State(store): State<Arc<Store>>,
    Checked(Query(Search { q })): Checked<Query<Search>>,
) -> Answer<Json<Vec<Note>>> {
    if q.is_empty() {
        return Err(Problem::bad("`q` is empty"));
    }
    Ok(Json(store.search(&q)?))
}

/// Asks nobody, and tells how busy the service is.
#[dispatch]
pub(crate) async fn health(State(store): State<Arc<Store>>) -> Json<Value> {
    Json(json!({ "reads": load(READS.stats()), "writes": load(store.writes()) }))
}

fn load(stats: Stats) -> Value {
    let Stats { queued, running, abandoned, .. } = stats;
    json!({ "queued": queued, "running": running, "abandoned": abandoned })
}

/// Extractors come before the hop: a read that would wait too long is turned away here.
pub(crate) struct Room;

impl FromRequestParts<Arc<Store>> for Room {
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, store: &Arc<Store>) -> Answer<Self> {
        if store.has_room() { Ok(Self) } else { Err(Problem::Busy("reads")) }
    }
}
