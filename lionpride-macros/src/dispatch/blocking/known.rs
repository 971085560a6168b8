//! What is known to block, and what to write instead.

use syn::{Expr, ExprCall, ExprMethodCall, Path};

/// What blocks, and what to write instead.
pub(super) struct Blocks {
    call: String,
    instead: &'static str,
}

impl Blocks {
    fn new(call: impl Into<String>, instead: &'static str) -> Self {
        Self { call: call.into(), instead }
    }

    pub(super) fn message(&self) -> String {
        let Self { call, instead } = self;
        format!(
            "`{call}` blocks the async worker and every task on it: {instead}; \
             `#[dispatch(allow_blocking)]` allows it"
        )
    }
}

const HOP: &str = "write `run_sync(move || ..).await` around it, or move it into a sync function \
                   under `#[dispatch]`";
const SLEEP: &str = "write `lionpride_concurrency::sleep(..).await`";
const SOCKET: &str = "write the same of `tokio::net`, and `.await` it";
const RESOLVE: &str = "write `tokio::net::lookup_host(..).await`";
const COMMAND: &str = "write `tokio::process::Command`, and `.await` it";
const REQUEST: &str = "write the same of `reqwest` without `blocking`, and `.await` it";
const AWAIT: &str = "`.await` the future";
const LOCK: &str = "write `.lock().await`";
const READ: &str = "write `.read().await`";
const WRITE: &str = "write `.write().await`";
const RECEIVE: &str = "write `.recv().await`, or `.await` a oneshot receiver itself";
const RECEIVE_MANY: &str = "write `.recv_many(..).await`";
const SEND: &str = "write `.send(..).await`";

/// Functions, by their path.
const FUNCTIONS: [(&str, &str); 25] = [
    ("std::thread::sleep", SLEEP),
    ("thread::sleep", SLEEP),
    ("std::thread::sleep_until", SLEEP),
    ("thread::sleep_until", SLEEP),
    ("std::thread::park", HOP),
    ("thread::park", HOP),
    ("std::thread::park_timeout", HOP),
    ("thread::park_timeout", HOP),
    ("std::net::TcpStream::connect", SOCKET),
    ("std::net::TcpStream::connect_timeout", SOCKET),
    ("std::net::TcpListener::bind", SOCKET),
    ("std::net::UdpSocket::bind", SOCKET),
    ("std::net::UdpSocket::connect", SOCKET),
    ("std::net::ToSocketAddrs::to_socket_addrs", RESOLVE),
    ("std::os::unix::net::UnixStream::connect", SOCKET),
    ("std::os::unix::net::UnixListener::bind", SOCKET),
    ("std::os::unix::net::UnixDatagram::bind", SOCKET),
    ("std::os::unix::net::UnixDatagram::connect", SOCKET),
    ("std::io::read_to_string", HOP),
    ("futures::executor::block_on", AWAIT),
    ("executor::block_on", AWAIT),
    ("Handle::block_on", AWAIT),
    ("tokio::runtime::Handle::block_on", AWAIT),
    ("Runtime::block_on", AWAIT),
    ("tokio::runtime::Runtime::block_on", AWAIT),
];

/// Modules of which every function blocks.
const MODULES: [(&str, &str); 2] = [("std::fs::", HOP), ("reqwest::blocking::", REQUEST)];

/// Functions of these modules that only prepare: what is called on their result may block.
const PREPARE: [&str; 7] = [
    "std::fs::OpenOptions::new",
    "std::fs::OpenOptions::default",
    "std::fs::File::options",
    "std::fs::File::from",
    "std::fs::File::from_raw_fd",
    "std::fs::DirBuilder::new",
    "reqwest::blocking::Body::from",
];

/// Types of these modules that are mere values.
const VALUES: [&str; 4] = [
    "std::fs::Permissions::",
    "std::fs::FileTimes::",
    "std::fs::FileType::",
    "std::fs::Metadata::",
];

/// Methods with no other meaning, and how many arguments they take.
const METHODS: [(&str, usize, &str); 12] = [
    ("blocking_lock", 0, LOCK),
    ("blocking_lock_owned", 0, LOCK),
    ("blocking_read", 0, READ),
    ("blocking_read_owned", 0, READ),
    ("blocking_write", 0, WRITE),
    ("blocking_write_owned", 0, WRITE),
    ("blocking_recv", 0, RECEIVE),
    ("blocking_recv_many", 2, RECEIVE_MANY),
    ("blocking_send", 1, SEND),
    ("block_on", 1, AWAIT),
    ("block_on", 2, AWAIT),
    ("to_socket_addrs", 0, RESOLVE),
];

/// Methods that block if they are called on what this function returned.
const ON_RESULT_OF: [(&str, &[&str], &str); 5] = [
    ("std::fs::OpenOptions::new", &["open"], HOP),
    ("std::fs::File::options", &["open"], HOP),
    ("std::fs::DirBuilder::new", &["create"], HOP),
    ("std::process::Command::new", &["output", "status"], COMMAND),
    (
        "std::io::stdin",
        &["lines", "read", "read_exact", "read_line", "read_to_end", "read_to_string"],
        HOP,
    ),
];

/// Macros of the standard library and of what async code is written with, whose arguments are
/// expressions that are evaluated here.
pub(super) const EVALUATE: [&str; 34] = [
    "anyhow",
    "assert",
    "assert_eq",
    "assert_ne",
    "bail",
    "dbg",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "ensure",
    "eprint",
    "eprintln",
    "error",
    "event",
    "format",
    "format_args",
    "info",
    "log",
    "matches",
    "panic",
    "pin",
    "print",
    "println",
    "ready",
    "span",
    "todo",
    "trace",
    "unimplemented",
    "unreachable",
    "vec",
    "warn",
    "write",
    "writeln",
];

/// The function that is called, if it blocks.
pub(super) fn function(call: &ExprCall) -> Option<(&Path, Blocks)> {
    let path = called(call)?;
    let written = text(path);
    let instead = exact(&written)
        .or_else(|| in_module(&written, path))
        .or_else(|| as_function(path, call.args.len()))?;
    Some((path, Blocks::new(written, instead)))
}

fn exact(written: &str) -> Option<&'static str> {
    FUNCTIONS.iter().find(|(path, _)| *path == written).map(|(_, instead)| *instead)
}

fn in_module(written: &str, path: &Path) -> Option<&'static str> {
    let (_, instead) = MODULES.iter().find(|(module, _)| written.starts_with(module))?;
    // A variant or a tuple struct is called like a function.
    let last = path.segments.last()?.ident.to_string();
    let is_function = last.starts_with(|first: char| first.is_lowercase() || first == '_');
    let is_value = VALUES.iter().any(|value| written.starts_with(value));
    (is_function && !is_value && !PREPARE.contains(&written)).then_some(*instead)
}

/// A method with no other meaning, called by its path: `Receiver::blocking_recv(&mut receiver)`.
fn as_function(path: &Path, args: usize) -> Option<&'static str> {
    let name = path.segments.last().filter(|_| path.segments.len() > 1)?.ident.to_string();
    let is =
        |(method, _, _): &&(&str, usize, &str)| *method == name && name.starts_with("blocking_");
    METHODS.iter().filter(is).find(|(_, more, _)| args == more + 1).map(|(.., instead)| *instead)
}

/// Whether the method that is called blocks.
pub(super) fn method(call: &ExprMethodCall) -> Option<Blocks> {
    let name = call.method.to_string();
    let alone =
        METHODS.iter().find(|(method, args, _)| *method == name && *args == call.args.len());
    if let Some((.., instead)) = alone {
        return Some(Blocks::new(format!(".{name}(..)"), instead));
    }
    let origin = text(origin(&call.receiver)?);
    let (from, _, instead) = ON_RESULT_OF
        .iter()
        .find(|(from, methods, _)| *from == origin && methods.contains(&name.as_str()))?;
    Some(Blocks::new(format!("{from}(..).{name}(..)"), instead))
}

/// The function at the beginning of a chain of method calls.
fn origin(expr: &Expr) -> Option<&Path> {
    match expr {
        Expr::MethodCall(call) => origin(&call.receiver),
        Expr::Call(call) => called(call),
        Expr::Paren(expr) => origin(&expr.expr),
        Expr::Try(expr) => origin(&expr.expr),
        Expr::Reference(expr) => origin(&expr.expr),
        _ => None,
    }
}

fn called(call: &ExprCall) -> Option<&Path> {
    match &*call.func {
        Expr::Path(function) if function.qself.is_none() => Some(&function.path),
        _ => None,
    }
}

/// A path without its generic arguments and its leading colons.
fn text(path: &Path) -> String {
    let segments: Vec<String> =
        path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    segments.join("::")
}
