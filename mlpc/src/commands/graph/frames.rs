//! `mlpc graph --frames`: one file for each step.

use std::path::{Path, PathBuf};

use mlp_document::pictures::computation;
use mlp_dsl::ir::Derivation;
use mlp_graph::svg;

use crate::{
    arguments::Graph,
    failure::Failure,
    file::{is_standard, shown_name},
    output,
};

use super::{caught, refusal, settings};

/// Writes the pictures beside the file of `-o`: `name-01.svg`, `name-02.svg`, …
pub(super) fn write(derivation: &Derivation, arguments: &Graph) -> Result<(), Failure> {
    let Some(output) = arguments.target.output.as_deref().filter(|output| !is_standard(output)) else {
        return Err(Failure::usage("--frames writes files", "give their name with -o FILE"));
    };
    if arguments.target.check {
        return Err(Failure::usage("--frames can't be checked", "leave `--check` out"));
    }
    let pictures = caught(|| {
        let frames = computation::frames(derivation, &settings(arguments))
            .map_err(|refusal| refusal::failure(&refusal, &derivation.header.name))?;
        let scenes = (0..frames.count()).filter_map(|step| frames.scene(step));
        Ok(scenes.map(|scene| svg(&scene, "picture")).collect::<Vec<String>>())
    })?;
    // All pictures are there before the first is written.
    let width = pictures.len().to_string().len().max(2);
    for (index, picture) in pictures.iter().enumerate() {
        output::write(picture, &numbered(output, index + 1, width)?)?;
    }
    Ok(())
}

/// `name.svg` with the number of a step: `name-01.svg`.
fn numbered(output: &Path, number: usize, width: usize) -> Result<PathBuf, Failure> {
    let stem = output.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let stem = stem.ok_or_else(|| {
        Failure::usage(format!("{} names no file", shown_name(output)), "give the name of a file to -o")
    })?;
    let extension =
        output.extension().map_or_else(|| "svg".to_owned(), |own| own.to_string_lossy().into_owned());
    Ok(output.with_file_name(format!("{stem}-{number:0width$}.{extension}")))
}
