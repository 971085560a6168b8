//! A blocking function under tower's layers: a timeout, retries, a queue with an end, load shedding.
//!
//! ```sh
//! cargo run --release --example tower
//! ```
//!
//! `callable!` makes a tower service of the function, and each policy is a layer around it. What is
//! slow times out, and its work is told; what is queued then never begins. What fails is tried again.
//! What is too much is shed at once. The layers bound what waits; the limiter bounds what runs, and
//! its permit is held until the work has really ended.

use std::error::Error;
use std::fmt;
use std::future::{Ready, ready};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use futures::future::join_all;
use lionpride_concurrency::{Limiter, callable, check_cancelled, dispatch, sleep};
use tower::load_shed::error::Overloaded;
use tower::retry::Policy;
use tower::timeout::error::Elapsed;
use tower::{BoxError, Service, ServiceBuilder, ServiceExt};

static ARCHIVE: Limiter = Limiter::new("archive", 1);

/// What the archive was asked to do: a request is a line when its work begins, and another one when
/// it stops before its end.
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

const TIMEOUT: Duration = Duration::from_millis(500);
const TRIES: usize = 3;
const QUEUE: usize = 4;
const AT_ONCE: usize = 2;

#[derive(Clone, Copy, Debug)]
enum Page {
    Plain(usize),
    /// Is read at the third attempt.
    Torn,
    /// Has no end.
    Endless,
}

/// Why the archive gives no page.
#[derive(Debug, PartialEq)]
struct Unreadable(&'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the page is {}", self.0)
    }
}

impl Error for Unreadable {}

/// A blocking function, which knows nothing of tower.
#[dispatch(on = ARCHIVE)]
fn read(page: Page) -> Result<String, Unreadable> {
    log(format!("{page:?}"));
    match page {
        Page::Plain(number) => Ok(format!("text of page {number}")),
        Page::Torn if times("Torn") < TRIES => Err(Unreadable("torn")),
        Page::Torn => Ok("text of the torn page".to_owned()),
        Page::Endless => {
            while check_cancelled().is_ok() {
                thread::sleep(Duration::from_millis(1)); // one more line of it
            }
            log("Endless is told to stop".to_owned());
            Err(Unreadable("endless"))
        }
    }
}

fn log(line: String) {
    LOG.lock().unwrap().push(line);
}

/// How often this line is in the log.
fn times(line: &str) -> usize {
    LOG.lock().unwrap().iter().filter(|it| *it == line).count()
}

/// Every way in which the service can fail. Tower's layers box their errors.
#[derive(Debug, PartialEq)]
enum Problem {
    TimedOut,
    Overloaded,
    Unreadable(Unreadable),
    Other(String),
}

impl From<BoxError> for Problem {
    fn from(error: BoxError) -> Self {
        match error.downcast::<Unreadable>() {
            Ok(unreadable) => Self::Unreadable(*unreadable),
            Err(error) if error.is::<Elapsed>() => Self::TimedOut,
            Err(error) if error.is::<Overloaded>() => Self::Overloaded,
            Err(error) => Self::Other(error.to_string()),
        }
    }
}

/// How many tries are left for a page that is torn.
#[derive(Clone)]
struct Tries(usize);

impl Policy<Page, String, Unreadable> for Tries {
    type Future = Ready<()>;

    fn retry(
        &mut self,
        _: &mut Page,
        result: &mut Result<String, Unreadable>,
    ) -> Option<Ready<()>> {
        self.0 = self.0.saturating_sub(1);
        (self.0 > 0 && *result == Err(Unreadable("torn"))).then(|| ready(()))
    }

    fn clone_request(&mut self, page: &Page) -> Option<Page> {
        Some(*page)
    }
}

/// The function and what is around it, from the outside to the inside.
fn reader() -> impl Service<Page, Response = String, Error = Problem> + Clone {
    ServiceBuilder::new()
        .map_err(Problem::from) // one type for the errors of all layers
        .load_shed() // an error instead of a wait for the queue
        .buffer(QUEUE) // the queue, which clones of the service share
        .concurrency_limit(AT_ONCE) // how many are taken out of it
        .timeout(TIMEOUT) // for all tries, and for the limiter's permit
        .retry(Tries(TRIES)) // sees the function's own error
        .service(callable!(read))
}

/// Returns once no work is left: what was given up holds its permit until it has noticed.
async fn quiet() {
    while ARCHIVE.in_use() > 0 {
        sleep(0.001).await;
    }
}

/// A slow call times out, and its work stops.
async fn slow(reader: impl Service<Page, Response = String, Error = Problem>) {
    let answer = reader.oneshot(Page::Endless).await;
    quiet().await;
    println!("slow:   {answer:?}, and its work was told to stop");
    assert_eq!(answer, Err(Problem::TimedOut));
    assert_eq!((times("Endless"), times("Endless is told to stop")), (1, 1));
}

/// A call that times out while another one has the archive never begins.
async fn queued(reader: impl Service<Page, Response = String, Error = Problem>) {
    let other = tokio::spawn(read(Page::Endless)); // not through the service: it has no timeout
    while ARCHIVE.in_use() == 0 {
        sleep(0.001).await;
    }
    let answer = reader.oneshot(Page::Plain(0)).await;
    assert_eq!((ARCHIVE.in_use(), ARCHIVE.waiting()), (1, 0), "it waits no longer");
    other.abort();
    quiet().await;
    println!("queued: {answer:?}, and its work never began");
    assert_eq!(answer, Err(Problem::TimedOut));
    assert_eq!(times("Plain(0)"), 0);
}

/// What fails is tried again.
async fn flaky(reader: impl Service<Page, Response = String, Error = Problem>) {
    let answer = reader.oneshot(Page::Torn).await;
    println!("flaky:  {answer:?} at the {TRIES}rd try");
    assert_eq!(answer.as_deref(), Ok("text of the torn page"));
    assert_eq!(times("Torn"), TRIES);
}

/// More calls than there is room for: the queue takes its fill, and the others hear of it at once.
async fn overload(reader: impl Service<Page, Response = String, Error = Problem> + Clone) {
    let pages = 1..=10;
    let answers = join_all(pages.map(|number| reader.clone().oneshot(Page::Plain(number)))).await;
    let (answered, shed) = answers.split_at(QUEUE);
    println!("many:   {} answered, {} are {:?}", answered.len(), shed.len(), Problem::Overloaded);
    assert!(answered.iter().all(Result::is_ok), "what is in the queue is answered");
    assert!(shed.iter().all(|answer| *answer == Err(Problem::Overloaded)), "the rest is shed");
}

/// On one thread, so that all calls of `overload` come before the first is taken out of the queue.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let reader = reader();
    slow(reader.clone()).await;
    queued(reader.clone()).await;
    flaky(reader.clone()).await;
    overload(reader).await;
    let stats = ARCHIVE.stats();
    println!("{stats:?}");
    // Both endless ones, three tries, and what the queue held; dropped while it waited: `Plain(0)`.
    assert_eq!((stats.finished, stats.dropped), (2 + TRIES as u64 + QUEUE as u64, 1));
}
