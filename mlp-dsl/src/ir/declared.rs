//! The declared step: which samples it takes. Every consumer asks here: `eval`, `derive`, `check`, `summary`.

use std::ops::Range;

use super::Derivation;

use crate::model::Sample;

/// What a user asks for instead of the declared batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// One sample of `data`, counted from 0.
    pub sample: Option<usize>,
    /// Samples in a batch.
    pub batch: Option<usize>,
}

/// More samples than this in a batch are counted as this number, so that products of counts do not overflow.
const MOST: usize = 1 << 30;

impl Derivation {
    /// Chooses a declared sample, counted from 0: each step then takes this one alone. Gives whether there is one.
    pub fn choose_sample(&mut self, index: usize) -> bool {
        let known = index < self.header.samples.len();
        if known {
            self.chosen.sample = Some(index);
        }
        known
    }

    /// Samples in a batch: as asked for or declared, and not more than an epoch has; without a declared number all
    /// samples of `data`, and without `data` one. A chosen sample is a batch of its own.
    pub fn batch_size(&self) -> usize {
        match self.chosen {
            Chosen { sample: Some(_), batch } => batch.unwrap_or(1).clamp(1, MOST),
            Chosen { sample: None, .. } => self.batch_of_epoch(),
        }
    }

    /// The same, whether a sample is chosen or not.
    pub fn batch_of_epoch(&self) -> usize {
        let declared = self.header.batch;
        let data = self.header.has_data.then_some(self.header.samples.len());
        let batch = self.chosen.batch.or(declared).or(data);
        let most = if self.header.has_data { self.sample_count() } else { None };
        batch.unwrap_or(1).min(most.unwrap_or(MOST)).clamp(1, MOST)
    }

    /// The batch asked for or declared, where `data` has fewer samples: the step takes those.
    pub fn batch_beyond_data(&self) -> Option<usize> {
        let declared = self.header.batch;
        let batch = self.chosen.batch.or(declared)?;
        let counts = self.header.has_data && self.chosen.sample.is_none();
        (counts && batch > self.header.samples.len()).then_some(batch)
    }

    /// Samples of an epoch: as declared, or those of `data`.
    pub fn sample_count(&self) -> Option<usize> {
        let declared = self.training.as_ref().and_then(|training| training.samples);
        declared.or(self.header.has_data.then_some(self.header.samples.len()))
    }

    /// The samples of `data` that a step takes, by their indices; steps count from 0. Batch follows batch. The last
    /// one of an epoch has the samples that are left, and the next step begins with the first sample again.
    pub fn samples_of_step(&self, step: u64) -> Range<usize> {
        let all = self.header.samples.len();
        if let Some(index) = self.chosen.sample {
            return index..(index + 1).min(all);
        }
        let batch = self.batch_size().min(all).max(1);
        let batches = all.div_ceil(batch).max(1) as u64;
        let start = (step % batches) as usize * batch;
        start..(start + batch).min(all)
    }

    /// The samples of the declared step; empty where inputs or target have no values.
    pub fn declared_samples(&self) -> &[Sample] {
        self.header.samples.get(self.samples_of_step(0)).unwrap_or_default()
    }
}
