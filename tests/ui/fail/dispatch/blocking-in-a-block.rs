use std::io;

use lionpride_concurrency::dispatch;

struct Files(String);

#[dispatch]
impl Files {
    async fn read(&self) -> io::Result<String> {
        std::fs::read_to_string(&self.0)
    }

    #[dispatch(allow_blocking)]
    async fn allowed(&self) -> io::Result<String> {
        std::fs::read_to_string(&self.0)
    }

    #[dispatch(skip)]
    async fn skipped(&self) -> io::Result<String> {
        std::fs::read_to_string(&self.0)
    }
}

#[dispatch]
trait Source: Sync {
    async fn read_all(&self) -> io::Result<String> {
        std::fs::read_to_string("all")
    }
}

#[dispatch]
impl Source for Files {
    async fn read_all(&self) -> io::Result<String> {
        std::fs::read_to_string(&self.0)
    }
}

async fn caller() -> io::Result<usize> {
    let files = Files("a".into());
    let n = files.read().await?.len() + files.allowed().await?.len();
    Ok(n + files.skipped().await?.len() + files.read_all().await?.len())
}

fn main() {
    drop(caller());
}
