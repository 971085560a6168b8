use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Index;
use syn::spanned::Spanned;

use super::parse::{Each, Join, Kind, Part, Pipeline, Stage};
use crate::callable::Question;
use crate::hygiene::{at, local};

// Input:  pipeline!(parse?, store)
// Output: {
//             let draft = ::lionpride_concurrency::__private::fallible(
//                 &["parse?", "store"],
//                 "parse? + store",
//             );
//             let s0 = match parse { .. };                        // as in `callable!`
//             let o = { use ..; (&&draft.question(&s0)).__outcome() };
//             let at = draft.site();
//             let draft = draft.stage(&s0, o);
//             let s0 = (s0, o, at);
//             let s1 = match store { .. };
//             let o = draft.plain(&s1);
//             let at = draft.site();
//             let draft = draft.stage(&s1, o);
//             let s1 = (s1, o, at);
//             let stages = Arc::new((s0, s1,));
//             draft.finish(move |x| {
//                 let stages = share(&stages);
//                 async move {
//                     use ::lionpride_concurrency::__private::step;
//                     let x = step(&stages.0, x).await?;
//                     let x = step(&stages.1, x).await?;
//                     end(x)
//                 }
//             })
//         }
//
// One flat async block: a future nested a level a stage would overflow the compiler's layout depth.
pub(crate) fn expand(pipeline: &Pipeline) -> TokenStream {
    let Pipeline { krate, error, stages } = pipeline;
    let names = Names::new();
    let Names { draft, kept, step: take, x, .. } = &names;
    let fallible = stages.iter().any(Stage::is_fallible);
    let start = match error {
        Some(error) => quote!(fallible::<_, #error>),
        None if fallible => quote!(fallible),
        None => quote!(infallible),
    };
    let locals: Vec<Ident> = stages
        .iter()
        .enumerate()
        .map(|(at, stage)| local(&format!("s{at}"), stage.place()))
        .collect();
    let declared = stages.iter().zip(&locals).map(|(stage, s)| {
        let scope = Scope { krate, names: &names, converts: error.is_some() };
        scope.declare(stage, s)
    });
    let steps = stages.iter().enumerate().map(|(at, stage)| step(krate, &names, stage, at));
    let texts: Vec<&str> = stages.iter().map(|stage| &*stage.text).collect();
    let joined = texts.join(" + ");
    quote_spanned! {span()=>
        {
            let #draft = #krate::__private::#start(&[#(#texts),*], #joined);
            #(#declared)*
            let #kept = #krate::__private::Arc::new((#(#locals,)*));
            #draft.finish(move |#x| {
                let #kept = #krate::__private::share(&#kept);
                async move {
                    use #krate::__private::step as #take;
                    #(let #x = #steps;)*
                    #krate::__private::end(#x)
                }
            })
        }
    }
}

/// The names of the generated code.
struct Names {
    draft: Ident,
    kept: Ident,
    step: Ident,
    o: Ident,
    at: Ident,
    x: Ident,
}

impl Names {
    fn new() -> Self {
        let [draft, kept, step, o, at, x] =
            ["draft", "stages", "step", "o", "at", "x"].map(|name| local(name, span()));
        Self { draft, kept, step, o, at, x }
    }
}

fn span() -> Span {
    Span::mixed_site()
}

/// What the declarations of the stages share.
struct Scope<'a> {
    krate: &'a TokenStream,
    names: &'a Names,
    /// Whether there is an `error = AppError`.
    converts: bool,
}

impl Scope<'_> {
    /// Asks for the colour of a stage and adds it to the draft, which types the next one.
    fn declare(&self, stage: &Stage, s: &Ident) -> TokenStream {
        let Names { draft, o, at: site, .. } = self.names;
        let place = at(stage.place());
        let (value, outcome) = match &stage.kind {
            Kind::One(part) => (self.colour(part, draft), self.outcome(part, draft, s)),
            Kind::Each(each) => (self.each(each), quote_spanned!(place=> #draft.judged())),
            Kind::Join(join) => (self.join(join), quote_spanned!(place=> #draft.judged())),
        };
        quote_spanned! {place=>
            let #s = #value;
            let #o = #outcome;
            let #site = #draft.site();
            let #draft = #draft.stage(&#s, #o);
            let #s = (#s, #o, #site);
        }
    }

    /// The stage that its colour makes of a function, which `draft` types.
    fn colour(&self, part: &Part, draft: &Ident) -> TokenStream {
        let function = &part.function;
        let place = at(function.expr.span());
        Question {
            krate: self.krate,
            function,
            probe: quote_spanned!(place=> #draft.probe),
            hints: Some((
                quote_spanned!(place=> #draft.hint),
                quote_spanned!(place=> #draft.hint_async),
            )),
        }
        .wrap()
    }

    /// What becomes of the results of the stage `s`.
    fn outcome(&self, part: &Part, draft: &Ident, s: &Ident) -> TokenStream {
        let krate = self.krate;
        let place = at(part.function.expr.span());
        let (asked, via) = match (&part.question, self.converts) {
            (None, _) => (quote_spanned!(place=> plain), quote!(ViaPlain)),
            (Some(_), false) => (quote_spanned!(place=> question), quote!(ViaResult)),
            (Some(_), true) => (quote_spanned!(place=> conversion), quote!(ViaConvertible)),
        };
        quote_spanned! {place=> {
            use #krate::__private::{ViaLocalResult as _, ViaNoResult as _, #via as _};
            (&&&#draft.#asked(&#s)).__outcome().known()
        }}
    }

    // Input:  each(n, f)
    // Output: {
    //             let all = draft.items();
    //             let items = draft.item(&all);
    //             let n = at_most(n);
    //             let s = match f { .. };                         // `items` types it
    //             let o = items.plain(&s);
    //             items.each(all, n, s, o)
    //         }
    fn each(&self, Each { name, limit, part }: &Each) -> TokenStream {
        let Scope { krate, names: Names { o, .. }, .. } = self;
        let function = part.function.expr.span();
        let place = at(function);
        let draft = local("draft", name.span());
        let [all, items, n, s] = ["all", "items", "n", "s"].map(|name| local(name, function));
        let (value, outcome) = (self.colour(part, &items), self.outcome(part, &items, &s));
        let all_items = quote_spanned!(at(name.span())=> #draft.items());
        let limit = quote_spanned!(at(limit.span())=> #krate::__private::at_most(#limit));
        quote_spanned! {place=> {
            let #all = #all_items;
            let #items = #draft.item(&#all);
            let #n = #limit;
            let #s = #value;
            let #o = #outcome;
            #items.each(#all, #n, #s, #o)
        }}
    }

    // Input:  join(f, g)
    // Output: {
    //             let copy = draft.copies();
    //             let s0 = { let s = match f { .. }; let o = draft.plain(&s); (s, o) };
    //             let s1 = { let s = match g { .. }; let o = draft.plain(&s); (s, o) };
    //             draft.join(copy, (s0, s1,))
    //         }
    fn join(&self, Join { name, parts }: &Join) -> TokenStream {
        let Names { draft, o, .. } = self.names;
        let (from, copy) = (local("draft", name.span()), local("copy", span()));
        let arms: Vec<Ident> =
            (0..parts.len()).map(|at| local(&format!("s{at}"), span())).collect();
        let declared = parts.iter().zip(&arms).map(|(part, arm)| {
            let function = part.function.expr.span();
            let s = local("s", function);
            let (value, outcome) = (self.colour(part, draft), self.outcome(part, draft, &s));
            quote_spanned! {at(function)=>
                let #arm = {
                    let #s = #value;
                    let #o = #outcome;
                    (#s, #o)
                };
            }
        });
        quote_spanned! {at(name.span())=> {
            let #copy = #from.copies();
            #(#declared)*
            #from.join(#copy, (#(#arms,)*))
        }}
    }
}

impl Stage {
    /// Where errors about the stage as a whole point.
    fn place(&self) -> Span {
        match &self.kind {
            Kind::One(part) => part.function.expr.span(),
            Kind::Each(each) => each.name.span(),
            Kind::Join(join) => join.name.span(),
        }
    }
}

/// So many neighbours may fuse within one type.
const PART: usize = 12;

/// All of the call is shown at the stage: where a token of it is not, the compiler shows the whole
/// macro.
fn step(krate: &TokenStream, names: &Names, stage: &Stage, index: usize) -> TokenStream {
    let place = at(stage.place());
    let [step, kept, x] = [&names.step, &names.kept, &names.x].map(|name| {
        let mut name = name.clone();
        name.set_span(place);
        name
    });
    let begins_part = index > 0 && index % PART == 0;
    let index = Index { index: u32::try_from(index).unwrap_or(u32::MAX), span: place };
    let before = if begins_part {
        quote_spanned!(place=> #krate::__private::part(&#kept.#index, #x))
    } else {
        x.into_token_stream()
    };
    quote_spanned!(place=> #step(&#kept.#index, #before).await?)
}
