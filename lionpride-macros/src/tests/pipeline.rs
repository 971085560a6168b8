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
                let draft = ::lionpride_concurrency::__private::infallible(
                    &["parse", "|n| n + 1"],
                    "parse + |n| n + 1",
                );
                let s0 = match parse {
                    f => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaPlain as _,
                    };
                    (&&&draft.plain(&s0)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s0, o);
                let s0 = (s0, o, at);
                let s1 = match draft.hint(|n| n + 1) {
                    f => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaPlain as _,
                    };
                    (&&&draft.plain(&s1)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s1, o);
                let s1 = (s1, o, at);
                let stages = ::lionpride_concurrency::__private::Arc::new((s0, s1));
                draft
                    .finish(move |x| {
                        let stages = ::lionpride_concurrency::__private::share(&stages);
                        async move {
                            use ::lionpride_concurrency::__private::step as step;
                            let x = step(&stages.0, x).await?;
                            let x = step(&stages.1, x).await?;
                            ::lionpride_concurrency::__private::end(x)
                        }
                    })
            };
        "#]],
    );
}

#[test]
fn stages_with_a_place() {
    check(
        quote!(on(DB, store)?, on(pools.get(1), |n| n + 1), on(DB, |n| check(n)?)),
        &expect![[r#"
            const _: () = {
                let draft = ::lionpride_concurrency::__private::fallible(
                    &["on(DB, store)?", "on(pools.get(1), |n| n + 1)", "on(DB, |n| check(n)?)"],
                    "on(DB, store)? + on(pools.get(1), |n| n + 1) + on(DB, |n| check(n)?)",
                );
                let s0 = match (
                    <_ as ::lionpride_concurrency::__private::Chosen<_>>::handle(&DB),
                    store,
                ) {
                    (d, f) => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().on(d, f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaResult as _,
                    };
                    (&&&draft.question(&s0)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s0, o);
                let s0 = (s0, o, at);
                let s1 = match (
                    <_ as ::lionpride_concurrency::__private::Chosen<_>>::handle(&pools.get(1)),
                    draft.hint(|n| n + 1),
                ) {
                    (d, f) => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().on(d, f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaPlain as _,
                    };
                    (&&&draft.plain(&s1)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s1, o);
                let s1 = (s1, o, at);
                let s2 = match (
                    <_ as ::lionpride_concurrency::__private::Chosen<_>>::handle(&DB),
                    draft.hint(|n| check(n)),
                ) {
                    (d, f) => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().on(d, f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaResult as _,
                    };
                    (&&&draft.question(&s2)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s2, o);
                let s2 = (s2, o, at);
                let stages = ::lionpride_concurrency::__private::Arc::new((s0, s1, s2));
                draft
                    .finish(move |x| {
                        let stages = ::lionpride_concurrency::__private::share(&stages);
                        async move {
                            use ::lionpride_concurrency::__private::step as step;
                            let x = step(&stages.0, x).await?;
                            let x = step(&stages.1, x).await?;
                            let x = step(&stages.2, x).await?;
                            ::lionpride_concurrency::__private::end(x)
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
                let draft = my::concurrency::__private::fallible(
                    &["parse?", "inline(|n| check(n)?)", "async move |n| n"],
                    "parse? + inline(|n| check(n)?) + async move |n| n",
                );
                let s0 = match parse {
                    f => {
                        use my::concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let o = {
                    use my::concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaResult as _,
                    };
                    (&&&draft.question(&s0)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s0, o);
                let s0 = (s0, o, at);
                let s1 = match draft.hint(|n| check(n)) {
                    f => {
                        use my::concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().inline(f)
                    }
                };
                let o = {
                    use my::concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaResult as _,
                    };
                    (&&&draft.question(&s1)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s1, o);
                let s1 = (s1, o, at);
                let s2 = match match my::concurrency::__private::Arc::new(
                    draft.hint_async(async move |n| n),
                ) {
                    f => {
                        move |x0| {
                            let f = my::concurrency::__private::share(&f);
                            async move { f(x0).await }
                        }
                    }
                } {
                    f => {
                        use my::concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let o = {
                    use my::concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaPlain as _,
                    };
                    (&&&draft.plain(&s2)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s2, o);
                let s2 = (s2, o, at);
                let stages = my::concurrency::__private::Arc::new((s0, s1, s2));
                draft
                    .finish(move |x| {
                        let stages = my::concurrency::__private::share(&stages);
                        async move {
                            use my::concurrency::__private::step as step;
                            let x = step(&stages.0, x).await?;
                            let x = step(&stages.1, x).await?;
                            let x = step(&stages.2, x).await?;
                            my::concurrency::__private::end(x)
                        }
                    })
            };
        "#]],
    );
}

#[test]
fn stages_with_one_error() {
    check(
        quote!(error = AppError, parse?, store),
        &expect![[r#"
            const _: () = {
                let draft = ::lionpride_concurrency::__private::fallible::<
                    _,
                    AppError,
                >(&["parse?", "store"], "parse? + store");
                let s0 = match parse {
                    f => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaConvertible as _,
                    };
                    (&&&draft.conversion(&s0)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s0, o);
                let s0 = (s0, o, at);
                let s1 = match store {
                    f => {
                        use ::lionpride_concurrency::__private::{
                            ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                            ViaUnfit as _, ViaValue as _, ViaLocal as _,
                        };
                        (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                    }
                };
                let o = {
                    use ::lionpride_concurrency::__private::{
                        ViaLocalResult as _, ViaNoResult as _, ViaPlain as _,
                    };
                    (&&&draft.plain(&s1)).__outcome().known()
                };
                let at = draft.site();
                let draft = draft.stage(&s1, o);
                let s1 = (s1, o, at);
                let stages = ::lionpride_concurrency::__private::Arc::new((s0, s1));
                draft
                    .finish(move |x| {
                        let stages = ::lionpride_concurrency::__private::share(&stages);
                        async move {
                            use ::lionpride_concurrency::__private::step as step;
                            let x = step(&stages.0, x).await?;
                            let x = step(&stages.1, x).await?;
                            ::lionpride_concurrency::__private::end(x)
                        }
                    })
            };
        "#]],
    );
}

#[test]
fn stages_of_many() {
    check(
        quote!(each(4, |n| check(n))?, join(inline(f), |n| g(n)?)),
        &expect![[r#"
            const _: () = {
                let draft = ::lionpride_concurrency::__private::fallible(
                    &["each(4, |n| check(n))?", "join(inline(f), |n| g(n)?)"],
                    "each(4, |n| check(n))? + join(inline(f), |n| g(n)?)",
                );
                let s0 = {
                    let all = draft.items();
                    let items = draft.item(&all);
                    let n = ::lionpride_concurrency::__private::at_most(4);
                    let s = match items.hint(|n| check(n)) {
                        f => {
                            use ::lionpride_concurrency::__private::{
                                ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                                ViaUnfit as _, ViaValue as _, ViaLocal as _,
                            };
                            (&&&&&&&&items.probe(&f)).__colour().wrap(f)
                        }
                    };
                    let o = {
                        use ::lionpride_concurrency::__private::{
                            ViaLocalResult as _, ViaNoResult as _, ViaResult as _,
                        };
                        (&&&items.question(&s)).__outcome().known()
                    };
                    items.each(all, n, s, o)
                };
                let o = draft.judged();
                let at = draft.site();
                let draft = draft.stage(&s0, o);
                let s0 = (s0, o, at);
                let s1 = {
                    let copy = draft.copies();
                    let s0 = {
                        let s = match f {
                            f => {
                                use ::lionpride_concurrency::__private::{
                                    ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                                    ViaUnfit as _, ViaValue as _, ViaLocal as _,
                                };
                                (&&&&&&&&draft.probe(&f)).__colour().inline(f)
                            }
                        };
                        let o = {
                            use ::lionpride_concurrency::__private::{
                                ViaLocalResult as _, ViaNoResult as _, ViaPlain as _,
                            };
                            (&&&draft.plain(&s)).__outcome().known()
                        };
                        (s, o)
                    };
                    let s1 = {
                        let s = match draft.hint(|n| g(n)) {
                            f => {
                                use ::lionpride_concurrency::__private::{
                                    ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                                    ViaUnfit as _, ViaValue as _, ViaLocal as _,
                                };
                                (&&&&&&&&draft.probe(&f)).__colour().wrap(f)
                            }
                        };
                        let o = {
                            use ::lionpride_concurrency::__private::{
                                ViaLocalResult as _, ViaNoResult as _, ViaResult as _,
                            };
                            (&&&draft.question(&s)).__outcome().known()
                        };
                        (s, o)
                    };
                    draft.join(copy, (s0, s1))
                };
                let o = draft.judged();
                let at = draft.site();
                let draft = draft.stage(&s1, o);
                let s1 = (s1, o, at);
                let stages = ::lionpride_concurrency::__private::Arc::new((s0, s1));
                draft
                    .finish(move |x| {
                        let stages = ::lionpride_concurrency::__private::share(&stages);
                        async move {
                            use ::lionpride_concurrency::__private::step as step;
                            let x = step(&stages.0, x).await?;
                            let x = step(&stages.1, x).await?;
                            ::lionpride_concurrency::__private::end(x)
                        }
                    })
            };
        "#]],
    );
}
