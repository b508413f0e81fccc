//! Networks whose start values come from files that NumPy wrote, each through the macro in both its forms.

/// Specifications in files; a path in one starts where it is.
pub mod named {
    mlp::mlp!(file = "networks/rows.mlp");
    mlp::mlp!(file = "networks/turned.mlp");
}

/// The same between braces, where a path starts at the root of the crate.
pub mod written {
    mlp::mlp! {
        /// Matrices as the language has them: `x @ W`.
        pub network Rows: f32 {
            input   x[4];
            layer   hidden[5] = tanh(dense(x));
            layer   y[3] = sigmoid(dense(hidden));
            target  t[3];
            loss    half_squared_error(y, t);
            train   sgd(rate = 0.1);
            weights from "networks/rows.safetensors";
        }
    }

    mlp::mlp! {
        /// Matrices as PyTorch has them, a square one too; numbers alone, and one that is no tensor.
        pub network Turned: f64 {
            weights from r"networks/../networks/weights/turned.safetensors" transposed;
            input   x[3];
            weights scale, step, share = 0.25;
            layer   hidden[3] = tanh(dense(x));
            layer   y[2] = scale * linear(hidden) + step * share;
        }
    }
}

/// A path that a macro was given.
macro_rules! given {
    ($path:literal) => {
        mlp::mlp! {
            /// Its file is an argument, and `from` is a weight.
            pub network Given: f32 {
                input   x[4];
                weights from = 0.5, other;
                layer   hidden[5] = tanh(dense(x));
                layer   y[3] = sigmoid(dense(hidden)) + 0 * from * other;
                weights from $path;
            }
        }
    };
}
given!("networks/given.safetensors");
