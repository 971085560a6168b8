//! Puts the attribute on everything in a file, with each set of options.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;

use crate::counts::{Counts, Run};
use crate::dispatch::dispatch;
use crate::output::Output;
use crate::reasons;
use crate::sources::Source;
use crate::subject::{self, Place, Subject};

/// The words between the parentheses, on a function.
pub(crate) const ON_FUNCTIONS: &[&str] =
    &["", "inline", "owned", "owned, on = DB, shield, locals(KEY)"];
/// The words between the parentheses, on an `impl` block or a trait.
pub(crate) const ON_BLOCKS: &[&str] = &["", "inline", "owned"];

pub(crate) fn of_file(source: &Source) -> Counts {
    let mut counts = Counts::default();
    let text = fs::read(&source.path).unwrap_or_else(|error| panic!("{}: {error}", source.name));
    // What is no Rust to syn is none to a macro either.
    let Ok(file) = syn::parse_file(&String::from_utf8_lossy(&text)) else {
        counts.unparsed(&source.name);
        return counts;
    };
    counts.parsed();
    subject::walk(&file, |subject| of_subject(source, &subject, &mut counts));
    counts
}

fn of_subject(source: &Source, subject: &Subject, counts: &mut Counts) {
    counts.subject(subject.place);
    for &options in options(subject.place) {
        match run(subject, options) {
            Ok(run) => counts.run(subject.place, options, &run),
            Err(problem) => {
                let name = &subject.name;
                let place = format!("{}, {name}, #[dispatch({options})]", source.name);
                counts.problem(&place, &problem);
            }
        }
    }
}

fn options(place: Place) -> &'static [&'static str] {
    if place.is_function() { ON_FUNCTIONS } else { ON_BLOCKS }
}

/// Expands the attribute, and says what is wrong with what comes out.
pub(crate) fn run(subject: &Subject, options: &str) -> Result<Run, String> {
    let expanded = expand(subject, options)?;
    let output = Output::parse(subject.place, &expanded)
        .map_err(|error| format!("the output does not parse: {error}\n{expanded}"))?;
    if let Some(lost) = subject.functions.iter().find(|name| !output.functions.contains(name)) {
        return Err(format!("a function is lost:\n{lost}, in {expanded}"));
    }
    if output.messages.is_empty() {
        return accepted(subject, &expanded);
    }
    let names = output.messages.iter().map(|message| {
        reasons::name_of(message).ok_or_else(|| format!("an unknown message: {message}"))
    });
    Ok(Run::Rejected(names.collect::<Result<_, _>>()?))
}

fn expand(subject: &Subject, options: &str) -> Result<TokenStream, String> {
    let args: TokenStream = options.parse().expect("the options are tokens");
    let expand = || dispatch(args, subject.tokens.clone());
    catch_unwind(AssertUnwindSafe(expand)).map_err(|_| "the expander panicked".to_owned())
}

fn accepted(subject: &Subject, expanded: &TokenStream) -> Result<Run, String> {
    if subject.is_async && expanded.to_string() != subject.tokens.to_string() {
        return Err(format!("an async fn has changed:\n{expanded}"));
    }
    Ok(Run::Accepted)
}
