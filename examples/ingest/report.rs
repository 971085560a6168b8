//! What the catalog has to say, on standard output; the problems, on standard error.

use std::io::Write;
use std::sync::atomic::Ordering::Relaxed;

use indicatif::HumanCount;
use rusqlite::{Row, params};

use crate::catalog::Catalog;
use crate::problem::{Fatal, Printable};
use crate::progress::Tally;
use crate::walk::Met;

type Printed = Result<(), Fatal>;

/// A line for each problem, in the order of their paths.
pub(crate) fn problems(catalog: &Catalog, out: &mut impl Write) -> Printed {
    let sql = "SELECT path, kind, reason FROM problem ORDER BY path, kind";
    catalog.each(sql, [], |row| {
        let (kind, reason) = (row.get::<_, String>(1)?, row.get::<_, String>(2)?);
        let colon = if reason.is_empty() { "" } else { ": " };
        writeln!(out, "{kind}: {}{colon}{reason}", path(row, 0)?)?;
        Ok(())
    })
}

/// Everything that is the same whenever the tree is the same.
pub(crate) fn figures(catalog: &Catalog, met: &Met, out: &mut impl Write) -> Printed {
    summary(catalog, met, out)?;
    languages(catalog, out)?;
    largest(catalog, out)?;
    duplicates(catalog, out)
}

/// What differs from run to run, and what fusing the stages has saved.
pub(crate) fn timing(tally: &Tally, seconds: f64, out: &mut impl Write) -> Printed {
    let (hops, unfused) = (HumanCount(tally.hops), HumanCount(tally.unfused_hops));
    writeln!(out, "\nHops: {hops} made; one hop a stage would have been {unfused}")?;
    #[allow(clippy::cast_precision_loss, reason = "a rate is shown to three digits")]
    let (files, bytes) = (tally.files as f64, tally.bytes as f64);
    let (files, mebibytes) = (files / seconds, bytes / seconds / f64::from(1 << 20));
    writeln!(out, "Time: {seconds:.2} s, {files:.0} files/s, {mebibytes:.1} MiB/s")?;
    Ok(())
}

fn summary(catalog: &Catalog, met: &Met, out: &mut impl Write) -> Printed {
    let counts = "SELECT count(*), sum(bytes = 0), (SELECT count(*) FROM problem) FROM file";
    catalog.each(counts, [], |row| {
        writeln!(out, "\nFiles: {}, of which empty: {}", count(row, 0)?, count(row, 1)?)?;
        let [directories, skipped, links] = [&met.directories, &met.skipped, &met.links]
            .map(|met| HumanCount(met.load(Relaxed)).to_string());
        writeln!(out, "Directories: {directories}, skipped: {skipped}")?;
        writeln!(out, "Symbolic links: {links}")?;
        writeln!(out, "Problems: {}", count(row, 2)?)?;
        Ok(())
    })
}

fn languages(catalog: &Catalog, out: &mut impl Write) -> Printed {
    const SUMS: &str = "count(*), sum(bytes), sum(lines) FROM file";
    writeln!(out, "\n{:<18}{:>14}{:>20}{:>18}", "Language", "files", "bytes", "lines")?;
    let by_language = format!("SELECT language, {SUMS} GROUP BY 1 ORDER BY 4 DESC, 3 DESC, 1");
    let total = format!("SELECT 'Total', {SUMS}");
    for sql in [by_language, total] {
        catalog.each(&sql, [], |row| {
            let language: String = row.get(0)?;
            let (files, bytes, lines) = (count(row, 1)?, count(row, 2)?, count(row, 3)?);
            writeln!(out, "{language:<18}{files:>14}{bytes:>20}{lines:>18}")?;
            Ok(())
        })?;
    }
    Ok(())
}

fn largest(catalog: &Catalog, out: &mut impl Write) -> Printed {
    writeln!(out, "\nLargest files:")?;
    let sql = "SELECT bytes, path FROM file ORDER BY bytes DESC, path LIMIT 10";
    catalog.each(sql, [], |row| {
        writeln!(out, "{:>18}  {}", count(row, 0)?, path(row, 1)?)?;
        Ok(())
    })
}

fn duplicates(catalog: &Catalog, out: &mut impl Write) -> Printed {
    let total = "SELECT count(*), sum(copies), sum(names), sum(wasted) FROM duplicates";
    catalog.each(total, [], |row| {
        let [sets, copies, names, wasted] = [0, 1, 2, 3].map(|column| count(row, column));
        write!(out, "\nDuplicates: {} sets, {} copies ", sets?, copies?)?;
        writeln!(out, "under {} names, {} bytes wasted", names?, wasted?)?;
        Ok(())
    })?;
    let sets = "SELECT blake3, copies, names, bytes, wasted FROM duplicates
                ORDER BY wasted DESC, blake3";
    catalog.each(sets, [], |row| duplicate_set(catalog, row, out))
}

fn duplicate_set(catalog: &Catalog, set: &Row<'_>, out: &mut impl Write) -> Printed {
    let blake3: [u8; 32] = set.get(0)?;
    let [copies, names, bytes, wasted] = [1, 2, 3, 4].map(|column| count(set, column));
    let (copies, names) = (copies?, names?);
    write!(out, "\n  {} bytes wasted: {copies} copies of {} bytes", wasted?, bytes?)?;
    if names != copies {
        write!(out, " under {names} names, by hard links")?;
    }
    writeln!(out, ", BLAKE3 {}", blake3::Hash::from_bytes(blake3))?;
    let paths = "SELECT path FROM file WHERE blake3 = ? ORDER BY path";
    catalog.each(paths, params![blake3], |row| {
        writeln!(out, "    {}", path(row, 0)?)?;
        Ok(())
    })
}

/// A number as people read it; the sum of nothing is 0.
fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let number: Option<u64> = row.get(column)?;
    Ok(HumanCount(number.unwrap_or(0)).to_string())
}

fn path<'row>(row: &'row Row<'_>, column: usize) -> Result<Printable<'row>, Fatal> {
    Ok(Printable(row.get_ref(column)?.as_bytes()?))
}
