use lionpride_concurrency::fail_after;

fn main() {
    drop(fail_after("1s", async {}));
}
