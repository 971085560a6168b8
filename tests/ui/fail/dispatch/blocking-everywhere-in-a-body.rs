use std::io;

use lionpride_concurrency::dispatch;

#[dispatch]
async fn lines(paths: Vec<String>) -> io::Result<usize> {
    let mut lines = 0;
    for path in &paths {
        if std::fs::exists(path)? {
            lines += match path.as_str() {
                "" => 0,
                path => std::fs::read_to_string(path)?.lines().count(),
            };
        }
    }
    let more = async {
        loop {
            break std::fs::read("a").map_or(0, |bytes| bytes.len());
        }
    };
    println!("{}", std::fs::read_to_string("b")?);
    let Ok(_) = std::fs::metadata("c") else {
        return Ok(more.await);
    };
    let pair = (1, [std::fs::read("d")?.len()]);
    Ok(lines + pair.1[0])
}

async fn caller() -> usize {
    lines(Vec::new()).await.unwrap_or(0)
}

fn main() {
    drop(caller());
}
