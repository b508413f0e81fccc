//! Networks whose start values come from files that NumPy wrote, each through the macro in both its forms; and one
//! that no stack holds.
#![forbid(unsafe_code)]

/// Specifications in files; a path in one starts where it is.
pub mod named {
    mlp::mlp!(file = "networks/rows.mlp");
    mlp::mlp!(file = "networks/turned.mlp");
    mlp::mlp!(file = "networks/normal.mlp");
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

/// Trained, kept in a checkpoint, and back in the program.
pub mod kept {
    mlp::mlp! {
        /// The network that is trained.
        pub network Training: f32 {
            input   x[2];
            layer   hidden[3] = tanh(dense(x));
            layer   y[1] = dense(hidden);
            target  t[1];
            loss    half_squared_error(y, t);
            train   adam(rate = 0.05);
        }
    }

    mlp::mlp! {
        /// The network that has been.
        pub network Kept: f32 {
            input   x[2];
            layer   hidden[3] = tanh(dense(x));
            layer   y[1] = dense(hidden);
            weights from "networks/kept.safetensors";
        }
    }
}

/// Ten million parameters and a rule that keeps two numbers for each.
pub mod large {
    mlp::mlp! {
        /// As wide as the features of a small image.
        pub network Large: f32 {
            input   x[3136];
            layer   first[2048]  = relu(dense(x));
            layer   second[2048] = relu(dense(first));
            layer   y[10] = softmax(dense(second));
            target  t: class[10];
            loss    cross_entropy(y, t);
            train   adam(rate = 0.01), batch 2;
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

/// A model of PyTorch, with its names mapped: in numbers of 16, 32 and 64 bits, in an npz file, and with the names of Keras.
pub mod pytorch {
    macro_rules! model {
        ($($module:ident, $real:ident, $path:literal { $($map:tt)+ })+) => {
            $(
                /// The model in one form.
                pub mod $module {
                    mlp::mlp! {
                        /// A model of PyTorch.
                        pub network Model: $real {
                            input   x[3];
                            layer   a[4] = tanh(dense(x));
                            layer   b[4] = relu(dense(a));
                            layer   y[2] = dense(b);
                            weights from $path { $($map)+ }
                        }
                    }
                }
            )+
        };
    }

    model! {
        f32, f32, "networks/pytorch/f32.safetensors" { a = "net.0", b = "net.2", y = "net.4", ignore "head.*" }
        f16, f32, "networks/pytorch/f16.safetensors" { a = "net.0", b = "net.2", y = "net.4", ignore "head.*" }
        bf16, f32, "networks/pytorch/bf16.safetensors" { a = "net.0", b = "net.2", y = "net.4", ignore "head.*" }
        f64, f64, "networks/pytorch/f64.safetensors" { a = "net.0", b = "net.2", y = "net.4", ignore "head.*" }
        f32_wide, f64, "networks/pytorch/f32.safetensors" { a = "net.0", b = "net.2", y = "net.4", ignore "h*w*ght" }
        f16_wide, f64, "networks/pytorch/f16.safetensors" { a = "net.0", b = "net.2", y = "net.4", ignore "*.weight" }
        bf16_wide, f64, "networks/pytorch/bf16.safetensors" { W_a = "net.0.weight", b_a = "net.0.bias", b = "net.2", y = "net.4", ignore "head.weight" }
        deflated, f32, "networks/pytorch/deflated.npz" { a = "net.0", b = "net.2" transposed, y = "net.4" }
        keras, f32, "networks/pytorch/keras.npz" { a = "dense", b = "dense_1" untransposed, y = "dense_2" }
    }
}
