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
                        ViaUnfit as _, ViaValue as _,
                    };
                    (&&&&&&my::concurrency::__private::probe(&f)).__colour().wrap(f)
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
                        ViaUnfit as _, ViaValue as _,
                    };
                    (&&&&&&::lionpride_concurrency::__private::probe(&f)).__colour().inline(f)
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
                        ViaUnfit as _, ViaValue as _,
                    };
                    (&&&&&&::lionpride_concurrency::__private::probe(&f)).__colour().on(d, f)
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
                        ViaUnfit as _, ViaValue as _,
                    };
                    (&&&&&&::lionpride_concurrency::__private::probe(f)).__colour().is_async(f)
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
                        ViaUnfit as _, ViaValue as _,
                    };
                    (&&&&&&::lionpride_concurrency::__private::probe(&f)).__colour().wrap(f)
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
                        ViaUnfit as _, ViaValue as _,
                    };
                    (&&&&&&::lionpride_concurrency::__private::probe(f)).__colour().is_async(f)
                }
            };
        "#]],
    );
}
