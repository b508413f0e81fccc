//! Counts of classes: accuracy, precision, recall, F1.

use core::fmt;

use mlp_runtime::NoSuchClass;

/// How often each class was predicted for each actual class.
///
/// A ratio whose denominator is 0 is 0, as in scikit-learn. Ratios are divisions of whole numbers in 64 bits.
///
/// ```
/// use mlp_training::metrics::Confusion;
///
/// let mut confusion = Confusion::<2>::new();
/// for (actual, predicted) in [(0, 0), (0, 1), (1, 1), (1, 1)] {
///     confusion.add(actual, predicted)?;
/// }
/// assert_eq!(confusion.accuracy(), 0.75);
/// assert_eq!((confusion.precision(1), confusion.recall(1)), (2.0 / 3.0, 1.0));
/// # Ok::<(), mlp_runtime::NoSuchClass>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confusion<const N: usize> {
    counts: [[u64; N]; N],
}

impl<const N: usize> Default for Confusion<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> Confusion<N> {
    /// No predictions.
    pub const fn new() -> Self {
        Self { counts: [[0; N]; N] }
    }

    /// Counts a prediction.
    ///
    /// # Errors
    /// [`NoSuchClass`] if a class is N or more; then nothing is counted.
    pub fn add(&mut self, actual: usize, predicted: usize) -> Result<(), NoSuchClass> {
        let outside = |index| NoSuchClass { index, classes: N };
        let row = self.counts.get_mut(actual).ok_or(outside(actual))?;
        *row.get_mut(predicted).ok_or(outside(predicted))? += 1;
        Ok(())
    }

    /// The counts: a row for each actual class, a column for each predicted class.
    pub const fn counts(&self) -> &[[u64; N]; N] {
        &self.counts
    }

    /// The same as a table whose size is a value.
    pub const fn table(&self) -> Counts<'_> {
        Counts { counts: self.counts.as_flattened(), classes: N }
    }

    /// The number of predictions.
    pub fn total(&self) -> u64 {
        self.table().total()
    }

    /// The number of predictions that are right.
    pub fn correct(&self) -> u64 {
        self.table().correct()
    }

    /// The share of predictions that are right. Each prediction is one class, so it equals precision, recall and F1 averaged
    /// over predictions ("micro").
    pub fn accuracy(&self) -> f64 {
        self.table().accuracy()
    }

    /// Of the predictions of this class, the share that is right.
    pub fn precision(&self, class: usize) -> f64 {
        self.table().precision(class)
    }

    /// Of the samples of this class, the share that was predicted.
    pub fn recall(&self, class: usize) -> f64 {
        self.table().recall(class)
    }

    /// The harmonic mean of precision and recall of this class: twice the hits over the sum of samples and predictions.
    pub fn f1(&self, class: usize) -> f64 {
        self.table().f1(class)
    }

    /// The number of samples of this class.
    pub fn support(&self, class: usize) -> u64 {
        self.table().support(class)
    }

    /// The number of predictions of this class.
    pub fn predicted(&self, class: usize) -> u64 {
        self.table().predicted(class)
    }

    /// The mean of the classes' precisions. This and the other means leave out classes that no sample has and no prediction
    /// names.
    pub fn macro_precision(&self) -> f64 {
        self.table().macro_precision()
    }

    /// The mean of the classes' recalls.
    pub fn macro_recall(&self) -> f64 {
        self.table().macro_recall()
    }

    /// The mean of the classes' F1.
    pub fn macro_f1(&self) -> f64 {
        self.table().macro_f1()
    }
}

/// A [`Confusion`] whose number of classes is known only when the program runs. It borrows its counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts<'c> {
    counts: &'c [u64],
    classes: usize,
}

impl<'c> Counts<'c> {
    /// Counts row by row: a row for each actual class. `None` if there are not `classes` times `classes` of them.
    pub fn new(counts: &'c [u64], classes: usize) -> Option<Self> {
        (classes.checked_mul(classes) == Some(counts.len())).then_some(Self { counts, classes })
    }

    /// The number of predictions.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The number of predictions that are right.
    pub fn correct(&self) -> u64 {
        (0..self.classes).map(|class| self.hits(class)).sum()
    }

    /// The share of predictions that are right. Each prediction is one class, so it equals precision, recall and F1 averaged
    /// over predictions ("micro").
    pub fn accuracy(&self) -> f64 {
        ratio(self.correct(), self.total())
    }

    /// Of the predictions of this class, the share that is right.
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.hits(class), self.predicted(class))
    }

    /// Of the samples of this class, the share that was predicted.
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.hits(class), self.support(class))
    }

    /// The harmonic mean of precision and recall of this class: twice the hits over the sum of samples and predictions.
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.hits(class), self.support(class) + self.predicted(class))
    }

    /// The number of samples of this class.
    pub fn support(&self, class: usize) -> u64 {
        self.rows().nth(class).map_or(0, |row| row.iter().sum())
    }

    /// The number of predictions of this class.
    pub fn predicted(&self, class: usize) -> u64 {
        self.rows().filter_map(|row| row.get(class)).sum()
    }

    /// The mean of the classes' precisions. This and the other means leave out classes that no sample has and no prediction
    /// names.
    pub fn macro_precision(&self) -> f64 {
        self.mean(Self::precision)
    }

    /// The mean of the classes' recalls.
    pub fn macro_recall(&self) -> f64 {
        self.mean(Self::recall)
    }

    /// The mean of the classes' F1.
    pub fn macro_f1(&self) -> f64 {
        self.mean(Self::f1)
    }

    /// The counts of each actual class.
    pub fn rows(&self) -> impl Iterator<Item = &'c [u64]> {
        self.counts.chunks(self.classes.max(1))
    }

    fn hits(&self, class: usize) -> u64 {
        self.rows().nth(class).and_then(|row| row.get(class)).copied().unwrap_or(0)
    }

    /// The mean over the classes that occur, in their order.
    fn mean(&self, of: impl Fn(&Self, usize) -> f64) -> f64 {
        let occurring = || (0..self.classes).filter(|&class| self.support(class) + self.predicted(class) > 0);
        match occurring().count() {
            0 => 0.0,
            count => occurring().map(|class| of(self, class)).sum::<f64>() / count as f64,
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A table: a row for each actual class, a column for each predicted class.
impl<const N: usize> fmt::Display for Confusion<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.counts.as_flattened().iter().copied().max().unwrap_or(0).max(N as u64);
        let width = most.checked_ilog10().unwrap_or(0) as usize + 2;
        write!(f, "{:width$}", "")?;
        for class in 0..N {
            write!(f, "{class:width$}")?;
        }
        for (class, row) in self.counts.iter().enumerate() {
            write!(f, "\n{class:width$}")?;
            for count in row {
                write!(f, "{count:width$}")?;
            }
        }
        Ok(())
    }
}
