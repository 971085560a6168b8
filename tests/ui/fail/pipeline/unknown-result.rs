use lionpride_concurrency::pipeline;

fn text(n: u32) -> String {
    n.to_string()
}

fn double(n: u32) -> u32 {
    n * 2
}

fn parsed() {
    let _ = pipeline!(text, |s| s.parse().unwrap(), double);
}

fn asked() {
    let _ = pipeline!(text, |s| s.parse()?, double);
}

fn converted() {
    let _ = pipeline!(double, Into::into, double);
}

fn collected() {
    let _ = pipeline!(|n: u32| (0..n).collect(), each(2, double));
}

fn still_to_do() {
    let _ = pipeline!(text, |_| todo!(), double);
}

fn main() {
    parsed();
    asked();
    converted();
    collected();
    still_to_do();
}
