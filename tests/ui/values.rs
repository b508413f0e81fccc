//! Numbers and counts that can't be.

mlp::mlp! {
    network Values: f32 {
        input   x[2] = [0.1, 0.2, 0.3];
        weights W[2, 1e18];
        weights V[2, 2] = [[1, 2], [3]];
        weights u = 1e400;
        biases  b[2] ~ xaviar(seed = 1);
        layer   y[0.5] = x @ V + b * u;
    }
}

fn main() {}
