//! The language of a file, by its name.

use std::path::Path;

/// Files that are told by their whole name.
const NAMES: &[(&str, &[&str])] = &[
    ("CMake", &["cmakelists.txt"]),
    ("Docker", &["dockerfile", "containerfile"]),
    ("Lock file", &["cargo.lock", "package-lock.json", "poetry.lock", "yarn.lock", "uv.lock"]),
    ("Make", &["makefile", "gnumakefile"]),
    ("Ruby", &["gemfile", "rakefile"]),
];

/// Files that are told by their extension.
const EXTENSIONS: &[(&str, &[&str])] = &[
    ("Assembly", &["s", "asm"]),
    ("Batch", &["bat", "cmd"]),
    ("C", &["c", "h"]),
    ("C#", &["cs"]),
    ("C++", &["cc", "cpp", "cxx", "hh", "hpp", "hxx"]),
    ("Certificate", &["crt", "pem"]),
    ("Clojure", &["clj", "cljs", "edn"]),
    ("CMake", &["cmake"]),
    ("Config", &["cfg", "conf", "ini", "properties"]),
    ("CSS", &["css", "scss", "sass", "less"]),
    ("CSV", &["csv", "tsv"]),
    ("D", &["d"]),
    ("Dart", &["dart"]),
    ("Diff", &["diff", "patch"]),
    ("Elixir", &["ex", "exs"]),
    ("Erlang", &["erl", "hrl"]),
    ("F#", &["fs", "fsx"]),
    ("Fortran", &["f", "f90", "f95"]),
    ("Go", &["go"]),
    ("GraphQL", &["graphql", "gql"]),
    ("Haskell", &["hs", "lhs"]),
    ("HTML", &["html", "htm", "xhtml"]),
    ("Java", &["java"]),
    ("JavaScript", &["js", "cjs", "mjs", "jsx"]),
    ("JSON", &["json", "jsonl", "ipynb"]),
    ("Julia", &["jl"]),
    ("Kotlin", &["kt", "kts"]),
    ("LaTeX", &["tex", "bib", "sty"]),
    ("LLVM IR", &["ll"]),
    ("Lock file", &["lock"]),
    ("Lua", &["lua"]),
    ("Make", &["mk", "mak"]),
    ("Markdown", &["md", "markdown"]),
    ("Nim", &["nim"]),
    ("Nix", &["nix"]),
    ("Objective-C", &["m", "mm"]),
    ("OCaml", &["ml", "mli"]),
    ("Pascal", &["pas", "pp"]),
    ("Perl", &["pl", "pm", "pod"]),
    ("PHP", &["php"]),
    ("PowerShell", &["ps1", "psm1"]),
    ("Protocol Buffers", &["proto"]),
    ("Python", &["py", "pyi", "pyx"]),
    ("R", &["r", "rmd"]),
    ("reStructuredText", &["rst"]),
    ("Ruby", &["rb", "gemspec"]),
    ("Rust", &["rs"]),
    ("Scala", &["scala", "sc"]),
    ("Scheme", &["scm", "ss"]),
    ("Shell", &["sh", "bash", "zsh", "fish"]),
    ("SQL", &["sql"]),
    ("SVG", &["svg"]),
    ("Swift", &["swift"]),
    ("Tcl", &["tcl"]),
    ("Text", &["txt", "text"]),
    ("TOML", &["toml"]),
    ("TypeScript", &["ts", "tsx", "mts", "cts"]),
    ("Vim script", &["vim"]),
    ("WebAssembly text", &["wat", "wast"]),
    ("XML", &["xml", "xsd", "xsl"]),
    ("YAML", &["yaml", "yml"]),
    ("Zig", &["zig"]),
];

/// The language of a file of this name; capitals make no difference.
pub(crate) fn of(path: &Path) -> &'static str {
    let name = path.file_name().and_then(|name| lookup(NAMES, name.to_str()?));
    let extension = || path.extension().and_then(|end| lookup(EXTENSIONS, end.to_str()?));
    name.or_else(extension).unwrap_or("(other)")
}

fn lookup(table: &[(&'static str, &[&str])], key: &str) -> Option<&'static str> {
    let knows = |keys: &[&str]| keys.iter().any(|known| known.eq_ignore_ascii_case(key));
    table.iter().find(|(_, keys)| knows(keys)).map(|&(language, _)| language)
}
