//! `#[dispatch]` above and below other attribute macros.

use std::fmt::Write;
use std::sync::{Arc, Mutex};
use std::thread::{ThreadId, current};

use async_trait::async_trait;
use lionpride_concurrency::dispatch;
use tracing::Event;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// Notes the name of each span and the thread on which it is entered; and the fields of what is
/// new.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<(&'static str, ThreadId)>>>, Arc<Mutex<Vec<String>>>);

/// Name and fields of a span or an event.
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Notes {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        let mut text = Text(attributes.metadata().name().to_owned());
        attributes.record(&mut text);
        self.1.lock().unwrap().push(text.0);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text("event".to_owned());
        event.record(&mut text);
        self.1.lock().unwrap().push(text.0);
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        let name = context.metadata(id).map_or("?", tracing::Metadata::name);
        self.0.lock().unwrap().push((name, current().id()));
    }
}

/// Where the body ran, and whether it was in a span of this name there.
fn entered(notes: &Notes, name: &str, thread: ThreadId) -> bool {
    notes.0.lock().unwrap().iter().any(|(span, on)| *span == name && *on == thread)
}

#[dispatch]
#[tracing::instrument]
fn below(n: u32) -> (u32, ThreadId) {
    (n, current().id())
}

#[tracing::instrument]
#[dispatch]
fn above(n: u32) -> (u32, ThreadId) {
    (n, current().id())
}

#[dispatch]
#[tracing::instrument(err)]
fn fallible(text: String) -> Result<ThreadId, std::num::ParseIntError> {
    let _: u32 = text.parse()?;
    Ok(current().id())
}

#[dispatch]
#[tracing::instrument]
async fn asynchronous(n: u32) -> (u32, ThreadId) {
    tokio::task::yield_now().await;
    (n, current().id())
}

#[derive(Clone, Debug)]
struct Service {
    name: &'static str,
}

#[dispatch(owned)]
impl Service {
    #[tracing::instrument(skip(self))]
    fn method(&self, name: &str) -> (usize, ThreadId) {
        (name.len(), current().id())
    }

    #[dispatch(inline)]
    #[tracing::instrument]
    fn inline(&self) -> ThreadId {
        current().id()
    }
}

/// The pool's threads have no subscriber of the test's own, so that this one is for all.
fn subscribe() -> Notes {
    static NOTES: std::sync::OnceLock<Notes> = std::sync::OnceLock::new();
    let subscribe = || {
        let notes = Notes::default();
        let registry = Registry::default().with(notes.clone());
        tracing::subscriber::set_global_default(registry).unwrap();
        notes
    };
    NOTES.get_or_init(subscribe).clone()
}

#[tokio::test]
async fn instrument_spans_the_body_where_it_runs() {
    let notes = subscribe();
    let (_, thread) = below(1).await;
    assert_ne!(thread, current().id());
    assert!(entered(&notes, "below", thread));
    let (_, thread) = above(1).await;
    assert_ne!(thread, current().id());
    assert!(entered(&notes, "above", thread));
    let thread = fallible("1".into()).await.unwrap();
    assert!(entered(&notes, "fallible", thread));
    assert!(fallible("one".into()).await.is_err());
    let (_, thread) = asynchronous(1).await;
    assert!(entered(&notes, "asynchronous", thread));
    let (length, thread) = Service { name: "" }.method("abc").await;
    assert_eq!(length, 3);
    assert_ne!(thread, current().id());
    assert!(entered(&notes, "method", thread));
    let thread = Service { name: "" }.inline().await;
    assert_eq!(thread, current().id());
    assert!(entered(&notes, "inline", thread));
}

/// The span in which the body runs, and its thread.
fn around() -> (Option<&'static str>, ThreadId) {
    (tracing::Span::current().metadata().map(tracing::Metadata::name), current().id())
}

type Around = (Option<&'static str>, ThreadId);

#[dispatch]
trait Traced: Send + Sync + std::fmt::Debug {
    fn sync_one(&self, n: u32, name: &str) -> Around;

    async fn async_one(&self, n: u32) -> Around;

    #[tracing::instrument]
    async fn async_default(&self, n: u32, (m, _): (u32, u32)) -> Around {
        tokio::task::yield_now().await;
        assert_ne!(n, m);
        around()
    }

    #[tracing::instrument(skip(self), fields(length = name.len()))]
    #[dispatch(owned)]
    fn sync_default(&self, name: &str) -> Around
    where
        Self: Clone + 'static,
    {
        assert!(!name.is_empty());
        around()
    }

    #[dispatch(inline)]
    #[tracing::instrument]
    fn inline_default(&self, (n, _): (u32, u32)) -> Around {
        assert_ne!(n, 0);
        around()
    }
}

#[dispatch(owned)]
impl Traced for Service {
    #[tracing::instrument]
    fn sync_one(&self, n: u32, name: &str) -> Around {
        tracing::info!(?self, %self.name, n, "{self:?} {name}");
        tracing::info!(self.name, self.length = self.name.len(), n, "{} {}", self.name, "{self}");
        around()
    }

    #[tracing::instrument]
    async fn async_one(&self, n: u32) -> Around {
        tokio::task::yield_now().await;
        assert_ne!(n, 0);
        around()
    }
}

#[derive(Clone, Debug)]
struct Other;

#[dispatch]
impl Traced for Other {
    #[tracing::instrument]
    #[dispatch(inline)]
    fn sync_one(&self, n: u32, name: &str) -> Around {
        assert_eq!(name.len(), n as usize);
        around()
    }

    #[dispatch(owned)]
    #[cfg_attr(not(any()), tracing::instrument)]
    fn async_one(&self, n: u32) -> Around {
        assert_ne!(n, 0);
        around()
    }
}

#[dispatch(owned, allow_blocking)]
impl Other {
    #[cfg_attr(not(any()), tracing::instrument)]
    fn conditional(&self, n: u32) -> Around {
        assert_ne!(n, 0);
        around()
    }

    #[cfg_attr(any(), tracing::instrument)]
    fn without(&self) -> Around {
        around()
    }
}

#[tokio::test]
async fn instrument_spans_the_body_of_a_traits_method() {
    let notes = subscribe();
    let here = current().id();
    let is = |(span, thread): Around, name, is_here| {
        assert_eq!((span, thread == here), (Some(name), is_here));
    };
    let service = Service { name: "ann" };
    is(service.sync_one(1, "bo").await, "sync_one", false);
    is(service.async_one(2).await, "async_one", true);
    is(service.async_default(3, (4, 5)).await, "async_default", true);
    is(service.sync_default("cy").await, "sync_default", false);
    is(service.inline_default((6, 7)).await, "inline_default", true);
    is(Other.sync_one(2, "bo").await, "sync_one", true);
    is(Other.async_one(1).await, "async_one", false);
    is(Other.conditional(1).await, "conditional", false);
    // Around it there is only the span that the library makes, if anything has turned on its feature.
    let around = Other.without().await.0;
    assert!(matches!(around, None | Some("run_sync")), "{around:?}");
    let fields = notes.1.lock().unwrap();
    let me = "Service { name: \"ann\" }";
    for expected in [
        &format!("sync_one self={me} n=1 name=\"bo\""),
        &format!("event message={me} bo self={me} self.name=ann n=1"),
        "event message=ann {self} self.name=\"ann\" self.length=3 n=1",
        &format!("async_one self={me} n=2"),
        &format!("async_default self={me} n=3 m=4"),
        "sync_default name=\"cy\" length=2",
        &format!("inline_default self={me} n=6"),
        "sync_one self=Other n=2 name=\"bo\"",
        "async_one self=Other n=1",
        "conditional self=Other n=1",
    ] {
        assert!(fields.iter().any(|noted| noted == expected), "{expected} in {fields:#?}");
    }
}

/// `#[dispatch]` first: all methods become async functions, which are then boxed.
#[dispatch]
#[async_trait]
trait Store: Send + Sync {
    fn get(&self, key: &str) -> Option<String>;

    async fn put(&self, key: &str);

    #[dispatch(inline)]
    fn name(&self) -> String {
        "store".to_owned()
    }
}

#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<String>>>);

#[dispatch(owned)]
#[async_trait]
impl Store for Memory {
    fn get(&self, key: &str) -> Option<String> {
        self.0.lock().unwrap().iter().find(|found| *found == key).cloned()
    }

    async fn put(&self, key: &str) {
        tokio::task::yield_now().await;
        self.0.lock().unwrap().push(key.to_owned());
    }
}

#[tokio::test]
async fn above_async_trait_a_trait_of_both_colours_can_be_an_object() {
    let store: Box<dyn Store> = Box::new(Memory::default());
    store.put("a").await;
    assert_eq!(store.get("a").await.as_deref(), Some("a"));
    assert_eq!(store.get("b").await, None);
    assert_eq!(store.name().await, "store");
}

/// `#[async_trait]` first: what it boxed stays boxed, and the rest is dispatched.
#[async_trait]
#[dispatch]
trait Later: Sync {
    async fn slow(&self, text: &str) -> usize;

    fn quick(&self) -> usize;
}

#[async_trait]
#[dispatch(owned)]
impl Later for Memory {
    async fn slow(&self, text: &str) -> usize {
        tokio::task::yield_now().await;
        text.len()
    }

    fn quick(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

#[async_trait]
trait Plain {
    async fn plain(&self, text: &str) -> usize;
}

#[async_trait]
impl Plain for Memory {
    #[dispatch]
    async fn plain(&self, text: &str) -> usize {
        tokio::task::yield_now().await;
        text.len()
    }
}

#[tokio::test]
async fn below_async_trait_what_is_boxed_stays_boxed() {
    let memory = Memory::default();
    assert_eq!(memory.slow("ab").await, 2);
    assert_eq!(memory.quick().await, 0);
    assert_eq!(memory.plain("abc").await, 3);
}

#[tokio::test]
#[dispatch]
async fn below_a_test_attribute() {
    assert_ne!(above(2).await.1, current().id());
}

#[dispatch]
#[tokio::test]
async fn above_a_test_attribute() {
    assert_ne!(above(3).await.1, current().id());
}

#[test]
#[dispatch]
fn a_test_that_is_dispatched_runs_where_it_is() {
    assert!(tokio::runtime::Handle::try_current().is_err());
}

#[test]
#[should_panic(expected = "as it should")]
#[dispatch]
fn a_dispatched_test_can_fail() {
    panic!("as it should");
}

#[test]
#[dispatch]
fn a_dispatched_test_may_return_a_result() -> Result<(), String> {
    Ok(())
}
