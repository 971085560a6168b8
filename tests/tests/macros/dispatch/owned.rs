//! `owned`: what is borrowed crosses as a copy, and the body still sees the borrowed type.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{ThreadId, current};

use lionpride_concurrency::dispatch;

/// Accepts one type exactly: no coercion hides what the body sees.
trait Exactly<T: ?Sized> {
    fn exactly(&self) -> bool {
        true
    }
}

impl<T: ?Sized> Exactly<T> for T {}

fn is<T>(value: T) -> T
where
    T: Exactly<T>,
{
    assert!(value.exactly());
    value
}

#[dispatch(owned)]
fn lengths(text: &str, path: &Path, bytes: &[u8], name: &OsStr, n: &u64) -> [usize; 5] {
    let (text, path, bytes) = (is::<&str>(text), is::<&Path>(path), is::<&[u8]>(bytes));
    let (name, n) = (is::<&OsStr>(name), is::<&u64>(n));
    [text.len(), path.iter().count(), bytes.len(), name.len(), usize::try_from(*n).unwrap()]
}

#[tokio::test]
async fn the_body_sees_the_borrowed_type() {
    let call = {
        let (text, path) = (String::from("abc"), Path::new("a/b").to_path_buf());
        lengths(&text, &path, &[1, 2], OsStr::new("name"), &9)
    };
    assert_eq!(tokio::spawn(call).await.unwrap(), [3, 2, 2, 4, 9]);
}

#[dispatch(owned)]
#[allow(clippy::option_option, reason = "nesting is what the test is about")]
fn optional(text: Option<&str>, bytes: Option<&[u8]>, path: Option<Option<&Path>>) -> usize {
    let (text, bytes) = (is::<Option<&str>>(text), is::<Option<&[u8]>>(bytes));
    text.map_or(0, str::len) + bytes.map_or(0, <[u8]>::len) + path.flatten().iter().count()
}

type Maybe<T> = Option<T>;

#[dispatch(owned)]
fn aliased(text: Maybe<&str>) -> usize {
    is::<Option<&str>>(text).map_or(0, str::len)
}

#[dispatch(owned)]
fn clone_on_write(text: Cow<'_, str>, list: Cow<'_, [u8]>) -> String {
    assert!(matches!(text, Cow::Borrowed(_)));
    format!("{text}{}", list.len())
}

#[tokio::test]
async fn what_is_borrowed_inside_an_option_or_a_cow_crosses_too() {
    assert_eq!(optional(Some("ab"), None, Some(Some(Path::new("c")))).await, 3);
    assert_eq!(optional(None, Some(&[1]), None).await, 1);
    assert_eq!(aliased(Some("ab")).await, 2);
    assert_eq!(clone_on_write("a".into(), Cow::Owned(vec![1, 2])).await, "a2");
}

#[dispatch(owned)]
fn mixed<'a, T>(key: &'a str, map: HashMap<String, T>, fallback: &T, _fixed: &'static str) -> T
where
    T: Clone + Send + 'static,
{
    map.get(key).unwrap_or(fallback).clone()
}

#[dispatch(owned)]
fn patterns(&(a, ref b): &(u32, String), mut rest: &[u32], _: &str) -> u32 {
    while let [first, others @ ..] = rest {
        rest = others;
        if *first == a {
            return u32::try_from(b.len()).unwrap();
        }
    }
    0
}

#[dispatch(owned)]
fn any(value: &Vec<impl Debug + Clone + Send + 'static>) -> String {
    format!("{value:?}")
}

#[tokio::test]
async fn owned_lets_the_rest_of_a_signature_be_what_it_is() {
    let map = HashMap::from([("a".to_owned(), 1)]);
    assert_eq!(mixed("a", map.clone(), &5, "").await, 1);
    assert_eq!(mixed("b", map, &5, "").await, 5);
    assert_eq!(patterns(&(2, "abc".into()), &[1, 2], "").await, 3);
    assert_eq!(any(&vec![1]).await, "[1]");
}

macro_rules! items {
    ($($item:item)*) => { $($item)* };
}

#[derive(Clone)]
struct Store {
    name: String,
    reads: Arc<AtomicUsize>,
}

impl Store {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), reads: Arc::default() }
    }

    #[dispatch(owned)]
    fn get(&self, key: &str) -> (String, ThreadId) {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let show = || format!("{self}/{key}");
        (show(), current().id())
    }

    #[dispatch(owned)]
    fn in_macros(&self) -> String {
        let this = "mine";
        let list = vec![self.name.len(), self.reads.load(Ordering::Relaxed)];
        assert!(matches!(self, Self { .. }), "{self:?}");
        let nested = [format!("{}{self}", "{self}"), format!("{self}")].concat();
        format!("{self:>4} {{self}} {this} {list:?} {nested} {}", self::helper(self))
    }

    #[dispatch(owned)]
    fn named_in_macros(&self) -> String {
        let compared = matches!(self, me if me.name == self.name) && dbg!(self == &self.clone());
        let named = format!("{self} {}", 1, self = self.name.len());
        let plain = [stringify!(self), vec!["{self}"][0]].concat();
        format!("{compared} {named} {plain}")
    }

    #[dispatch(owned)]
    fn items_in_macros(&self) -> usize {
        items! {
            struct Local(usize);

            impl Local {
                fn get(&self) -> usize {
                    self.0
                }
            }
        }
        let nested = || {
            let inner = || async { self.name.len() };
            futures::executor::block_on(inner())
        };
        Local(1).get() + nested()
    }

    #[dispatch(owned)]
    fn beside_items(&self) -> usize {
        use self::inner::{self, Other};
        struct Local(usize);
        impl Local {
            fn get(&self) -> usize {
                self.0
            }
        }
        macro_rules! name {
            () => {
                self.name.len()
            };
        }
        Local(name!()).get() + Other(1).get() + inner::ONE
    }

    #[dispatch(owned)]
    fn shared(self: &Arc<Self>, n: &u32) -> usize {
        self.name.len() + usize::try_from(*n).unwrap() + Arc::strong_count(self)
    }

    #[dispatch(owned)]
    fn without_looking(&self, _key: &str) -> u32 {
        1
    }

    #[dispatch(owned)]
    fn with_type(&self) -> Self {
        Self { name: Self::new("x").name, ..self.clone() }
    }
}

impl std::fmt::Display for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.name)
    }
}

impl PartialEq for Store {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

mod inner {
    pub(super) const ONE: usize = 1;
    pub(super) struct Other(pub(super) usize);

    impl Other {
        pub(super) fn get(&self) -> usize {
            self.0
        }
    }
}

fn helper(store: &Store) -> usize {
    store.name.len()
}

#[tokio::test]
async fn self_crosses_through_clone() {
    let store = Store::new("db");
    let call = store.get("k");
    let (found, thread) = call.await;
    assert_eq!(found, "db/k");
    assert_ne!(thread, current().id());
    assert_eq!(store.reads.load(Ordering::Relaxed), 1);
    assert_eq!(store.without_looking("").await, 1);
    assert_eq!(store.with_type().await.name, "x");
    let shared = Arc::new(store);
    assert_eq!(shared.shared(&1).await, 2 + 1 + 2);
}

#[tokio::test]
async fn self_is_found_in_macros_and_left_alone_in_items() {
    let store = Store::new("db");
    assert_eq!(store.in_macros().await, "  db {self} mine [2, 0] {self}dbdb 2");
    assert_eq!(store.beside_items().await, 2 + 1 + 1);
    assert_eq!(store.named_in_macros().await, "true 2 1 self{self}");
    assert_eq!(store.items_in_macros().await, 1 + 2);
}
