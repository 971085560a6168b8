//! Both ways to run the service under the same load: what is lost, what is refused, and how long an
//! async route takes that has nothing to do with any of it.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::client::{Answer, Client};
use crate::notes;
use crate::running::Service;

/// How many seconds the load is on until the service is told to stop, if `LOAD_SECONDS` does not
/// say so. It stays on for as long as there are answers.
const LOADED: u64 = 3;

const SEARCHERS: u64 = 12;
const READERS: u64 = 4;
const WRITERS: u64 = 6;
const HANGING_UP: u64 = 4;
const PROBES: u64 = 4;

/// How many notes a search looks through: as many as take some 10 to 30 ms.
const ROWS: u32 = if cfg!(debug_assertions) { 25_000 } else { 100_000 };

/// What clients have seen.
#[derive(Default)]
struct Seen {
    statuses: BTreeMap<(&'static str, u16), u64>,
    sent: BTreeSet<String>,
    /// The notes that were acknowledged, as they have to stand in the file.
    acknowledged: BTreeSet<(i64, u64, String)>,
    /// Who waited and got no answer, before the service was told to stop.
    broken: Vec<String>,
    /// How long `/health` took, before that.
    health: Vec<Duration>,
}

impl Seen {
    fn add(&mut self, other: Self) {
        for (status, count) in other.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.sent.extend(other.sent);
        self.acknowledged.extend(other.acknowledged);
        self.broken.extend(other.broken);
        self.health.extend(other.health);
    }

    /// Counts an answer; who is told that too many wait lets them.
    async fn take(&mut self, what: &'static str, answer: &Answer) {
        *self.statuses.entry((what, answer.status)).or_default() += 1;
        if answer.status == 503 {
            sleep(Duration::from_millis(20)).await;
        }
    }

    fn count(&self, what: &str, status: u16) -> u64 {
        let of =
            |(key, count): (&(&'static str, u16), &u64)| (key == &(what, status)).then_some(*count);
        self.statuses.iter().filter_map(of).sum()
    }
}

/// What a client does until the service is no more.
#[derive(Clone, Copy)]
enum Role {
    Search,
    Read,
    Write,
    HangUp,
    Probe,
}

/// A client at work.
struct Work {
    connection: Client,
    role: Role,
    number: u64,
    seen: Seen,
    stopping: Arc<AtomicBool>,
}

impl Work {
    async fn run(mut self) -> Seen {
        for round in 0.. {
            if let Err(error) = self.round(round).await {
                if !self.stopping.load(Ordering::SeqCst) {
                    self.seen.broken.push(error.to_string());
                }
                break;
            }
        }
        self.seen
    }

    async fn round(&mut self, round: u64) -> io::Result<()> {
        let (client, seen) = (&mut self.connection, &mut self.seen);
        match self.role {
            Role::Search => seen.take("search", &client.get("/search?q=needle").await?).await,
            Role::Read => {
                let path = format!("/notes/{}", 1 + round % u64::from(ROWS));
                seen.take("read", &client.get(&path).await?).await;
            }
            Role::Write => {
                let text = format!("note {round} of writer {}", self.number);
                seen.sent.insert(text.clone());
                let answer = client.post(&text).await?;
                seen.take("write", &answer).await;
                if answer.status == 201 {
                    let id = answer.body["id"].as_i64().unwrap();
                    seen.acknowledged.insert((id, answer.request, text));
                }
            }
            Role::HangUp => {
                let text = format!("note {round} of {}, who hangs up", self.number);
                seen.sent.insert(text.clone());
                client.send_post(&text).await?;
                sleep(Duration::from_millis(round % 10)).await;
                client.hang_up();
                client.send_get("/search?q=needle").await?;
                sleep(Duration::from_millis(round % 30)).await;
                client.hang_up();
            }
            Role::Probe => {
                let asked = Instant::now();
                let answer = client.get("/health").await?;
                if !self.stopping.load(Ordering::SeqCst) {
                    seen.health.push(asked.elapsed());
                }
                seen.take("health", &answer).await;
                sleep(Duration::from_millis(2)).await;
            }
        }
        Ok(())
    }
}

/// Puts load on the service, tells it to stop while that is on, and says what clients have seen.
async fn load(service: &Service) -> Seen {
    let stopping = Arc::new(AtomicBool::new(false));
    let roles = [
        (Role::Search, SEARCHERS),
        (Role::Read, READERS),
        (Role::Write, WRITERS),
        (Role::HangUp, HANGING_UP),
        (Role::Probe, PROBES),
    ];
    let seconds = env::var("LOAD_SECONDS").map_or(LOADED, |seconds| seconds.parse().unwrap());
    let mut clients = JoinSet::new();
    for (role, number) in roles.iter().flat_map(|&(role, many)| (0..many).map(move |n| (role, n))) {
        let (connection, stopping) = (service.client(), stopping.clone());
        let work = Work { connection, role, number, seen: Seen::default(), stopping };
        clients.spawn(work.run());
    }
    sleep(Duration::from_secs(seconds)).await;
    stopping.store(true, Ordering::SeqCst);
    service.terminate();
    let mut seen = Seen::default();
    while let Some(one) = clients.join_next().await {
        seen.add(one.unwrap());
    }
    seen
}

/// How long `/health` took.
struct Latency {
    p50: Duration,
    p99: Duration,
    asked: usize,
}

impl Latency {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 100];
        Self { p50: at(50), p99: at(99), asked: times.len() }
    }
}

impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p50, p99, asked } = self;
        write!(f, "p50 {p50:.2?}, p99 {p99:.2?}, of {asked}")
    }
}

/// Runs the service with these arguments under load, and checks that nothing is lost.
async fn under_load(args: &[&str]) -> Latency {
    let service = Service::start(&[&["--log", "warn", "--queue", "8"], args].concat());
    service.alter(&format!(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {ROWS})
         INSERT INTO note (request, text)
         SELECT 0, iif(n = 1, 'a needle', 'hay ' || n || hex(randomblob(40))) FROM number;"
    ));
    let began = Instant::now();
    assert_eq!(service.client().get("/search?q=needle").await.unwrap().status, 200);
    let alone = began.elapsed();
    let seen = load(&service).await;
    let ended = service.wait();

    assert_eq!(seen.broken, [""; 0], "who waits is answered");
    let unexpected =
        seen.statuses.keys().filter(|(_, status)| ![200, 201, 503, 504].contains(status));
    assert_eq!(unexpected.count(), 0, "{:?}", seen.statuses);
    assert!(seen.count("search", 200) > 0 && seen.count("read", 200) > 0, "{:?}", seen.statuses);
    assert_eq!(seen.count("write", 201), seen.acknowledged.len() as u64, "each has its own number");
    assert!(!seen.acknowledged.is_empty());

    let written: Vec<_> = notes(ended.db()).into_iter().filter(|note| note.1 > 0).collect();
    let texts: BTreeSet<_> = written.iter().map(|(_, _, text)| text.clone()).collect();
    assert_eq!(texts.len(), written.len(), "nothing is written twice");
    assert!(texts.is_subset(&seen.sent), "nothing is written that nobody has sent");
    let written: BTreeSet<_> = written.into_iter().collect();
    let lost: Vec<_> = seen.acknowledged.difference(&written).collect();
    assert!(lost.is_empty(), "acknowledged and not in the file: {lost:?}");

    println!("{args:?}: a search takes {alone:.1?} alone; answers: {:?}", seen.statuses);
    println!(
        "  {} writes acknowledged, all in the file; {} more in it whose client had gone",
        seen.acknowledged.len(),
        written.len() - seen.acknowledged.len(),
    );
    Latency::of(seen.health)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_every_error_has_a_status_and_no_acknowledged_write_is_lost() {
    let dispatched = under_load(&[]).await;
    let inline = under_load(&["--inline"]).await;
    println!("GET /health, dispatched: {dispatched}");
    println!("GET /health, --inline:   {inline}");
    let ratio =
        |inline: Duration, dispatched: Duration| inline.as_secs_f64() / dispatched.as_secs_f64();
    println!(
        "--inline is {:.0} times as slow at p50, {:.0} times at p99",
        ratio(inline.p50, dispatched.p50),
        ratio(inline.p99, dispatched.p99),
    );
}
