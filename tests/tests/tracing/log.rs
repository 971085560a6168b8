//! A subscriber that remembers.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// What a [`Registry`] has seen.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Seen>>);

#[derive(Default)]
pub(crate) struct Seen {
    spans: Vec<Seeing>,
    pub(crate) events: Vec<Logged>,
}

struct Seeing {
    id: Id,
    span: Logged,
    is_closed: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Logged {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    pub(crate) fields: Fields,
    /// The names of the spans around it, from the inside.
    pub(crate) within: Vec<&'static str>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(BTreeMap<&'static str, String>);

impl Log {
    /// A log of what happens on this thread, and where its dispatcher is taken along.
    pub(crate) fn here() -> (Self, DefaultGuard) {
        Self::up_to(LevelFilter::TRACE)
    }

    pub(crate) fn up_to(level: LevelFilter) -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = Registry::default().with(level).with(log.clone());
        (log, tracing::subscriber::set_default(subscriber))
    }

    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The spans of this name.
    pub(crate) fn spans(&self, name: &str) -> Vec<Logged> {
        let seen = self.seen();
        let spans = seen.spans.iter().map(|seeing| &seeing.span);
        spans.filter(|span| span.name == name).cloned().collect()
    }

    /// The one hop that there was.
    pub(crate) fn hop(&self) -> Logged {
        let [hop] = self.spans("run_sync").try_into().expect("there is one hop");
        hop
    }

    /// The spans around the event with this message, from the inside.
    #[track_caller]
    pub(crate) fn around(&self, message: &str) -> Vec<&'static str> {
        let seen = self.seen();
        let found = seen.events.iter().find(|event| event.fields.get("message") == Some(message));
        found.expect("there is such an event").within.clone()
    }

    pub(crate) fn warnings(&self) -> Vec<Logged> {
        let seen = self.seen();
        seen.events.iter().filter(|event| event.level == Level::WARN).cloned().collect()
    }

    /// The stages that have panicked, each with the spans around it, from the inside.
    pub(crate) fn panicked_stages(&self) -> Vec<(String, Vec<&'static str>)> {
        let seen = self.seen();
        let errors = seen.events.iter().filter(|event| event.level == Level::ERROR);
        errors
            .map(|event| (event.fields.get("stage").unwrap().to_owned(), event.within.clone()))
            .collect()
    }

    /// The names of the spans that have not been closed.
    pub(crate) fn open(&self) -> Vec<&'static str> {
        let seen = self.seen();
        let open = seen.spans.iter().filter(|seeing| !seeing.is_closed);
        open.map(|seeing| seeing.span.name).collect()
    }
}

impl Fields {
    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        self.0.get(field).map(String::as_str)
    }

    /// A field that holds a number of seconds.
    #[track_caller]
    pub(crate) fn seconds(&self, field: &str) -> f64 {
        self.get(field).expect("it was recorded").parse().expect("it is a number")
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

fn logged(metadata: &'static Metadata<'static>, within: Vec<&'static str>) -> Logged {
    Logged { name: metadata.name(), level: *metadata.level(), fields: Fields::default(), within }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let scope = context.span_scope(id).expect("it is new");
        let within = scope.skip(1).map(|span| span.name()).collect();
        let mut span = logged(attributes.metadata(), within);
        attributes.record(&mut span.fields);
        self.seen().spans.push(Seeing { id: id.clone(), span, is_closed: false });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut seen = self.seen();
        values.record(&mut seeing(&mut seen, id).span.fields);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let scope = context.event_scope(event).into_iter().flatten();
        let mut logged = logged(event.metadata(), scope.map(|span| span.name()).collect());
        event.record(&mut logged.fields);
        self.seen().events.push(logged);
    }

    fn on_close(&self, id: Id, _: Context<'_, S>) {
        seeing(&mut self.seen(), &id).is_closed = true;
    }
}

/// Ids are used again.
fn seeing<'a>(seen: &'a mut Seen, id: &Id) -> &'a mut Seeing {
    let mut spans = seen.spans.iter_mut();
    spans.find(|seeing| !seeing.is_closed && seeing.id == *id).expect("it is open")
}
