//! The rules, one by one.

use std::sync::LazyLock;
use std::task::Waker;

use tokio::runtime::{Builder, Runtime};

use super::super::super::call::Call;
use super::super::super::slot;
use super::*;

/// A call that is there to be counted.
fn hop() -> Arc<dyn Hop> {
    static RUNTIME: LazyLock<Runtime> =
        LazyLock::new(|| Builder::new_current_thread().build().unwrap());
    let call = Call::new(RUNTIME.handle().clone(), None, false);
    slot(|| (), call, Waker::noop().clone()).1.keep()
}

impl State {
    /// A call whose like take so long comes. Tells how many drainers are asked for.
    fn come(&mut self, pace: u32) -> usize {
        self.push(hop(), pace);
        self.ask()
    }

    /// One comes that finds nobody at work. Pauses have paid off.
    fn with_a_drainer(cores: usize) -> (Self, Post) {
        let mut state = Self { luck: LUCK, ..Self::new(cores) };
        assert_eq!(state.come(0), 1);
        let post = state.arrive().post();
        (state, post)
    }

    /// One is at work, the sentinel watches, and one more call waits.
    fn with_a_sentinel(cores: usize) -> (Self, Post) {
        let (mut state, post) = Self::with_a_drainer(cores);
        assert_eq!(state.come(0), 1);
        assert!(matches!(state.arrive(), Duty::Watch));
        (state, post)
    }
}

impl Duty {
    fn post(self) -> Post {
        let Self::Run(_, post) = self else { panic!("there is a call to run") };
        post
    }
}

#[test]
fn each_long_call_is_promised_a_thread_of_its_own() {
    let mut state = State::new(1);
    for _ in 0..3 {
        assert_eq!(state.come(SHORT), 1);
    }
    for _ in 0..3 {
        assert!(state.arrive().post() == Post::Alone);
    }
    assert!(matches!(state.go_on(Post::Alone), Duty::Leave));
}

#[test]
fn a_nested_call_is_promised_a_thread_of_its_own() {
    let (mut state, _) = State::with_a_drainer(1);
    let nested = Call::surround(hop(), false, hop);
    state.push(nested, 0);
    assert_eq!(state.ask(), 1);
    assert!(state.arrive().post() == Post::Alone);
}

#[test]
fn short_calls_share_a_drainer_and_a_sentinel() {
    let (mut state, post) = State::with_a_sentinel(8);
    for _ in 0..9 {
        assert_eq!(state.come(TINY), 0);
    }
    for _ in 0..10 {
        assert!(state.go_on(post).post() == post);
    }
    assert!(matches!(state.go_on(post), Duty::Pause(11)));
}

#[test]
fn more_work_that_waits_is_worth_more_drainers_up_to_the_cores() {
    let mut state = State::new(3);
    let half_a_lane = TINY + u32::try_from(LANE / 2).unwrap();
    let asked = [(); 8].map(|()| state.come(half_a_lane));
    assert_eq!(asked, [1, 1, 0, 1, 0, 0, 0, 0]);
    for _ in 0..3 {
        assert!(matches!(state.arrive().post(), Post::Shared(_)));
    }
}

#[test]
fn at_most_so_many_are_coming_and_each_sees_to_the_next() {
    let mut state = State::new(1);
    let asked: usize = (0..100).map(|_| state.come(SHORT)).sum();
    assert_eq!(asked, MOST_COMING);
    for nth in 0..100 {
        assert!(state.arrive().post() == Post::Alone);
        assert_eq!(state.ask(), usize::from(nth < 100 - MOST_COMING));
    }
}

#[test]
fn a_full_tick_without_anything_taken_writes_off() {
    let (mut state, post) = State::with_a_sentinel(1);
    let taken = state.taken();
    assert!(matches!(state.look(taken, false), Duty::Watch));
    assert!(matches!(state.look(taken - 1, true), Duty::Watch));
    let relief = state.look(taken, true).post();
    assert!(relief != post);
    assert_eq!((state.held, state.draining), (1, 1));
}

/// The next call may be as long.
#[test]
fn who_is_held_up_is_made_up_for_until_it_is_back() {
    let (mut state, held_up) = State::with_a_sentinel(1);
    let relief = state.look(state.taken(), true).post();
    assert_eq!((state.lanes(), state.come(0)), (2, 1));
    assert!(state.arrive().post() == relief);
    for post in [relief, held_up, relief] {
        assert!(matches!(state.go_on(post), Duty::Pause(_)));
    }
    assert_eq!(state.lanes(), 1);
    assert!(matches!(state.stir(), Duty::Watch));
    for _ in 0..2 {
        assert!(matches!(state.stir(), Duty::Leave));
    }
    assert!(matches!(state.look(state.taken(), true), Duty::Leave));
    assert!(state.is_at_rest());
}

/// Its thread may be all that the pool's other work, or who is coming, waits for.
#[test]
fn a_sentinel_leaves_after_a_tick_with_nothing_to_share() {
    let (mut state, post) = State::with_a_sentinel(1);
    assert!(state.go_on(post).post() == post);
    assert_eq!(state.come(SHORT), 1);
    assert!(matches!(state.look(state.taken(), true), Duty::Leave));
    assert_eq!((state.ask(), state.held), (0, 0));
}

#[test]
fn who_pauses_takes_what_comes() {
    let (mut state, post) = State::with_a_drainer(1);
    assert!(matches!(state.go_on(post), Duty::Pause(1)));
    assert_eq!(state.come(0), 0);
    assert!(state.stir().post() == post);
}

#[test]
fn where_pauses_are_in_vain_one_is_tried_now_and_then() {
    let (mut state, post) = State::with_a_drainer(1);
    let mut pauses = 0;
    for _ in 0..LUCK + TRIAL {
        if let Duty::Pause(_) = state.go_on(post) {
            pauses += 1;
            assert!(matches!(state.stir(), Duty::Leave));
        }
        assert_eq!(state.come(0), 1);
        assert!(state.arrive().post() == post);
    }
    assert_eq!(pauses, LUCK + 1);
}

#[test]
fn who_hands_over_leaves_it_to_the_sentinel_to_ask() {
    let (mut state, post) = State::with_a_sentinel(1);
    assert!(matches!(state.hand_over(post), Duty::Call));
    assert_eq!(state.ask(), 0);
    assert!(matches!(state.look(state.taken(), false), Duty::Watch));
    assert_eq!(state.ask(), 1);
}

#[test]
fn who_hands_over_without_a_sentinel_leaves_and_is_made_up_for() {
    let (mut state, post) = State::with_a_drainer(1);
    assert_eq!(state.come(0), 1);
    assert!(matches!(state.hand_over(post), Duty::Leave));
    assert_eq!(state.ask(), 0);
    assert!(state.arrive().post() == post);
}

#[test]
fn all_that_waits_is_lost() {
    let mut state = State::new(1);
    let asked = state.come(0) + state.come(SHORT) + state.come(2 * TINY);
    assert_eq!((asked, state.clear().count()), (1, 3));
    assert!(state.is_at_rest());
}
