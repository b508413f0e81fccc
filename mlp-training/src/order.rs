//! A seed and the number of an epoch → the order of its samples.

use mlp_hash::Generator;

/// Orders of samples: one for each epoch, a function of the seed, the epoch and the number of samples.
///
/// It is the same on every machine and keeps nothing, so training that was stopped continues where it was when it knows the
/// seed, the epoch and the position. The order of an epoch is a shuffle by Fisher and Yates (Durstenfeld's form, 1964) of
/// `0, 1, …, n - 1`:
///
/// ```text
/// for i = n - 1 down to 1:
///     j = floor(u · (i + 1) / 2^64), where u is the next number of the stream
///     exchange the elements i and j
/// ```
///
/// The stream is that of the random start values, SplitMix64, of the name `order` with the epoch as salt: with
/// `next(state) = mix(state + 0x9e3779b97f4a7c15)`, SplitMix64's first output from a state, it starts in the state
/// `next(next(next(seed) ^ epoch) ^ fnv1a("order"))`.
///
/// ```
/// use mlp_training::Order;
///
/// let mut indices = [0; 10];
/// Order::new(7).epoch(0, &mut indices);
/// assert_eq!(indices, [8, 4, 2, 0, 1, 3, 6, 9, 5, 7]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    seed: u64,
}

impl Order {
    /// The orders of this seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The seed.
    pub const fn seed(self) -> u64 {
        self.seed
    }

    /// Writes the order of an epoch, counted from 0: `indices[position]` is the sample at that position. There are as many
    /// samples as `indices` has elements.
    pub fn epoch(self, epoch: u64, indices: &mut [usize]) {
        for (index, place) in indices.iter_mut().enumerate() {
            *place = index;
        }
        shuffle(&mut Generator::new(self.seed, epoch, "order"), indices);
    }
}

/// Shuffles by Fisher and Yates.
pub(crate) fn shuffle<T>(generator: &mut Generator, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        let drawn = u128::from(generator.next_u64()) * (last as u128 + 1);
        items.swap(last, (drawn >> 64) as usize);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::string::ToString;
    use std::vec::Vec;

    use super::Order;

    /// Each of the 120 orders of five samples is as frequent as chance has it.
    #[test]
    fn all_orders_are_equally_frequent() {
        const EPOCHS: u64 = 24_000;
        let mut counts = [0_u32; 120];
        for epoch in 0..EPOCHS {
            let mut indices = [0_usize; 5];
            Order::new(1).epoch(epoch, &mut indices);
            let rank = (0..5).fold(0, |rank, place| {
                let later = indices.iter().skip(place + 1);
                rank * (5 - place) + later.filter(|&&index| Some(&index) < indices.get(place)).count()
            });
            if let Some(count) = counts.get_mut(rank) {
                *count += 1;
            }
        }
        let expected = EPOCHS as f64 / 120.0;
        let chi = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum::<f64>();
        // 119 degrees of freedom: 0.1 % of all seeds are above 173, 0.1 % below 76.
        assert!((76.0..173.0).contains(&chi), "{chi}");
    }

    /// A sample has each position as often as any other, over seeds as well as over epochs.
    #[test]
    fn samples_are_everywhere() {
        const SAMPLES: usize = 32;
        for by_seed in [false, true] {
            let mut counts = [[0_u32; SAMPLES]; SAMPLES];
            for number in 0..3200 {
                let mut indices = [0; SAMPLES];
                let (seed, epoch) = if by_seed { (number, 3) } else { (3, number) };
                Order::new(seed).epoch(epoch, &mut indices);
                for (row, &index) in counts.iter_mut().zip(&indices) {
                    *row.get_mut(index).unwrap() += 1;
                }
            }
            let cells = counts.as_flattened().iter();
            let chi = cells.map(|&count| (f64::from(count) - 100.0).powi(2) / 100.0).sum::<f64>();
            // 961 degrees of freedom: 0.1 % are above 1100, 0.1 % below 829.
            assert!((829.0..1100.0).contains(&chi), "{chi}");
        }
    }

    /// The numbers of `tests/orders.py`, which computes the documented algorithm with Python's whole numbers.
    #[test]
    fn orders_are_the_documented_ones() {
        let mut expected = include_str!("../tests/orders.csv").lines();
        for (seed, epoch) in [(0, 0), (7, 0), (7, 1), (u64::MAX, 1 << 40)] {
            for samples in [1, 2, 10, 100] {
                let mut indices = [0; 100];
                let indices = indices.get_mut(..samples).unwrap();
                Order::new(seed).epoch(epoch, indices);
                let line = indices.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
                assert_eq!(Some(line.as_str()), expected.next(), "{seed} {epoch} {samples}");
            }
        }
        assert_eq!(expected.next(), None);
    }

    #[test]
    fn no_samples_have_an_order() {
        Order::new(0).epoch(0, &mut []);
    }
}
