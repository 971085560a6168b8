use lionpride_concurrency::dispatch;

#[dispatch]
fn no_method(text: String) -> usize {
    text.size()
}

#[dispatch]
fn no_variable(text: String) -> usize {
    txet.len()
}

#[dispatch]
fn no_result(text: String) -> usize {
    let n: usize = text.parse()?;
    n
}

#[dispatch]
fn no_option(text: String) -> Result<char, String> {
    Ok(text.chars().next()?)
}

#[dispatch]
fn no_conversion(text: String) -> Result<u32, String> {
    Ok(text.parse::<u32>()?)
}

#[dispatch]
fn no_value(text: String) -> usize {
    text.len();
}

#[dispatch]
fn empty(text: String) -> usize {}

#[dispatch]
fn no_else(text: String) -> usize {
    if text.is_empty() {
        return 0;
    }
}

#[dispatch]
fn too_much(text: String) {
    text.len()
}

#[dispatch]
fn wrong_branch(n: u32) -> Option<u32> {
    match n {
        0 => None,
        n => n,
    }
}

#[dispatch]
fn pattern((a, b): (u32, u32, u32)) -> u32 {
    a + b
}

fn main() {}
