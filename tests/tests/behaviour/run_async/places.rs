//! Where it is called from.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::Poll;
use std::thread;
use std::time::Duration;

use futures::executor::block_on;
use lionpride_concurrency::{
    Dedicated, current_time, effective_deadline, fail_after, fail_at, run_async, run_sync, sleep,
};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::coop::consume_budget;
use tokio::task::{spawn_blocking, yield_now};
use tokio::time::advance;

use crate::support::{in_time, on_each, panic_of, paused, payload_of, text_of};

/// Sync code that calls async code, in some place of a program.
type Code = Box<dyn FnOnce() + Send>;

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

type Place = fn(Code);

/// Every place from which sync code may call: it runs there, to its end.
const PLACES: [(&str, Place); 20] = [
    ("no runtime", |code| code()),
    ("another executor", |code| block_on(async { code() })),
    ("the thread of a current-thread runtime", |code| current_thread().block_on(async { code() })),
    ("a task of a current-thread runtime", |code| {
        current_thread().block_on(async { tokio::spawn(async { code() }).await.unwrap() });
    }),
    ("a local task", |code| {
        let local = tokio::task::LocalSet::new();
        local.block_on(&current_thread(), async {
            tokio::task::spawn_local(async { code() }).await.unwrap();
        });
    }),
    ("the root of a multi-thread runtime", |code| multi_thread().block_on(async { code() })),
    ("a worker of a multi-thread runtime", |code| {
        multi_thread().block_on(async { tokio::spawn(async { code() }).await.unwrap() });
    }),
    ("a part of a worker's task that may block", |code| {
        multi_thread().block_on(async {
            tokio::spawn(async { tokio::task::block_in_place(code) }).await.unwrap();
        });
    }),
    ("a thread that has entered a multi-thread runtime", |code| {
        let runtime = multi_thread();
        let _context = runtime.enter();
        code();
    }),
    ("a thread that has entered a current-thread runtime", |code| {
        let runtime = current_thread();
        let _context = runtime.enter();
        code();
    }),
    ("a blocking thread of a multi-thread runtime", |code| {
        multi_thread().block_on(async { spawn_blocking(code).await.unwrap() });
    }),
    ("a blocking thread of a current-thread runtime", |code| {
        current_thread().block_on(async { spawn_blocking(code).await.unwrap() });
    }),
    ("a blocking call on a multi-thread runtime", |code| multi_thread().block_on(run_sync(code))),
    ("a blocking call on a current-thread runtime", |code| {
        current_thread().block_on(run_sync(code));
    }),
    ("a call on a dedicated thread", |code| {
        let dedicated = Dedicated::new("place", || ());
        current_thread().block_on(run_sync(code).on(&dedicated));
    }),
    ("a blocking call that runs another executor", |code| {
        multi_thread().block_on(run_sync(|| block_on(async { code() })));
    }),
    ("async code that its runtime's handle waits for in a blocking call", |code| {
        let work = || Handle::current().block_on(async { code() });
        current_thread().block_on(run_sync(work));
    }),
    ("a current-thread runtime in a blocking call", |code| {
        let work = || current_thread().block_on(async { code() });
        multi_thread().block_on(run_sync(work));
    }),
    ("a multi-thread runtime in a blocking call", |code| {
        let work =
            || multi_thread().block_on(async { tokio::spawn(async { code() }).await.unwrap() });
        current_thread().block_on(run_sync(work));
    }),
    ("a current-thread runtime that a blocking call has entered", |code| {
        let work = || {
            let runtime = current_thread();
            let _context = runtime.enter();
            code();
        };
        multi_thread().block_on(run_sync(work));
    }),
];

/// Runs the code in every place, and in async code that is called from there.
fn everywhere<R: Send + 'static>(code: fn() -> R, check: impl Fn(R)) {
    for (place, put) in PLACES {
        for is_nested in [false, true] {
            eprintln!("in {place}{}", if is_nested { ", nested" } else { "" });
            let (answer, answers) = mpsc::channel();
            let code: Code = Box::new(move || {
                let answered = if is_nested { run_async(async { code() }) } else { code() };
                answer.send(answered).unwrap();
            });
            in_time(move || put(code));
            check(answers.recv().unwrap());
        }
    }
}

#[test]
fn async_code_is_run_from_everywhere() {
    everywhere(|| run_async(async { 42 }), |answer| assert_eq!(answer, 42));
}

#[test]
fn timers_work_everywhere() {
    everywhere(
        || {
            let start = current_time();
            run_async(sleep(0.002));
            current_time() - start
        },
        |took| assert!(took >= 0.002, "{took}"),
    );
}

#[test]
fn tasks_and_channels_work_everywhere() {
    everywhere(
        || {
            run_async(async {
                let (sender, receiver) = oneshot::channel();
                let task = tokio::spawn(async move {
                    yield_now().await;
                    sender.send(41).unwrap();
                    1
                });
                receiver.await.unwrap() + task.await.unwrap()
            })
        },
        |answer| assert_eq!(answer, 42),
    );
}

#[test]
fn blocking_calls_work_everywhere() {
    everywhere(
        || {
            run_async(async {
                run_sync(|| 20).await + run_sync(|| run_async(run_sync(|| 22))).await
            })
        },
        |answer| assert_eq!(answer, 42),
    );
}

#[test]
fn another_thread_wakes_it_everywhere() {
    everywhere(
        || {
            let (sender, receiver) = oneshot::channel();
            let (ready, is_ready) = mpsc::channel();
            let other = thread::spawn(move || {
                is_ready.recv().unwrap();
                sender.send(42).unwrap();
            });
            let answer = run_async(async {
                ready.send(()).unwrap();
                receiver.await.unwrap()
            });
            other.join().unwrap();
            answer
        },
        |answer| assert_eq!(answer, 42),
    );
}

#[test]
fn it_borrows_from_its_caller_everywhere() {
    everywhere(
        || {
            let (mut text, mut count) = (String::from("a"), 0);
            let borrowed: &mut String = &mut text;
            run_async(async {
                yield_now().await;
                borrowed.push('b');
                count += 1;
            });
            (text, count)
        },
        |answer| assert_eq!(answer, ("ab".to_owned(), 1)),
    );
}

#[test]
fn a_panic_goes_on_in_the_caller_with_its_payload_everywhere() {
    everywhere(
        || {
            let at_once = payload_of(|| run_async(async { panic_any(7_u8) }));
            let later = payload_of(|| {
                run_async(async {
                    sleep(0.001).await;
                    panic!("out of {}", "cheese")
                })
            });
            (at_once.downcast_ref().copied(), text_of(later.as_ref()))
        },
        |answer| assert_eq!(answer, (Some(7_u8), Some("out of cheese".to_owned()))),
    );
}

#[test]
fn a_deadline_is_carried_everywhere() {
    everywhere(
        || {
            let deadline = current_time() + 60.0;
            let inside = || {
                run_async(async {
                    yield_now().await;
                    effective_deadline()
                })
            };
            let seen = run_async(fail_at(deadline, async { inside() }));
            (seen == Ok(Some(deadline)), effective_deadline())
        },
        |answer| assert_eq!(answer, (true, None)),
    );
}

#[test]
fn a_timeout_ends_it_everywhere() {
    everywhere(|| run_async(fail_after(0.002, pending::<()>())), |answer| assert!(answer.is_err()));
}

/// Whose polls are what nothing else is in the way of.
#[test]
fn what_wakes_itself_is_polled_again_everywhere() {
    everywhere(
        || {
            let mut left = 1_000;
            run_async(poll_fn(move |cx| {
                cx.waker().wake_by_ref();
                left -= 1;
                if left == 0 { Poll::Ready(42) } else { Poll::Pending }
            }))
        },
        |answer| assert_eq!(answer, 42),
    );
}

/// The task in which it is waited for has to go on with the same poll.
#[test]
fn what_uses_up_the_budget_of_a_task_goes_on_everywhere() {
    everywhere(
        || {
            run_async(async {
                for _ in 0..1_000 {
                    consume_budget().await;
                }
                42
            })
        },
        |answer| assert_eq!(answer, 42),
    );
}

#[test]
fn in_a_blocking_call_it_stays_on_its_thread_and_in_its_runtime() {
    on_each(|runtime| {
        let here = || (thread::current().id(), Handle::current().id());
        let work = move || {
            (
                here(),
                run_async(async {
                    yield_now().await;
                    here()
                }),
            )
        };
        let (outside, inside) = runtime.block_on(run_sync(work));
        assert_eq!(outside, inside);
        assert_eq!(outside.1, runtime.handle().id());
    });
}

/// As it does beside any blocking call. Whoever moves it moves the timers.
#[test]
fn a_paused_clock_stands_still_while_a_blocking_call_waits() {
    in_time(|| {
        paused().block_on(async {
            let (waits, is_waiting) = oneshot::channel();
            let call = run_sync(|| {
                run_async(async {
                    let timer = sleep(60);
                    waits.send(()).unwrap();
                    timer.await;
                });
            });
            let start = current_time();
            let advances = async {
                is_waiting.await.unwrap();
                assert!(current_time() - start < 1.0);
                loop {
                    advance(Duration::from_mins(1)).await;
                }
            };
            tokio::select! {
                () = call => {}
                () = advances => unreachable!("it goes on for ever"),
            }
        });
    });
}

#[test]
fn on_a_worker_it_stays_on_its_thread_and_lets_the_other_tasks_go_on() {
    in_time(|| {
        multi_thread().block_on(async {
            let (sender, receiver) = oneshot::channel();
            let (waits, is_waiting) = oneshot::channel();
            let caller = tokio::spawn(async {
                let here = thread::current().id();
                run_async(async {
                    waits.send(()).unwrap();
                    receiver.await.unwrap();
                    thread::current().id() == here
                })
            });
            // The only worker is blocked, and another one has taken its place.
            tokio::spawn(async {
                is_waiting.await.unwrap();
                sender.send(()).unwrap();
            })
            .await
            .unwrap();
            assert!(caller.await.unwrap());
        });
    });
}

/// Its thread may not be given to another one, and nothing tells that beforehand.
#[test]
fn in_a_local_task_on_a_multi_thread_runtime_it_panics() {
    let local = tokio::task::LocalSet::new();
    let call = async { panic_of(|| run_async(async {})) };
    let message = local.block_on(&multi_thread(), call).message;
    assert!(message.contains("can call blocking only when running on"), "{message}");
}

#[test]
fn on_a_runtime_of_its_own_what_it_spawned_ends_with_it() {
    in_time(|| {
        let (dropped, is_dropped) = mpsc::channel::<()>();
        run_async(async {
            tokio::spawn(async move {
                let _dropped = dropped;
                pending::<()>().await;
            });
            yield_now().await;
        });
        assert!(is_dropped.recv().is_err());
    });
}

/// What is not `Sync`, and what is not `Unpin`, will do.
#[test]
fn what_is_sent_is_enough() {
    let cell = Cell::new(41);
    let answer = run_async(async move {
        yield_now().await;
        cell.set(cell.get() + 1);
        cell
    });
    assert_eq!(answer.get(), 42);
    let boxed: Pin<Box<dyn Future<Output = u8> + Send>> = Box::pin(async { 42 });
    assert_eq!(run_async(boxed), 42);
}
