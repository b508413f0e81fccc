//! The options of a training: flags, and what the specification says where they are missing.

use std::path::Path;

use mlp_dsl::run::{Run, Shuffle};

use crate::{arguments::Train, file::is_standard};

/// The epochs where nothing says how many.
const EPOCHS: u64 = 20;

/// The options with all that the specification says. Its paths are relative to its file.
pub(super) fn settled(arguments: &Train, run: &Run) -> Train {
    let mut all = arguments.clone();
    if let (None, Some(table)) = (&all.data, &run.table) {
        let source = &all.source.file;
        let folder = if is_standard(source) { None } else { source.parent() }.unwrap_or(Path::new(""));
        all.data = Some(folder.join(&table.path));
        all.labels = table.targets.as_ref().map(|path| folder.join(path));
    }
    all.epochs = all.epochs.or(run.epochs);
    all.patience = all.patience.or(run.patience);
    if all.validate.is_none() {
        all.hold_out = all.hold_out.or(run.hold_out);
    }
    // A seed is one of the order, too.
    let is_seeded = all.seed.is_some() || all.seeds.is_some();
    if !is_seeded || run.shuffle == Some(Shuffle::None) {
        all.shuffle = all.shuffle.or(run.shuffle);
    }
    all
}

impl Train {
    /// The number of epochs.
    pub(super) fn epochs(&self) -> u64 {
        self.epochs.unwrap_or(EPOCHS)
    }
}
