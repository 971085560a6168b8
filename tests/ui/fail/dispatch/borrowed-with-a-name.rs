use lionpride_concurrency::dispatch;

struct Parser<'a> {
    text: &'a str,
}

#[dispatch]
fn parse<'a>(parser: Parser<'a>) -> usize {
    parser.text.len()
}

#[dispatch]
fn longest<'a>(one: &'a str, two: &'a str) -> usize {
    one.len().max(two.len())
}

impl<'a> Parser<'a> {
    #[dispatch]
    fn run(self) -> usize {
        self.text.len()
    }
}

async fn caller() -> usize {
    let text = "a".to_owned();
    parse(Parser { text: &text }).await
        + longest("a", "b").await
        + Parser { text: &text }.run().await
}

fn main() {
    drop(caller());
}
