//! Clones, statics, and what is added to a call under a limiter.

use std::sync::LazyLock;
use std::thread;

use futures::executor::block_on;
use lionpride_concurrency::{Limiter, run_sync};

use crate::support::{in_time, on_both, on_each};

use super::super::sent;
use super::{counts, hold};

tokio::task_local! {
    static REQUEST: u32;
}

#[test]
fn a_clone_is_the_same_limiter() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("one", 1);
        let clones = [limiter.clone(), limiter.clone().clone()];
        let (first, release) = hold(&limiter);
        for clone in &clones {
            assert_eq!(counts(clone), [1, 0, 0]);
            assert!(clone.try_run(|| ()).is_err());
        }
        let second = sent(run_sync(|| 2).on(&clones[0]));
        assert_eq!(counts(&clones[1]), [1, 0, 1]);
        clones[1].set_limit(2);
        assert_eq!(block_on(second), 2);
        assert_eq!(limiter.limit(), 2);
        drop(release);
        block_on(first);
        assert_eq!(limiter.stats(), clones[0].stats());
        assert_eq!(limiter.stats().finished, 2);
    });
}

#[test]
fn a_call_keeps_its_limiter() {
    on_both(async || {
        let call = run_sync(|| 42).on(&Limiter::new("temporary", 1));
        assert_eq!(call.await, 42);
    });
}

#[test]
fn limiters_of_one_name_are_two() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let [one, other] = [Limiter::new("same", 1), Limiter::new("same", 1)];
        let (first, release) = hold(&one);
        assert_eq!(counts(&other), [0, 1, 0]);
        assert_eq!(runtime.block_on(run_sync(|| 42).on(&other)), 42);
        drop(release);
        block_on(first);
    });
}

#[test]
fn a_lazy_static_is_a_dispatcher() {
    static CORES: LazyLock<Limiter> =
        LazyLock::new(|| Limiter::new("cores", thread::available_parallelism().unwrap().get()));
    on_both(async || {
        assert_eq!(run_sync(|| 42).on(&CORES).await, 42);
        assert_eq!(run_sync(|| 42).on(&*CORES).await, 42);
        assert_eq!(counts(&CORES), [0, CORES.limit(), 0]);
    });
    assert_eq!(CORES.stats().finished, 4);
}

#[test]
fn the_last_limiter_said_wins() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let [passed, meant] = [Limiter::new("passed", 1), Limiter::new("meant", 1)];
        let (busy, release) = hold(&passed);
        let of_meant = meant.clone();
        let seen = run_sync(move || counts(&of_meant)).on(&passed).on(&meant);
        assert_eq!(runtime.block_on(seen), [1, 0, 0]);
        let shielded = run_sync(|| 42).on(&passed).shielded().on(&meant);
        assert_eq!(runtime.block_on(shielded), 42);
        let with_local = run_sync(|| 42).on(&passed).with_local(&REQUEST).on(&meant);
        assert_eq!(runtime.block_on(with_local), 42);
        assert_eq!(passed.stats().queued + passed.stats().finished, 0);
        assert_eq!(meant.stats().finished, 3);
        drop(release);
        block_on(busy);
    });
}

#[test]
fn a_polled_call_stays_where_it_is() {
    on_each(|runtime| {
        let _context = runtime.enter();
        let limiter = Limiter::new("late", 1);
        let (call, release) = hold(&limiter);
        let (panic, line) = (crate::support::panic_of(|| drop(call.on(&limiter))), line!());
        assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
        assert_eq!(panic.message, "`on` on a blocking call that has been polled already");
        drop(release);
    });
}

#[test]
fn a_call_under_a_limiter_sees_the_locals_of_its_caller() {
    on_both(async || {
        let limiter = Limiter::new("local", 1);
        let seen = async {
            let before = run_sync(|| REQUEST.get()).with_local(&REQUEST).on(&limiter).await;
            (before, run_sync(|| REQUEST.get()).on(&limiter).with_local(&REQUEST).await)
        };
        assert_eq!(REQUEST.scope(7, seen).await, (7, 7));
        assert_eq!(limiter.stats().finished, 2);
    });
}

#[test]
fn a_call_under_a_limiter_can_run_inline_past_it() {
    on_each(|runtime| {
        let limiter = Limiter::new("around", 1);
        let context = runtime.enter();
        let (first, release) = hold(&limiter);
        drop(context);
        assert_eq!(run_sync(|| 42).on(&limiter).run_inline(), 42);
        drop(release);
        block_on(first);
    });
}

#[test]
fn a_limiter_tells_its_state() {
    let limiter = Limiter::new("told", 3);
    let reserved = limiter.try_run(|| ()).unwrap();
    assert_eq!(limiter.name(), "told");
    assert_eq!(
        format!("{limiter:?}"),
        r#"Limiter { name: "told", limit: 3, in_use: 1, waiting: 0, .. }"#
    );
    drop(reserved);
}

#[test]
fn a_slow_start_is_no_number() {
    let limiter = Limiter::new("slow", 1);
    let (panic, line) = (crate::support::panic_of(|| limiter.set_slow_start(f64::NAN)), line!());
    assert_eq!((panic.file.as_str(), panic.line), (file!(), line));
    limiter.set_slow_start(f64::INFINITY);
    limiter.set_slow_start(0);
}

/// Who gives a permit back starts the next, of whatever runtime it is.
#[test]
fn a_permit_passes_from_runtime_to_runtime() {
    in_time(|| {
        on_each(|one| {
            on_each(|other| {
                let limiter = Limiter::new("between", 1);
                let context = one.enter();
                let (first, release) = hold(&limiter);
                drop(context);
                let context = other.enter();
                let here = other.handle().id();
                let second = run_sync(|| tokio::runtime::Handle::current().id()).on(&limiter);
                let second = sent(second);
                drop(context);
                drop(release);
                block_on(first);
                assert_eq!(block_on(second), here);
            });
        });
    });
}
