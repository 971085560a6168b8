use lionpride_concurrency::{Dispatcher, Task, run_sync};

struct Here;

impl Dispatcher for Here {
    fn dispatch(&self, task: Task) {
        task.run();
    }
}

fn main() {
    drop(run_sync(|| 42).on(&Here));
}
