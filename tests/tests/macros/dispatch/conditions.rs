//! `cfg` and `cfg_attr`, on whatever they may stand.

use std::thread::{ThreadId, current};

use lionpride_concurrency::dispatch;

#[dispatch(owned)]
fn length(
    #[cfg(not(any()))] text: &str,
    #[cfg(any())] text: &[&mut u8],
    #[cfg_attr(not(any()), cfg(any()))] more: &mut String,
) -> usize {
    text.len()
}

#[dispatch]
fn borrows_nothing(#[cfg(any())] text: &str, (a, _): (u32, u32)) -> u32 {
    a
}

#[tokio::test]
async fn an_argument_that_is_removed_is_none() {
    assert_eq!(length("abc").await, 3);
    assert_eq!(tokio::spawn(borrows_nothing((1, 2))).await.unwrap(), 1);
}

#[derive(Clone)]
struct Service(ThreadId);

#[dispatch(owned)]
impl Service {
    #[cfg_attr(not(any()), dispatch(inline))]
    fn here(&self) -> ThreadId {
        current().id()
    }

    #[cfg_attr(any(), dispatch(inline))]
    fn there(&self) -> ThreadId {
        current().id()
    }

    #[cfg_attr(not(any()), dispatch(skip))]
    #[cfg_attr(any(), cfg(any()))]
    fn as_it_is(&self) -> ThreadId {
        self.0
    }

    #[cfg(not(any()))]
    fn either(&self, text: &str) -> usize {
        text.len()
    }

    #[cfg(any())]
    const fn either(&mut self, text: &mut str) -> usize {
        text.len()
    }
}

#[tokio::test]
async fn options_may_depend_on_a_condition() {
    let service = Service(current().id());
    assert_eq!(service.here().await, current().id());
    assert_ne!(service.there().await, current().id());
    assert_eq!(service.as_it_is(), current().id());
    assert_eq!(service.either("abc").await, 3);
}
