use std::any::TypeId;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How long the jobs of one call site have taken, in nanoseconds: an average in which the last few
/// count most. A call site that has not run yet has 0.
///
/// A call site is known by the type of its closure. Two of them may share a place in the table: then
/// each is taken for a mixture of both, and the worst that follows is the other way to a thread.
pub(crate) struct Pace(AtomicU32);

static PACES: [Pace; 1024] = [const { Pace(AtomicU32::new(0)) }; 1024];

impl Pace {
    /// Nanoseconds that a job may have more than the average had, besides those.
    const STEP: u32 = 1_000;

    /// Nanoseconds. What longer jobs count as.
    const MOST: u32 = 160_000;

    pub(crate) fn of<J: 'static>() -> &'static Self {
        let mut hasher = DefaultHasher::new();
        TypeId::of::<J>().hash(&mut hasher);
        let places = PACES.len() as u64;
        &PACES[usize::try_from(hasher.finish() % places).expect("it is below the length")]
    }

    /// Nanoseconds.
    pub(super) fn get(&self) -> u32 {
        // What a model does must not hang on how long it takes.
        if cfg!(all(test, lionpride_model)) { 0 } else { self.0.load(Ordering::Relaxed) }
    }

    /// One job at most doubles the average: what takes long once, because the machine is busy or a
    /// page is new, says little of the others. It falls more slowly than it rises: a short job that
    /// is taken for a long one costs its own thread's time, a long one taken for short that of others.
    pub(crate) fn learn(&self, took: Duration) {
        let took = u32::try_from(took.as_nanos()).unwrap_or(u32::MAX);
        let known = self.get();
        let learnt = if took > known {
            known + ((took - known) / 2).min(known + Self::STEP)
        } else {
            known - (known - took) / 8
        };
        self.0.store(learnt.min(Self::MOST), Ordering::Relaxed);
    }
}

#[cfg(all(test, not(lionpride_model)))]
mod tests {
    use super::*;

    /// The average after so many nanoseconds more.
    fn after(known: u32, took: u64) -> u32 {
        let pace = Pace(AtomicU32::new(known));
        pace.learn(Duration::from_nanos(took));
        pace.get()
    }

    #[test]
    fn one_job_at_most_doubles_the_average() {
        assert_eq!(after(0, u64::MAX), Pace::STEP);
        assert_eq!(after(10_000, u64::MAX), 20_000 + Pace::STEP);
        assert_eq!(after(10_000, 12_000), 11_000);
    }

    #[test]
    fn the_average_falls_by_an_eighth() {
        assert_eq!(after(8_000, 0), 7_000);
        assert_eq!(after(8_000, 7_200), 7_900);
    }

    #[test]
    fn there_is_a_most() {
        assert_eq!(after(Pace::MOST, u64::MAX), Pace::MOST);
    }

    #[test]
    fn what_is_long_once_is_short_again() {
        let pace = Pace(AtomicU32::new(0));
        pace.learn(Duration::from_secs(1));
        pace.learn(Duration::ZERO);
        assert!(pace.get() < Pace::STEP);
    }

    #[test]
    fn a_call_site_has_a_place_of_its_own() {
        let place = || std::ptr::from_ref(Pace::of::<u8>());
        assert_eq!(place(), place());
    }
}
