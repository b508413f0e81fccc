//! What is declared and has no effect.

mlp::mlp! {
    network Unused: f64 {
        input   x { i1, i2 }
        weights { w1, w2 }
        layer   output { o = w1 * i1 }
    }
}

fn main() {}
