//! `cargo run --release -p mlp-pictures -- [networks] [first number] [folder]`: measures the pictures of the examples and of
//! random networks in Chromium; with a folder, writes them there too.

#![allow(clippy::print_stdout, reason = "a command talks")]

use std::{fs, path::Path, process::ExitCode, time::Instant};

use mlp_pictures::{browser, of_folder, of_random};

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<usize, String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, otherwise| {
        arguments
            .get(index)
            .map_or(Ok(otherwise), |text| text.parse::<u64>().map_err(|error| error.to_string()))
    };
    let (count, first) = (number(0, 100)?, number(1, 0)?);
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/course");
    let mut pictures = of_folder(&course)?;
    pictures.extend(of_random(first..first + count)?);
    if let Some(folder) = arguments.get(2) {
        for (number, picture) in pictures.iter().enumerate() {
            let name = picture.name.replace(", ", "-").replace(' ', "_");
            let file = Path::new(folder).join(format!("{name}.svg"));
            fs::write(file, picture.svg(number)).map_err(|error| error.to_string())?;
        }
    }
    let mut findings: Vec<String> = pictures.iter().flat_map(|picture| picture.faults()).collect();
    let own = findings.len();
    let browser = browser::find().ok_or("Chromium is not installed, and MLP_CHROMIUM names no browser")?;
    let start = Instant::now();
    let measured = browser::measure(&browser, &pictures)?;
    findings.extend(measured.findings);
    findings.iter().for_each(|finding| println!("{finding}"));
    let [pictures, texts, edges] = measured.counts;
    println!(
        "{pictures} pictures with {texts} texts and {edges} edges: {own} faults by their places, {} in the browser, {:.1} s",
        findings.len() - own,
        start.elapsed().as_secs_f64()
    );
    Ok(findings.len())
}
