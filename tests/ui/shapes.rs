//! Shapes that don't fit: both sides, both shapes, a remedy.

mlp::mlp! {
    network Shapes: f64 {
        input   x[3];
        weights W[2, 3];
        weights V[4, 2] = 0.5;
        biases  b[3];
        layer   hidden[2] = sigmoid(x @ W);
        layer   other[2]  = tanh(V @ x + b);
        layer   output[5] = dense(x) + b;
        target  t[2];
        loss    half_squared_error(x, t);
    }
}

fn main() {}
