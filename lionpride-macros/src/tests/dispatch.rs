use expect_test::{Expect, expect};
use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;

use super::items;
use crate::dispatch::dispatch;

pub(super) fn check(args: TokenStream, item: TokenStream, expected: &Expect) {
    items(dispatch(args, item), expected);
}

#[test]
fn an_async_function_stays_token_for_token() {
    let item = quote! {
        /// Docs.
        #[must_use]
        pub(crate) async unsafe fn fetch<'a, T: Ord>(&'a self, (a, mut b): (T, &'a str)) -> &'a str
        where
            T: 'a,
        {
            #![allow(unused)]
            half typed .
        }
    };
    assert_eq!(dispatch(TokenStream::new(), item.clone()).to_string(), item.to_string());
    assert_eq!(dispatch(quote!(crate = a::b), item.clone()).to_string(), item.to_string());
}

#[test]
fn a_sync_function_hops() {
    check(
        TokenStream::new(),
        quote! {
            /// Docs.
            pub fn parse(raw: String) -> Result<Order, Error> {
                let order = raw.parse()?;
                Ok(order)
            }
        },
        &expect![[r#"
            /// Docs.
            pub fn parse(
                raw: String,
            ) -> ::lionpride_concurrency::RunSync<
                impl ::lionpride_concurrency::Job<Output = Result<Order, Error>>,
            > {
                let _ = <String as ::lionpride_concurrency::__private::Cross>::may_cross;
                ::lionpride_concurrency::__private::hop(
                    "parse",
                    move || -> Result<Order, Error> {
                        let raw = raw;
                        match () {
                            () => {
                                let order = raw.parse()?;
                                Ok(order)
                            }
                        }
                    },
                )
            }
        "#]],
    );
}

#[test]
fn patterns_generics_and_attributes() {
    check(
        quote!(crate = my::concurrency),
        quote! {
            #[must_use]
            #[inline]
            pub(super) unsafe fn r#match<T, const N: usize>(
                mut self,
                (a, ref b): (T, [u8; N]),
                _: Guard,
                #[cfg(feature = "x")] mut r#type: String,
                #[allow(unused)] last: impl Fn(&str) -> usize + Send + 'static,
            )
            where
                T: Send + 'static,
            {
                #![allow(dead_code)]
                drop(a);
            }
        },
        &expect![[r##"
            #[inline]
            #[allow(dead_code)]
            pub(super) unsafe fn r#match<T, const N: usize>(
                mut self,
                __arg1: (T, [u8; N]),
                __arg2: Guard,
                #[cfg(feature = "x")]
                r#type: String,
                last: impl Fn(&str) -> usize + Send + 'static,
            ) -> my::concurrency::lionpride_concurrency::RunSync<
                impl my::concurrency::lionpride_concurrency::Job<Output = ()>,
            >
            where
                T: Send + 'static,
            {
                let _ = <Self as my::concurrency::lionpride_concurrency::__private::Sends>::may_cross;
                let _ = <Guard as my::concurrency::lionpride_concurrency::__private::Cross>::may_cross;
                #[cfg(feature = "x")]
                let _ = <String as my::concurrency::lionpride_concurrency::__private::Cross>::may_cross;
                <_ as my::concurrency::lionpride_concurrency::__private::Sends>::ask(&last);
                my::concurrency::lionpride_concurrency::__private::hop(
                    "match",
                    move || -> () {
                        let _ = &self;
                        let __arg1 = __arg1;
                        let (a, ref b) = __arg1;
                        let __arg2 = __arg2;
                        #[cfg(feature = "x")]
                        let mut r#type = r#type;
                        #[allow(unused)]
                        let last = last;
                        match () {
                            () => {
                                drop(a);
                            }
                        }
                    },
                )
            }
        "##]],
    );
}

#[test]
fn impl_trait_results_make_it_async() {
    check(
        TokenStream::new(),
        quote! {
            fn numbers(n: u32) -> Result<impl Iterator<Item = u32> + Send, Error> {
                Ok(0..n)
            }
        },
        &expect![[r#"
            async fn numbers(n: u32) -> Result<impl Iterator<Item = u32> + Send, Error> {
                let _ = <u32 as ::lionpride_concurrency::__private::Cross>::may_cross;
                ::lionpride_concurrency::__private::hop(
                        "numbers",
                        move || -> Result<_, Error> {
                            let n = n;
                            match () {
                                () => Ok(0..n),
                            }
                        },
                    )
                    .await
            }
        "#]],
    );
}

#[test]
fn owned_lends_on_the_other_side() {
    check(
        quote!(owned),
        quote! {
            fn find(&self, key: Option<&str>, (a, _): &(u32, u32), this: usize) -> String {
                format!("{self} {}", self.name + *a + this)
            }
        },
        &expect![[r#"
            fn find(
                &self,
                key: Option<&str>,
                __arg2: &(u32, u32),
                this: usize,
            ) -> ::lionpride_concurrency::RunSync<
                impl ::lionpride_concurrency::Job<Output = String>,
            > {
                let __arg0 = <&Self as ::lionpride_concurrency::__private::Lent<_, _>>::own(self);
                <_ as ::lionpride_concurrency::__private::Sends>::ask(&__arg0.0);
                let key = <Option<&str> as ::lionpride_concurrency::__private::Lent<_, _>>::own(key);
                let key = (<_ as ::lionpride_concurrency::__private::Cross>::cross(key.0), key.1);
                let __arg2 = <&(
                    u32,
                    u32,
                ) as ::lionpride_concurrency::__private::Lent<_, _>>::own(__arg2);
                let __arg2 = (
                    <_ as ::lionpride_concurrency::__private::Cross>::cross(__arg2.0),
                    __arg2.1,
                );
                let _ = <usize as ::lionpride_concurrency::__private::Cross>::may_cross;
                ::lionpride_concurrency::__private::hop(
                    "find",
                    move || -> String {
                        let __arg0 = __arg0;
                        let ref this_ = *::lionpride_concurrency::__private::Lend::lend(
                            &__arg0.1,
                            &__arg0.0,
                        );
                        let key = key;
                        let key = ::lionpride_concurrency::__private::Lend::lend(&key.1, &key.0);
                        let __arg2 = __arg2;
                        let (a, _) = ::lionpride_concurrency::__private::Lend::lend(
                            &__arg2.1,
                            &__arg2.0,
                        );
                        let this = this;
                        match () {
                            () => format!("{this_} {}", this_.name + * a + this),
                        }
                    },
                )
            }
        "#]],
    );
}

#[test]
fn shield_and_locals_add_to_the_call() {
    check(
        quote!(shield, locals(REQUEST, user::NAME)),
        quote! {
            fn write(text: String) {
                log(text);
            }
        },
        &expect![[r#"
            fn write(
                text: String,
            ) -> ::lionpride_concurrency::RunSync<
                impl ::lionpride_concurrency::Job<Output = ()>,
                impl ::lionpride_concurrency::Route,
            > {
                let _ = <String as ::lionpride_concurrency::__private::Cross>::may_cross;
                ::lionpride_concurrency::RunSync::with_local(
                    ::lionpride_concurrency::RunSync::with_local(
                        ::lionpride_concurrency::RunSync::shielded(
                            ::lionpride_concurrency::__private::hop(
                                "write",
                                move || -> () {
                                    let text = text;
                                    match () {
                                        () => {
                                            log(text);
                                        }
                                    }
                                },
                            ),
                        ),
                        <_ as ::lionpride_concurrency::__private::Carried<_>>::key(&REQUEST),
                    ),
                    <_ as ::lionpride_concurrency::__private::Carried<_>>::key(&user::NAME),
                )
            }
        "#]],
    );
}

#[test]
fn on_comes_before_what_else_is_added_to_the_call() {
    check(
        quote!(locals(REQUEST), shield, on = crate::pools::DB),
        quote! {
            fn r#write(text: String) {
                log(text);
            }
        },
        &expect![[r#"
            fn r#write(
                text: String,
            ) -> ::lionpride_concurrency::RunSync<
                impl ::lionpride_concurrency::Job<Output = ()>,
                impl ::lionpride_concurrency::Route,
            > {
                let _ = <String as ::lionpride_concurrency::__private::Cross>::may_cross;
                ::lionpride_concurrency::RunSync::with_local(
                    ::lionpride_concurrency::RunSync::shielded(
                        ::lionpride_concurrency::RunSync::on(
                            ::lionpride_concurrency::__private::hop(
                                "write",
                                move || -> () {
                                    let text = text;
                                    match () {
                                        () => {
                                            log(text);
                                        }
                                    }
                                },
                            ),
                            <_ as ::lionpride_concurrency::__private::Chosen<
                                _,
                            >>::standing(&crate::pools::DB),
                        ),
                    ),
                    <_ as ::lionpride_concurrency::__private::Carried<_>>::key(&REQUEST),
                )
            }
        "#]],
    );
}

#[test]
fn on_in_an_async_fn_and_behind_other_attributes() {
    check(
        quote!(on = DB, owned),
        quote! {
            fn rows(n: u32) -> impl Iterator<Item = u32> + Send { 0..n }
        },
        &expect![[r#"
            async fn rows(n: u32) -> impl Iterator<Item = u32> + Send {
                let _ = <u32 as ::lionpride_concurrency::__private::Cross>::may_cross;
                ::lionpride_concurrency::RunSync::on(
                        ::lionpride_concurrency::__private::hop(
                            "rows",
                            move || -> _ {
                                let n = n;
                                match () {
                                    () => 0..n,
                                }
                            },
                        ),
                        <_ as ::lionpride_concurrency::__private::Chosen<_>>::standing(&DB),
                    )
                    .await
            }
        "#]],
    );
    check(
        quote!(on = db::POOL, shield, crate = a::b),
        quote! {
            #[tracing::instrument]
            fn store(n: u32) {}
        },
        &expect![[r#"
            #[tracing::instrument]
            #[a::b::lionpride_concurrency::dispatch(shield, on = db::POOL, crate = a::b, __deferred)]
            fn store(n: u32) {}
        "#]],
    );
}

#[test]
fn inline_makes_it_async() {
    check(
        quote!(inline),
        quote! {
            pub fn first(text: &str) -> &str { text.trim() }
        },
        &expect![[r#"
            #[allow(clippy::unused_async)]
            pub async fn first(text: &str) -> &str {
                text.trim()
            }
        "#]],
    );
}

#[test]
fn a_body_that_does_not_parse_still_gives_the_function() {
    let written =
        dispatch(TokenStream::new(), quote!(fn f(n: u32) -> u32 { let x = n. })).to_string();
    assert!(written.contains("fn f (n : u32)"), "{written}");
    assert!(written.contains("let x = n ."), "{written}");
    assert!(!written.contains("compile_error"), "{written}");
}

#[test]
fn a_mistake_leaves_the_function_awaitable() {
    check(
        TokenStream::new(),
        quote! {
            fn count(text: &str) -> usize { text.len() }
        },
        &expect![[r##"
            #[allow(clippy::unused_async)]
            async fn count(text: &str) -> usize {
                text.len()
            }
            ::core::compile_error! {
                "the arguments are moved to another thread, which a borrow cannot reach: write `#[dispatch(owned)]` to send a copy, take a `String`, or write `#[dispatch(inline)]` if the body is cheap"
            }
        "##]],
    );
}

/// Every input that comes of another by leaving a token out.
fn with_one_left_out(tokens: &TokenStream) -> Vec<TokenStream> {
    let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut inputs = Vec::new();
    for index in 0..all.len() {
        let (before, rest) = all.split_at(index);
        let (left_out, after) = (&rest[0], &rest[1..]);
        inputs.push(before.iter().chain(after).cloned().collect());
        if let TokenTree::Group(group) = left_out {
            for content in with_one_left_out(&group.stream()) {
                let group = TokenTree::from(Group::new(group.delimiter(), content));
                inputs.push(before.iter().chain([&group]).chain(after).cloned().collect());
            }
        }
    }
    inputs
}

#[test]
fn no_input_makes_it_panic() {
    let args =
        quote!(inline, owned, on = a::DB, shield, locals(KEY, a::B), allow_blocking, crate = a::b);
    let items = [
        quote! {
            #[dispatch(owned = "x")]
            pub const unsafe extern "C" fn f<T>(&self, (a, _): &[T], ..) -> Pin<Box<dyn Future>> {
                #![allow(unused)]
                println!("{self} {}", std::fs::read(a)?);
            }
        },
        quote! {
            #[dispatch]
            impl<'a> Store for Memory<'a> {
                #[dispatch(skip, inline)]
                const fn f(self: &mut Self) -> ! {}
                const A: u8 = 1;
                async fn g(&self) { std::fs::read(a)?; }
            }
        },
        quote! {
            pub unsafe trait Store<T>: Sync where T: 'static {
                #[dispatch(locals())]
                fn f(self, a: impl Sized + '_) -> impl Future;
                fn g(&self) -> Self { |a| self }
            }
        },
    ];
    for item in &items {
        for args in with_one_left_out(&args) {
            drop(dispatch(args, item.clone()));
        }
        for item in with_one_left_out(item) {
            drop(dispatch(TokenStream::new(), item.clone()));
            drop(dispatch(quote!(owned), item));
        }
    }
}
