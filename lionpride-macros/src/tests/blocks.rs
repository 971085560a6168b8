use expect_test::expect;
use proc_macro2::TokenStream;
use quote::quote;

use super::dispatch::check;

#[test]
fn an_inherent_block() {
    check(
        quote!(owned),
        quote! {
            impl<T: Clone + Send + 'static> Cache<T> {
                const LIMIT: usize = 1;

                pub fn get(&self, key: &str, n: usize) -> Option<T> {
                    self.find(key, n)
                }

                fn take(self: Arc<Self>) {}

                #[dispatch(inline)]
                fn peek(&mut self) -> &T {
                    &self.0
                }

                #[dispatch(skip)]
                const fn new() -> Self {
                    Self(1)
                }

                async fn later(&self) {}
            }
        },
        &expect![[r#"
            impl<T: Clone + Send + 'static> Cache<T> {
                const LIMIT: usize = 1;
                pub fn get(
                    &self,
                    key: &str,
                    n: usize,
                ) -> ::lionpride_concurrency::RunSync<
                    impl ::lionpride_concurrency::Job<Output = Option<T>>,
                > {
                    let __arg0 = <&Self as ::lionpride_concurrency::__private::Lent<
                        _,
                        _,
                    >>::own(self);
                    <_ as ::lionpride_concurrency::__private::Sends>::ask(&__arg0.0);
                    let key = <&str as ::lionpride_concurrency::__private::Lent<_, _>>::own(key);
                    let key = (
                        <_ as ::lionpride_concurrency::__private::Cross>::cross(key.0),
                        key.1,
                    );
                    let _ = <usize as ::lionpride_concurrency::__private::Cross>::may_cross;
                    ::lionpride_concurrency::__private::hop(
                        "get",
                        move || -> Option<T> {
                            let __arg0 = __arg0;
                            let ref this = *::lionpride_concurrency::__private::Lend::lend(
                                &__arg0.1,
                                &__arg0.0,
                            );
                            let key = key;
                            let key = ::lionpride_concurrency::__private::Lend::lend(&key.1, &key.0);
                            let n = n;
                            match () {
                                () => this.find(key, n),
                            }
                        },
                    )
                }
                fn take(
                    self: Arc<Self>,
                ) -> ::lionpride_concurrency::RunSync<
                    impl ::lionpride_concurrency::Job<Output = ()>,
                > {
                    let _ = <Arc<Self> as ::lionpride_concurrency::__private::Sends>::may_cross;
                    ::lionpride_concurrency::__private::hop(
                        "take",
                        move || -> () {
                            let _ = &self;
                            match () {
                                () => {}
                            }
                        },
                    )
                }
                #[allow(clippy::unused_async)]
                async fn peek(&mut self) -> &T {
                    &self.0
                }
                const fn new() -> Self {
                    Self(1)
                }
                async fn later(&self) {}
            }
        "#]],
    );
}

#[test]
fn a_trait() {
    check(
        TokenStream::new(),
        quote! {
            pub trait Store: Sync {
                type Error;

                /// Docs.
                async fn get(&self, key: &str) -> Result<String, Self::Error>;

                fn put(&self, key: &str);

                async fn both(&self, (a, _): (u32, u32)) -> u32 {
                    self.put("a").await;
                    a
                }

                fn last(self, n: u32) -> u32 where Self: Sized + Send + 'static {
                    n
                }

                #[dispatch(skip)]
                fn name(&self) -> &str;
            }
        },
        &expect![[r#"
            pub trait Store: Sync {
                type Error;
                /// Docs.
                fn get(
                    &self,
                    key: &str,
                ) -> impl ::core::future::Future<
                    Output = Result<String, Self::Error>,
                > + ::core::marker::Send;
                fn put(
                    &self,
                    key: &str,
                ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send;
                fn both(
                    &self,
                    __arg1: (u32, u32),
                ) -> impl ::core::future::Future<Output = u32> + ::core::marker::Send {
                    async move {
                        if false {
                            return ::lionpride_concurrency::__private::promised::<u32>();
                        }
                        let _ = &self;
                        let __arg1 = __arg1;
                        let (a, _) = __arg1;
                        match () {
                            () => {
                                self.put("a").await;
                                a
                            }
                        }
                    }
                }
                fn last(
                    self,
                    n: u32,
                ) -> impl ::core::future::Future<Output = u32> + ::core::marker::Send
                where
                    Self: Sized + Send + 'static,
                {
                    let _ = <Self as ::lionpride_concurrency::__private::Sends>::may_cross;
                    let _ = <u32 as ::lionpride_concurrency::__private::Cross>::may_cross;
                    ::lionpride_concurrency::__private::hop(
                        "last",
                        move || -> u32 {
                            let _ = &self;
                            let n = n;
                            match () {
                                () => n,
                            }
                        },
                    )
                }
                fn name(&self) -> &str;
            }
        "#]],
    );
}

#[test]
fn an_implementation() {
    check(
        TokenStream::new(),
        quote! {
            impl Store for Disk {
                type Error = Error;

                async fn get(&self, key: &str) -> Result<String, Error> {
                    self.read(key).await
                }

                #[dispatch(owned)]
                fn put(&self, key: &str) {
                    self.write(key);
                }

                #[dispatch(inline)]
                fn name(&self) -> String {
                    self.name.clone()
                }
            }
        },
        &expect![[r#"
            impl Store for Disk {
                type Error = Error;
                async fn get(&self, key: &str) -> Result<String, Error> {
                    self.read(key).await
                }
                #[allow(refining_impl_trait)]
                fn put(
                    &self,
                    key: &str,
                ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
                    let __arg0 = <&Self as ::lionpride_concurrency::__private::Lent<
                        _,
                        _,
                    >>::own(self);
                    <_ as ::lionpride_concurrency::__private::Sends>::ask(&__arg0.0);
                    let key = <&str as ::lionpride_concurrency::__private::Lent<_, _>>::own(key);
                    let key = (
                        <_ as ::lionpride_concurrency::__private::Cross>::cross(key.0),
                        key.1,
                    );
                    ::lionpride_concurrency::__private::hop(
                        "put",
                        move || -> () {
                            let __arg0 = __arg0;
                            let ref this = *::lionpride_concurrency::__private::Lend::lend(
                                &__arg0.1,
                                &__arg0.0,
                            );
                            let key = key;
                            let key = ::lionpride_concurrency::__private::Lend::lend(&key.1, &key.0);
                            match () {
                                () => {
                                    this.write(key);
                                }
                            }
                        },
                    )
                }
                async fn name(&self) -> String {
                    self.name.clone()
                }
            }
        "#]],
    );
}

#[test]
fn above_async_trait_methods_become_async() {
    check(
        quote!(owned),
        quote! {
            #[async_trait]
            impl Store for Disk {
                fn get(&self, key: &str) -> Option<String> {
                    self.read(key)
                }
            }
        },
        &expect![[r##"
            #[async_trait]
            impl Store for Disk {
                async fn get(&self, key: &str) -> Option<String> {
                    let __arg0 = <&Self as ::lionpride_concurrency::__private::Lent<
                        _,
                        _,
                    >>::own(self);
                    <_ as ::lionpride_concurrency::__private::Sends>::ask(&__arg0.0);
                    let key = <&str as ::lionpride_concurrency::__private::Lent<_, _>>::own(key);
                    let key = (
                        <_ as ::lionpride_concurrency::__private::Cross>::cross(key.0),
                        key.1,
                    );
                    ::lionpride_concurrency::__private::hop(
                            "get",
                            move || -> Option<String> {
                                let __arg0 = __arg0;
                                let ref this = *::lionpride_concurrency::__private::Lend::lend(
                                    &__arg0.1,
                                    &__arg0.0,
                                );
                                let key = key;
                                let key = ::lionpride_concurrency::__private::Lend::lend(
                                    &key.1,
                                    &key.0,
                                );
                                match () {
                                    () => this.read(key),
                                }
                            },
                        )
                        .await
                }
            }
        "##]],
    );
    check(
        TokenStream::new(),
        quote! {
            #[async_trait::async_trait]
            trait Store {
                fn get(&self, key: &str) -> Option<String>;
            }
        },
        &expect![[r#"
            #[async_trait::async_trait]
            trait Store {
                async fn get(&self, key: &str) -> Option<String>;
            }
        "#]],
    );
}

#[test]
fn other_attribute_macros_have_their_turn_first() {
    check(
        quote!(owned, locals(A, b::C), crate = c),
        quote! {
            /// Docs.
            #[tracing::instrument(skip(n))]
            #[inline]
            pub fn f(n: &u32) -> u32 {
                *n
            }
        },
        &expect![[r#"
            /// Docs.
            #[tracing::instrument(skip(n))]
            #[inline]
            #[c::lionpride_concurrency::dispatch(owned, locals(A, b::C), crate = c, __deferred)]
            pub fn f(n: &u32) -> u32 {
                *n
            }
        "#]],
    );
}

#[test]
fn a_method_puts_its_own_place_before_that_of_its_block() {
    check(
        quote!(on = DB),
        quote! {
            impl Books {
                fn title(self) {}

                #[dispatch(on = log::DB)]
                fn log(self) {}

                #[dispatch(inline)]
                fn size(&self) {}

                async fn count(&self) {}
            }
        },
        &expect![[r#"
            impl Books {
                fn title(
                    self,
                ) -> ::lionpride_concurrency::RunSync<
                    impl ::lionpride_concurrency::Job<Output = ()>,
                    impl ::lionpride_concurrency::Route,
                > {
                    let _ = <Self as ::lionpride_concurrency::__private::Sends>::may_cross;
                    ::lionpride_concurrency::RunSync::on(
                        ::lionpride_concurrency::__private::hop(
                            "title",
                            move || -> () {
                                let _ = &self;
                                match () {
                                    () => {}
                                }
                            },
                        ),
                        <_ as ::lionpride_concurrency::__private::Chosen<_>>::standing(&DB),
                    )
                }
                fn log(
                    self,
                ) -> ::lionpride_concurrency::RunSync<
                    impl ::lionpride_concurrency::Job<Output = ()>,
                    impl ::lionpride_concurrency::Route,
                > {
                    let _ = <Self as ::lionpride_concurrency::__private::Sends>::may_cross;
                    ::lionpride_concurrency::RunSync::on(
                        ::lionpride_concurrency::__private::hop(
                            "log",
                            move || -> () {
                                let _ = &self;
                                match () {
                                    () => {}
                                }
                            },
                        ),
                        <_ as ::lionpride_concurrency::__private::Chosen<_>>::standing(&log::DB),
                    )
                }
                #[allow(clippy::unused_async)]
                async fn size(&self) {}
                async fn count(&self) {}
            }
        "#]],
    );
    check(
        quote!(inline),
        quote! {
            impl Books {
                #[dispatch(on = DB)]
                fn title(self) {}
            }
        },
        &expect![[r#"
            impl Books {
                fn title(
                    self,
                ) -> ::lionpride_concurrency::RunSync<
                    impl ::lionpride_concurrency::Job<Output = ()>,
                    impl ::lionpride_concurrency::Route,
                > {
                    let _ = <Self as ::lionpride_concurrency::__private::Sends>::may_cross;
                    ::lionpride_concurrency::RunSync::on(
                        ::lionpride_concurrency::__private::hop(
                            "title",
                            move || -> () {
                                let _ = &self;
                                match () {
                                    () => {}
                                }
                            },
                        ),
                        <_ as ::lionpride_concurrency::__private::Chosen<_>>::standing(&DB),
                    )
                }
            }
        "#]],
    );
}

#[test]
fn mistakes_in_a_block_are_told_together_and_keep_its_methods() {
    check(
        quote!(owend),
        quote! {
            impl Cache {
                const fn new() -> Self {
                    Self
                }

                fn set(&mut self) {}

                async fn nap(&self) {
                    std::thread::sleep(self.0);
                }
            }
        },
        &expect![[r#"
            impl Cache {
                const fn new() -> Self {
                    Self
                }
                #[allow(clippy::unused_async)]
                async fn set(&mut self) {}
                async fn nap(&self) {
                    std::thread::sleep(self.0);
                }
            }
            ::core::compile_error! {
                "unknown option `owend`, did you mean `owned`? the options are `inline`, `owned`, `on = PATH`, `shield`, `locals(KEY, ..)`, `allow_blocking`, `skip` and `crate = path`"
            }
            ::core::compile_error! {
                "a `const fn` cannot be dispatched: remove `const`, or write `#[dispatch(skip)]` on it"
            }
        "#]],
    );
}
