use lionpride_concurrency::dispatch;

#[dispatch]
fn append(lines: &mut Vec<String>, line: String) {
    lines.push(line);
}

#[dispatch(owned)]
fn clear(lines: Option<&mut Vec<String>>) {
    if let Some(lines) = lines {
        lines.clear();
    }
}

async fn caller() -> usize {
    let mut lines = Vec::new();
    append(&mut lines, "a".into()).await;
    clear(Some(&mut lines)).await;
    lines.len()
}

fn main() {
    drop(caller());
}
