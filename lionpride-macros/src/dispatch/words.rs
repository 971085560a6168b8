//! The names of the options, and which one was meant by what is none.

/// Every option, as it is shown to whoever wrote something else.
const OPTIONS: [(&str, &str); 8] = [
    ("inline", "`inline`"),
    ("owned", "`owned`"),
    ("on", "`on = PATH`"),
    ("shield", "`shield`"),
    ("locals", "`locals(KEY, ..)`"),
    ("allow_blocking", "`allow_blocking`"),
    ("skip", "`skip`"),
    ("crate", "`crate = path`"),
];

/// The legal options, as a sentence.
pub(super) fn legal() -> String {
    let shown: Vec<&str> = OPTIONS.iter().map(|(_, shown)| *shown).collect();
    let (last, others) = shown.split_last().unwrap_or((&"", &[]));
    format!("the options are {} and {last}", others.join(", "))
}

/// What to say of a word that is no option.
pub(super) fn unknown(word: &str) -> String {
    match nearest(word) {
        Some(meant) => format!("unknown option `{word}`, did you mean {meant}? {}", legal()),
        None => format!("unknown option `{word}`: {}", legal()),
    }
}

/// What to say of an option in quotes.
pub(super) fn quoted(text: &str) -> String {
    match OPTIONS.iter().find(|(name, _)| *name == text) {
        Some((_, shown)) => format!("expected an option, without quotes: write {shown}"),
        None => format!("expected an option, without quotes: {}", legal()),
    }
}

/// The option that `word` is a part of, or that is a part of it; or else the one that differs from
/// it in a third of its letters at most.
fn nearest(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    contained(&word).or_else(|| similar(&word))
}

fn contained(word: &str) -> Option<&'static str> {
    OPTIONS
        .iter()
        .find(|(name, _)| is_part(name, word) || is_part(word, name))
        .map(|(_, shown)| *shown)
}

/// Two letters are a part of many words: they count where they are one of those that `_` joins.
fn is_part(part: &str, word: &str) -> bool {
    if part.len() > 2 { word.contains(part) } else { word.split('_').any(|word| word == part) }
}

fn similar(word: &str) -> Option<&'static str> {
    OPTIONS
        .iter()
        .map(|(name, shown)| (distance(word, name), name.len().max(word.len()), *shown))
        .filter(|(distance, letters, _)| distance * 3 <= *letters)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., shown)| shown)
}

/// How many letters have to be added, removed, replaced, or swapped with their neighbour.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    // One row for each beginning of `a`, one cell for each beginning of `b`.
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn the_distance_counts_letters() {
        assert_eq!(distance("", ""), 0);
        assert_eq!(distance("owned", "owned"), 0);
        assert_eq!(distance("", "skip"), 4);
        assert_eq!(distance("own", "owned"), 2);
        assert_eq!(distance("inlnie", "inline"), 1);
        assert_eq!(distance("owend", "owned"), 1);
    }

    #[test]
    fn a_typo_finds_the_word_that_was_meant() {
        assert_eq!(nearest("inlined"), Some("`inline`"));
        assert_eq!(nearest("Owned"), Some("`owned`"));
        assert_eq!(nearest("owend"), Some("`owned`"));
        assert_eq!(nearest("local"), Some("`locals(KEY, ..)`"));
        assert_eq!(nearest("allow_block"), Some("`allow_blocking`"));
        assert_eq!(nearest("own"), Some("`owned`"));
        assert_eq!(nearest("blocking"), Some("`allow_blocking`"));
        assert_eq!(nearest("task_locals"), Some("`locals(KEY, ..)`"));
        assert_eq!(nearest("limit"), None);
        assert_eq!(nearest("run_on"), Some("`on = PATH`"));
        assert_eq!(nearest("On"), Some("`on = PATH`"));
        assert_eq!(nearest("one"), Some("`on = PATH`"));
        assert_eq!(nearest("connection"), None);
        assert_eq!(nearest("of"), None);
        assert_eq!(nearest(""), None);
    }
}
