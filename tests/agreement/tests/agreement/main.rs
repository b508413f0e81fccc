//! Equal fingerprints and equal bits: macro, emitted code and standalone file. Close numbers:
//! the code and the interpreter.

#![allow(clippy::unwrap_used, reason = "tests")]

use mlp::__private::Stream;

/// FNV-1a of all bits.
fn hash(bits: &[u64]) -> String {
    let bytes = bits.iter().flat_map(|bits| bits.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The bits that a network gave when they were pinned: debug and release builds, and every
/// machine, must give them again.
fn pinned(name: &str) -> String {
    let lines = include_str!("bits.txt").lines();
    let mut words = lines.filter_map(|line| line.split_once(' '));
    words.find(|(known, _)| *known == name).map_or(String::new(), |(_, hash)| hash.to_owned())
}

/// Bits of floats of either width, so that −0 and NaN count too.
trait Bits {
    fn bits(self) -> u64;
}
impl Bits for f32 {
    fn bits(self) -> u64 {
        self.to_bits().into()
    }
}
impl Bits for f64 {
    fn bits(self) -> u64 {
        self.to_bits()
    }
}

/// Everything that a network computes in a few steps, as bits.
macro_rules! run {
    ($network:ty, $runtime:path, trains) => {{
        use $runtime as runtime;
        use runtime::{Differentiable, Network, Trainable};
        let mut seen = run!(@forward $network, $runtime);
        type N = $network;
        let mut network = N::with_seed(7);
        let mut workspace = <N as Network>::BatchWorkspace::new();
        let (_, mut gradients) = network.backward(&[0.5; N::INPUTS], &[0.5; <N as Differentiable>::TARGETS]);
        let mut optimizer = <N as Trainable>::Optimizer::new();
        let mut stream = Stream::new(3, 1, "samples");
        for length in [1_usize, 2, 5] {
            let inputs: Vec<[_; N::INPUTS]> = (0..length).map(|_| [(); N::INPUTS].map(|()| stream.uniform_scalar(-1.0, 1.0))).collect();
            let targets: Vec<[_; <N as Differentiable>::TARGETS]> =
                (0..length).map(|_| [(); <N as Differentiable>::TARGETS].map(|()| stream.uniform_scalar(0.0, 1.0))).collect();
            seen.push(network.train(&inputs[0], &targets[0]).bits());
            let batch = runtime::Batch::new(&inputs, &targets).unwrap();
            seen.push(network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients).bits());
            let one = N::sample_workspace(&mut workspace);
            seen.push(network.train_into(&inputs[0], &targets[0], &mut optimizer, one, &mut gradients).bits());
        }
        for parameter in N::LAYOUT {
            seen.extend(network.parameter(parameter.name).unwrap().iter().map(|x| x.bits()));
        }
        seen
    }};
    ($network:ty, $runtime:path, infers) => { run!(@forward $network, $runtime) };
    (@forward $network:ty, $runtime:path) => {{
        use $runtime as runtime;
        use runtime::Network;
        type N = $network;
        let network = N::new();
        let mut stream = Stream::new(5, 1, "samples");
        let mut seen: Vec<u64> = vec![N::FINGERPRINT];
        let inputs: Vec<[_; N::INPUTS]> = (0..9).map(|_| [(); N::INPUTS].map(|()| stream.uniform_scalar(-2.0, 2.0))).collect();
        let mut outputs = [<N as Network>::Output::default(); 9];
        network.forward_batch(&inputs, &mut <N as Network>::BatchWorkspace::new(), &mut outputs).unwrap();
        for (input, output) in inputs.iter().zip(&outputs) {
            assert_eq!(network.forward(input), *output);
            seen.extend(output.iter().map(|x| x.bits()));
        }
        seen
    }};
}

/// One test for each specification, and a check that none was forgotten.
macro_rules! networks {
    ($($name:ident: $kind:ident),* $(,)?) => {
        mod same_bits {
            use super::*;
            $(#[test] fn $name() {
                let through_macro = run!(mlp_agreement::$name::through_macro::Network, mlp::__private, $kind);
                let emitted = run!(mlp_agreement::$name::emitted::Network, mlp::__private, $kind);
                let standalone = run!(mlp_agreement::$name::standalone::Network, mlp_agreement::$name::standalone::api, $kind);
                assert!(through_macro.len() > 10);
                assert_eq!(through_macro, emitted);
                assert_eq!(through_macro, standalone);
                // The fingerprint comes first. It is no bit of a result.
                let bits = through_macro.split_first().unwrap().1;
                assert_eq!(pinned(stringify!($name)), hash(bits), "the bits of {}", stringify!($name));
            })*
        }

        #[test]
        fn every_specification_is_tested() {
            let mut tested = vec![$(stringify!($name)),*];
            tested.sort_unstable();
            assert_eq!(tested, mlp_agreement::NETWORKS);
        }
    };
}

networks! {
    columns: trains,
    corners: trains,
    exercise: trains,
    exercise_four_biases: trains,
    exercise_short_e: trains,
    exercise_weights_only: trains,
    homework: trains,
    inference: infers,
    mixed: trains,
    steps: trains,
    xor: trains,
}

mod compiled_course;
mod like_the_referee;
mod machines;
