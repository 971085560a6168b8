//! The example `ingest`, run as its users run it, on trees made for the purpose.

#![cfg(unix)]

#[path = "../built/mod.rs"]
mod built;
mod run;
mod tree;

use std::fmt::Write;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use crate::run::{binary, ingest, ingest_unprivileged};
use crate::tree::{Duplicates, Tree};

#[test]
fn figures_are_those_of_an_independent_count() {
    let tree = Tree::ordinary();
    let run = ingest([tree.path()]).assert_success();
    let count = tree.count();
    assert_eq!(run.language("Total"), Some([count.files, count.bytes, count.lines]));
    assert_eq!(run.number("Files: "), count.files);
    assert_eq!(run.number("of which empty: "), count.empty);
    assert_eq!(run.number("Directories: "), count.directories);
    assert_eq!(run.number("Symbolic links: "), count.links);
    assert_eq!(run.number("Problems: "), 0);
    assert_eq!(run.stderr, "");
}

#[test]
fn every_set_of_duplicates_is_listed_and_hard_links_waste_nothing() {
    let tree = Tree::ordinary();
    let run = ingest([tree.path()]).assert_success();
    let sets = tree.count().duplicates();
    assert_eq!(sets.len(), 2, "the small one and the large one");
    assert_eq!(run.duplicates(), listing(&sets));
}

fn listing(sets: &[Duplicates]) -> String {
    let copies: u64 = sets.iter().map(|set| set.copies).sum();
    let names: usize = sets.iter().map(|set| set.names.len()).sum();
    let wasted = grouped(sets.iter().map(|set| set.wasted).sum());
    let mut text = format!(
        "{} sets, {copies} copies under {names} names, {wasted} bytes wasted\n",
        sets.len()
    );
    for Duplicates { blake3, bytes, copies, wasted, names } in sets {
        let (bytes, wasted) = (grouped(*bytes), grouped(*wasted));
        write!(text, "\n  {wasted} bytes wasted: {copies} copies of {bytes} bytes").unwrap();
        if names.len() as u64 != *copies {
            write!(text, " under {} names, by hard links", names.len()).unwrap();
        }
        writeln!(text, ", BLAKE3 {blake3}").unwrap();
        for name in names {
            writeln!(text, "    {name}").unwrap();
        }
    }
    text
}

/// With commas, for numbers below a million.
fn grouped(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", number / 1000, number % 1000),
    }
}

#[test]
fn languages_go_by_name_and_binary_by_content() {
    let tree = Tree::ordinary();
    tree.file("Makefile", "all:\n").file("CMakeLists.TXT", "\n").file("x.RS", "\n\n");
    let run = ingest([tree.path()]).assert_success();
    assert_eq!(run.language("Rust"), Some([4, 22, 4]), "two of them are copies, one is empty");
    assert_eq!(run.language("Python"), Some([1, 10, 1]));
    assert_eq!(run.language("Make"), Some([1, 5, 1]));
    assert_eq!(run.language("CMake"), Some([1, 1, 1]));
    assert_eq!(run.language("(binary)"), Some([1, 10_000, 0]), "a zero in the first 8 KiB");
    assert_eq!(run.language("Go"), None);
}

#[test]
fn the_largest_files_are_listed_largest_first() {
    let tree = Tree::new();
    for size in 1..=12 {
        tree.file(format!("{size:02}"), "x".repeat(size));
    }
    let run = ingest([tree.path()]).assert_success();
    let (_, listed) = run.stdout.split_once("Largest files:\n").unwrap();
    let listed: Vec<&str> = listed.lines().take_while(|line| !line.is_empty()).collect();
    let name = |size: usize| format!("{size:>18}  {}", tree.join(format!("{size:02}")).display());
    assert_eq!(listed, (3..=12).rev().map(name).collect::<Vec<_>>());
}

#[test]
fn each_problem_gets_its_line_and_the_rest_is_done() {
    let tree = Tree::with_problems();
    let run = ingest_unprivileged(tree.path()).assert_success();
    let at = tree.path().display().to_string();
    let mut expected = [
        format!("broken link: {at}/broken too: leads to good.rs/below a file"),
        format!("broken link: {at}/broken: leads to nowhere"),
        format!("loop of links: {at}/loop a: leads to loop b"),
        format!("loop of links: {at}/loop b: leads to loop a"),
        format!("loop of links: {at}/loop itself: leads to loop itself"),
        format!("loop of links: {at}/sub/up: leads to .."),
        format!("name is not UTF-8: {at}/dir \\xfe"),
        format!("name is not UTF-8: {at}/not \\xff UTF-8.rs"),
        format!("not a regular file: {at}/fifo: a named pipe"),
        format!("not a regular file: {at}/socket: a socket"),
        format!("unreadable directory: {at}/forbidden directory: Permission denied (os error 13)"),
        format!("unreadable file: {at}/forbidden file: Permission denied (os error 13)"),
    ];
    let mut lines: Vec<&str> = run.stderr.lines().collect();
    lines.sort_unstable();
    expected.sort_unstable();
    assert_eq!(lines, expected);
    assert_eq!(run.number("Problems: "), expected.len() as u64);
    assert_eq!(run.language("Total"), Some([4, 34, 4]), "the good ones and those of odd names");
    assert_eq!(run.number("Symbolic links: "), 7);
    assert_eq!(run.number("Hops: "), 5, "four files, and the one that cannot be opened");
    assert_eq!(run.number("would have been "), 4 * 3 + 1);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_opens_and_cannot_be_read_is_a_problem() {
    let run = ingest(["/proc/self/mem"]).assert_success();
    let line = "unreadable file: /proc/self/mem: while reading: Input/output error (os error 5)\n";
    assert_eq!(run.stderr, line);
    assert_eq!(run.number("Files: "), 0);
    assert_eq!((run.number("Hops: "), run.number("would have been ")), (1, 2));
}

#[test]
fn a_file_makes_one_hop_and_would_have_made_three() {
    let tree = Tree::ordinary();
    let run = ingest([tree.path()]).assert_success();
    let files = tree.count().files;
    assert_eq!((run.number("Hops: "), run.number("would have been ")), (files, 3 * files));
    let plan: Vec<&str> = run.stdout.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(plan.len(), 5, "the plan comes first, a line a stage");
    assert!(plan[1].starts_with("2. open?") && plan[1].ends_with("hop 1"), "{}", plan[1]);
}

#[test]
fn two_runs_print_the_same() {
    let tree = Tree::with_problems();
    for (name, content) in (0..500).map(|n| (format!("many/{n}"), format!("{}\n", n % 100))) {
        tree.file(name, content);
    }
    let runs = [(), ()].map(|()| ingest_unprivileged(tree.path()).assert_success());
    assert_eq!(runs[0].figures(), runs[1].figures());
    assert_eq!(runs[0].stderr, runs[1].stderr);
}

#[test]
fn many_files_and_problems_are_all_stored_with_a_line_of_progress() {
    let tree = Tree::new();
    for n in 0..10_001 {
        tree.file(format!("{}/{n}", n % 7), format!("{n}\n"));
        tree.link(&format!("{}/link {n}", n % 7), "nowhere");
    }
    let run = ingest([tree.path()]).assert_success();
    let count = tree.count();
    assert_eq!(run.language("Total"), Some([10_001, count.bytes, 10_001]));
    assert_eq!(run.number("Problems: "), 10_001);
    assert!(run.stderr.starts_with("10,000 files, "), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1 + 10_001);
}

#[test]
fn skipped_directories_are_left_out_and_counted() {
    let tree = Tree::new();
    tree.file("in.rs", "in\n")
        .file("target/out.rs", "out\n")
        .file("sub/target/out.rs", "out\n")
        .file("sub/in", "in\n")
        .file("sub/skip", "a file of that name is no directory\n");
    let run = ingest([tree.path().as_os_str(), "--skip=target".as_ref(), "--skip=skip".as_ref()]);
    let run = run.assert_success();
    assert_eq!(run.number("Files: "), 3);
    assert_eq!(run.number("skipped: "), 2);
    assert_eq!(run.number("Directories: "), 2);
}

#[test]
fn without_a_path_it_takes_this_repository() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let skip = ["--skip", "target", "--skip", ".git"].map(AsRef::as_ref);
    let explicit = ingest([&[repository.as_os_str()], &skip[..]].concat()).assert_success();
    let default = ingest::<&str>([]).assert_success();
    assert_eq!(default.figures(), explicit.figures());
    assert!(default.number("Files: ") > 0);
}

#[test]
fn a_path_may_be_a_file_or_a_link() {
    let tree = Tree::ordinary();
    assert_eq!(ingest([tree.join("a.rs")]).assert_success().number("Files: "), 1);
    assert_eq!(ingest([tree.join("link to a file")]).assert_success().number("Files: "), 1);
    let links = tempfile::tempdir().unwrap();
    let link = links.path().join("link");
    symlink(tree.path(), &link).unwrap();
    assert_eq!(ingest([link]).assert_success().number("Files: "), tree.count().files);
}

#[test]
fn an_empty_tree_is_all_zeros() {
    let run = ingest([Tree::new().path()]).assert_success();
    assert_eq!(run.language("Total"), Some([0, 0, 0]));
    assert_eq!(run.duplicates(), listing(&[]));
}

#[test]
fn a_path_that_does_not_exist_is_an_error_and_nothing_else() {
    let tree = Tree::new();
    let (missing, db) = (tree.join("missing"), tree.join("db"));
    let run = ingest([missing.as_os_str(), "--db".as_ref(), db.as_os_str()]);
    let message = "No such file or directory (os error 2)";
    assert_eq!(run.stderr, format!("ingest: {}: {message}\n", missing.display()));
    assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
    assert!(!db.exists());
}

#[test]
fn a_bad_command_line_is_exit_code_2() {
    for args in [&["--fast"][..], &["one", "two"], &["--db"], &["--db=a", "--db=b"]] {
        let run = ingest(args);
        assert_eq!((run.stdout.as_str(), run.code), ("", Some(2)), "{args:?}");
        assert!(run.stderr.starts_with("ingest: ") && run.stderr.contains("--help"), "{args:?}");
    }
    let help = ingest(["--help"]).assert_success();
    assert!(help.stdout.contains("Usage: ingest [PATH] [--db FILE] [--skip NAME]..."));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let (ours, theirs) = UnixStream::pair().unwrap();
    drop(ours);
    let mut command = Command::new(binary());
    let output =
        command.arg(Tree::ordinary().path()).stdout(OwnedFd::from(theirs)).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

mod db {
    use super::*;

    fn ingest_into(db: &Path, tree: &Tree) -> crate::run::Run {
        ingest([tree.path().as_os_str(), "--db".as_ref(), db.as_os_str()])
    }

    #[test]
    fn holds_every_file_under_its_exact_name() {
        let tree = Tree::ordinary();
        let odd = tree.join(std::ffi::OsStr::from_bytes(b"\xff.rs"));
        fs::write(&odd, "odd\n").unwrap();
        let outside = tempfile::tempdir().unwrap();
        let db = outside.path().join("catalog.db");
        ingest_into(&db, &tree).assert_success();

        let catalog = Connection::open(&db).unwrap();
        let sums = "SELECT count(*), sum(bytes), sum(lines) FROM file";
        let sums = catalog.query_row(sums, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let count = tree.count();
        assert_eq!(sums.unwrap(), (count.files, count.bytes, count.lines));
        let row = "SELECT path, language, blake3 FROM file WHERE typeof(path) = 'blob'";
        let row = catalog.query_row(row, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let (path, language, blake3): (Vec<u8>, String, [u8; 32]) = row.unwrap();
        assert_eq!(path, odd.as_os_str().as_bytes());
        assert_eq!((language.as_str(), blake3), ("Rust", *blake3::hash(b"odd\n").as_bytes()));
        let problem = catalog.query_row("SELECT kind FROM problem", [], |row| row.get(0));
        assert_eq!(problem, Ok("name is not UTF-8".to_owned()));
    }

    #[test]
    fn is_replaced_by_the_next_run_and_no_part_of_the_tree() {
        let tree = Tree::ordinary();
        let files = tree.count().files;
        let db = tree.join("catalog.db");
        let first = ingest_into(&db, &tree).assert_success();
        assert_eq!(first.number("Files: "), files);
        let second = ingest_into(&db, &tree).assert_success();
        assert_eq!(second.figures(), first.figures());
        let rows = Connection::open(&db).unwrap();
        assert_eq!(rows.query_row("SELECT count(*) FROM file", [], |row| row.get(0)), Ok(files));
        drop(rows);
        assert_eq!(tree.count().files, files + 1, "no draft is left behind");
    }

    #[test]
    fn is_left_alone_if_it_is_not_a_catalog() {
        let (tree, outside) = (Tree::ordinary(), Tree::new());
        outside.file("notes.txt", "dear diary\n").file("short", "x");
        let foreign = Connection::open(outside.join("foreign.db")).unwrap();
        foreign.execute_batch("CREATE TABLE precious (thing)").unwrap();
        drop(foreign);
        for (name, message) in [
            ("notes.txt", "not a SQLite database; it is left as it is"),
            ("short", "not a SQLite database; it is left as it is"),
            ("foreign.db", "a SQLite database, but not one of this program's; it is left as it is"),
        ] {
            let db = outside.join(name);
            let before = fs::read(&db).unwrap();
            let run = ingest_into(&db, &tree);
            assert_eq!(run.stderr, format!("ingest: {}: {message}\n", db.display()));
            assert_eq!((run.stdout.as_str(), run.code), ("", Some(1)));
            assert_eq!(fs::read(&db).unwrap(), before);
        }
        let missing = ingest_into(&outside.join("no directory/catalog.db"), &tree);
        assert_eq!(missing.code, Some(1));
        assert!(missing.stderr.ends_with("No such file or directory (os error 2)\n"));
        assert_eq!(outside.count().files, 3, "nothing new");
    }
}
