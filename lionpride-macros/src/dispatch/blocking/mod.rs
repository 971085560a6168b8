//! Calls that are known to block, in the body of an `async fn`.
//!
//! A macro sees names and no types, so that only what is written out can be known: `std::fs::read`
//! is, and `read` behind a `use` is not. `clippy`'s `disallowed-methods` finds the rest.

mod attributes;
mod select;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, Block, Expr, ExprAwait, ExprCall, ExprClosure, ExprMethodCall, FieldValue,
    Item, Macro, Path, Stmt, Token, parse2,
};

use self::select::Part;
use super::conditions;
use crate::error::Errors;

/// Reports every blocking call in a body. One that does not parse yet is not looked at.
pub(super) fn check(body: &Group, errors: &mut Errors) {
    if let Ok(block) = parse2::<Block>(body.to_token_stream()) {
        Calls { errors }.visit_block(&block);
    }
}

/// What blocks, and what to write instead.
struct Blocks {
    call: String,
    instead: &'static str,
}

impl Blocks {
    fn new(call: impl Into<String>, instead: &'static str) -> Self {
        Self { call: call.into(), instead }
    }

    fn message(&self) -> String {
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
const EVALUATE: [&str; 34] = [
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

struct Calls<'a> {
    errors: &'a mut Errors,
}

impl Calls<'_> {
    /// Looks into what is there only if its attributes let it be.
    fn under(&mut self, attrs: &[Attribute], look: impl FnOnce(&mut Calls<'_>)) {
        self.errors.under(conditions::of(attrs), |errors| look(&mut Calls { errors }));
    }

    /// What `select!` awaits, and what it does then.
    fn branches(&mut self, tokens: TokenStream) {
        for part in select::parts.parse2(tokens).into_iter().flatten() {
            match part {
                Part::Awaited(future) => self.awaited(&future),
                Part::Evaluated(expr) => self.visit_expr(&expr),
            }
        }
    }

    /// What is awaited is a future, whatever it is called.
    fn awaited(&mut self, future: &Expr) {
        match future {
            Expr::MethodCall(call) => visit::visit_expr_method_call(self, call),
            Expr::Call(call) => visit::visit_expr_call(self, call),
            future => self.visit_expr(future),
        }
    }
}

/// The arguments of a macro, as far as they are expressions.
fn arguments(tokens: TokenStream) -> Vec<Expr> {
    let all = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone());
    all.map_or_else(
        |_| pieces(tokens).into_iter().filter_map(|piece| parse2(piece).ok()).collect(),
        |all| all.into_iter().collect(),
    )
}

/// What stands between commas, and behind the `name = %` of a field.
fn pieces(tokens: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |token: &TokenTree, expected: [char; 2]| matches!(token, TokenTree::Punct(punct) if expected.contains(&punct.as_char()));
    let piece = |piece: &[TokenTree]| {
        let field =
            piece.windows(2).position(|two| is(&two[0], ['=', '=']) && is(&two[1], ['%', '?']));
        piece[field.map_or(0, |equals| equals + 2)..].iter().cloned().collect()
    };
    tokens.split(|token| is(token, [',', ','])).map(piece).collect()
}

impl<'ast> Visit<'ast> for Calls<'_> {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        let attrs = match stmt {
            Stmt::Local(local) => &local.attrs,
            Stmt::Macro(stmt) => &stmt.attrs,
            Stmt::Expr(expr, _) => attributes::of(attributes::leftmost(expr)),
            _ => return,
        };
        self.under(attrs, |calls| visit::visit_stmt(calls, stmt));
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.under(attributes::of(expr), |calls| visit::visit_expr(calls, expr));
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.under(&arm.attrs, |calls| visit::visit_arm(calls, arm));
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        self.under(&field.attrs, |calls| visit::visit_field_value(calls, field));
    }

    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        if let Some((path, found)) = function(call) {
            self.errors.at(path, found.message());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if let Some(found) = method(call) {
            self.errors.at(&call.method, found.message());
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr_await(&mut self, awaited: &'ast ExprAwait) {
        self.awaited(&awaited.base);
    }

    /// It may be on its way to another thread.
    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}

    /// It has a colour of its own.
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let Some(last) = mac.path.segments.last() else { return };
        let name = last.ident.to_string();
        let tokens = mac.tokens.clone();
        match name.as_str() {
            "select" | "select_biased" => self.branches(tokens),
            "join" | "try_join" => arguments(tokens).iter().for_each(|arg| self.awaited(arg)),
            name if EVALUATE.contains(&name) => {
                arguments(tokens).iter().for_each(|arg| self.visit_expr(arg));
            }
            _ => {}
        }
    }
}

fn function(call: &ExprCall) -> Option<(&Path, Blocks)> {
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

fn method(call: &ExprMethodCall) -> Option<Blocks> {
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
