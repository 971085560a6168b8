//! A workspace of the copied crates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use syn::File;

use super::Made;
use super::beside::Beside;
use super::types::Types;
use crate::metadata::{Metadata, Package, cargo};
use crate::sources::{entries, rust_files};

pub(crate) struct Project {
    folder: PathBuf,
    members: Vec<String>,
    runtime: PathBuf,
}

impl Project {
    pub(crate) fn new(metadata: &Metadata) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dispatched-copies");
        // Cargo finds the versions that are locked without asking the registry.
        let lock = read(&metadata.workspace.join("Cargo.lock"));
        write(&folder.join("Cargo.lock"), &lock);
        let runtime = metadata.workspace.join("lionpride-concurrency");
        Self { folder, members: Vec::new(), runtime }
    }

    /// Writes the package with its copies.
    pub(crate) fn copy(&mut self, package: &Package) -> Made {
        let member = format!("{}-{}", package.name, package.version);
        let folder = self.folder.join(&member);
        self.members.push(member);
        let sources = parsed(&package.folder.join("src"));
        let mut beside = Beside::new(Types::of(&sources));
        for (path, mut file) in sources {
            let inside = path.strip_prefix(&package.folder).expect("it is in the package");
            beside.add_to(&mut file.items);
            write(&folder.join(inside), prettyplease::unparse(&file).as_bytes());
        }
        copy_others(&package.folder, &folder);
        write(&folder.join("Cargo.toml"), self.manifest(package).as_bytes());
        beside.made
    }

    fn manifest(&self, package: &Package) -> String {
        let Package { name, version, edition, .. } = package;
        let lib = name.replace('-', "_");
        let (features, dependencies) = (features(package), package.dependencies.join("\n"));
        let runtime = self.runtime.display();
        format!(
            "[package]\n\
             name = \"dispatched-{name}\"\nversion = \"{version}\"\nedition = \"{edition}\"\n\
             autobins = false\nbuild = false\n\
             [lib]\nname = \"{lib}\"\npath = \"src/lib.rs\"\n\
             [features]\n{features}\n\
             [dependencies]\nlionpride-concurrency.path = '{runtime}'\n{dependencies}\n"
        )
    }

    /// Compiles the packages that were copied.
    pub(crate) fn check(&self) {
        let members = format!("[workspace]\nresolver = \"2\"\nmembers = {:?}\n", self.members);
        write(&self.folder.join("Cargo.toml"), members.as_bytes());
        let output = self.cargo_check().output().expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
    }

    fn cargo_check(&self) -> Command {
        let mut command = cargo();
        command.args(["check", "--workspace", "--offline", "--quiet", "--keep-going"]);
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("target"));
        // What the crates forbid themselves is not the question.
        command.env("RUSTFLAGS", "--cap-lints=allow").env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    }
}

fn parsed(src: &Path) -> Vec<(PathBuf, File)> {
    let parse = |path: PathBuf| {
        let text = String::from_utf8_lossy(&read(&path)).into_owned();
        syn::parse_file(&text).ok().map(|file| (path, file))
    };
    rust_files(src).into_iter().filter_map(parse).collect()
}

/// The other files, which the sources may include.
fn copy_others(from: &Path, to: &Path) {
    for path in entries(from) {
        let to = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy_others(&path, &to);
        } else if !to.exists() {
            write(&to, &read(&path));
        }
    }
}

/// The enabled ones, none of which enables another.
fn features(package: &Package) -> String {
    let names: Vec<_> = package.features.iter().filter(|name| *name != "default").collect();
    let empty = names.iter().map(|name| format!("{name} = []"));
    let lines = empty.chain([format!("default = {names:?}")]);
    lines.collect::<Vec<_>>().join("\n")
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Cargo compiles again what is younger than the last time.
fn write(path: &Path, bytes: &[u8]) {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return;
    }
    let folder = path.parent().expect("a file is in a folder");
    fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    fs::write(path, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
