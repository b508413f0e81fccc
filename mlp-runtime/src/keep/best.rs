//! The best network so far, as a part of a checkpoint.

use super::checkpoint::Checkpoint;
use super::error::LoadError;
use super::file::File;
use super::listed::Listed;
use super::map::Map;
use super::parts::Part;
use super::read::{self, Accepted, BEST};
use super::write::SaveError;
use crate::network::Trainable;

impl<N: Trainable> Checkpoint<'_, N> {
    /// [`write`](Self::write) with the best network so far, whose parameters early stopping restores. In the file its tensors
    /// are called `best.…`.
    ///
    /// # Errors
    /// As [`Keep::write`](super::Keep::write).
    pub fn write_with_best<E>(
        &self,
        best: &impl Listed<Scalar = N::Scalar>,
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>> {
        self.listed().write_with_best(best, sink)
    }

    /// [`save`](Self::save) with the best network so far; as [`write_with_best`](Self::write_with_best).
    ///
    /// # Errors
    /// As [`Keep::save`](super::Keep::save).
    #[cfg(feature = "std")]
    pub fn save_with_best(
        &self,
        path: impl AsRef<std::path::Path>,
        best: &impl Listed<Scalar = N::Scalar>,
    ) -> Result<(), super::FileError> {
        super::disk::save(path.as_ref(), |sink| self.write_with_best(best, sink))
    }
}

impl File<'_> {
    /// Reads the best network of a checkpoint. Returns whether there is one.
    ///
    /// # Errors
    /// [`LoadError`] if it is one of other parameters. Then nothing is changed.
    pub fn best(&self, best: &mut impl Listed) -> Result<bool, LoadError> {
        if !self.tensors().any(|tensor| tensor.name().starts_with(BEST)) {
            return Ok(false);
        }
        let parts = [Part::new(BEST, best)];
        read::check(self, &parts, Accepted::Best, &Map::default())?;
        read::fill(self, &parts, &mut [best], Accepted::Best, &Map::default());
        Ok(true)
    }
}
