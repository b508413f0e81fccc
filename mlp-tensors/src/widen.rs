//! Numbers of 16 bits as `f32`, exactly. In constants, too.

/// The number of IEEE's binary16 with these bits. NaNs keep their payload.
pub const fn f16(bits: u16) -> f32 {
    let sign = ((bits & 0x8000) as u32) << 16;
    let (exponent, fraction) = ((bits >> 10 & 0x1f) as u32, (bits & 0x3ff) as u32);
    f32::from_bits(
        sign | match exponent {
            0 if fraction == 0 => 0,
            // Without a leading one: each is normal in 32 bits.
            0 => {
                let shift = fraction.leading_zeros() - 21;
                (113 - shift) << 23 | (fraction << shift & 0x3ff) << 13
            }
            31 => 0xff << 23 | fraction << 13,
            _ => (exponent + 112) << 23 | fraction << 13,
        },
    )
}

/// The number of bfloat16 with these bits: the upper half of an `f32`.
pub const fn bf16(bits: u16) -> f32 {
    f32::from_bits((bits as u32) << 16)
}
