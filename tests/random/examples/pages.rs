//! `cargo run --release -p mlp-random --example pages -- FOLDER [networks] [first number] [digits] [brief]`: prints the
//! worked derivations of random networks as files, for the page checker.

#![allow(clippy::print_stdout, reason = "a command talks")]

use std::{error::Error, fs, path::Path};

use mlp_document::{Options, derive, selection::Extent};
use mlp_random::generator::specification;

fn main() -> Result<(), Box<dyn Error>> {
    let (brief, arguments): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument == "brief");
    let mut arguments = arguments.into_iter();
    let folder = arguments.next().ok_or("name a folder")?;
    let numbers = arguments.map(|argument| argument.parse()).collect::<Result<Vec<u64>, _>>()?;
    let number = |index: usize, otherwise| numbers.get(index).copied().unwrap_or(otherwise);
    let (count, first) = (number(0, 1000), number(1, 0));
    let extent = if brief.is_empty() { Extent::Full } else { Extent::Brief };
    let options = Options { digits: number(2, 9) as usize, extent, ..Options::default() };
    fs::create_dir_all(&folder)?;
    for number in first..first + count {
        let text = specification(number);
        let derivation = mlp_dsl::compile(&text).map_err(|found| format!("R{number}: {found:?}"))?;
        let options = Options { specification: Some(text), ..options.clone() };
        let page = derive(&derivation, &options).to_markdown();
        fs::write(Path::new(&folder).join(format!("R{number}.md")), page)?;
    }
    println!("{count} pages in {folder}");
    Ok(())
}
