//! `arithmetic fused` and `separate`: each gives the same bits at both grains, and they differ.

/// The same network, neuron by neuron and layer by layer, in one arithmetic.
macro_rules! both_grains {
    ($arithmetic:ident) => {
        mod $arithmetic {
            mlp::mlp! {
                network Neurons: f64 {
                    input   x { a, b, c }
                    weights { v11 = 0.15, v12 = 0.25, v21 = 0.2, v22 = 0.3, v31 = -0.7, v32 = 0.1, w1 = 0.4, w2 = -0.45 }
                    biases  { c1 = 0.35, c2 = -0.2, d = 0.6 }
                    layer hidden {
                        h1 = tanh(a * v11 + b * v21 + c * v31 + c1),
                        h2 = tanh(a * v12 + b * v22 + c * v32 + c2),
                    }
                    layer output { o = sigmoid(h1 * w1 + h2 * w2 + d) }
                    target  t { wanted }
                    loss    half_squared_error(output, t);
                    train   sgd(rate = 3);
                    arithmetic $arithmetic;
                }
            }
            mlp::mlp! {
                network Layers: f64 {
                    input   x[3];
                    weights V[3, 2] = [[0.15, 0.25], [0.2, 0.3], [-0.7, 0.1]], W[2, 1] = [[0.4], [-0.45]];
                    biases  c[2] = [0.35, -0.2], d[1] = 0.6;
                    layer   hidden[2] = tanh(x @ V + c);
                    layer   output[1] = sigmoid(hidden @ W + d);
                    target  t[1];
                    loss    half_squared_error(output, t);
                    train   sgd(rate = 3);
                    arithmetic $arithmetic;
                }
            }

            /// Losses of 300 steps and the weights after them.
            pub(super) fn bits() -> Vec<u64> {
                let samples = ([[0.3, 0.7, 0.11], [0.9, -0.4, 1.3], [0.05, 0.1, -0.6]], [[0.1], [0.9], [0.4]]);
                let Ok(batch) = mlp::Batch::new(&samples.0, &samples.1) else { return Vec::new() };
                let (mut neurons, mut layers) = (Neurons::new(), Layers::new());
                let mut of_neurons = (NeuronsOptimizer::new(), NeuronsBatchWorkspace::new(), NeuronsGradients::new());
                let mut of_layers = (LayersOptimizer::new(), LayersBatchWorkspace::new(), LayersGradients::new());
                let mut all = Vec::new();
                for _ in 0..300 {
                    let (optimizer, workspace, gradients) = &mut of_neurons;
                    let one = neurons.train_batch(batch, optimizer, workspace, gradients);
                    let (optimizer, workspace, gradients) = &mut of_layers;
                    let other = layers.train_batch(batch, optimizer, workspace, gradients);
                    assert_eq!(one.to_bits(), other.to_bits());
                    all.push(one.to_bits());
                }
                let n = &neurons;
                let rows = [[n.v11, n.v12], [n.v21, n.v22], [n.v31, n.v32]];
                assert_eq!((rows, [[n.w1], [n.w2]]), (layers.V, layers.W));
                assert_eq!(([n.c1, n.c2], [n.d]), (layers.c, layers.d));
                all.extend(rows.as_flattened().iter().map(|w| w.to_bits()));
                all
            }

            /// Steps on a sample in one go, and by its gradients.
            #[test]
            fn a_step_is_that_of_its_gradients() {
                let (mut whole, mut apart) = (Layers::new(), Layers::new());
                let (mut optimizer, mut workspace) = (LayersOptimizer::new(), LayersWorkspace::new());
                let mut gradients = [LayersGradients::ZERO, LayersGradients::ZERO];
                for step in 0..30 {
                    let (x, t) = ([0.3, 0.1 * f64::from(step), -0.9], [0.2]);
                    let [one, other] = &mut gradients;
                    let loss = whole.train_into(&x, &t, &mut optimizer, &mut workspace, one);
                    assert_eq!(loss.to_bits(), apart.backward_into(&x, &t, &mut workspace, other).to_bits());
                    mlp::Trainable::step(&mut apart, &mut optimizer, other);
                    assert_eq!((whole.V, whole.c, whole.W, whole.d), (apart.V, apart.c, apart.W, apart.d));
                    assert_eq!((one.V, one.c, one.W, one.d), (other.V, other.c, other.W, other.d));
                }
                assert_ne!(whole.V, Layers::new().V);
            }
        }
    };
}

both_grains!(separate);
both_grains!(fused);

#[test]
fn both_grains_are_the_same_network() {
    let (separate, fused) = (separate::bits(), fused::bits());
    assert_eq!(separate.len(), 306);
    assert_ne!(separate, fused);
}

/// What is fused and what is not, by the machine's own operation.
#[test]
fn a_product_is_fused_with_what_stands_before_it() {
    mlp::mlp! {
        network Sums: f64 {
            input x { a, b, c }
            layer y { behind = a + b * c, before = b * c + a, minus = a - b * c, powers = a + b^2 }
            arithmetic fused;
        }
    }
    let (a, b, c) = (-0.0137_f64, 0.123_f64, 1.0 / 9.0);
    let expected = [b.mul_add(c, a), b * c + a, (-b).mul_add(c, a), a + b * b];
    assert_eq!(Sums::new().forward(&[a, b, c]), expected);
    assert_ne!(expected[0], expected[1]);
}
