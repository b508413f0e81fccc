//! Crates outside the workspace → what cargo makes of them.
//!
//! All of them share one target folder, `nested` in that of the workspace, and their dependencies are compiled once for
//! each set of features. The sets are the default one, the one with files of weights and the heap, and the empty one in
//! release, for programs without std; a test that needs another set adds a build of the compiler.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use crate::root;

/// The target folder of all nested builds.
pub fn target() -> PathBuf {
    let outer = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    outer.map_or_else(|| root().join("target"), |outer| root().join(outer)).join("nested")
}

/// Cargo in a folder, without network and with the settings that let builds share their dependencies.
pub fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()));
    command
        .args(arguments)
        .arg("--offline")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        // Flags for the host's processor, or to instrument, would make other programs.
        .env_remove("RUSTFLAGS");
    command
}

/// A crate with one dependency of this workspace.
pub struct Crate {
    folder: PathBuf,
    name: String,
    dependency: PathBuf,
}

impl Crate {
    /// An empty crate; of an earlier one with this name nothing is left but what was built of it.
    ///
    /// Cargo tells crates in one target folder apart by name and path, so each test has a name of its own.
    pub fn new(name: &str, dependency: &str) -> Self {
        let folder = target().join("crates").join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src")).unwrap();
        // The versions that the workspace has downloaded already.
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let new = Crate { folder, name: name.to_owned(), dependency: root().join(dependency) };
        new.manifest("", "");
        new
    }

    /// A crate with this library.
    pub fn library(name: &str, dependency: &str, library: &str) -> Self {
        let new = Crate::new(name, dependency);
        new.write("src/lib.rs", library);
        new
    }

    /// Writes the manifest with features of the dependency, and more sections.
    pub fn manifest(&self, features: &str, more: &str) {
        let dependency = self.dependency.file_name().filter(|_| self.dependency != root());
        let dependency = dependency.map_or("mlp".into(), |name| name.to_string_lossy());
        let manifest = format!(
            "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
             {dependency} = {{ path = {:?}, features = [{features}] }}\n\n[workspace]\n{more}",
            self.name, self.dependency
        );
        self.write("Cargo.toml", &manifest);
    }

    /// The crate's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file of the crate, so that cargo sees that it has changed.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let file = self.folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        // A clock that ticks in seconds gives the second text the time of the first.
        let time = || fs::metadata(&file).and_then(|about| about.modified()).ok();
        let earlier = time();
        while fs::write(&file, &content).is_ok() && earlier.is_some() && time() == earlier {}
    }

    /// Runs cargo with these arguments.
    pub fn cargo(&self, arguments: &[&str]) -> Output {
        cargo(&self.folder, arguments).output().unwrap()
    }

    /// Compiles the crate.
    ///
    /// # Errors
    ///
    /// The messages, where it does not compile.
    pub fn build(&self) -> Result<(), String> {
        messages(&self.cargo(&["build"]))
    }

    /// Checks the crate.
    ///
    /// # Errors
    ///
    /// The messages, where it does not compile.
    pub fn check(&self) -> Result<(), String> {
        messages(&self.cargo(&["check"]))
    }
}

fn messages(output: &Output) -> Result<(), String> {
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
