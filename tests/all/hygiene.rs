//! Networks are independent of the code around them, and names are free.

#![allow(
    non_camel_case_types,
    non_upper_case_globals,
    dead_code,
    unused_macros,
    reason = "the names are the point"
)]

// Names that generated code must not meet.
const h1: f64 = 1.0;
const w1: &str = "not a number";
mod core {}
mod functions {}
struct Option;
struct Some;
fn sigmoid() {}
macro_rules! exp {
    () => {
        compile_error!("never called")
    };
}

mlp::mlp! {
    /// Keywords, words of the language, Greek, and names of Rust's own.
    network Names: f64 {
        input   type { fn, self_, input }
        weights { w1 = 0.5, match = 0.25, E1 = 1, sigmoid = 2, α = 0.1, __input = 0.3 }
        biases  { output = 0.1 }

        layer layer {
            h1   = sigmoid(w1 * fn + match * self_ + output),
            loss = tanh(E1 * input + sigmoid * h_const + α * __input),
        }
        layer network { r#return = sigmoid(h1_twice(h1) - loss), Vec = loss * 2 }

        target  target { async, await }
        loss    squared_error(network, target);
        train   sgd(rate = 0.1);
    }
    const h_const = 0.5;
    fn h1_twice(match) = match * 2;
}

#[test]
fn any_name_works() {
    let network = Names::new();
    let trace = network.trace(&[0.1, 0.2, 0.3]);
    let expected = 1.0 / (1.0 + f64::exp(-(0.5 * 0.1 + 0.25 * 0.2 + 0.1)));
    assert!((trace.h1 - expected).abs() < 1e-15);
    assert_eq!(trace.Vec, trace.loss * 2.0);
    assert_eq!(network.r#match, 0.25);
    let (loss, gradients) = network.backward(&[0.1, 0.2, 0.3], &[0.0, 1.0]);
    assert!(loss > 0.0 && gradients.α != 0.0);
}

mlp::mlp! {
    /// Names that generated code has, too.
    network Own: f64 {
        input   __input[4];
        layer   __isa[3] = double(dense(__input));
        biases  { __term_0 = 0.25 }
        layer   __first[2] = double(dense(__isa)) * __term_0;
        target  __samples[2];
        loss    mean_squared_error(__first, __samples);
        arithmetic fused;
        unroll  never;
        train   momentum(rate = 0.001), batch 4;
    }
    fn double(__isa) = __isa * __isa + __isa;
}

#[test]
fn names_of_generated_code_are_free() {
    let (inputs, targets) = ([[0.5; 4]; 5], [[1.0, 0.0]; 5]);
    let mut network = Own::new();
    let (mut optimizer, mut workspace) = (OwnOptimizer::new(), OwnBatchWorkspace::new());
    let mut gradients = OwnGradients::new();
    let batch = mlp::Batch::new(&inputs, &targets);
    let mut step =
        || batch.map(|batch| network.train_batch(batch, &mut optimizer, &mut workspace, &mut gradients));
    let before = step();
    for _ in 0..50 {
        assert!(step().is_ok());
    }
    assert!(step().ok() < before.ok());
}

#[test]
fn a_network_may_stand_in_a_function() {
    mlp::mlp! {
        network Local: f32 { input x[2]; layer y[1] = dense(x); }
    }
    assert_eq!(Local::new().forward(&[0.0, 0.0]), [0.0]);
}

mod renamed {
    extern crate mlp as perceptrons;
    // The runtime is looked for under the name that is given.
    perceptrons::mlp! {
        crate = mlp;
        pub(crate) network Visible: f32 { input x[1]; layer y[1] = dense(x); }
    }
}

/// The crate where other crates re-export it.
mod reexported {
    pub(crate) mod library {
        pub(crate) mod networks {
            pub(crate) use ::mlp as perceptrons;
        }

        /// What a library has for its users, who need not know `mlp`.
        macro_rules! line {
            ($at:path, $name:ident) => {
                $crate::hygiene::reexported::library::networks::perceptrons::mlp! {
                    crate = $at;
                    pub(crate) network $name: f32 { input x[1]; layer y[1] = 2 * dense(x); }
                }
            };
            ($name:ident) => {
                $crate::hygiene::reexported::library::networks::perceptrons::mlp! {
                    crate = $crate::hygiene::reexported::library::networks::perceptrons;
                    pub(crate) network $name: f32 { input x[1]; layer y[1] = 2 * dense(x); }
                }
            };
        }
        pub(crate) use line;
        line!(super::library::networks::perceptrons, Above);
        line!(self::networks::perceptrons, Here);
    }
    library::line!(Definition);
    library::line!(crate::hygiene::reexported::library::networks::perceptrons, Call);
    library::line!(::mlp, Absolute);
    ::mlp::mlp! {
        crate = self::library::networks::perceptrons;
        pub(crate) network Functions: f32 {
            const half = 0.5;
            fn own(x) = half * tanh(x);
            input  x[1];
            layer  y[1] = own(dense(x));
            target t[1];
            loss   half_squared_error(y, t);
            train  adam(rate = 0.1), clip_norm = 1;
        }
    }
}

#[test]
fn the_crate_is_where_its_path_says() {
    use reexported::{Absolute, Call, Definition, Functions, library::Above, library::Here};
    let outputs = [
        Above::new().forward(&[0.0]),
        Here::new().forward(&[0.0]),
        Definition::new().forward(&[0.0]),
        Call::new().forward(&[0.0]),
        Absolute::new().forward(&[0.0]),
        Functions::new().forward(&[0.0]),
    ];
    assert_eq!(outputs, [[0.0]; 6]);
}

#[test]
fn visibility_is_the_specifications() {
    assert_eq!(renamed::Visible::PARAMETERS, 2);
}

/// Code may be written for every network.
fn fit<N: mlp::Trainable>(
    network: &mut N,
    steps: usize,
    room: (N::Optimizer, N::BatchWorkspace, N::Gradients),
    samples: mlp::Batch<'_, N::Input, N::Target>,
) -> (N::Scalar, N::Scalar) {
    let (mut optimizer, mut workspace, mut gradients) = room;
    let first = network.loss_batch(samples, &mut workspace);
    for _ in 0..steps {
        network.train_batch(samples, &mut optimizer, &mut workspace, &mut gradients);
    }
    (first, network.loss_batch(samples, &mut workspace))
}

#[test]
fn code_can_be_generic_over_networks() {
    mlp::mlp! {
        network Line: f64 {
            input   x[1];
            layer   y[1] = dense(x);
            target  t[1];
            loss    mean_squared_error(y, t);
            train   sgd(rate = 0.1);
        }
    }
    let samples = ([[0.0], [1.0], [2.0]], [[1.0], [3.0], [5.0]]);
    let batch = mlp::Batch::new(&samples.0, &samples.1);
    let mut network = Line::new();
    let room = (LineOptimizer::new(), LineBatchWorkspace::new(), LineGradients::new());
    let (before, after) = batch.map(|batch| fit(&mut network, 500, room, batch)).unwrap_or((0.0, 1.0));
    assert!(before > 1.0 && after < 1e-6, "{before} {after}");
    assert!((network.W_y[0][0] - 2.0).abs() < 1e-2);
}

#[test]
fn large_networks_live_in_a_static_and_are_filled_in_place() {
    mlp::mlp! {
        network Large: f32 { input x[1024]; layer h[1024] = relu(dense(x)); layer y[4] = dense(h); }
    }
    static NETWORK: std::sync::Mutex<Large> = std::sync::Mutex::new(Large::ZERO);
    // 4 MB of parameters are filled from a thread with a stack of 64 KB.
    let small = std::thread::Builder::new().stack_size(64 * 1024).spawn(|| {
        let Ok(mut network) = NETWORK.lock() else { return 0.0 };
        network.initialize(Large::SEED);
        static WORKSPACE: std::sync::Mutex<LargeWorkspace> = std::sync::Mutex::new(LargeWorkspace::ZERO);
        let mut output = [0.0; Large::OUTPUTS];
        if let Ok(mut workspace) = WORKSPACE.lock() {
            network.forward_into(&[1.0; Large::INPUTS], &mut workspace, &mut output);
        }
        output.iter().map(|y| y.abs()).sum::<f32>()
    });
    let sum = small.ok().and_then(|thread| thread.join().ok()).unwrap_or(0.0);
    assert!(sum > 0.0 && sum.is_finite());
}

/// Everything here has a name that generated code needs.
mod surrounded {
    use ::core::{marker::Sized, primitive::f64 as real};

    const h1: u8 = 1;
    static w1: &str = "not a number";
    static b1: u8 = 0;
    struct f64;
    struct f32;
    struct u64;
    struct usize;
    type u8 = ::core::primitive::u8;
    enum Option {}
    enum Result {}
    struct Default;
    struct Clone;
    mod core {}
    mod std {}
    mod mlp {}
    mod functions {}
    mod constants {}
    mod runtime {}
    macro_rules! sigmoid {
        () => {};
    }
    macro_rules! vec {
        () => {};
    }
    fn exp() {}
    fn y(_: u8) {}

    /// Methods that generated code calls, for every type.
    #[rustfmt::skip]
    trait Clash: Sized {
        fn exp(&self) -> u8 { 7 }
        fn powf(&self, _: u8) -> u8 { 7 }
        fn iter(&self) -> u8 { 7 }
        fn iter_mut(&mut self) -> u8 { 7 }
        fn zip(&self) -> u8 { 7 }
        fn enumerate(&self) -> u8 { 7 }
        fn fill(&mut self) -> u8 { 7 }
        fn clone(&self) -> u8 { 7 }
        fn as_flattened(&self) -> u8 { 7 }
        fn uniform_matrix(&self) -> u8 { 7 }
        fn saturating_add(&self) -> u8 { 7 }
        fn forward(&self) -> u8 { 7 }
        fn forward_into(&self) -> u8 { 7 }
        fn loss(&self) -> u8 { 7 }
    }
    impl<T> Clash for T {}

    ::mlp::mlp! {
        network Kept: f64 {
            input   x { i1, i2 }
            weights { w1 = 0.5 }
            biases  { b1 = 0.25 }
            layer   hidden { h1 = sigmoid(w1 * i1 + b1), h2 = exp(b1 * i2)^1.5 }
            layer   y[2] = softmax(dense(hidden));
            target  t[2];
            loss    half_squared_error(y, t);
            penalty l2(w1, 0.001);
            train   adam(rate = 0.1 * 0.99^step), clip_norm = 1;
        }
    }

    pub(crate) fn trained() -> [real; 2] {
        let mut network = Kept::new();
        let (mut optimizer, mut workspace) = (KeptOptimizer::new(), KeptWorkspace::new());
        let mut gradients = KeptGradients::new();
        for _ in 0..100 {
            network.train_into(&[0.5, 1.0], &[1.0, 0.0], &mut optimizer, &mut workspace, &mut gradients);
        }
        network.forward(&[0.5, 1.0])
    }
}

#[test]
fn what_stands_around_is_not_met() {
    let [first, second] = surrounded::trained();
    assert!(first > 0.8 && second < 0.2, "{first} {second}");
}
