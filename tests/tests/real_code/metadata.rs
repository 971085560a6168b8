//! The crates that the workspace depends on, as `cargo metadata` tells of them.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub(crate) struct Metadata {
    pub(crate) workspace: PathBuf,
    /// Those from a registry, for the host.
    pub(crate) packages: Vec<Package>,
}

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) folder: PathBuf,
    /// Those that the workspace enables.
    pub(crate) features: Vec<String>,
    /// The lines of a manifest for what it is built with.
    pub(crate) dependencies: Vec<String>,
}

impl Metadata {
    pub(crate) fn read() -> Self {
        // Without the filter, cargo wants the crates of every other platform too, which a build
        // for this one has never downloaded.
        let host = format!("--filter-platform={}", host());
        let text = stdout(cargo().args(["metadata", "--format-version=1", "--offline", &host]));
        let json: Value = serde_json::from_str(&text).expect("cargo writes JSON");
        let graph = Graph::new(&json);
        let packages = list(&json["packages"]).iter().filter(|it| is_from_registry(it));
        Self {
            workspace: PathBuf::from(text_of(&json["workspace_root"])),
            packages: packages.map(|package| graph.package(package)).collect(),
        }
    }

    pub(crate) fn package(&self, name: &str) -> &Package {
        let package = self.packages.iter().find(|package| package.name == name);
        package.unwrap_or_else(|| panic!("`{name}` is not in the dependency graph"))
    }
}

/// The cargo that runs the tests.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn host() -> String {
    let about = stdout(Command::new("rustc").arg("-vV"));
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("rustc names its host").to_owned()
}

fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} (is `cargo fetch` needed?)\n{errors}");
    String::from_utf8(output.stdout).expect("the output is UTF-8")
}

fn is_from_registry(package: &Value) -> bool {
    package["source"].as_str().is_some_and(|source| source.starts_with("registry+"))
}

/// What is enabled of each package and what it is built with, by the package's id.
struct Graph<'a> {
    nodes: HashMap<&'a str, &'a Value>,
    packages: HashMap<&'a str, &'a Value>,
}

impl<'a> Graph<'a> {
    fn new(json: &'a Value) -> Self {
        let by_id = |all: &'a Value| list(all).iter().map(|it| (text_of(&it["id"]), it)).collect();
        Self { nodes: by_id(&json["resolve"]["nodes"]), packages: by_id(&json["packages"]) }
    }

    fn package(&self, json: &Value) -> Package {
        let manifest = Path::new(text_of(&json["manifest_path"]));
        let node = self.nodes[text_of(&json["id"])];
        let built_with = list(&node["deps"]).iter().filter(|it| is_plain(it));
        Package {
            name: text_of(&json["name"]).to_owned(),
            version: text_of(&json["version"]).to_owned(),
            edition: text_of(&json["edition"]).to_owned(),
            folder: manifest.parent().map(Path::to_owned).expect("a manifest is in a folder"),
            features: list(&node["features"]).iter().map(|it| text_of(it).to_owned()).collect(),
            dependencies: built_with.map(|it| self.dependency(it)).collect(),
        }
    }

    fn dependency(&self, json: &Value) -> String {
        let id = text_of(&json["pkg"]);
        let (package, features) = (self.packages[id], &self.nodes[id]["features"]);
        let (name, version) = (&package["name"], text_of(&package["version"]));
        let alias = text_of(&json["name"]);
        format!(
            "{alias} = {{ package = {name}, version = \"={version}\", features = {features}, \
             default-features = false }}"
        )
    }
}

/// Neither for tests nor for a build script.
fn is_plain(dependency: &Value) -> bool {
    list(&dependency["dep_kinds"]).iter().any(|it| it["kind"].is_null())
}

fn list(json: &Value) -> &[Value] {
    json.as_array().expect("cargo gives a list here")
}

fn text_of(json: &Value) -> &str {
    json.as_str().expect("cargo gives a string here")
}
