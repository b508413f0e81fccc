//! Statements that can't be read are reported one by one.

mlp::mlp! {
    pub network Syntax: f64 {
        input   x { i1 = 0.05, i2 = 0.10 }
        weights { w1 = 0.15 w2 = 0.20 }
        layr hidden { h1 = w1 * i1 + w2 * i2 }
        target  t { t1 };
        loss    half_squared_error(hidden, );
    }
}

fn main() {
    let network = Syntax::with_seed(1);
    network.forward(&[0.05, 0.10]);
}
