//! Arguments that are patterns, and how long what they leave lives.

use std::sync::mpsc::{Sender, channel};

use lionpride_concurrency::dispatch;

#[dispatch]
fn plain((ref mut a, mut b): (String, u32), ref c: String, ref mut d: Vec<u32>) -> usize {
    a.push('!');
    b += 1;
    d.push(b);
    a.len() + c.len() + d.len()
}

#[dispatch(inline)]
fn inline(
    (ref mut a, mut b): (String, u32),
    ref c: String,
    &mut ref mut d: &mut Vec<u32>,
) -> usize {
    a.push('!');
    b += 1;
    d.push(b);
    a.len() + c.len() + d.len()
}

#[dispatch(owned)]
fn owned(&(ref text, mut n): &(String, u32), ref other: &str, ref mut list: &[u32]) -> usize {
    n += 1;
    *list = &list[1..];
    assert_eq!(n, 2);
    text.len() + other.len() + list.len()
}

#[dispatch(owned)]
fn beside_borrows(text: &str, (ref mut list,): (Vec<u32>,)) -> usize {
    list.push(1);
    text.len() + list.len()
}

#[dispatch]
fn generic<T: AsRef<str> + Send + 'static>(
    ref a: T,
    (ref b, _): (T, T),
) -> impl Iterator<Item = usize> + Send {
    [a.as_ref().len(), b.as_ref().len()].into_iter()
}

#[dispatch]
trait Trait: Sync {
    fn sync(&self, list: (Vec<u32>, u32)) -> usize;

    async fn asynchronous(&self, (ref mut list, mut n): (Vec<u32>, u32)) -> usize {
        n += 1;
        list.push(n);
        list.len()
    }

    #[dispatch(inline)]
    fn inline(&self, ref mut list: Vec<u32>) -> usize {
        list.push(1);
        list.len()
    }
}

#[derive(Clone)]
struct Lists;

#[dispatch(owned)]
impl Trait for Lists {
    fn sync(&self, (ref mut list, n): (Vec<u32>, u32)) -> usize {
        list.push(n);
        list.len()
    }
}

#[tokio::test]
async fn an_argument_may_be_bound_by_reference() {
    let text = || String::from("abc");
    assert_eq!(plain((text(), 1), text(), vec![1]).await, 4 + 3 + 2);
    assert_eq!(inline((text(), 1), text(), &mut vec![1]).await, 4 + 3 + 2);
    assert_eq!(owned(&(text(), 1), "abc", &[1, 2]).await, 3 + 3 + 1);
    assert_eq!(beside_borrows("abc", (vec![1],)).await, 3 + 2);
    assert_eq!(generic(text(), (text(), text())).await.sum::<usize>(), 6);
    assert_eq!(Lists.sync((vec![1], 2)).await, 2);
    assert_eq!(Lists.asynchronous((vec![1], 2)).await, 2);
    assert_eq!(Lists.inline(vec![1]).await, 2);
}

/// Says its name when it is dropped.
struct Probe(&'static str, Sender<&'static str>);

impl Drop for Probe {
    fn drop(&mut self) {
        let _ = self.1.send(self.0);
    }
}

#[dispatch]
trait Lives: Sync {
    async fn lives_async(&self, _: Probe, (n, _): (u32, Probe), _named: Probe) -> u32 {
        tokio::task::yield_now().await;
        n
    }

    #[dispatch(inline)]
    fn lives_inline(&self, _: Probe, (n, _): (u32, Probe), _named: Probe) -> u32 {
        n
    }

    fn hops(&self, a: Probe, b: (u32, Probe), c: Probe) -> u32;
}

#[dispatch(owned)]
impl Lives for Lists {
    fn hops(&self, _: Probe, (n, _): (u32, Probe), _named: Probe) -> u32 {
        n
    }
}

#[tokio::test]
async fn what_a_pattern_leaves_lives_until_the_body_of_a_method_ends() {
    let (log, heard) = channel();
    let probe = |name| Probe(name, log.clone());
    let heard = || heard.try_iter().collect::<Vec<_>>();
    let calls = [
        Lists.lives_async(probe("a"), (1, probe("b")), probe("c")).await,
        Lists.lives_inline(probe("a"), (1, probe("b")), probe("c")).await,
        Lists.hops(probe("a"), (1, probe("b")), probe("c")).await,
    ];
    assert_eq!(calls, [1; 3]);
    assert_eq!(heard(), ["c", "b", "a"].repeat(3));
}
