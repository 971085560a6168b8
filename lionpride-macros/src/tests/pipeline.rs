use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use super::expr;
use crate::pipeline::pipeline;

fn check(input: TokenStream, expected: &Expect) {
    expr(&pipeline(input).unwrap(), expected);
}

#[test]
fn stages_without_errors() {
    check(
        quote!(parse, |n| n + 1),
        &expect![[r#"
            const _: () = {
                let draft = ::lionpride_concurrency::__private::infallible();
                let s0 = match parse {
                    f => {
                        use ::lionpride_concurrency::__private::{
                            ViaCallable as _, ViaFuture as _, ViaRunSync as _, ViaUnfit as _,
                            ViaValue as _,
                        };
                        (&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let draft = draft.stage(&s0, ::lionpride_concurrency::__private::Plain, "parse");
                let s1 = match draft.hint(|n| n + 1) {
                    f => {
                        use ::lionpride_concurrency::__private::{
                            ViaCallable as _, ViaFuture as _, ViaRunSync as _, ViaUnfit as _,
                            ViaValue as _,
                        };
                        (&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let draft = draft.stage(&s1, ::lionpride_concurrency::__private::Plain, "|n| n + 1");
                let stages = ::lionpride_concurrency::__private::Arc::new((s0, s1));
                draft
                    .finish(move |x| {
                        let stages = ::lionpride_concurrency::__private::Arc::clone(&stages);
                        async move {
                            let x = ::lionpride_concurrency::__private::always(
                                ::lionpride_concurrency::__private::step(
                                        &stages.0,
                                        x,
                                        ::lionpride_concurrency::__private::Plain,
                                    )
                                    .await,
                            );
                            let x = ::lionpride_concurrency::__private::always(
                                ::lionpride_concurrency::__private::step(
                                        &stages.1,
                                        x,
                                        ::lionpride_concurrency::__private::Plain,
                                    )
                                    .await,
                            );
                            ::lionpride_concurrency::__private::always(
                                ::lionpride_concurrency::__private::settle(x).await,
                            )
                        }
                    })
            };
        "#]],
    );
}

#[test]
fn stages_with_errors() {
    check(
        quote!(crate = my::concurrency, parse?, inline(|n| check(n)?), async move |n| n),
        &expect![[r#"
            const _: () = {
                let draft = my::concurrency::__private::fallible();
                let s0 = match parse {
                    f => {
                        use my::concurrency::__private::{
                            ViaCallable as _, ViaFuture as _, ViaRunSync as _, ViaUnfit as _,
                            ViaValue as _,
                        };
                        (&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let draft = draft.stage(&s0, my::concurrency::__private::Question, "parse?");
                let s1 = match draft.hint(|n| check(n)) {
                    f => {
                        use my::concurrency::__private::{
                            ViaCallable as _, ViaFuture as _, ViaRunSync as _, ViaUnfit as _,
                            ViaValue as _,
                        };
                        (&&&&&draft.probe(&f)).__colour().inline(f)
                    }
                };
                let draft = draft
                    .stage(&s1, my::concurrency::__private::Question, "inline(|n| check(n)?)");
                let s2 = match match my::concurrency::__private::Arc::new(
                    draft.hint_async(async move |n| n),
                ) {
                    f => {
                        move |x0| {
                            let f = my::concurrency::__private::Arc::clone(&f);
                            async move { f(x0).await }
                        }
                    }
                } {
                    f => {
                        use my::concurrency::__private::{
                            ViaCallable as _, ViaFuture as _, ViaRunSync as _, ViaUnfit as _,
                            ViaValue as _,
                        };
                        (&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let draft = draft.stage(&s2, my::concurrency::__private::Plain, "async move |n| n");
                let stages = my::concurrency::__private::Arc::new((s0, s1, s2));
                draft
                    .finish(move |x| {
                        let stages = my::concurrency::__private::Arc::clone(&stages);
                        async move {
                            let x = my::concurrency::__private::step(
                                    &stages.0,
                                    x,
                                    my::concurrency::__private::Question,
                                )
                                .await?;
                            let x = my::concurrency::__private::step(
                                    &stages.1,
                                    x,
                                    my::concurrency::__private::Question,
                                )
                                .await?;
                            let x = my::concurrency::__private::step(
                                    &stages.2,
                                    x,
                                    my::concurrency::__private::Plain,
                                )
                                .await?;
                            my::concurrency::__private::settle(x).await
                        }
                    })
            };
        "#]],
    );
}
