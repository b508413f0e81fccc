//! Any name that Rust can write works, whatever it is the name of.

#![allow(
    dead_code,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    reason = "the names are the point"
)]

use mlp::{Differentiable, Network, Trainable};

/// Rust's keywords of every edition, those kept for later, and words that are keywords in places; words of
/// this language. What it reserves in formulas is written raw.
macro_rules! words {
    ($then:ident) => {
        $then! {
            as async await break const continue dyn enum extern false fn for impl loop match mod move mut pub
            ref return static struct trait true type unsafe use where while abstract become box do final gen
            macro override priv try typeof unsized virtual yield auto default macro_rules raw safe union
            r#if r#else r#let r#in r#then
            network input target weights layer loss train rule state w2 sigmoid dense f32 u8
        }
    };
}

fn words() -> f64 {
    macro_rules! count {
        ($($word:ident)*) => { [$(stringify!($word)),*].len() };
    }
    words!(count) as f64
}

#[test]
fn as_inputs() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! { network N: f64 { input x { $($word),* } layer y { o = 0 $(+ $word)* } } }
        };
    }
    words!(network);
    assert_eq!(N::new().forward(&[0.5; N::INPUTS]), [0.5 * words()]);
}

#[test]
fn as_weights() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                network N: f64 {
                    input   x { p }
                    weights { $($word = 0.5),* }
                    layer   y { o = p * (0 $(+ $word)*) }
                    target  t { wanted }
                    loss    half_squared_error(y, t);
                    train   sgd(rate = 0.5);
                }
            }
            /// The parameters by their names.
            fn sum(network: &N) -> f64 {
                let names = [$(stringify!($word)),*].map(|name| name.trim_start_matches("r#"));
                names.into_iter().filter_map(|name| network.parameter(name)).flatten().sum()
            }
        };
    }
    words!(network);
    let mut network = N::new();
    assert_eq!((network.forward(&[2.0]), sum(&network)), ([words()], 0.5 * words()));
    network.train(&[1.0], &[0.5 * words() - 1.0]);
    assert_eq!((network.r#type, network.r#if, network.w2), (0.0, 0.0, 0.0), "0.5 - 0.5 * 1");
}

#[test]
fn as_layers() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                network N: f64 { input x[1]; $(layer $word[1] = tanh(2 * x);)* layer y = 0 $(+ $word)*; }
            }
        };
    }
    words!(network);
    let trace = N::new().trace(&[0.5]);
    assert!((trace.y[0] - words() * 1.0_f64.tanh()).abs() < 1e-12);
    assert_eq!((trace.r#as, trace.net_as), (trace.r#then, [1.0]));
}

#[test]
fn as_neurons() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                network N: f64 {
                    input   x { p }
                    weights { v = 2 }
                    layer   y { $($word = tanh(v * p)),* }
                    target  t { wanted }
                    loss    (0 $(+ $word)* - wanted)^2;
                    train   sgd(rate = 0.1);
                }
            }
        };
    }
    words!(network);
    let network = N::new();
    assert_eq!((network.trace(&[0.5]).r#yield, network.trace(&[0.5]).net_type), (1.0_f64.tanh(), 1.0));
    assert_ne!(network.backward(&[0.5], &[0.0]).1.v, 0.0);
}

#[test]
fn as_targets() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                network N: f64 {
                    input   x { p }
                    weights { v = 1 }
                    layer   y { o = v * p }
                    target  t { $($word),* }
                    loss    0 $(+ (o - $word) * (o - $word))*;
                }
            }
        };
    }
    words!(network);
    assert_eq!(N::new().loss(&[2.0], &[1.0; <N as Differentiable>::TARGETS]), words());
}

#[test]
fn as_functions_and_arguments() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                $(fn $word($word) = (let $word = $word + 1 in 2 * $word);)*
                network N: f64 { input x { p } layer y { o = 0 $(+ $word(p))* } }
            }
        };
    }
    // `dense` is the one of them that the language has for itself.
    macro_rules! without_dense {
        ($($before:ident)* : dense $($rest:ident)*) => { network!($($before)* $($rest)*); };
        ($($before:ident)* : $first:ident $($rest:ident)*) => { without_dense!($($before)* $first : $($rest)*); };
        ($($word:ident)*) => { without_dense!(: $($word)*); };
    }
    words!(without_dense);
    assert_eq!(N::new().forward(&[0.5]), [3.0 * (words() - 1.0)]);
}

#[test]
fn as_constants() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                $(const $word = 0.5;)*
                network N: f64 { input x { p } layer y { o = p $(+ $word)* } }
            }
        };
    }
    words!(network);
    assert_eq!(N::new().forward(&[0.5]), [0.5 * (words() + 1.0)]);
}

#[test]
fn as_parts_of_formulas() {
    macro_rules! network {
        ($($word:ident)*) => {
            mlp::mlp! {
                network N: f64 { input x { p } layer y { o = let $($word = p + 1),* in 0 $(+ $word * $word)* } }
            }
        };
    }
    words!(network);
    assert_eq!(N::new().forward(&[1.0]), [4.0 * words()]);
    assert_eq!(N::new().trace(&[1.0]).type_o, 2.0);
}

#[test]
fn as_settings_and_states() {
    macro_rules! networks {
        ($($word:ident)*) => {
            mlp::mlp! {
                rule set(rate, $($word),*) { w = w - rate * (0 $(+ $word)*) * g; }
                network Set: f64 {
                    input   x { p }
                    weights { v = 1 }
                    layer   y { o = v * p }
                    target  t { wanted }
                    loss    half_squared_error(y, t);
                    train   set(rate = 1, $($word = 0.5),*);
                }
            }
            mlp::mlp! {
                rule kept(rate) { state $($word),*; $($word = $word + g;)* w = w - rate * (0 $(+ $word)*); }
                network Kept: f64 {
                    input   x { p }
                    weights { v = 1 }
                    layer   y { o = v * p }
                    target  t { wanted }
                    loss    half_squared_error(y, t);
                    train   kept(rate = 0.5);
                }
            }
        };
    }
    words!(networks);
    let mut set = Set::new();
    set.train(&[1.0], &[0.0]);
    assert_eq!((set.v, SetOptimizer::new().r#type), (1.0 - 0.5 * words(), 0.5));
    let (mut kept, mut optimizer) = (Kept::new(), KeptOptimizer::new());
    let (_, gradients) = kept.backward(&[1.0], &[0.0]);
    kept.step(&mut optimizer, &gradients);
    assert_eq!((kept.v, optimizer.type_v), (1.0 - 0.5 * words(), 1.0));
}

#[test]
fn as_networks_and_rules() {
    macro_rules! networks {
        // Names of types of Rust's are refused.
        ($($word:ident)*: f32 u8) => {
            $({
                mlp::mlp! {
                    rule $word(rate) { w = w - rate * g; }
                    network $word: f64 {
                        input   x { p }
                        weights { v = 1 }
                        layer   y { o = v * p }
                        target  t { wanted }
                        loss    half_squared_error(y, t);
                        train   $word(rate = 0.5);
                    }
                }
            })*
        };
        ($($before:ident)* : $first:ident $($rest:ident)*) => { networks!($($before)* $first : $($rest)*); };
        ($($word:ident)*) => { networks!(: $($word)*); };
    }
    words!(networks);
    mlp::mlp! { network type: f64 { input x { p } weights { v = 1 } layer y { o = v * p } } }
    mlp::mlp! { network r#match: f64 { input x { p } weights { v = 1 } layer y { o = v * p } } }
    let (mut workspace, mut output) = (typeWorkspace::new(), [0.0]);
    r#type::new().forward_into(&[2.0], &mut workspace, &mut output);
    assert_eq!((output, r#type::NAME, r#match::NAME), ([2.0], "type", "match"));
}

/// Names of types and crates, and of what is generated for another network.
#[test]
fn networks_named_as_something_else() {
    mod named {
        macro_rules! networks {
            ($($name:ident)*) => {
                $(::mlp::mlp! { pub(super) network $name: f64 { input x { p } weights { v = 1 } layer y { o = v * p } } })*
            };
        }
        networks! {
            Option Result Vec String Box Some None Ok Err Clone Copy Debug Default PartialEq Iterator Sized Fn
            Network Trainable Batch core std mlp alloc FooGradients Gradients Workspace N
        }
    }
    assert_eq!(named::Option::new().forward(&[2.0]), [2.0]);
    assert_eq!(named::FooGradients::new().forward(&[2.0]), named::core::new().forward(&[2.0]));
    let trace: named::FooGradientsTrace = named::FooGradients::new().trace(&[2.0]);
    assert_eq!(trace.o, 2.0);
}

#[test]
fn upper_and_lower_case() {
    mlp::mlp! {
        network Course: f64 {
            input   x { p, P }
            weights { w1 = 1, W1 = 10, parameters = 100, PARAMETERS = 1000, ZERO = 0, SEED = 0, DATA_INPUTS = 0 }
            layer   course { n = w1 * p + ZERO, N = W1 * P + SEED }
            layer   COURSE[2] = parameters * course + DATA_INPUTS;
            layer   Course = PARAMETERS * COURSE;
            data    { (1, 2) }
        }
    }
    assert_eq!(Course::new().forward(&Course::DATA_INPUTS[0]), [1e5, 2e6]);
    assert_eq!((Course::PARAMETERS, Course::new().PARAMETERS), (7, 1000.0));
}

#[test]
fn greek_and_other_scripts() {
    mlp::mlp! {
        network Δίκτυο: f64 {
            input   είσοδος { ξ, größe, 入力 }
            weights { ω1 = 0.5, Ω1 = 2, вес = 4 }
            biases  { β = 1 }
            layer   έξοδος { ŷ = σ(ω1 * ξ + Ω1 * größe + вес * 入力 + β) }
        }
        fn σ(α) = 1 / (1 + exp(-α / κ));
        const κ = 10;
    }
    let [y] = Δίκτυο::new().forward(&[1.0, 2.0, 3.0]);
    assert!((y - 1.0 / (1.0 + f64::exp(-17.5 / 10.0))).abs() < 1e-15);
    assert_eq!(Δίκτυο::new().Ω1, 2.0);
}

/// Composed and decomposed a name is the same, in the macro's tokens and in a file.
#[test]
fn normal_forms() {
    mod in_tokens {
        mlp::mlp! {
            pub(super) network Forms: f64 {
                input   x { café, å }
                weights { ệ = 0.5 }
                layer   y { ö = ệ * café + å }
            }
        }
    }
    mod in_a_file {
        mlp::mlp!(file = "tests/names/forms.mlp");
    }
    assert_eq!(in_tokens::Forms::new().forward(&[3.0, 1.0]), [2.5]);
    assert_eq!(in_tokens::Forms::new().trace(&[3.0, 1.0]).ö, 2.5);
    assert_eq!(in_a_file::Forms::new().forward(&[3.0, 1.0]), [2.5]);
    assert_eq!(in_a_file::Forms::new().ệ, 0.5);
    assert_eq!(in_tokens::Forms::FINGERPRINT, in_a_file::Forms::FINGERPRINT);
}
