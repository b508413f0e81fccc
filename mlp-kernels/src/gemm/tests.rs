//! Products over samples in many sizes, on each instruction set of the processor, against sums by index: the same bits,
//! and nothing written outside the result. Operands end where their memory ends, so that a sanitizer notices reads
//! beyond them.
#![allow(unsafe_code, reason = "products take pointers")]

use core::ptr::null;

use std::{boxed::Box, format, vec, vec::Vec};

#[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
use super::super::isa::neon::Neon;
use super::super::isa::vector::Vector;
use super::super::isa::vectorized::Products;
#[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
use super::super::isa::x86::sets::{Avx2, Avx512, Sse2};
use super::super::kernels::Mean;
use super::super::{random::Stream, scalar::Scalar};
use super::epilogue::{Descent, Epilogue};
use super::lanes::{Fused, Lanes};
use super::product::{self, Product, Sizes};

/// The products of an instruction set.
struct Runner {
    name: &'static str,
    f32: Box<dyn Fn(Product<f32>, bool)>,
    f64: Box<dyn Fn(Product<f64>, bool)>,
}

/// Products in wide registers that are arrays.
fn in_lanes<V: Vector>(product: Product<V::Element>, fused: bool) {
    if !product.is_empty() {
        // SAFETY: the operands of `check` are valid in their sizes, and arrays need no instructions.
        unsafe { if fused { product.compute::<V, true>() } else { product.compute::<V, false>() } }
    }
}

/// The instruction sets of the processor, and arrays as wide registers.
fn runners() -> Vec<Runner> {
    let mut all = vec![Runner {
        name: "lanes",
        f32: Box::new(in_lanes::<Lanes<f32, 16>>),
        f64: Box::new(in_lanes::<Lanes<f64, 8>>),
    }];
    macro_rules! add {
        ($isa:ident) => {
            if let Some(isa) = $isa::new() {
                all.push(Runner {
                    name: stringify!($isa),
                    // SAFETY: the operands of `check` are valid in their sizes.
                    f32: Box::new(move |product, fused| unsafe {
                        if fused { isa.compute::<true>(product) } else { isa.compute::<false>(product) }
                    }),
                    // SAFETY: as above.
                    f64: Box::new(move |product, fused| unsafe {
                        if fused { isa.compute::<true>(product) } else { isa.compute::<false>(product) }
                    }),
                });
            }
        };
    }
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    {
        add!(Sse2);
        add!(Avx2);
        add!(Avx512);
    }
    #[cfg(all(target_arch = "aarch64", target_feature = "neon", target_endian = "little"))]
    add!(Neon);
    all
}

/// A number type of the tests.
trait Number: Scalar + Fused {
    const SMALLEST: Self;
    fn bits(self) -> u64;
    fn run(runner: &Runner, product: Product<Self>, fused: bool);
}

macro_rules! number {
    ($($number:ident),*) => {$(
        impl Number for $number {
            const SMALLEST: Self = <$number>::from_bits(1);
            fn bits(self) -> u64 {
                self.to_bits().into()
            }
            fn run(runner: &Runner, product: Product<Self>, fused: bool) {
                (runner.$number)(product, fused);
            }
        }
    )*};
}
number!(f32, f64);

/// Random numbers, with zeros of both signs and the smallest number among them.
fn numbers<T: Number>(stream: &mut Stream, count: usize) -> Vec<T> {
    let special = [T::ZERO, -T::ZERO, T::SMALLEST, -T::SMALLEST];
    let number = |i: usize| match i % 19 {
        7 => special[i / 19 % 4],
        _ => stream.uniform_scalar(-2.0, 2.0),
    };
    (0..count).map(number).collect()
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Forward,
    Biased,
    Backward,
    First,
    More,
    /// As `More`; a third of the sum is the gradient of a step.
    Descent,
}

/// All kinds of product in these sizes, in both arithmetics, on all instruction sets.
fn check<T: Number>(runners: &[Runner], rows: usize, depth: usize, columns: usize) {
    let sizes = Sizes { rows, depth, columns };
    let mut stream = Stream::new(rows as u64, depth as u64, &format!("{columns}"));
    let (a, b) = (numbers::<T>(&mut stream, rows * depth), numbers::<T>(&mut stream, depth * columns));
    let before = numbers::<T>(&mut stream, rows * columns);
    let bias = numbers::<T>(&mut stream, columns.max(1));
    let (weights, rate) = (numbers::<T>(&mut stream, rows * columns), T::from_f64(0.3));
    for kind in [Kind::Forward, Kind::Biased, Kind::Backward, Kind::First, Kind::More, Kind::Descent] {
        for fused in [false, true] {
            let mut expected = expected(kind, fused, (&a, &b, &before), sizes);
            if kind == Kind::Biased {
                for (i, y) in expected.iter_mut().enumerate() {
                    *y = *y + bias[i % columns];
                }
            }
            if kind == Kind::Descent {
                for (w, sum) in weights.iter().zip(&mut expected) {
                    let gradient = *sum / T::from_f64(3.0);
                    *sum = if fused { gradient.fused(-rate, *w) } else { *w - rate * gradient };
                }
            }
            for runner in runners {
                // Fused operations from integers are slow, and so are arrays in debug builds: fewer of them.
                let by_number = runner.name == "lanes" && cfg!(debug_assertions);
                let slow = (by_number || fused && runner.name == "Sse2") && rows * depth * columns > 3000;
                if slow && !(rows + depth + columns).is_multiple_of(16) {
                    continue;
                }
                // Results at the end of their memory, and between other numbers.
                for guard in [0, 37] {
                    let canary = T::from_f64(f64::NAN);
                    let mut y = vec![canary; guard + rows * columns + guard];
                    match kind {
                        Kind::More => y[guard..guard + rows * columns].copy_from_slice(&before),
                        Kind::Descent => y[guard..guard + rows * columns].copy_from_slice(&weights),
                        _ => {}
                    }
                    let mut sums = before.clone();
                    let to = y[guard..].as_mut_ptr();
                    let product = match kind {
                        Kind::Forward => product::forward(a.as_ptr(), b.as_ptr(), null(), to, sizes),
                        Kind::Biased => product::forward(a.as_ptr(), b.as_ptr(), bias.as_ptr(), to, sizes),
                        Kind::Backward => product::backward(b.as_ptr(), a.as_ptr(), null(), to, sizes),
                        Kind::Descent => {
                            let sums = sums.as_mut_ptr();
                            let descent = Descent { factor: -rate, y: sums, w: to };
                            let epilogue = Epilogue::Descent(Mean::over(Some(T::from_f64(3.0))), descent);
                            product::outer(false, epilogue, sums, a.as_ptr(), b.as_ptr(), sizes)
                        }
                        _ => product::outer(
                            kind == Kind::First,
                            Epilogue::Mean(Mean::None),
                            to,
                            a.as_ptr(),
                            b.as_ptr(),
                            sizes,
                        ),
                    };
                    T::run(runner, product, fused);
                    let place =
                        || format!("{kind:?} on {}, fused {fused}, {rows} {depth} {columns}", runner.name);
                    let (found, after) = y[guard..].split_at(rows * columns);
                    for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                        let equal = found.bits() == expected.bits();
                        assert!(equal, "{found:?} instead of {expected:?} at {i}: {}", place());
                    }
                    let kept = y[..guard].iter().chain(after).all(|x| x.bits() == canary.bits());
                    assert!(kept, "numbers outside the result: {}", place());
                }
            }
        }
    }
}

/// Σ in order: over inputs from the first term, over samples from 0 or from the number before.
fn expected<T: Number>(kind: Kind, fused: bool, (a, b, y): (&[T], &[T], &[T]), sizes: Sizes) -> Vec<T> {
    let Sizes { rows, depth, columns } = sizes;
    let mut all = Vec::new();
    for (r, j) in (0..rows).flat_map(|r| (0..columns).map(move |j| (r, j))) {
        let mut sum = match kind {
            Kind::Forward | Kind::Biased | Kind::Backward => None,
            Kind::First => Some(T::ZERO),
            Kind::More | Kind::Descent => Some(y[r * columns + j]),
        };
        for k in 0..depth {
            let (a, b) = match kind {
                Kind::Forward | Kind::Biased => (a[r * depth + k], b[k * columns + j]),
                Kind::Backward => (a[r * depth + k], b[j * depth + k]),
                _ => (a[k * rows + r], b[k * columns + j]),
            };
            sum = Some(match sum {
                None => a * b,
                Some(sum) if fused => a.fused(b, sum),
                Some(sum) => sum + a * b,
            });
        }
        all.push(sum.unwrap_or(T::ZERO));
    }
    all
}

fn check_both(runners: &[Runner], [rows, depth, columns]: [usize; 3]) {
    check::<f32>(runners, rows, depth, columns);
    check::<f64>(runners, rows, depth, columns);
}

/// Fewer sizes without optimization, and fewest in Miri.
fn few<T>(all: &'static [T], fewer: &'static [T], fewest: &'static [T]) -> &'static [T] {
    if cfg!(miri) {
        fewest
    } else if cfg!(debug_assertions) {
        fewer
    } else {
        all
    }
}

#[test]
fn each_dimension_over_its_range() {
    let runners = runners();
    let others = few(&[1, 5, 18, 70], &[1, 18], &[3]);
    let step = if cfg!(miri) { 23 } else { 1 };
    for size in (0..=70).step_by(step) {
        for &one in others {
            for &other in others {
                check_both(&runners, [size, one, other]);
                check_both(&runners, [one, size, other]);
                check_both(&runners, [one, other, size]);
            }
        }
    }
}

#[test]
fn random_sizes() {
    let runners = runners();
    let mut stream = Stream::new(1, 1, "sizes");
    let mut draw = || stream.uniform_scalar::<f64>(1.0, 71.0) as usize;
    for _ in 0..few(&[1000], &[40], &[2])[0] {
        check_both(&runners, [draw(), draw(), draw()]);
    }
}

/// Sums longer than a packed panel, several panels, rows that share a page.
#[test]
fn sizes_beyond_a_panel() {
    let runners = runners();
    let depths = few(&[191, 192, 193, 383, 384, 385, 512, 1024, 1025], &[193, 385, 512, 1024], &[512]);
    for &depth in depths {
        for &rows in few(&[1, 15, 16, 17, 31], &[1, 17], &[1]) {
            for &columns in few(&[1, 63, 64, 65, 150], &[1, 65], &[1]) {
                check_both(&runners, [rows, depth, columns]);
            }
        }
    }
    // More rows than are packed at once; panels that are packed together, with a wider last one.
    for &[rows, depth, columns] in few(
        &[[256, 128, 210], [300, 260, 210], [200, 1024, 200], [1000, 40, 200], [17, 1020, 72]],
        &[[140, 130, 66], [17, 1020, 72]],
        &[],
    ) {
        check_both(&runners, [rows, depth, columns]);
    }
    for &rows in few(&[100, 127, 128, 257], &[100], &[]) {
        for &columns in few(&[3, 64, 130], &[3, 130], &[]) {
            check_both(&runners, [rows, 5, columns]);
            check_both(&runners, [rows, 200, columns]);
        }
    }
}

/// Zero in one of the dimensions, and more than a panel in the others.
#[test]
fn empty_sizes() {
    let runners = runners();
    for &many in few(&[0, 1, 20, 200], &[0, 1, 20, 200], &[0, 20, 70]) {
        for &more in few(&[1, 200], &[1, 200], &[70]) {
            check_both(&runners, [0, many, more]);
            check_both(&runners, [many, 0, more]);
            check_both(&runners, [many, more, 0]);
        }
    }
}

/// Products cut into parts, by columns and by rows, in pools of several threads.
#[cfg(feature = "rayon")]
#[test]
fn sizes_on_threads() {
    let sizes = few(&[[97, 600, 161], [129, 2000, 40], [600, 100, 150]], &[], &[]);
    for threads in [2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let check_all = || {
            let runners = runners();
            sizes.iter().for_each(|&sizes| check_both(&runners, sizes));
        };
        assert!(pool.map(|pool| pool.install(check_all)).is_ok());
    }
}
