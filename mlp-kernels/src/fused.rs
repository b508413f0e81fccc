//! Fused multiply-add from integers, for processors without the instruction: product and sum are rounded once, and the
//! bits are those of the instruction.

use super::scalar::Scalar;

/// a b + c, rounded once.
pub fn multiply_add<T: Scalar>(a: T, b: T, c: T) -> T {
    a.multiply_add(b, c)
}

/// a b + c of 32-bit numbers, rounded once.
///
/// The product is exact in 64 bits. The sum is rounded to odd: if it is not exact, its last bit is set, so that rounding
/// to 32 bits knows the side of a tie (Boldo and Melquiond, 2008).
pub fn multiply_add_f32(a: f32, b: f32, c: f32) -> f32 {
    let (product, c) = (a as f64 * b as f64, c as f64);
    let sum = product + c;
    let back = sum - product;
    let error = (product - (sum - back)) + (c - back);
    let bits = sum.to_bits();
    if error == 0.0 || bits & 1 == 1 || !sum.is_finite() {
        return sum as f32;
    }
    // An error with the sign of the sum means that the exact sum is further from zero.
    let away = error.is_sign_negative() == sum.is_sign_negative();
    f64::from_bits(if away { bits + 1 } else { bits - 1 }) as f32
}

/// a b + c of 64-bit numbers, rounded once, to nearest, ties to even.
pub fn multiply_add_f64(a: f64, b: f64, c: f64) -> f64 {
    if !a.is_finite() || !b.is_finite() || a == 0.0 || b == 0.0 {
        return a * b + c;
    }
    if !c.is_finite() {
        return c;
    }
    if c == 0.0 {
        return a * b;
    }
    let ((a, b), c) = ((Parts::of(a), Parts::of(b)), Parts::of(c));
    let product = Parts {
        negative: a.negative != b.negative,
        exponent: a.exponent + b.exponent,
        magnitude: a.magnitude * b.magnitude,
    };
    product.raised().plus(c.raised()).rounded()
}

/// ± magnitude · 2^exponent.
#[derive(Clone, Copy)]
struct Parts {
    negative: bool,
    exponent: i32,
    magnitude: u128,
}

/// The index of the highest bit of a raised magnitude; of the two bits above it, one takes a carry.
const TOP: u32 = 125;

impl Parts {
    /// The parts of a finite number; its magnitude has at most 53 bits.
    fn of(x: f64) -> Parts {
        let (bits, fraction) = (x.to_bits(), x.to_bits() & ((1 << 52) - 1));
        let exponent = (bits >> 52) as i32 & 0x7ff;
        let (exponent, magnitude) =
            if exponent == 0 { (1, fraction) } else { (exponent, fraction | 1 << 52) };
        Parts { negative: bits >> 63 == 1, exponent: exponent - 1075, magnitude: magnitude as u128 }
    }

    /// The same number with its highest bit at `TOP`. A product has at most 106 bits, so 20 bits are below them.
    fn raised(self) -> Parts {
        let by = self.magnitude.leading_zeros() - (127 - TOP);
        Parts { exponent: self.exponent - by as i32, magnitude: self.magnitude << by, ..self }
    }

    /// The sum of two raised numbers. The last bit is set if bits below it are lost.
    fn plus(self, other: Parts) -> Parts {
        let smaller = (self.exponent, self.magnitude) < (other.exponent, other.magnitude);
        let (large, small) = if smaller { (other, self) } else { (self, other) };
        let below = shifted(small.magnitude, (large.exponent - small.exponent) as u32);
        let magnitude =
            if large.negative == small.negative { large.magnitude + below } else { large.magnitude - below };
        Parts { magnitude, ..large }
    }

    /// The nearest 64-bit number; +0 for 0.
    fn rounded(self) -> f64 {
        if self.magnitude == 0 {
            return 0.0;
        }
        // The unit in the last place: that of the highest bit, or of the subnormal numbers.
        let highest = self.exponent + 127 - self.magnitude.leading_zeros() as i32;
        let unit = if highest - 52 < -1074 { -1074 } else { highest - 52 };
        let drop = unit - self.exponent;
        let (kept, rest) = if drop > 0 {
            // Two bits: half a unit, and whether there are bits below it.
            let all = if drop == 1 { self.magnitude << 1 } else { shifted(self.magnitude, drop as u32 - 2) };
            (all >> 2, all & 3)
        } else {
            (self.magnitude << -drop, 0)
        };
        let up = rest > 2 || rest == 2 && kept & 1 == 1;
        // A carry out of the fraction increments the exponent.
        let exponent = if kept >> 52 == 0 { 0 } else { (unit + 1074) as u64 };
        let magnitude = (exponent << 52) + kept as u64 + up as u64;
        let infinity = f64::INFINITY.to_bits();
        let bits = if unit + 1074 >= 0x7fe || magnitude > infinity { infinity } else { magnitude };
        f64::from_bits(bits | (self.negative as u64) << 63)
    }
}

/// x / 2^by, rounded down, with the last bit set if it is not exact.
fn shifted(x: u128, by: u32) -> u128 {
    if by > 127 {
        return (x != 0) as u128;
    }
    let kept = x >> by;
    kept | (kept << by != x) as u128
}
