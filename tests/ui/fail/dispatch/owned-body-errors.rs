use lionpride_concurrency::dispatch;

#[derive(Clone)]
struct Store {
    count: u32,
    names: Vec<String>,
}

#[dispatch(owned)]
impl Store {
    fn no_method(&self) -> u32 {
        self.counted()
    }

    fn no_field(&self) -> u32 {
        self.cuont
    }

    fn wrong_type(&self) -> String {
        self.count
    }

    fn assigns(&self) {
        self.count += 1;
    }

    fn moves(&self) -> Vec<String> {
        self.names
    }

    fn changes(&self, name: &str) {
        self.names.push(name.to_owned());
    }

    fn argument(&self, name: &str) -> usize {
        name.size()
    }

    fn hands_on(&self) -> u32 {
        count(self.clone())
    }
}

fn count(store: &Store) -> u32 {
    store.count
}

#[dispatch(owned)]
fn words(text: &str) -> Vec<&'static str> {
    text.split(' ').collect()
}

fn main() {}
