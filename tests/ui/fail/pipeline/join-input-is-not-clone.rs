use lionpride_concurrency::pipeline;

struct Token;

fn first(_: Token) -> u32 {
    1
}

fn second(_: Token) -> u32 {
    2
}

fn main() {
    let _ = pipeline!(
        |n: u32| {
            let _ = n;
            Token
        },
        join(first, second),
        |(a, b)| a + b
    );
}
