//! Checkpoints: all that a training run needs to continue with the same bits.

use super::error::LoadError;
use super::file::File;
use super::listed::Listed;
use super::map::Map;
use super::parts::{Part, Stored};
use super::read::{self, Accepted, OPTIMIZER};
use super::value::Value;
use super::write::{self, Pairs, SaveError};
use crate::network::Trainable;

/// How far a training run is.
///
/// The caller keeps and interprets these numbers. With the order of the samples a function of `order_seed`, `epoch` and
/// `position`, a run continues where it was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// The number of steps taken.
    pub step: u64,
    /// The number of the epoch, from 0.
    pub epoch: u64,
    /// The number of samples of the epoch that have been used.
    pub position: u64,
    /// The seed of the order of the samples.
    pub order_seed: u64,
    /// The best value of what is watched so far, such as the loss on other samples. Every bit is kept, except those of a
    /// NaN.
    pub best: Option<f64>,
}

/// A network, its optimizer and the [`Progress`] of the run, to be saved in one file.
///
/// The file also has the `LAYOUT_HASH` of the network. It can be resumed by every network with the same hash, also with
/// another rate, seed or name. Settings of the rule are not in the file: they are those of the specification, or those that
/// the program sets. In Python the file is a dictionary of tensors, those of the optimizer called `optimizer.…`, and the rest
/// is its metadata: `mlp.step`, `mlp.epoch`, `mlp.position`, `mlp.order_seed`, `mlp.best`, `mlp.network`,
/// `mlp.layout_hash` and the keys of the user.
///
/// ```
/// use mlp_runtime::{Trainable, keep::{Checkpoint, File, LoadError, Progress}};
///
/// fn copy<N: Trainable>(of: &N, optimizer: &N::Optimizer, to: (&mut N, &mut N::Optimizer)) -> Result<(), LoadError> {
///     let progress = Progress { step: 40, epoch: 2, best: Some(0.125), ..Progress::default() };
///     let patience = [("patience", 3_u64.into())];
///     let checkpoint = Checkpoint { network: of, optimizer, progress, metadata: &patience };
///     let mut bytes = Vec::new();
///     let written = checkpoint.write(|part| {
///         bytes.extend(part);
///         Ok::<(), std::convert::Infallible>(())
///     });
///     assert!(written.is_ok());
///
///     let file = File::parse(&bytes)?;
///     assert_eq!(file.resume(to.0, to.1)?, progress);
///     assert_eq!(file.metadata("patience").and_then(|text| text.whole()), Some(3));
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Checkpoint<'c, N: Trainable> {
    /// The network.
    pub network: &'c N,
    /// Its optimizer; the states of its rule and its number of steps are kept.
    pub optimizer: &'c N::Optimizer,
    /// How far the run is.
    pub progress: Progress,
    /// More to be kept, such as counters of early stopping, names of classes, the name of the data. Keys must not begin
    /// with `mlp.`.
    pub metadata: &'c [(&'c str, Value<'c>)],
}

/// The version of the metadata of checkpoints.
const VERSION: u64 = 1;

impl<N: Trainable> Clone for Checkpoint<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N: Trainable> Copy for Checkpoint<'_, N> {}

impl<N: Trainable> Checkpoint<'_, N> {
    /// Writes the file in one pass; as [`Keep::write`](super::Keep::write).
    ///
    /// # Errors
    /// As [`Keep::write`](super::Keep::write).
    pub fn write<E>(&self, sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), SaveError<E>> {
        self.listed().write(sink)
    }

    pub(super) fn listed(&self) -> ListedCheckpoint<'_, N, N::Optimizer> {
        let (progress, metadata) = (self.progress, self.metadata);
        ListedCheckpoint {
            name: N::NAME,
            layout_hash: N::LAYOUT_HASH,
            network: self.network,
            optimizer: self.optimizer,
            progress,
            metadata,
        }
    }

    /// Saves the file; as [`Keep::save`](super::Keep::save).
    ///
    /// # Errors
    /// As [`Keep::save`](super::Keep::save).
    #[cfg(feature = "std")]
    pub fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), super::FileError> {
        super::disk::save(path.as_ref(), |sink| self.write(sink))
    }
}

/// A [`Checkpoint`] of a network that is not compiled: its tensors are [`Listed`].
#[derive(Debug)]
pub struct ListedCheckpoint<'c, T, O> {
    /// The name of the network in its specification.
    pub name: &'c str,
    /// The [`LAYOUT_HASH`](crate::Network::LAYOUT_HASH) that its code would have.
    pub layout_hash: u64,
    /// The network.
    pub network: &'c T,
    /// Its optimizer.
    pub optimizer: &'c O,
    /// How far the run is.
    pub progress: Progress,
    /// As [`Checkpoint::metadata`].
    pub metadata: &'c [(&'c str, Value<'c>)],
}

impl<T: Listed, O: Listed> ListedCheckpoint<'_, T, O> {
    /// Writes the file; as [`Checkpoint::write`].
    ///
    /// # Errors
    /// As [`Checkpoint::write`].
    pub fn write<E>(&self, sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), SaveError<E>> {
        let parts = [Part::new("", self.network), Part::new(OPTIMIZER, self.optimizer)];
        self.write_parts(&parts, &[self.network, self.optimizer], sink)
    }

    /// Writes the file; as [`Checkpoint::write_with_best`].
    ///
    /// # Errors
    /// As [`Checkpoint::write`].
    pub fn write_with_best<E>(
        &self,
        best: &impl Listed<Scalar = T::Scalar>,
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>> {
        let parts =
            [Part::new("", self.network), Part::new(OPTIMIZER, self.optimizer), Part::new(read::BEST, best)];
        self.write_parts(&parts, &[self.network, self.optimizer, best], sink)
    }

    fn write_parts<E>(
        &self,
        parts: &[Part],
        of: &[&dyn Stored],
        sink: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), SaveError<E>> {
        let Progress { step, epoch, position, order_seed, best } = self.progress;
        let layout = digits(self.layout_hash);
        let layout = core::str::from_utf8(&layout).unwrap_or_default();
        let own = [
            ("mlp.checkpoint", Value::Whole(VERSION)),
            ("mlp.network", Value::Text(self.name)),
            ("mlp.layout_hash", Value::Text(layout)),
            ("mlp.step", Value::Whole(step)),
            ("mlp.epoch", Value::Whole(epoch)),
            ("mlp.position", Value::Whole(position)),
            ("mlp.order_seed", Value::Whole(order_seed)),
            (BEST, Value::Number(best.unwrap_or_default())),
        ];
        let count = if best.is_some() { own.len() } else { own.len() - 1 };
        let own = own.get(..count).unwrap_or_default();
        write::write(parts, of, Pairs { own, user: self.metadata }, sink)
    }
}

const BEST: &str = "mlp.best";

/// The hexadecimal digits of a hash.
fn digits(hash: u64) -> [u8; 16] {
    let mut digits = [b'0'; 16];
    let mut places = digits.iter_mut();
    super::value::hexadecimal(hash, 16, &mut |digit| {
        if let (Some(place), [digit]) = (places.next(), digit) {
            *place = *digit;
        }
        true
    });
    digits
}

impl File<'_> {
    /// Reads a [`Checkpoint`]: network, optimizer and how far the run is. The settings of the optimizer stay as they are.
    /// [`metadata`](Self::metadata) has the rest.
    ///
    /// # Errors
    /// [`LoadError`] if the file is no checkpoint of a network with the same layout. Then nothing is changed.
    pub fn resume<N: Trainable>(
        &self,
        network: &mut N,
        optimizer: &mut N::Optimizer,
    ) -> Result<Progress, LoadError> {
        self.resume_listed(N::LAYOUT_HASH, network, optimizer)
    }

    /// [`resume`](Self::resume) of a network that is not compiled, whose code would have this
    /// [`LAYOUT_HASH`](crate::Network::LAYOUT_HASH).
    ///
    /// # Errors
    /// As [`resume`](Self::resume).
    pub fn resume_listed(
        &self,
        layout_hash: u64,
        network: &mut impl Listed,
        optimizer: &mut impl Listed,
    ) -> Result<Progress, LoadError> {
        let whole = |key| {
            let value = self.metadata(key).and_then(|text| text.whole());
            value.ok_or(LoadError::NoCheckpoint { key })
        };
        if whole("mlp.checkpoint")? != VERSION {
            return Err(LoadError::NoCheckpoint { key: "mlp.checkpoint" });
        }
        let parts = [Part::new("", network), Part::new(OPTIMIZER, optimizer)];
        read::check(self, &parts, Accepted::Checkpoint, &Map::default())?;
        let layout = self.metadata("mlp.layout_hash").and_then(|text| text.hash());
        match layout {
            Some(found) if found == layout_hash => {}
            Some(found) => return Err(LoadError::Layout { expected: layout_hash, found }),
            None => return Err(LoadError::NoCheckpoint { key: "mlp.layout_hash" }),
        }
        let best = match self.metadata(BEST) {
            Some(text) => Some(text.number().ok_or(LoadError::NoCheckpoint { key: BEST })?),
            None => None,
        };
        let progress = Progress {
            step: whole("mlp.step")?,
            epoch: whole("mlp.epoch")?,
            position: whole("mlp.position")?,
            order_seed: whole("mlp.order_seed")?,
            best,
        };
        read::fill(self, &parts, &mut [network, optimizer], Accepted::Checkpoint, &Map::default());
        Ok(progress)
    }
}
