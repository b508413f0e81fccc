//! Networks in code that does not know them: on the heap, through `dyn`, as text and bytes.

mod dynamic;
mod saved;

use super::on_a_small_stack;
use mlp::{Boxed, Differentiable, Network, Tensors, Trainable, Values};

mlp::mlp! {
    /// A class of five.
    #[derive(serde::Serialize, serde::Deserialize)]
    pub network Sorter: f32 {
        input   x[40];
        layer   hidden[33] = relu(dense(x));
        layer   y[5] = softmax(dense(hidden));
        target  t: class[5];
        loss    cross_entropy(y, t);
        train   adamw(rate = 0.01), batch 8;
    }
}

mlp::mlp! {
    /// Two numbers.
    pub network Curve: f32 {
        input   x[3];
        weights scale = 2;
        frozen weights shift = 0.5;
        layer   hidden[4] = tanh(dense(x));
        layer   y[2] = scale * dense(hidden) + shift;
        target  t[2];
        loss    half_squared_error(y, t);
        train   sgd(rate = 0.1);
    }
}

mlp::mlp! {
    /// A class and two numbers, from one layer.
    #[derive(Copy, PartialOrd)]
    pub network Two: f32 {
        input   x[3];
        layer   hidden[4] = tanh(dense(x));
        layer   kind[3] = softmax(dense(hidden));
        layer   place[2] = dense(hidden);
        target  label: class[3];
        target  goal[2];
        loss    cross_entropy(kind, label) + half_squared_error(place, goal);
        train   sgd(rate = 0.1);
    }
}

mlp::mlp! {
    /// Larger than the stack, as is its optimizer.
    pub network Wide: f32 {
        input   x[784];
        layer   h1[512] = relu(dense(x));
        layer   h2[512] = relu(dense(h1));
        layer   y[10] = softmax(dense(h2));
        target  t: class[10];
        loss    cross_entropy(y, t);
        train   adam(rate = 0.01);
    }
}

/// A network on the heap with everything that its training needs.
type Parts<N> = (
    Box<N>,
    Box<<N as Trainable>::Optimizer>,
    Box<<N as Network>::Workspace>,
    Box<<N as Differentiable>::Gradients>,
);

/// Everything that training needs, where the type is a parameter.
fn parts<N: Trainable>() -> Parts<N> {
    (N::boxed(), N::Optimizer::boxed(), N::Workspace::boxed(), N::Gradients::boxed())
}

/// The outputs for numbers of any count.
fn outputs<N: Network>(network: &N, input: &[N::Scalar]) -> Result<Vec<N::Scalar>, mlp::WrongLength> {
    let mut output = N::Output::ZERO;
    network.forward_into(&N::Input::from_slice(input)?, &mut N::Workspace::boxed(), &mut output);
    Ok(output.as_ref().to_vec())
}

#[test]
fn generic_code_makes_its_parts_in_place() {
    const { assert!(Wide::PARAMETER_BYTES > super::STACK) };
    on_a_small_stack(|| {
        let (mut network, mut optimizer, _, mut gradients) = parts::<Wide>();
        assert_eq!((optimizer.rate, network.W_h1 == Wide::boxed().W_h1), (0.01, true));
        gradients.fill(0.25);
        network.step(&mut optimizer, &gradients);
        optimizer.rate = 0.5;
        let (other, of) = (network.boxed_copy(), optimizer.boxed_copy());
        assert!(other.W_h2 == network.W_h2 && of.m_W_h1[0] == optimizer.m_W_h1[0]);
        assert_eq!((of.steps, of.rate), (1, 0.5));
        assert_eq!(optimizer.named("m_b_y").map(|state| state[9] > 0.0), Some(true));
        assert_eq!((network.named("b_y").map(<[f32]>::len), gradients.named("b_z")), (Some(10), None));
    });
}

#[test]
fn generic_code_reads_outputs() {
    let network = Curve::new();
    let input = [0.5, -0.25, 1.0];
    assert_eq!(outputs(&network, &input).unwrap(), network.forward(&input));
    let wrong = mlp::WrongLength { length: 2, expected: 3 };
    assert_eq!(outputs(&network, &input[1..]), Err(wrong));
    assert!(outputs(&*Sorter::boxed(), &[0.1; 40]).unwrap().iter().sum::<f32>() > 0.999);
}
