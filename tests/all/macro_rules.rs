//! Specifications whose tokens come partly from a macro's definition and partly from its calls.

/// The logistic function, as the prelude has it.
fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn names_and_literals() {
    macro_rules! neuron {
        ($name:ident, $weight:ident = $start:literal, $bias:ident = $offset:literal) => {
            mlp::mlp! {
                network $name: f64 {
                    input   x { i }
                    weights { $weight = $start }
                    biases  { $bias = $offset }
                    layer   y { o = $weight * i + $bias }
                }
            }
        };
    }
    neuron!(Falling, slope = -0.5, start = 1e0);
    neuron!(Rising, w = 2, b = 0.25);
    assert_eq!((Falling::new().forward(&[1.0]), Rising::new().forward(&[1.0])), ([0.5], [2.25]));
    assert_eq!((Falling::new().slope, Rising::new().b), (-0.5, 0.25));
}

/// An expression is one operand in any context.
#[test]
fn expressions_keep_together() {
    macro_rules! network {
        ($a:expr, $b:expr, $size:expr, $condition:expr, $call:expr, $list:expr, $rule:expr, $initializer:expr) => {
            mlp::mlp! {
                network Formula: f64 {
                    input   x { p, q }
                    weights { v = $a * 2 }
                    weights V[$size] = $list, U[1] ~ $initializer;
                    layer   y {
                        product  = v * 0 + 2 * $b,
                        power    = $b ^ 2,
                        negative = -$a,
                        quotient = 12 / $a / $b,
                        chosen   = if $condition then 1 else 2,
                        called   = $call * 2 + 0 * sum(U),
                        list     = V @ V,
                    }
                    target  t[7];
                    loss    half_squared_error(y, t);
                    train   $rule, batch $size * 2;
                }
            }
        };
    }
    network!(1 + 2, p - q, 1 + 1, p > q, sigmoid(p), [3, 4], sgd(rate = 0.5), uniform(-1, 1));
    let expected = [2.0 * -2.0, 4.0, -3.0, 12.0 / 3.0 / -2.0, 2.0, 2.0 * sigmoid(1.0), 25.0];
    assert_eq!(Formula::new().forward(&[1.0, 3.0]), expected);
    assert_eq!((Formula::new().v, FormulaOptimizer::new().rate), (6.0, 0.5));
}

#[test]
fn repeated_neurons() {
    macro_rules! layers {
        ($name:ident: $($layer:ident { $($neuron:ident($weight:ident)),* })*) => {
            mlp::mlp! {
                network $name: f64 {
                    input   x { i }
                    weights { $($($weight = 0.5,)*)* }
                    $(layer $layer { $($neuron = sigmoid($weight * i)),* })*
                    layer   output { o = 0 $($(+ $neuron)*)* }
                }
            }
        };
    }
    layers!(Many: first { a(v), b(w) } second { c(u) });
    let trace = Many::new().trace(&[2.0]);
    assert_eq!((trace.a, trace.net_c), (sigmoid(1.0), 1.0));
    assert_eq!(trace.o, sigmoid(1.0) + sigmoid(1.0) + sigmoid(1.0));
}

#[test]
fn token_trees() {
    macro_rules! network {
        ($name:ident { $($text:tt)* } $operator:tt $group:tt) => {
            mlp::mlp! {
                network $name: f64 { $($text)* layer y { o = p $operator $group } }
            }
        };
    }
    network!(Sum { input x { p, q } } + (q * 2));
    network!(Power { input x { p, q } weights w = 1; } ^ (q * w));
    assert_eq!((Sum::new().forward(&[3.0, 2.0]), Power::new().forward(&[3.0, 2.0])), ([7.0], [9.0]));
}

/// Tokens are read one by one and put together in an accumulator.
#[test]
fn a_macro_that_calls_itself() {
    macro_rules! chain {
        ($name:ident, $last:ident, [$($layers:tt)*]) => {
            mlp::mlp! { network $name: f64 { input x[1]; $($layers)* layer y = 2 * $last; } }
        };
        ($name:ident, $before:ident, [$($layers:tt)*] $next:ident $($rest:ident)*) => {
            chain!($name, $next, [$($layers)* layer $next = $before + $before;] $($rest)*);
        };
    }
    chain!(Deep, x, [] a b c d);
    assert_eq!(Deep::new().forward(&[1.0]), [32.0]);
    assert_eq!(Deep::LAYERS, 6);
}

/// A macro that defines a macro that writes the network.
#[test]
fn nested_macros() {
    macro_rules! define {
        ($new:ident, $activation:ident, $slope:expr) => {
            macro_rules! $new {
                ($name:ident, $input:ident) => {
                    mlp::mlp! {
                        fn $activation(z) = if z > 0 then z else $slope * z;
                        network $name: f64 { input x { $input } layer y { o = $activation($input) } }
                    }
                };
            }
        };
    }
    define!(leaky, bent, 0.5 / 2.0);
    leaky!(Leaky, i);
    assert_eq!(Leaky::new().forward(&[-2.0]), [-0.5]);
}

mod shared {
    /// What a crate exports for others: visibility, documentation and number type are the caller's.
    macro_rules! perceptron {
        ($(#[$meta:meta])* $visibility:vis $name:ident: $real:ty, $inputs:literal -> $($width:expr),+) => {
            ::mlp::mlp! {
                crate = mlp;
                $(#[$meta])*
                $visibility network $name: $real {
                    input  x[$inputs];
                    seed   1;
                    layer  hidden[0 $(+ $width)+] = tanh(dense(x));
                    layer  output[1] = dense(hidden);
                    target t[1];
                    loss   half_squared_error(output, t);
                    train  sgd(rate = 0.1);
                }
            }
        };
    }
    perceptron!(
        /// Small.
        pub(crate) Small: f32, 2 -> 3
    );
    perceptron!(pub(super) Large: f64, 4 -> 8 * 2, 2);
    perceptron!(Private: f64, 1 -> 1);

    pub(crate) fn private() -> usize {
        Private::PARAMETERS
    }
}

#[test]
fn visibility_documentation_and_types() {
    let _: [f32; 1] = shared::Small::new().forward(&[0.5, 1.0]);
    let _: [f64; 1] = shared::Large::new().forward(&[0.5; 4]);
    assert_eq!((shared::Small::PARAMETERS, shared::Large::PARAMETERS, shared::private()), (13, 109, 4));
}

/// Names of the definition and of the call are the same names, and locals around do not matter.
#[test]
fn names_meet() {
    macro_rules! network {
        ($weight:ident, $formula:expr) => {
            mlp::mlp! {
                network Meet: f64 { input x { i } weights { w = 2, $weight = 3 } layer y { o = w * i, q = $formula } }
            }
        };
    }
    #[allow(unused_variables, reason = "the network has names of its own")]
    let (w, i, x) = ("not", "of", "it");
    network!(v, v * i + w);
    assert_eq!(Meet::new().forward(&[10.0]), [20.0, 32.0]);
    assert_eq!((Meet::new().w, Meet::new().v), (2.0, 3.0));
}

#[test]
fn rules_constants_and_data() {
    macro_rules! network {
        ($rule:ident($setting:ident = $rate:expr) $step:block, $($sample:tt => $target:expr),* $(,)?) => {
            mlp::mlp! {
                const half = $rate / 2;
                rule $rule($setting) $step
                network Fit: f64 {
                    input   x { p, q }
                    weights { v = 1, w = 1 }
                    layer   y { o = v * p + w * q }
                    target  t { wanted }
                    loss    half_squared_error(y, t);
                    train   $rule($setting = half);
                    data    { $($sample -> $target),* }
                }
            }
        };
    }
    network!(descent(speed = 0.5 + 0.5) { w = w - speed * g; }, (1, 0) => 1 + 1, (0, -1) => 3);
    assert_eq!(Fit::DATA_INPUTS, [[1.0, 0.0], [0.0, -1.0]]);
    assert_eq!(Fit::DATA_TARGETS, [[2.0], [3.0]]);
    let mut network = Fit::new();
    network.train(&Fit::DATA_INPUTS[0], &Fit::DATA_TARGETS[0]);
    assert_eq!((network.v, network.w), (1.5, 1.0));
}

#[test]
fn a_file_named_by_a_macro() {
    macro_rules! from_file {
        ($path:literal) => {
            mlp::mlp!(file = $path);
        };
    }
    from_file!("examples/course/exercise.mlp");
    assert_eq!(Course::PARAMETERS, 10);
}

/// As many networks as the macro is asked for, each with its own types.
#[test]
fn many_networks() {
    macro_rules! family {
        ($($name:ident = $width:literal),*) => {
            $(mlp::mlp! { network $name: f32 { input x[1]; weights w[$width] = $width; layer y = w * sum(x); } })*
            fn sums() -> Vec<f32> {
                vec![$($name::new().forward(&[1.0]).iter().sum()),*]
            }
        };
    }
    family!(One = 1, Two = 2, Three = 3);
    assert_eq!(sums(), [1.0, 4.0, 9.0]);
}
