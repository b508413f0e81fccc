//! The masks of dropout.

use super::draws::Masks;
use super::scalar::Scalar;

/// Writes the mask of a sample of a step: `factor` for units that are kept, 0 for those that are left out. The step 0 is none:
/// it keeps all units as they are.
pub fn draw_mask<S: Scalar>(masks: [u64; 2], step: u64, sample: u64, factor: f64, mask: &mut [S]) {
    if step == 0 {
        mask.fill(S::ONE);
        return;
    }
    let factor = S::from_f64(factor);
    for (mask, kept) in mask.iter_mut().zip(Masks::from_numbers(masks).kept(step, sample)) {
        *mask = if kept { factor } else { S::ZERO };
    }
}
