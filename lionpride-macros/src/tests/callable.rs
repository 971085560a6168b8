use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use quote::quote;

use super::expr;
use crate::callable::{callable, is_async};

fn check(input: TokenStream, expected: &Expect) {
    expr(&callable(input).unwrap(), expected);
}

#[test]
fn a_path() {
    check(
        quote!(crate = my::concurrency, Order::parse),
        &expect![[r#"
            const _: () = match Order::parse {
                f => {
                    use my::concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    (&&&&&&&&probe(&f)).__colour().wrap(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_word() {
    check(
        quote!(inline(|n: u32| n + 1)),
        &expect![[r#"
            const _: () = match |n: u32| n + 1 {
                f => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    (&&&&&&&&probe(&f)).__colour().inline(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_place() {
    check(
        quote!(on(&pools.db, (Order::store))),
        &expect![[r#"
            const _: () = match (
                <_ as ::lionpride_concurrency::__private::Chosen<_>>::handle(&pools.db),
                Order::store,
            ) {
                (d, f) => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    (&&&&&&&&probe(&f)).__colour().on(d, f)
                }
            };
        "#]],
    );
    expr(
        &is_async(quote!(on(DB, |n: u32| n))).unwrap(),
        &expect![[r#"
            const _: () = match (
                <_ as ::lionpride_concurrency::__private::Chosen<_>>::handle(&DB),
                &|n: u32| n,
            ) {
                (_, f) => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaAnything as _, probe,
                    };
                    (&&&&&&&&probe(f)).__colour().is_async(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_place_takes_a_dispatcher_and_a_function() {
    for written in [quote!(on()), quote!(on(f)), quote!(on(DB, f, g))] {
        for function in [callable, is_async] {
            let error = function(written.clone()).unwrap_err();
            let expected = "`on(..)` takes a dispatcher and a function: write `on(D, f)`";
            assert_eq!(error.to_string(), expected, "{written}");
        }
    }
    // What is not the word alone is the user's function.
    for written in [quote!(my::on(f)), quote!((on)(f))] {
        assert!(callable(written).is_ok());
    }
}

#[test]
fn an_async_closure() {
    check(
        quote!(async move |a: A, b: B| a.with(&b).await),
        &expect![[r#"
            const _: () = match match ::lionpride_concurrency::__private::Arc::new(async move |
                a: A,
                b: B|
            a.with(&b).await) {
                f => {
                    move |x0, x1| {
                        let f = ::lionpride_concurrency::__private::share(&f);
                        async move { f(x0, x1).await }
                    }
                }
            } {
                f => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    (&&&&&&&&probe(&f)).__colour().wrap(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_question() {
    expr(
        &is_async(quote!(fetch)).unwrap(),
        &expect![[r#"
            const _: () = match &fetch {
                f => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaAnything as _, probe,
                    };
                    (&&&&&&&&probe(f)).__colour().is_async(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_part_of_a_call() {
    check(
        quote!(connect("db", _, tls())),
        &expect![[r#"
            const _: () = match match (
                ::lionpride_concurrency::__private::kept("db"),
                ::lionpride_concurrency::__private::kept(tls()),
            ) {
                (c0, c1) => {
                    move |x0| {
                        let c0 = ::lionpride_concurrency::__private::again(&c0);
                        let c1 = ::lionpride_concurrency::__private::again(&c1);
                        connect(c0, x0, c1)
                    }
                }
            } {
                f => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    (&&&&&&&&probe(&f)).__colour().wrap(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_part_of_a_call_to_what_an_expression_makes() {
    check(
        quote!(inline((self.table[0])(_, _))),
        &expect![[r#"
            const _: () = match match (self.table[0],) {
                (function,) => move |x0, x1| { function(x0, x1) },
            } {
                f => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    (&&&&&&&&probe(&f)).__colour().inline(f)
                }
            };
        "#]],
    );
}

#[test]
fn a_method_with_its_receiver() {
    check(
        quote!(on(DB, client.fetch(_, 3))),
        &expect![[r#"
            const _: () = match (
                <_ as ::lionpride_concurrency::__private::Chosen<_>>::handle(&DB),
                (
                    ::lionpride_concurrency::__private::kept(client),
                    ::lionpride_concurrency::__private::kept(3),
                ),
            ) {
                (d, (c0, c1)) => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaLocal as _, probe,
                    };
                    #[allow(unreachable_code)]
                    let f = |x0| {
                        #[allow(unused_mut)]
                        let mut c0 = ::lionpride_concurrency::__private::again(&c0);
                        let c1 = ::lionpride_concurrency::__private::again(&c1);
                        ::lionpride_concurrency::__private::never();
                        c0.fetch(x0, c1)
                    };
                    let colour = (&&&&&&&&probe(&f)).__colour();
                    let f = ::lionpride_concurrency::__private::takes(&f);
                    colour
                        .bound()
                        .on(
                            d,
                            |end| {
                                f
                                    .alike(move |x0| {
                                        #[allow(unused_mut)]
                                        let mut c0 = ::lionpride_concurrency::__private::again(&c0);
                                        let c1 = ::lionpride_concurrency::__private::again(&c1);
                                        let end = ::lionpride_concurrency::__private::same(&end);
                                        async move { end.end(c0.fetch(x0, c1)).await }
                                    })
                            },
                        )
                }
            };
        "#]],
    );
}

#[test]
fn the_question_after_a_method() {
    expr(
        &is_async(quote!(client.fetch(_))).unwrap(),
        &expect![[r#"
            const _: () = match (::lionpride_concurrency::__private::kept(client),) {
                (c0,) => {
                    use ::lionpride_concurrency::__private::{
                        ViaApart as _, ViaCallable as _, ViaFuture as _, ViaRunSync as _,
                        ViaUnfit as _, ViaValue as _, ViaAnything as _, probe,
                    };
                    #[allow(unreachable_code)]
                    let f = |x0| {
                        #[allow(unused_mut)]
                        let mut c0 = ::lionpride_concurrency::__private::again(&c0);
                        ::lionpride_concurrency::__private::never();
                        c0.fetch(x0)
                    };
                    let colour = (&&&&&&&&probe(&f)).__colour();
                    colour.is_async(&f)
                }
            };
        "#]],
    );
}

#[test]
fn a_blank_elsewhere_is_told() {
    for wrong in [
        quote!(_),
        quote!(_(3)),
        quote!(_.f(3)),
        quote!(f(g(_))),
        quote!(f(_, 1 + _)),
        quote!(f(_).g()),
        quote!(f(_)?),
        quote!(on(_, f)),
        quote!(inline(_)),
        quote!(f(_, _, _, _, _, _, _, _, _)),
    ] {
        let error = callable(wrong.clone()).unwrap_err().to_string();
        assert!(error.contains("`_`"), "{wrong}: {error}");
    }
}
