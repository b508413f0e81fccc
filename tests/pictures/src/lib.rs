//! Pictures measured in a browser: what Chromium draws is asked for its boxes, so nothing is taken from the program that
//! placed it.

pub mod browser;

use std::{fs, path::Path};

use mlp_document::pictures::{
    self, NetworkOptions,
    computation::{self, Settings},
};
use mlp_dsl::ir::Derivation;
use mlp_graph::{Scene, svg};
use mlp_random::generator::specification;

/// A picture to be measured.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its name in findings.
    pub name: String,
    /// Where everything is.
    pub scene: Scene,
}

impl Picture {
    /// The picture as SVG; `number` is different for each picture of a page.
    pub fn svg(&self, number: usize) -> String {
        svg(&self.scene, &format!("p{number}"))
    }

    /// What its own places say is wrong with it.
    pub fn faults(&self) -> Vec<String> {
        self.scene.faults().iter().map(|fault| format!("{}: {fault}", self.name)).collect()
    }
}

/// The pictures of a network: with names, and with values; its computational graph, and the paths of its first parameter.
pub fn of_network(name: &str, derivation: &Derivation) -> Vec<Picture> {
    let network = |values| {
        let options = NetworkOptions { values, ..NetworkOptions::default() };
        let name = format!("{name}, network{}", if values { " with values" } else { "" });
        Picture { name, scene: pictures::network(derivation, &options).scene() }
    };
    let mut all = vec![network(false), network(true)];
    let first = derivation.parameters.iter().find(|parameter| !parameter.frozen);
    let focus = first.map(|parameter| vec![parameter.name.clone()]);
    for (what, focus) in
        [Some(("computation", Vec::new())), focus.map(|focus| ("focus", focus))].into_iter().flatten()
    {
        let settings = Settings { focus, ..Settings::default() };
        if let Ok(picture) = computation::picture(derivation, &settings) {
            all.push(Picture { name: format!("{name}, {what}"), scene: picture.scene() });
        }
    }
    all
}

/// The pictures of all specifications in a folder.
///
/// # Errors
/// A file that can't be read or is no specification.
pub fn of_folder(folder: &Path) -> Result<Vec<Picture>, String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|end| end == "mlp"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).map_err(|error| format!("{name}: {error}"))?;
        all.extend(of_text(&name, &text)?);
    }
    Ok(all)
}

/// The pictures of random networks with these numbers.
///
/// # Errors
/// A network that is no specification.
pub fn of_random(numbers: std::ops::Range<u64>) -> Result<Vec<Picture>, String> {
    let each = numbers.map(|number| of_text(&format!("R{number}"), &specification(number)));
    Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
}

/// The pictures of a specification.
///
/// # Errors
/// A text that is none.
pub fn of_text(name: &str, text: &str) -> Result<Vec<Picture>, String> {
    let derivation = mlp_dsl::compile(text).map_err(|found| format!("{name}: {found:?}"))?;
    Ok(of_network(name, &derivation))
}
