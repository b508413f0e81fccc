//! Fused multiply-add from integers against the processor's instruction.

use mlp_runtime::__private::{Stream, multiply_add_f32, multiply_add_f64};

/// Special numbers and their neighbours.
const CORNERS: [f64; 18] = [
    0.0,
    1.0,
    1.0 + f64::EPSILON,
    1.0 - f64::EPSILON / 2.0,
    3.0,
    f64::MIN_POSITIVE,
    f64::MIN_POSITIVE / 2.0,
    5e-324,
    1.5e-323,
    f64::MAX,
    f64::MAX / 2.0,
    1e-160,
    1e160,
    f32::MIN_POSITIVE as f64,
    1e-45,
    f32::MAX as f64,
    f64::INFINITY,
    f64::NAN,
];

fn signed() -> impl Iterator<Item = f64> + Clone {
    CORNERS.into_iter().flat_map(|x| [x, -x])
}

fn same_f64(a: f64, b: f64, c: f64) {
    let (ours, machine) = (multiply_add_f64(a, b, c), a.mul_add(b, c));
    let same = ours.to_bits() == machine.to_bits() || ours.is_nan() && machine.is_nan();
    assert!(same, "{a:e} * {b:e} + {c:e}: {ours:e} instead of {machine:e}");
}

fn same_f32(a: f32, b: f32, c: f32) {
    let (ours, machine) = (multiply_add_f32(a, b, c), a.mul_add(b, c));
    let same = ours.to_bits() == machine.to_bits() || ours.is_nan() && machine.is_nan();
    assert!(same, "{a:e} * {b:e} + {c:e}: {ours:e} instead of {machine:e}");
}

#[test]
fn corners() {
    for a in signed() {
        for b in signed() {
            for c in signed() {
                same_f64(a, b, c);
                same_f32(a as f32, b as f32, c as f32);
            }
        }
    }
}

/// Random bits, and sums that nearly cancel, are ties or are subnormal.
#[test]
fn by_chance() {
    let mut random = Stream::new(7, 0, "fused");
    for _ in 0..400_000 {
        let [x, y, z] = [random.next_u64(), random.next_u64(), random.next_u64()];
        let [a, b, c] = [x, y, z].map(f64::from_bits);
        same_f64(a, b, c);
        let [p, q, r] = [x, y, z].map(|bits| f32::from_bits(bits as u32));
        same_f32(p, q, r);
        // Near 1, so that the lower half of the product decides.
        let near = |bits: u64| f64::from_bits(bits >> 12 | 1023 << 52);
        let (a, b) = (near(x), near(y));
        let scale = f64::from_bits((1023 - z % 110) << 52);
        same_f64(a, b, -(a * b));
        same_f64(a, b, -(a * b) + scale * f64::EPSILON);
        same_f64(a, b, scale);
        same_f64(a, b, -scale);
        same_f64(a, b * 1e-300 * 1e-8, scale * f64::MIN_POSITIVE);
        let (p, q, scale) = (a as f32, b as f32, f32::from_bits((127 - (z % 60) as u32) << 23));
        same_f32(p, q, -(p * q));
        same_f32(p, q, scale);
        same_f32(p, q, -scale);
        same_f32(p, q * 1e-38 * 1e-4, scale * f32::MIN_POSITIVE);
    }
}
