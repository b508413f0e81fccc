//! Runs Chromium on one page with all pictures.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::Picture;

/// What the browser measured.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Pictures, texts and edges.
    pub counts: [usize; 3],
    /// What is wrong.
    pub findings: Vec<String>,
}

/// The environment variable that names the browser.
const VARIABLE: &str = "MLP_CHROMIUM";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The browser: the one that `MLP_CHROMIUM` names, else the first of its usual names that is installed.
pub fn find() -> Option<PathBuf> {
    if let Some(named) = env::var_os(VARIABLE).filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    let mut places = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.find(|place| place.is_file())
}

/// Measures pictures.
///
/// # Errors
/// A browser that does not run, or that does not measure all of them.
pub fn measure(browser: &Path, pictures: &[Picture]) -> Result<Measured, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let page = folder.path().join("pictures.html");
    fs::write(&page, html(pictures)).map_err(|error| error.to_string())?;
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.args(["--disable-dev-shm-usage", "--disable-extensions", "--dump-dom"]);
    command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
    command.arg(format!("file://{}", page.display()));
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} does not run: {error}", browser.display()))?;
    let text = String::from_utf8_lossy(&output.stdout);
    read(&text, pictures.len()).ok_or_else(|| {
        format!("{} measured nothing: {}", browser.display(), String::from_utf8_lossy(&output.stderr))
    })
}

/// One page with all pictures and the script that measures them.
fn html(pictures: &[Picture]) -> String {
    let mut page = "<!doctype html><meta charset=\"utf-8\"><title>pictures</title>\n".to_owned();
    for (number, picture) in pictures.iter().enumerate() {
        let name = picture.name.replace(['"', '<', '&'], "'");
        page.push_str(&format!("<div data-name=\"{name}\">{}</div>\n", picture.svg(number)));
    }
    page.push_str(&format!("<script>{}</script>", include_str!("measure.js")));
    page
}

/// The report of the script; `None` where it is not whole.
fn read(text: &str, pictures: usize) -> Option<Measured> {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let report = text.split_once("<pre>")?.1.split_once("</pre>")?.0;
    let mut measured = Measured::default();
    let mut lines = report.lines();
    let counts: Vec<usize> = lines
        .next()?
        .strip_prefix("measured\t")?
        .split('\t')
        .map(str::parse)
        .collect::<Result<_, _>>()
        .ok()?;
    measured.counts = counts.try_into().ok()?;
    for line in lines {
        if line == "end" {
            return (measured.counts[0] == pictures).then_some(measured);
        }
        measured.findings.push(line.strip_prefix("finding\t")?.replace('\t', ": "));
    }
    None
}
