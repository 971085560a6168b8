//! The wrong way, for comparison: the same work, on the async workers. Nothing else needs this file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use rusqlite::Connection;

use crate::problem::{Checked, Problem};
use crate::routes::{self, Room, Search, checked};
use crate::store::{Draft, Note, Store, insert, open_to_write};

type Writer = Arc<Mutex<Connection>>;

pub(crate) fn routes(db: &PathBuf) -> rusqlite::Result<Router<Arc<Store>>> {
    let writer: Writer = Arc::new(Mutex::new(open_to_write(db)?));
    Ok(Router::new()
        .route("/notes", post(write))
        .route("/notes/{id}", get(find))
        .route("/search", get(search))
        .route("/health", get(routes::health))
        .layer(Extension(writer)))
}

async fn write(
    State(store): State<Arc<Store>>,
    Extension(writer): Extension<Writer>,
    Checked(Json(draft)): Checked<Json<Draft>>,
) -> Result<(StatusCode, Json<Note>), Problem> {
    let draft = checked(draft)?;
    let mut writer = writer.lock().map_err(|error| Problem::Internal(error.to_string()))?;
    let note = insert(&mut writer, draft)?;
    store.acknowledge();
    Ok((StatusCode::CREATED, Json(note)))
}

async fn find(
    room: Room,
    store: State<Arc<Store>>,
    id: Checked<Path<i64>>,
) -> Result<Json<Note>, Problem> {
    routes::find(room, store, id).run_inline()
}

async fn search(
    room: Room,
    store: State<Arc<Store>>,
    query: Checked<Query<Search>>,
) -> Result<Json<Vec<Note>>, Problem> {
    routes::search(room, store, query).run_inline()
}
